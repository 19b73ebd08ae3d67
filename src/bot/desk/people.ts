import { LRUCache } from "lru-cache";
import type { Who } from "../../access/access.ts";
import type { Address, Author, ChatAdapter, Language, Person, PersonId } from "../../chat.ts";
import { languageOf } from "../../words/words.ts";

/** Who people are, as their platforms know them; asked only where a rule needs it. */
export type People = {
  /** With roles: the platform is asked, at most every ten minutes per person. A platform that fails gives no roles. */
  who(id: PersonId, options: { roles: boolean }): Promise<Who>;
  /** What is known without asking. */
  known(id: PersonId): Who;
  /** The language somebody uses the platform in, where it is known and spoken here. */
  language(id: PersonId): Promise<Language | undefined>;
  /** The time zone somebody lives in, where the platform tells it. */
  zone(id: PersonId): Promise<string | undefined>;
  /** The same, without asking. */
  knownZone(id: PersonId): string | undefined;
  /** How somebody is called: events of some platforms tell an id only. */
  nameOf(author: Author): Promise<string>;
  /** The same of somebody of whom nothing else is known; the id itself, if their platform does not tell. */
  nameById(id: PersonId): Promise<string>;
};

/** Stands for all who read at a place: they may see what anybody may, and no more. */
export function anybodyAt({ adapter }: Address): Who {
  return { id: `${adapter}:anybody`, roles: [], guest: true };
}

const keptMs = 10 * 60_000;

/** People over the adapters. */
export function createPeople(adapter: (name: string) => ChatAdapter | undefined): People {
  const cache = new LRUCache<PersonId, Person>({ max: 5000, ttl: keptMs });
  const plain = (id: PersonId, person: Person | undefined): Who => ({
    id,
    roles: person?.roles ?? [],
    guest: person?.guest ?? false,
  });
  const adapterOf = (id: PersonId) => adapter(id.slice(0, id.indexOf(":")));
  async function find(id: PersonId): Promise<Person | undefined> {
    const cached = cache.get(id);
    if (cached) return cached;
    const person = await adapterOf(id)?.who(id);
    if (person) cache.set(id, person);
    return person;
  }
  async function nameById(id: PersonId): Promise<string> {
    const person = await find(id).catch(() => undefined);
    return person?.name ?? id.slice(id.indexOf(":") + 1);
  }

  return {
    who: async (id, { roles }) => plain(id, roles ? await find(id).catch(() => undefined) : cache.get(id)),
    known: (id) => plain(id, cache.get(id)),
    async language(id) {
      const lately = adapterOf(id)?.speaks?.(id);
      if (lately !== undefined) return languageOf(lately);
      const person = await find(id).catch(() => undefined);
      return languageOf(person?.language);
    },
    async zone(id) {
      return (await find(id).catch(() => undefined))?.timezone;
    },
    knownZone: (id) => cache.get(id)?.timezone,
    nameOf: async ({ id, name }) => (id.endsWith(`:${name}`) ? nameById(id) : name),
    nameById,
  };
}
