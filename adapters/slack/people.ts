import type { webApi } from "@slack/bolt";
import { LRUCache } from "lru-cache";
import type { Address, Person, PersonId } from "../../src/chat.ts";
import { bestNamed } from "../../src/words/named.ts";
import type { Clock } from "./clock.ts";
import { isFields } from "./fields.ts";
import { adapterName, addressOf, isDirect, personId, userOf } from "./messages.ts";
import { deliveryError, refusalOf } from "./refusals.ts";
import type { NameOf } from "./text.ts";
import type { Wire } from "./wire.ts";

/** What is known of people. */
export type People = {
  /** A name that is known already; never asks. */
  nameOf: NameOf;
  /** Whom a name may mean: who is called so, else who has a name that begins so, else one that has it in it. */
  find(name: string): Promise<Person[]>;
  who(id: PersonId): Promise<Person | undefined>;
  /** Asks in the background how somebody is called, once; for next time. */
  meet(user: string): void;
  /** Asks how everybody is called, as far as a few pages go: whoever speaks first is then known by name. */
  meetAll(): Promise<void>;
  /** Makes the names of these users known, as far as Slack tells them. */
  learn(users: Iterable<string>): Promise<void>;
  canRead(id: PersonId, address: Address): Promise<boolean>;
  /** Slack takes the id of a person for that of the DM with them. */
  direct(id: PersonId): Promise<Address | undefined>;
  place(address: Address): Promise<{ name?: string; private: boolean } | undefined>;
};

const fresh = 5 * 60_000;
const mostAsked = 30;
const [mostFound, mostLookedAt] = [5, 20];
const roomKept = 50;
const mostPages = 5;
const strange = new Set(["user_not_found", "users_not_found", "user_not_visible"]);

type Told = NonNullable<webApi.UsersInfoResponse["user"]>;

