import type { Interaction, Message } from "./entities.ts";
import type { JsonObject } from "./form.ts";
import { may, permissionsIn } from "./permissions.ts";
import { wireActor, wireChannel, wireUser } from "./wire.ts";
import type { World } from "./world.ts";

/** How long an interaction waits for its first response. */
export const firstResponseWithin = 3000;

/** What is known of an interaction when it begins. */
type Start = Pick<Interaction, "kind" | "person" | "channel" | "about"> & { source?: Message; opener?: Interaction };

/** Begins an interaction and tells the bot; three seconds without an answer is the bot's failure if it heard. */
export function beginInteraction(
  world: World,
  start: Start,
  type: number,
  data: JsonObject,
  more: JsonObject = {},
): Interaction {
  const { person, channel } = start;
  const { server } = channel;
  const member = server?.members.get(person.id);
  if (server && (!member || !may(person, channel, "ViewChannel")))
    throw new Error(`${person.name} does not see #${channel.name}`);
  if (server && start.kind === "command" && !may(person, channel, "UseApplicationCommands"))
    throw new Error(`${person.name} may not use commands here`);
  const interaction: Interaction = {
    id: world.id(),
    token: world.secret(80),
    createdAt: world.clock.now(),
    answeredWith: undefined,
    answeredAt: undefined,
    source: undefined,
    original: undefined,
    deferred: false,
    followups: [],
    choices: undefined,
    modal: undefined,
    opener: undefined,
    heardBy: undefined,
    ...start,
  };
  world.interactions.set(interaction.token, interaction);
  const heard = world.dispatch({
    name: "INTERACTION_CREATE",
    intent: 0,
    data: {
      id: interaction.id,
      application_id: world.applicationId,
      type,
      token: interaction.token,
      version: 1,
      data,
      channel_id: channel.id,
      channel: { ...wireChannel(channel, world), permissions: permissionsIn(person, channel).toString() },
      locale: person.locale,
      entitlements: [],
      authorizing_integration_owners: server ? { "0": server.id } : { "0": "0" },
      context: server ? 0 : 1,
      app_permissions: permissionsIn(world.bot, channel).toString(),
      attachment_size_limit: 10 * 1024 * 1024,
      ...(server
        ? {
            guild_id: server.id,
            guild_locale: server.locale,
            guild: { id: server.id, locale: server.locale, features: server.features },
          }
        : {}),
      ...(member ? { member: wireActor(member, channel) } : { user: wireUser(person) }),
      ...more,
    },
  });
  if (!heard) return interaction;
  interaction.heardBy = world.connection;
  world.clock.after(firstResponseWithin, () => {
    if (interaction.answeredWith === undefined && interaction.heardBy === world.connection)
      world.violations.add("interaction not answered", `${start.kind} "${start.about}"`);
  });
  return interaction;
}
