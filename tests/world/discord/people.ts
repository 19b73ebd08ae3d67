import {
  type Channel,
  channelTypes,
  holdsThreadsOnly,
  type Interaction,
  type Message,
  type Person,
  type Role,
  type Server,
} from "./entities.ts";
import type { JsonObject } from "./form.ts";
import { tellInvited } from "./gateway-greeting.ts";
import { intents } from "./intents.ts";
import { askSuggestions, runContextMenu, runSlash } from "./interacting.ts";
import { admit, dismiss } from "./membership.ts";
import { typed } from "./mentions.ts";
import { bits, type Permission } from "./permissions.ts";
import { addToThread, change, emptyDraft, openThread, post, setReaction, setThread, startTyping } from "./posting.ts";
import { sendModal, useComponent } from "./pressing.ts";
import { remove, removeMany } from "./removing.ts";
import type { SeenMessage } from "./seeing.ts";
import { type Along, around, passOn, speak } from "./speaking.ts";
import { wireChannel, wireServer } from "./wire.ts";
import type { World } from "./world.ts";

type Place = { server?: Server };
type Values = Record<string, string | number | boolean>;
type Pointed = Message | SeenMessage | string;

/** What people and owners of servers do. Where no server is named, it is the first one. */
export interface People {
  server(name: string): Server;
  person(
    name: string,
    options?: Place & { roles?: string[]; bot?: boolean; locale?: string; openToDms?: boolean },
  ): Person;
  /** Brings someone into a further server, or takes them out of one. */
  join(person: Person, server: Server): void;
  leave(person: Person, server?: Server): void;
  /** Makes a server a Community whose owner chose a language. */
  community(locale: string, server?: Server): void;
  role(name: string, options?: Place & { permissions?: Permission[]; mentionable?: boolean }): Role;
  /** Makes a channel; `allow` and `deny` are the bot's own overwrites there, `members` who sees a private one. */
  channel(
    name: string,
    options?: Place & {
      type?: "text" | "forum" | "media" | "announcement" | "voice" | "private";
      topic?: string;
      allow?: Permission[];
      deny?: Permission[];
      members?: Person[];
    },
  ): Channel;
  /** Opens a thread; in a forum `text` is its first message. */
  thread(
    parent: Channel,
    options?: { name?: string; from?: Message; by?: Person; isPrivate?: boolean; text?: string },
  ): Channel;
  /** The thread that grew from a message, if there is one. */
  threadOf(message: Pointed): Channel | undefined;
  /** The direct messages between the bot and someone. */
  dm(person: Person): Channel;
  /** Says something as a person types it: `@Bellhop` becomes a mention. */
  say(
    person: Person,
    channel: Channel,
    text: string,
    options?: Along & { replyTo?: Pointed; pingReplied?: boolean },
  ): Message;
  /** Passes a message on to another channel. */
  forward(person: Person, message: Pointed, channel: Channel): Message;
  edit(message: Message, text: string): void;
  delete(message: Message): void;
  /** Deletes several messages of one channel at one stroke. */
  deleteMany(messages: Message[]): void;
  react(person: Person, message: Pointed, emoji: string): void;
  unreact(person: Person, message: Pointed, emoji: string): void;
  type(person: Person, channel: Channel): void;
  /** Takes the bot out of a server. */
  kickBot(server?: Server): void;
  joinThread(person: Person, thread: Channel): void;
  archiveThread(thread: Channel, archived?: boolean): void;
  lockThread(thread: Channel, locked?: boolean): void;
  /** Changes the bot's own overwrites in a channel while it runs. */
  permit(channel: Channel, change: { allow?: Permission[]; deny?: Permission[] }): void;
  deleteChannel(channel: Channel): void;
  slash(
    person: Person,
    channel: Channel,
    name: string,
    values?: Values,
    options?: { subcommand?: string },
  ): Interaction;
  /** Types into an option and resolves with what is suggested. */
  autocomplete(
    person: Person,
    channel: Channel,
    name: string,
    field: string,
    text: string,
    options?: { subcommand?: string; others?: Values },
  ): Promise<JsonObject[]>;
  /** Presses a button by its custom id or label. */
  press(person: Person, message: Pointed, wanted: string): Interaction;
  /** Picks from a select menu. */
  choose(person: Person, message: Pointed, customId: string, values: string[]): Interaction;
  contextMenu(person: Person, message: Pointed, name: string): Interaction;
  /** Fills in the modal that answered an interaction; fields by custom id or label. */
  submitModal(asked: Interaction, values: Record<string, string | string[] | boolean>): Interaction;
}

