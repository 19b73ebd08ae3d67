import {
  type APIChannel,
  type APIGuildMember,
  type APIUser,
  ChannelType,
  type Guild,
  GuildFeature,
  PermissionFlagsBits,
  RESTJSONErrorCodes,
  RequestMethod,
  Routes,
} from "discord.js";
import { LRUCache } from "lru-cache";
import type { Address, Author, Person, PersonId } from "../../src/chat.ts";
import type { Connection } from "./connection.ts";
import type { Memory } from "./identify-limit.ts";
import { authorOf } from "./message.ts";
import type { Places } from "./places.ts";
import { codeOf, deliveryError } from "./refusals.ts";

type Member = { roles: string[]; nick?: string | null | undefined };

/** Knows who people are, which roles they have and what they may read. */
export type People = ReturnType<typeof createPeople>;

const minute = 60_000;
const mostFound = 5;
const nobody = new Set<number | string | undefined>([
  RESTJSONErrorCodes.UnknownUser,
  RESTJSONErrorCodes.UnknownMember,
  RESTJSONErrorCodes.InvalidFormBodyOrContentType,
]);

/** Makes the knowledge of people: what events told lately, else what Discord says when asked. */
export function createPeople(connection: Connection, places: Places, memory: Memory) {
  const users = new LRUCache<string, APIUser>({ max: 2_000, ttl: 10 * minute });
  const members = new LRUCache<string, { member: Member | undefined }>({ max: 2_000, ttl: minute });
  const lookUps = new Map<string, Promise<void>>();
  const locales = new LRUCache<string, string>({ max: 2_000 });

  function seen(user: APIUser, member: Member | undefined, guild: string | undefined): void {
    users.set(user.id, user);
    if (member && guild) members.set(`${guild}:${user.id}`, { member });
  }

  async function userOf(id: string): Promise<APIUser | undefined> {
    const user = users.get(id) ?? (await orNobody(connection.call<APIUser>(RequestMethod.Get, Routes.user(id))));
    if (user) users.set(id, user);
    return user;
  }

  async function memberOf(guild: string, id: string): Promise<Member | undefined> {
    const key = `${guild}:${id}`;
    const kept = members.get(key);
    if (kept) return kept.member;
    // One after the other, as Discord allows them anyway: the library counts those it was given before the first answer
    // apart from those given later, and sends the ones while the others have used up what was allowed.
    const before = lookUps.get(guild) ?? Promise.resolve();
    const found = before.then(async () => {
      const meanwhile = members.get(key);
      if (meanwhile) return meanwhile.member;
      const member = await orNobody(connection.call<APIGuildMember>(RequestMethod.Get, Routes.guildMember(guild, id)));
      members.set(key, { member });
      return member;
    });
    lookUps.set(
      guild,
      found.then(
        () => {},
        () => {},
      ),
    );
    return found;
  }

  /** Discord tells somebody's language only when they use a command or a button. */
  async function localeOf(id: string): Promise<string | undefined> {
    const kept = locales.get(id) ?? (await memory.get(keptAt(id)).catch(() => undefined));
    if (typeof kept !== "string") return undefined;
    locales.set(id, kept);
    return kept;
  }

  function heardSpeak(id: string, locale: string): void {
    if (locales.get(id) === locale) return;
    locales.set(id, locale);
    // What could not be kept is told again with their next command.
    memory.set(keptAt(id), locale).catch(() => {});
  }

  async function who(person: PersonId): Promise<Person | undefined> {
    const id = idOf(person);
    const user = id && (await userOf(id));
    if (!user) return undefined;
    const guilds = [...connection.client.guilds.cache.values()];
    const asked = guilds.map(async (guild) => ({ guild, member: await memberOf(guild.id, user.id) }));
    const found = (await Promise.all(asked)).flatMap(({ guild, member }) => (member ? [{ guild, member }] : []));
    const language = (await localeOf(user.id)) ?? chosenBy(found.map(({ guild }) => guild));
    return {
      ...authorOf(user, found[0]?.member),
      guest: found.length === 0,
      roles: found.flatMap(({ member }) => member.roles.map((role) => `discord:role:${role}`)),
      ...(language && { language }),
    };
  }

  async function canRead(person: PersonId, address: Address): Promise<boolean> {
    const id = idOf(person);
    if (!id) return false;
    try {
      const place = await places.at(address);
      if (!place.guild) return isRecipient(await places.ask(address.channel), id);
      const guild = connection.client.guilds.cache.get(place.guild);
      const member = guild && (await memberOf(guild.id, id));
      if (!guild || !member) return false;
      return mayRead(guild, address.channel, id, member) && (await mayReadThread(address, id));
    } catch (error) {
      if (!deliveryError(error).final) throw error;
      return false;
    }
  }

  /** Where somebody is spoken to alone; Discord says only on posting whether they take it. */
  async function direct(person: PersonId): Promise<Address | undefined> {
    const id = idOf(person);
    if (!id || !(await userOf(id))) return undefined;
    const body = { recipient_id: id };
    const dm = await connection.call<{ id: string }>(RequestMethod.Post, Routes.userChannels(), { body });
    return { adapter: "discord", channel: dm.id };
  }

  /** A private thread is for those who were brought into it. */
  async function mayReadThread({ thread }: Address, id: string): Promise<boolean> {
    const found = thread === undefined ? undefined : await threadOf(thread);
    if (found?.type !== ChannelType.PrivateThread) return true;
    const route = Routes.threadMembers(found.id, id);
    return connection.call(RequestMethod.Get, route).then(
      () => true,
      (error: unknown) => {
        if (deliveryError(error).final) return false;
        throw error;
      },
    );
  }

  async function threadOf(thread: string): Promise<{ id: string; type: ChannelType } | undefined> {
    const cached = connection.client.channels.cache.get(thread);
    // A thread that is still to be made from a message is open to all who see the channel.
    return cached ?? places.ask(thread).catch(() => undefined);
  }

  /** Whom a name may mean in the server of a place; in a DM, in those servers that the asker is in. */
  async function find(name: string, { asker, at }: { asker: PersonId; at: Address }): Promise<Person[]> {
    const id = idOf(asker);
    const { guild: here } = await places.at(at);
    const all = [...connection.client.guilds.cache.keys()].filter((guild) => here === undefined || guild === here);
    const shared = await Promise.all(all.map(async (guild) => (id && (await memberOf(guild, id)) ? [guild] : [])));
    const query = { query: name.replace(/^@/, "").slice(0, 100), limit: String(mostFound) };
    const asked = shared
      .flat()
      .map((guild) =>
        connection.call<APIGuildMember[]>(RequestMethod.Get, Routes.guildMembersSearch(guild), { query }),
      );
    const told = (await Promise.all(asked)).flat().filter(({ user }) => !user.bot);
    const people = new Map(told.map(({ user, ...member }) => [user.id, { user, member }]));
    const named = [...people.values()].map(({ user, member }) => ({ id: user.id, name: authorOf(user, member).name }));
    const found = await Promise.all(named.slice(0, mostFound).map((one) => who(`discord:${one.id}`)));
    return found.flatMap((one) => one ?? []);
  }

  return {
    seen,
    who,
    find,
    canRead,
    direct,
    heardSpeak,
    speaks: (person: PersonId) => locales.get(idOf(person) ?? ""),
    /** A name that is known without asking. */
    nameOf(id: string): string | undefined {
      const user = users.get(id);
      return user && authorOf(user).name;
    },
    /** Somebody of whom an event told the id only. */
    known(id: string): Author {
      const me = connection.client.user;
      if (me?.id === id) return { id: `discord:${id}`, name: me.displayName, bot: true };
      const user = users.get(id);
      return user ? authorOf(user) : { id: `discord:${id}`, name: id, bot: false };
    },
  };
}