/** People as Slack knows them; each is asked for once in a while only. */
export function createPeople(wire: Wire, clock: Clock): People {
  const { client } = wire;
  const names = new LRUCache<string, string>({ max: 10_000 });
  const known = new LRUCache<string, Promise<Person | undefined>>({ max: 2_000, ttl: fresh });
  let met = Number.NEGATIVE_INFINITY;
  let groups: { at: number; of: Promise<Map<string, string[]>> } | undefined;

  function nameIn(told: Told): string | undefined {
    const { profile, real_name: real, name } = told;
    return profile?.display_name || profile?.real_name || real || name;
  }

  /** Slack does not describe everybody of other companies: whoever it is, is no more than a guest here. */
  function stranger(user: string): Person {
    return { id: personId(user), name: names.get(user) ?? user, bot: false, guest: true, roles: [] };
  }

  async function ask(user: string): Promise<Person | undefined> {
    try {
      const [answer, memberships] = await Promise.all([
        wire.call("users.info", () => client.users.info({ user, include_locale: true })),
        groupsOf(user),
      ]);
      const told = answer.user;
      if (!told || told.deleted) return undefined;
      const name = nameIn(told) ?? user;
      names.set(user, name);
      return {
        id: personId(user),
        name,
        bot: told.is_bot === true,
        guest: told.is_restricted === true || told.is_ultra_restricted === true || told.is_stranger === true,
        roles: memberships.map((group) => `${adapterName}:group:${group}`),
        ...(told.tz && { timezone: told.tz }),
        ...(told.locale && { language: told.locale }),
      };
    } catch (error) {
      if (strange.has(refusalOf(error) ?? "")) return stranger(user);
      throw deliveryError(error, "look up a person");
    }
  }

  function person(user: string): Promise<Person | undefined> {
    const before = known.get(user);
    if (before) return before;
    const asked = ask(user);
    known.set(user, asked);
    // What failed is asked again next time.
    asked.catch(() => known.delete(user));
    return asked;
  }

  async function groupsOf(user: string): Promise<string[]> {
    if (!groups || clock.now() - groups.at > fresh) groups = { at: clock.now(), of: readGroups() };
    return (await groups.of).get(user) ?? [];
  }

  /** User groups are a paid feature, and need a scope of their own: without them nobody has any. */
  async function readGroups(): Promise<Map<string, string[]>> {
    const byUser = new Map<string, string[]>();
    try {
      const { usergroups = [] } = await wire.call("usergroups.list", () =>
        client.usergroups.list({ include_users: true }),
      );
      for (const { id, users = [] } of usergroups) {
        for (const user of users) if (id) byUser.set(user, [...(byUser.get(user) ?? []), id]);
      }
    } catch {
      groups = undefined;
    }
    return byUser;
  }

  async function isMember(user: string, channel: string): Promise<boolean> {
    let cursor: string | undefined;
    do {
      const asked = { channel, limit: 1_000, ...(cursor && { cursor }) };
      const answer = await wire.call("conversations.members", () => client.conversations.members(asked));
      if (answer.members?.includes(user)) return true;
      cursor = answer.response_metadata?.next_cursor || undefined;
    } while (cursor);
    return false;
  }

  async function meetAll(): Promise<void> {
    let cursor: string | undefined;
    for (let page = 0; page < mostPages; page++) {
      const asked = { limit: 200, ...(cursor && { cursor }) };
      const answer = await wire.call("users.list", () => client.users.list(asked));
      for (const told of answer.members ?? []) {
        const name = nameIn(told);
        if (told.id && name) names.set(told.id, name);
      }
      cursor = answer.response_metadata?.next_cursor || undefined;
      if (!cursor) return;
    }
  }

  return {
    meet(user) {
      if (names.has(user) || wire.room("users.info") < roomKept) return;
      person(user).catch(() => {});
    },

    meetAll,

    nameOf: (user) => names.get(user),

    async who(id) {
      const user = userOf(id);
      return user === undefined ? undefined : person(user);
    },

    async find(name) {
      if (clock.now() - met > fresh) {
        met = clock.now();
        await meetAll().catch(() => {});
      }
      const called = [...names].map(([user, called]) => ({ name: called, user }));
      const users = bestNamed(name, called, mostLookedAt);
      const found: Person[] = [];
      // Bots and those who left have names as well.
      while (users.length > 0 && found.length < mostFound) {
        const some = await Promise.all(users.splice(0, mostFound).map(({ user }) => person(user)));
        found.push(...some.flatMap((one) => (one && !one.bot ? [one] : [])));
      }
      return found.slice(0, mostFound);
    },

    async learn(users) {
      const unknown = [...new Set(users)].filter((user) => !names.has(user) && userOf(personId(user)));
      await Promise.allSettled(unknown.slice(0, mostAsked).map(person));
    },

    async direct(id) {
      const user = userOf(id);
      const found = user && (await person(user));
      return user && found && !found.bot ? addressOf(user) : undefined;
    },

    async place({ channel }) {
      try {
        const answer = await wire.call("conversations.info", () => client.conversations.info({ channel }));
        const place: unknown = answer.channel;
        if (!isFields(place)) return undefined;
        const isPrivate = isDirect(channel) || place.is_private === true || place.is_mpim === true;
        return { ...(typeof place.name === "string" && { name: place.name }), private: isPrivate };
      } catch (error) {
        if (refusalOf(error) !== undefined) return undefined;
        throw deliveryError(error, "look at the channel");
      }
    },

    async canRead(id, { channel }) {
      const user = userOf(id);
      const reader = user && (await person(user));
      if (!user || !reader) return false;
      try {
        const answer = await wire.call("conversations.info", () => client.conversations.info({ channel }));
        // The library's type knows nothing of DMs.
        const place: unknown = answer.channel;
        if (!isFields(place)) return false;
        if (isDirect(channel)) return place.user === user;
        const open = place.is_channel === true && !place.is_private && !place.is_mpim && !place.is_ext_shared;
        return (open && !reader.guest) || (await isMember(user, channel));
      } catch (error) {
        if (refusalOf(error) !== undefined) return false;
        throw deliveryError(error, "look at the channel");
      }
    },
  };
}