/** Gives people their hands. */
export function createPeople(world: World, wait: <T>(look: () => T | undefined) => Promise<T>): People {
  const first = world.addServer("Acme");

  function find(pointed: Pointed): Message {
    const id = typeof pointed === "string" ? pointed : pointed.id;
    for (const channel of world.channels.values()) {
      const message = channel.messages.findLast((candidate) => candidate.id === id && candidate.type !== 21);
      if (message) return message;
    }
    throw new Error(`no message ${id}: it was deleted, or never was`);
  }

  function role(name: string, options: Place & { permissions?: Permission[]; mentionable?: boolean } = {}): Role {
    const server = options.server ?? first;
    const known = [...server.roles.values()].find((candidate) => candidate.name === name);
    if (known) return known;
    return world.addRole(server, {
      name,
      permissions: bits(...(options.permissions ?? [])),
      mentionable: options.mentionable ?? false,
      managed: false,
    });
  }

  function overwriteBot(
    channel: Channel,
    { allow = [], deny = [] }: { allow?: Permission[]; deny?: Permission[] },
  ): void {
    channel.overwrites = channel.overwrites.filter(({ id }) => id !== world.bot.id);
    if (allow.length + deny.length > 0)
      channel.overwrites.push({ id: world.bot.id, type: 1, allow: bits(...allow), deny: bits(...deny) });
  }

  const path = (subcommand: string | undefined) => subcommand?.split(" ") ?? [];

  return {
    server(name) {
      const server = world.addServer(name);
      tellInvited(world, server);
      return server;
    },
    role,
    person(name, { server = first, roles = [], bot = false, locale = "en-US", openToDms = true } = {}) {
      if ([...world.people.values()].some((other) => other.name === name))
        throw new Error(`there is a ${name} already`);
      const person = world.addPerson({ name, bot, locale, openToDms });
      const granted = roles.map((wanted) => role(wanted, { server }));
      admit(world, server, person, granted);
      return person;
    },
    community(locale, server = first) {
      Object.assign(server, { locale, features: ["COMMUNITY"] });
      world.dispatch({ name: "GUILD_UPDATE", data: wireServer(server), intent: intents.guilds });
    },
    join: (person, server) => admit(world, server, person),
    leave: (person, server = first) => dismiss(world, server, person),
    channel(name, { server = first, type = "text", topic, allow = [], deny = [], members = [] } = {}) {
      const view = bits("ViewChannel");
      const isPrivate = type === "private";
      const channel = world.addChannel({
        type: channelTypes[isPrivate ? "text" : type],
        name,
        server,
        topic: topic ?? null,
      });
      if (isPrivate) channel.overwrites.push({ id: server.id, type: 0, allow: 0n, deny: view });
      for (const person of members) channel.overwrites.push({ id: person.id, type: 1, allow: view, deny: 0n });
      overwriteBot(channel, {
        allow: isPrivate && !deny.includes("ViewChannel") ? [...allow, "ViewChannel"] : allow,
        deny,
      });
      world.dispatch({ name: "CHANNEL_CREATE", data: wireChannel(channel, world), intent: intents.guilds });
      return channel;
    },
    thread(parent, { name = "a thread", from, by, isPrivate = false, text } = {}) {
      const owner =
        by ??
        from?.author ??
        [...(parent.server?.members.values() ?? [])].find(({ person }) => person !== world.bot)?.person;
      if (!owner) throw new Error("a thread needs somebody to start it");
      const thread = openThread(world, parent, owner, { name, isPrivate, ...(from ? { from } : {}) });
      const isForum = holdsThreadsOnly(parent);
      if (isForum && text === undefined) throw new Error("a forum's thread begins with a text");
      if (text !== undefined) {
        const content = typed(text, thread, around(thread));
        post(world, owner, thread, { ...emptyDraft(), content, mentions: "default" }, isForum ? { id: thread.id } : {});
      }
      return thread;
    },
    threadOf(message) {
      const channel = world.channels.get(typeof message === "string" ? message : message.id);
      return channel?.thread ? channel : undefined;
    },
    dm: (person) => world.dmWith(person),
    say: (person, channel, text, { replyTo, pingReplied = true, ...along } = {}) =>
      speak(world, person, channel, text, { ...along, pingReplied, ...(replyTo ? { replyTo: find(replyTo) } : {}) }),
    forward: (person, message, channel) => passOn(world, person, find(message), channel),
    edit(message, text) {
      const { channel } = message;
      change(world, message, { content: typed(text, channel, around(channel)), mentions: "default" });
    },
    delete: (message) => remove(world, message),
    deleteMany: (messages) => removeMany(world, messages),
    react: (person, message, emoji) => void setReaction(world, person, find(message), emoji, true),
    unreact: (person, message, emoji) => void setReaction(world, person, find(message), emoji, false),
    type: (person, channel) => startTyping(world, person, channel),
    kickBot(server = first) {
      server.hasBot = false;
      server.members.delete(world.bot.id);
      world.dispatch({ name: "GUILD_DELETE", data: { id: server.id }, intent: intents.guilds });
    },
    joinThread: (person, thread) => addToThread(world, thread, person),
    archiveThread: (thread, archived = true) => setThread(world, thread, { archived }),
    lockThread: (thread, locked = true) => setThread(world, thread, { locked }),
    permit(channel, change) {
      overwriteBot(channel, change);
      world.dispatch({ name: "CHANNEL_UPDATE", data: wireChannel(channel, world), intent: intents.guilds });
    },
    deleteChannel(channel) {
      for (const thread of world.threadsOf(channel)) world.channels.delete(thread.id);
      const name = channel.thread ? "THREAD_DELETE" : "CHANNEL_DELETE";
      world.dispatch({ name, data: wireChannel(channel, world), intent: intents.guilds });
      world.channels.delete(channel.id);
      world.changed();
    },
    slash: (person, channel, name, values = {}, { subcommand } = {}) =>
      runSlash(world, person, channel, name, values, path(subcommand)),
    async autocomplete(person, channel, name, field, text, { subcommand, others = {} } = {}) {
      const asked = askSuggestions(world, person, channel, name, field, text, others, path(subcommand));
      return wait(() => asked.choices);
    },
    press: (person, message, wanted) => useComponent(world, person, find(message), wanted),
    choose: (person, message, customId, values) => useComponent(world, person, find(message), customId, values),
    contextMenu: (person, message, name) => runContextMenu(world, person, find(message), name),
    submitModal: (asked, values) => sendModal(world, asked.person, asked, values),
  };
}
