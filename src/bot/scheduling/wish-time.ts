import type { ScheduleDraft } from "../../schedules/schedule.ts";
import { nextFew } from "../../schedules/when/next.ts";
import { sayQuestion, sayRefusal } from "../../schedules/when/say-reading.ts";
import { sayWhen } from "../../schedules/when/say-when.ts";
import type { When } from "../../schedules/when/when.ts";
import { zoneOf } from "../../tools/zones.ts";
import { type Words, wordsOf } from "../../words/words.ts";
import { type Desk, zoneAt } from "../desk/desk.ts";
import { type BadField, badField, type Field, type FlagSettings, readSettings, takeFlags } from "./flags.ts";
import type { Wish } from "./plan.ts";
import { readWishWhen } from "./read-wish.ts";

/** The inputs of the form in which a schedule is written. */
export type FormField = "when" | "zone" | "agent" | "what" | "options";

/** A no with its reason, and the input of the form that is to blame. */
export type Refused = { kind: "refused"; text: string; input: FormField };
/** Several readings: the person is asked. */
export type Unsure = { kind: "unsure"; question: string; readings: { when: When; text: string }[] };

/** When a wish is to run, with what else was said in fields, and the words that are not about the time. */
export type WishTime = {
  kind: "timed";
  when: When;
  zone: string;
  said: Map<Field, string>;
  settings: FlagSettings;
  /** The words of the time. */
  words: string;
  /** The words of the work. */
  rest: string;
};

const slotsLookedAt = 100;

/** Reads when a wish is to run; knows no places and asks no platform but for the person's zone. */
export function createTimeReading({ people, config, now }: Pick<Desk, "people" | "config" | "now">) {
  return async function timeOf(wish: Wish): Promise<WishTime | Unsure | Refused> {
    const words = wordsOf(wish.language);
    const flags = takeFlags(wish.text);
    if (!flags.ok) return refused(sayProblem(flags.problem, words), "options");
    const { said } = flags;
    const named = said.get("timezone");
    const zone =
      named !== undefined ? zoneOf(named) : ((await people.zone(wish.person.id)) ?? zoneAt({ config }, wish.at));
    if (!zone) return refused(sayProblem(badField("timezone", named ?? ""), words), "zone");
    const settings = readSettings(said, zone);
    if ("kind" in settings) return refused(sayProblem(settings, words), "options");

    const options = { now: now(), zone, language: wish.language };
    const written = said.get("when");
    const reading = readWishWhen(written ?? flags.words, options);
    if (reading.kind === "none") return refused(words.schedules.noWhen((written ?? flags.words).slice(0, 200)), "when");
    if (reading.kind === "refused") return refused(sayRefusal(reading.refusal, wish.language, zone), "when");
    if (written !== undefined && reading.rest !== "")
      return refused(sayProblem(badField("when", written), words), "when");
    if (reading.kind === "unsure" && !wish.when) {
      const question = sayQuestion(reading.asks, reading.said, wish.language);
      return { kind: "unsure", question, readings: reading.readings };
    }
    const when = wish.when ?? (reading.kind === "read" ? reading.when : undefined);
    if (!when) return refused(words.schedules.noWhen(flags.words.slice(0, 200)), "when");
    const rest = said.get("prompt") ?? (written === undefined ? reading.rest : flags.words);
    return { kind: "timed", when, zone, said, settings, words: written ?? reading.said, rest };
  };
}

/** Says that some runs would be too close together; undefined when none are. */
export function sayTooClose(
  { when, zone }: Pick<ScheduleDraft, "when" | "zone">,
  { least, now, language }: { least: number; now: number; language: Wish["language"] },
): string | undefined {
  const soonest = closest({ when, zone }, now);
  if (soonest === undefined || soonest >= least) return undefined;
  const words = wordsOf(language).schedules;
  const said = sentenceStart(sayWhen(when, language, { zone }));
  const limit = words.names.stretch(least);
  return when.kind === "beat"
    ? words.tooClose(said, limit, words.names.every(least))
    : words.tooCloseOtherwise(said, limit);
}

/** The shortest time between two runs in a row, looking some way ahead. */
function closest({ when, zone }: Pick<ScheduleDraft, "when" | "zone">, now: number): number | undefined {
  if (when.kind === "once") return undefined;
  const slots = nextFew(when, { zone, anchor: now }, now, slotsLookedAt);
  return slots
    .slice(1)
    .reduce<number | undefined>((least, at, n) => Math.min(at - (slots[n] ?? 0), least ?? Infinity), undefined);
}

function sayProblem(
  problem: { kind: "unknown"; field: string; near: string | undefined } | BadField,
  words: Words,
): string {
  return problem.kind === "unknown"
    ? words.schedules.noSuchField(problem.field, problem.near)
    : words.schedules.badField(problem.field, problem.value, problem.example);
}

/** A no. */
export const refused = (text: string, input: FormField): Refused => ({ kind: "refused", text, input });

/** With a capital, as the beginning of a sentence. */
export function sentenceStart(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
