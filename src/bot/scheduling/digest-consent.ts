import type { Address, PersonId, Press } from "../../chat.ts";
import { runIdFor } from "../../runs/run.ts";
import { type Place, type Wider, widerThan } from "../../schedules/digest/audience.ts";
import { placeKey } from "../../schedules/digest/digest.ts";
import type { Schedule } from "../../schedules/schedule.ts";
import { wordsOf } from "../../words/words.ts";
import type { Desk } from "../desk/desk.ts";
import { placeName } from "./place-name.ts";

/** What would be read by others than those who read it now, and nobody of them says yes to. */
export type Unheeded = Wider & {
  /** When a yes was given that holds no more. */
  lapsed?: number;
};

/** Whether what was said in a private place may be posted where others read it: for somebody to say who reads it. */
export type DigestConsent = {
  missing(schedule: Schedule, sources: Address[]): Promise<Unheeded[]>;
  /** Asks in those places, once for each time it came to be missing. */
  ask(schedule: Schedule, missing: Unheeded[]): Promise<void>;
  /** A press of that question's button. `late`: there is no such question any more. */
  give(press: Press): Promise<"given" | "not-theirs" | "late">;
};

/** The button that says yes; its value is the schedule. */
export const digestAllow = "digest-allow";

/** A yes holds while its giver reads the source, and the target is no more open than it was. */
type Yes = { by: PersonId; at: number; toPrivate: boolean };
type Question = { schedule: Schedule; targets: Address[] };

const askedForMs = 90 * 86_400_000;

/** Consent over the desk. */
export function createDigestConsent(desk: Desk): DigestConsent {
  const { adapter, store, access, people, now } = desk;
  const allowed = store.kv("digests-allowed");
  const asked = store.kv("digests-asked");

  async function placeAt(address: Address): Promise<Place> {
    const there = await adapter(address.adapter)?.place?.(address);
    // Where nobody can tell, it counts as private.
    return { address, private: there?.private ?? true };
  }

  async function mayShare(person: PersonId, from: Address): Promise<boolean> {
    const reads = (await adapter(from.adapter)?.canRead(person, from)) ?? false;
    const who = await people.who(person, { roles: access.needsRoles(from) });
    return access.authorize(who, "share", { from, reads }).allowed;
  }

  async function holds(yes: Yes, { source, target }: Wider): Promise<boolean> {
    if (yes.toPrivate && !(await placeAt(target)).private) return false;
    return mayShare(yes.by, source);
  }

  async function textOf({ name, language }: Schedule, targets: Address[]): Promise<string> {
    const names = await Promise.all(targets.map((at) => placeName(desk, at)));
    return wordsOf(language).scheduled.mayPost(name, names);
  }

  return {
    async missing(schedule, sources) {
      const [from, to] = await Promise.all([sources, schedule.to].map((some) => Promise.all(some.map(placeAt))));
      const missing: Unheeded[] = [];
      for (const wider of widerThan(from ?? [], to ?? [])) {
        const yes = await allowed.get<Yes>(yesKey(schedule.id, wider));
        if (yes === undefined) missing.push(wider);
        else if (!(await holds(yes, wider))) missing.push({ ...wider, lapsed: yes.at });
      }
      return missing;
    },

    async ask(schedule, missing) {
      const words = wordsOf(schedule.language).scheduled;
      const sources = new Map(missing.map(({ source }) => [placeKey(channelOf(source)), channelOf(source)]));
      for (const [place, source] of sources) {
        const some = missing.filter((one) => placeKey(channelOf(one.source)) === place);
        const targets = some.map(({ target }) => target);
        const lapsed = Math.max(0, ...some.map((one) => one.lapsed ?? 0));
        // Whoever changes or resumes the schedule has it asked anew.
        const key = `digest-ask:${schedule.id}:${schedule.since}:${place}:${targets.map(placeKey).join(",")}:${lapsed}`;
        if (!(await store.claims.claim(key, now()))) continue;
        await asked.set(`${schedule.id}:${place}`, { schedule, targets } satisfies Question, askedForMs);
        const buttons = [{ id: digestAllow, value: schedule.id, text: words.allow, style: "primary" as const }];
        const post = { text: await textOf(schedule, targets), language: schedule.language, card: { buttons } };
        await desk.postman.send({ address: source, post, key: { id: runIdFor(key), since: now() } }).kept;
      }
    },

    async give({ value = "", address, message, person }) {
      const source = channelOf(address);
      const key = `${value}:${placeKey(source)}`;
      const question = await asked.get<Question>(key);
      if (!question) return "late";
      if (!(await mayShare(person.id, source))) return "not-theirs";
      for (const target of question.targets) {
        const yes: Yes = { by: person.id, at: now(), toPrivate: (await placeAt(target)).private };
        await allowed.set(yesKey(value, { source, target }), yes);
      }
      await asked.delete(key);
      const { schedule, targets } = question;
      const told = wordsOf(schedule.language);
      const text = `${await textOf(schedule, targets)}\n${told.scheduled.allowedBy(await people.nameOf(person))}`;
      await adapter(source.adapter)
        ?.edit({ address, id: message }, { text, language: schedule.language })
        .catch((error: unknown) => desk.log.warn({ err: error }, "that a digest was allowed could not be shown"));
      return "given";
    },
  };
}

/** Who reads a channel reads its threads. */
function channelOf({ adapter, channel }: Address): Address {
  return { adapter, channel };
}

function yesKey(schedule: string, { source, target }: Wider): string {
  return [schedule, placeKey(channelOf(source)), placeKey(channelOf(target))].join(":");
}
