import {
  type APIChannel,
  ChannelType,
  type GuildBasedChannel,
  PermissionFlagsBits,
  RESTJSONErrorCodes,
  RequestMethod,
  Routes,
} from "discord.js";
import { LRUCache } from "lru-cache";
import type { Address, ChatMessage, PostKey } from "../../src/chat.ts";
import type { Connection } from "./connection.ts";
import { codeOf } from "./refusals.ts";

/** A place where things are said. `guild` is missing in DMs. */
export type Place = { address: Address; guild?: string; threadable: boolean };

/** Where a post goes in Discord's terms, and which message there it can refer to. */
export type Target = { channel: string; reference?: string; address: Address };

/** Knows places: finds out what a channel id stands for, and makes threads when something is to be said in them. */
export type Places = ReturnType<typeof createPlaces>;

const threadTypes = new Set([ChannelType.PublicThread, ChannelType.PrivateThread, ChannelType.AnnouncementThread]);
const day = 1_440;

/** Makes the knowledge of places of one connection. */
export function createPlaces(connection: Connection) {
  const fetched = new LRUCache<string, Promise<APIChannel>>({ max: 1_000, ttl: 600_000 });
  const questions = new LRUCache<string, ChatMessage>({ max: 500 });
  const made = new LRUCache<string, Promise<Target>>({ max: 1_000 });

  const addressOf = (channel: string, thread?: string): Address => ({
    adapter: "discord",
    channel,
    ...(thread !== undefined && { thread }),
  });

  /** What is known without asking Discord. */
  function known(channel: string, guild: string | undefined): Place | undefined {
    if (guild === undefined) return { address: addressOf(channel), threadable: false };
    const found = connection.client.channels.cache.get(channel);
    if (!found || found.isDMBased()) return undefined;
    if (found.isThread()) {
      return found.parentId ? { address: addressOf(found.parentId, channel), guild, threadable: false } : undefined;
    }
    return { address: addressOf(channel), guild, threadable: mayThread(found) };
  }

  function mayThread(channel: GuildBasedChannel): boolean {
    if (channel.type !== ChannelType.GuildText && channel.type !== ChannelType.GuildAnnouncement) return false;
    const me = connection.client.user;
    const may = me && channel.permissionsFor(me);
    return may?.has(PermissionFlagsBits.CreatePublicThreads | PermissionFlagsBits.SendMessagesInThreads) ?? true;
  }

  /** Where people can look at a message. */
  function link({ channel, thread }: Address, message: string): string {
    const found = connection.client.channels.cache.get(channel);
    const server = found && !found.isDMBased() ? found.guildId : "@me";
    return `https://discord.com/channels/${server}/${thread ?? channel}/${message}`;
  }

  /** What a channel is called, and whether not everybody on its server reads it. */
  async function look({ channel }: Address): Promise<{ name?: string; private: boolean } | undefined> {
    const found = connection.client.channels.cache.get(channel);
    // What no event has told of is known too little to count as open; a DM has no name.
    const told = found ?? (await ask(channel).catch(() => undefined));
    if (!found || found.isDMBased() || found.isThread())
      return told && { ...("name" in told && told.name && { name: told.name }), private: true };
    const open = found.permissionsFor(found.guild.roles.everyone).has(PermissionFlagsBits.ViewChannel);
    return { name: found.name, private: !open };
  }

  /** May files be attached to what is posted there? */
  function mayAttach({ channel, thread }: Address): boolean {
    const { client } = connection;
    const found = client.channels.cache.get(thread ?? channel) ?? client.channels.cache.get(channel);
    if (!client.user || !found || found.isDMBased()) return true;
    return found.permissionsFor(client.user)?.has(PermissionFlagsBits.AttachFiles) ?? true;
  }

  function ask(channel: string): Promise<APIChannel> {
    const asked = fetched.get(channel) ?? connection.call<APIChannel>(RequestMethod.Get, Routes.channel(channel));
    fetched.set(channel, asked);
    asked.catch(() => fetched.delete(channel));
    return asked;
  }

  /** What a channel id stands for, asking Discord when its events have not told: a thread long asleep, say. */
  async function find(channel: string, guild: string | undefined): Promise<Place> {
    const place = known(channel, guild);
    if (place) return place;
    const found = await ask(channel);
    const parent = threadTypes.has(found.type) && "parent_id" in found ? found.parent_id : undefined;
    if (parent) return { address: addressOf(parent, channel), threadable: false, ...(guild && { guild }) };
    return { address: addressOf(channel), threadable: false, ...(guild && { guild }) };
  }

  /** What an address stands for. */
  async function at(address: Address): Promise<Place> {
    const id = address.thread ?? address.channel;
    const cached = connection.client.channels.cache.get(id) ?? connection.client.channels.cache.get(address.channel);
    if (cached && !cached.isDMBased())
      return { address, guild: cached.guildId, threadable: mayThreadAt(address, cached) };
    const found = await ask(address.channel);
    const guild = "guild_id" in found ? found.guild_id : undefined;
    return { address, threadable: false, ...(guild && { guild }) };
  }

  const mayThreadAt = (address: Address, channel: GuildBasedChannel) =>
    address.thread === undefined && mayThread(channel);

  /** Where a post goes. A thread that is still to be made is made from its message, named after what was asked. */
  async function target(address: Address, key: PostKey): Promise<Target> {
    const { channel, thread } = address;
    if (thread === undefined) return { channel, address, ...(key.answers && { reference: key.answers }) };
    // In the thread of a message that message itself can't be referred to: for Discord it stands in the channel.
    const there = {
      channel: thread,
      address,
      ...(key.answers && key.answers !== thread && { reference: key.answers }),
    };
    if (connection.client.channels.cache.has(thread)) return there;
    const making = made.get(thread) ?? makeThread(channel, thread);
    made.set(thread, making);
    making.catch(() => made.delete(thread));
    const { channel: into, address: reached } = await making;
    return into === thread ? there : { channel: into, address: reached, reference: key.answers ?? thread };
  }

  async function makeThread(channel: string, message: string): Promise<Target> {
    const inThread = { channel: message, address: addressOf(channel, message) };
    try {
      const name = threadName(questions.get(message)?.text ?? (await said(channel, message)));
      await connection.call(RequestMethod.Post, Routes.threads(channel, message), {
        body: { name, auto_archive_duration: day },
      });
      return inThread;
    } catch (error) {
      const code = codeOf(error);
      if (code === RESTJSONErrorCodes.ThreadAlreadyCreatedForMessage) return inThread;
      if (code === undefined) throw error;
      // Either it is a thread that grew from no message (a forum post), or threads can't be made here.
      const there = await ask(message).catch(() => undefined);
      return there ? inThread : { channel, address: addressOf(channel) };
    }
  }

  async function said(channel: string, message: string): Promise<string> {
    const route = Routes.channelMessage(channel, message);
    const { content } = await connection.call<{ content: string }>(RequestMethod.Get, route);
    return content.replace(/<[^>]*>|[*_`~]/g, "");
  }

  return {
    known,
    find,
    at,
    ask,
    target,
    mayAttach,
    look,
    link,
    /** Remembers what was asked: it names the thread that may be made from it, and is that thread's first message. */
    asked: (message: ChatMessage) => void questions.set(message.id, message),
    question: (id: string) => questions.get(id),
    forget: (id: string) => void questions.delete(id),
  };
}

function threadName(question: string): string {
  const line = question.replace(/\s+/g, " ").trim();
  return [...line].length > 80 ? `${[...line].slice(0, 79).join("").trimEnd()}…` : line || "Bellhop";
}
