import { type Channel, createChannel, directChannel, type Person } from "../workspace.ts";
import type { World } from "../world.ts";
import { idOf, type Ref } from "./talking.ts";

/** How somebody is. */
export interface PersonOptions {
  readonly tz?: string;
  readonly locale?: string;
  readonly guest?: boolean;
  /** The bot user of another app. */
  readonly bot?: boolean;
  /** Belongs to another company, met in a shared channel. */
  readonly external?: boolean;
  /** Of another company, and unknown to users.info, as strangers in shared channels can be. */
  readonly hidden?: boolean;
}

/** How a channel is; the bot and everybody known are in it unless said otherwise. */
export interface ChannelOptions {
  readonly private?: boolean;
  readonly members?: readonly Ref[];
  readonly archived?: boolean;
  readonly shared?: boolean;
  readonly botIsMember?: boolean;
}

/** Adds people and conversations to the workspace, without events: they were there before the app looked. */
export function createInviting(world: World) {
  const { workspace, ids, clock, app } = world;
  return {
    person(name: string, options: PersonOptions = {}): Person {
      const person: Person = {
        id: ids.next("U"),
        team: options.external || options.hidden ? ids.next("T") : workspace.team.id,
        name,
        tz: options.tz ?? "Europe/Berlin",
        locale: options.locale ?? "en-US",
        guest: options.guest ?? false,
        ...(options.hidden ? { hidden: true } : {}),
        ...(options.bot ? { botId: ids.next("B") } : {}),
        deactivated: false,
      };
      workspace.people.set(person.id, person);
      return person;
    },

    channel(name: string, options: ChannelOptions = {}): Channel {
      const people = [...workspace.people.values()].filter(({ id }) => id !== app.botUserId).map(({ id }) => id);
      const members = new Set(options.members?.map(idOf) ?? people);
      const creator = [...members][0] ?? app.botUserId;
      if (options.botIsMember ?? true) members.add(app.botUserId);
      const channel = createChannel(clock, {
        id: ids.next("C"),
        name,
        kind: options.private ? "group" : "channel",
        creator,
        members,
        shared: options.shared ?? false,
        archived: options.archived ?? false,
      });
      workspace.channels.set(channel.id, channel);
      return channel;
    },

    /** The DM between this person and the bot. */
    dm: (person: Ref): Channel => directChannel(workspace, ids, clock, [app.botUserId, idOf(person)]),

    /** A group DM of the bot and these people. */
    groupDm: (people: readonly Ref[]): Channel =>
      directChannel(workspace, ids, clock, [app.botUserId, ...people.map(idOf)]),

    /** A user group, for `usergroups.list`. */
    userGroup(handle: string, people: readonly Ref[]) {
      const group = { id: ids.next("S"), handle, name: handle, users: people.map(idOf) };
      workspace.groups.push(group);
      return group;
    },

    deactivate(person: Ref) {
      const found = workspace.people.get(idOf(person));
      if (found) found.deactivated = true;
    },
  };
}