function keptAt(id: string): string {
  return `discord:locale:${id}`;
}

/** A server's language says something only where its owner could choose it; every other server is "en-US". */
function chosenBy(guilds: Guild[]): string | undefined {
  return guilds.find(({ features }) => features.includes(GuildFeature.Community))?.preferredLocale;
}

function idOf(person: PersonId): string | undefined {
  return /^discord:(\d{1,20})$/.exec(person)?.[1];
}

async function orNobody<Found>(asking: Promise<Found>): Promise<Found | undefined> {
  try {
    return await asking;
  } catch (error) {
    if (nobody.has(codeOf(error))) return undefined;
    throw deliveryError(error);
  }
}

function isRecipient(channel: APIChannel, id: string): boolean {
  return channel.type === ChannelType.DM && (channel.recipients ?? []).some((recipient) => recipient.id === id);
}

/** Discord's own order: everyone's rights, those of the roles, then what the channel denies and allows. */
function mayRead(guild: Guild, channelId: string, id: string, member: Member): boolean {
  const channel = guild.channels.cache.get(channelId);
  if (!channel || channel.isThread()) return false;
  if (guild.ownerId === id) return true;
  const roles = [guild.id, ...member.roles];
  let rights = 0n;
  for (const role of roles) rights |= guild.roles.cache.get(role)?.permissions.bitfield ?? 0n;
  if (rights & PermissionFlagsBits.Administrator) return true;
  const overwrites = channel.permissionOverwrites.cache;
  const apply = (ids: string[]) => {
    const found = ids.flatMap((each) => overwrites.get(each) ?? []);
    for (const { deny } of found) rights &= ~deny.bitfield;
    for (const { allow } of found) rights |= allow.bitfield;
  };
  apply([guild.id]);
  apply(member.roles);
  apply([id]);
  // Who may not enter a voice channel may not read beside it either.
  const enter = channel.isVoiceBased() ? PermissionFlagsBits.Connect : 0n;
  const needed = PermissionFlagsBits.ViewChannel | PermissionFlagsBits.ReadMessageHistory | enter;
  return (rights & needed) === needed;
}
