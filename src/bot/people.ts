import { LRUCache } from "lru-cache";
import type { Who } from "../access/access.ts";
import type { ChatAdapter, Person, PersonId } from "../chat.ts";

/** Who people are, as their platforms know them; asked only where a rule needs it. */
export type People = {
  /** With roles: the platform is asked, at most every ten minutes per person. A platform that fails gives no roles. */
  who(id: PersonId, options: { roles: boolean }): Promise<Who>;
  /** What is known without asking. */
  known(id: PersonId): Who;
};

const keptMs = 10 * 60_000;

/** People over the adapters. */
export function createPeople(adapter: (name: string) => ChatAdapter | undefined): People {
  const cache = new LRUCache<PersonId, Person>({ max: 5000, ttl: keptMs });
  const plain = (id: PersonId, person: Person | undefined): Who => ({
    id,
    roles: person?.roles ?? [],
    guest: person?.guest ?? false,
  });
  return {
    async who(id, { roles }) {
      const cached = cache.get(id);
      if (cached || !roles) return plain(id, cached);
      const person = await adapter(id.slice(0, id.indexOf(":")))?.who(id);
      if (person) cache.set(id, person);
      return plain(id, person);
    },
    known: (id) => plain(id, cache.get(id)),
  };
}
