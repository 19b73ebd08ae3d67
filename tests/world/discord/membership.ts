import type { Person, Role, Server } from "./entities.ts";
import { intents } from "./intents.ts";
import { wireMember, wireUser } from "./wire.ts";
import type { World } from "./world.ts";

/** Lets a person into a server and tells of it. */
export function admit(world: World, server: Server, person: Person, roles: Role[] = []): void {
  const member = world.join(server, person);
  for (const role of roles) member.roles.add(role.id);
  world.dispatch({
    name: "GUILD_MEMBER_ADD",
    data: { ...wireMember(member), guild_id: server.id },
    intent: intents.guildMembers,
  });
}

/** Takes a person out of a server and tells of it. */
export function dismiss(world: World, server: Server, person: Person): void {
  if (!server.members.delete(person.id)) return;
  world.dispatch({
    name: "GUILD_MEMBER_REMOVE",
    data: { guild_id: server.id, user: wireUser(person) },
    intent: intents.guildMembers,
  });
}
