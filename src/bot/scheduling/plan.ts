import type { Who } from "../../access/access.ts";
import { channelAt } from "../../access/places.ts";
import type { Address, Language, NamedChannel, PersonId } from "../../chat.ts";
import type { ScheduleDraft } from "../../schedules/schedule.ts";
import type { Schedules } from "../../schedules/schedules.ts";
import { nextFew } from "../../schedules/when/next.ts";
import { sayQuestion, sayRefusal } from "../../schedules/when/say-reading.ts";
import { sayWhen } from "../../schedules/when/say-when.ts";
import type { When } from "../../schedules/when/when.ts";
import { zoneOf } from "../../tools/zones.ts";
import { type Words, wordsOf } from "../../words/words.ts";
import { chooseAgent } from "../choose-agent.ts";
import { type Desk, zoneAt } from "../desk.ts";
import { refusalText } from "../questions.ts";
import { type BadField, badField, readSettings, takeFlags } from "./flags.ts";
import { type Places, referencesIn } from "./places.ts";
import { readDigest, readWishWhen, readWork } from "./read-wish.ts";

/** What somebody wants scheduled, in their words. Plain data. */
export type Wish = {
  text: string;
  agent?: string;
  channels: NamedChannel[];
  person: { id: PersonId; name: string };
  language: Language;
  /** Where it was asked. */
  at: Address;
  /** Which of several readings was meant. */
  when?: When;
  /** The schedule it changes. */
  edits?: string;
};

/** What becomes of a wish: a draft that may be made, a question, or a no with its reason. */
export type Plan =
  | { kind: "draft"; draft: ScheduleDraft }
  | { kind: "unsure"; question: string; readings: { when: When; text: string }[] }
  | { kind: "refused"; text: string };

const slotsLookedAt = 100;
const longestName = 40;

/** Makes drafts of wishes. */
export function createPlanner(desk: Desk, schedules: Schedules, places: Places) {
  const { config, access, people, now } = desk;

  async function plan(wish: Wish): Promise<Plan> {
    const words = wordsOf(wish.language);
    const flags = takeFlags(wish.text);
    if (!flags.ok) return refused(sayProblem(flags.problem, words));
    const { said } = flags;
    const zone = await zoneFor(wish, said.get("timezone"));
    if (!zone) return refused(sayProblem(badField("timezone", said.get("timezone") ?? ""), words));
    const settings = readSettings(said, zone);
    if ("kind" in settings) return refused(sayProblem(settings, words));

    const options = { now: now(), zone, language: wish.language };
    const written = said.get("when");
    const reading = readWishWhen(written ?? flags.words, options);
    if (reading.kind === "none") return refused(words.schedules.noWhen((written ?? flags.words).slice(0, 200)));
    if (reading.kind === "refused") return refused(sayRefusal(reading.refusal, wish.language, zone));
    if (written !== undefined && reading.rest !== "") return refused(sayProblem(badField("when", written), words));
    if (reading.kind === "unsure" && !wish.when) {
      const question = sayQuestion(reading.asks, reading.said, wish.language);
      return { kind: "unsure", question, readings: reading.readings };
    }
    const when = wish.when ?? (reading.kind === "read" ? reading.when : undefined);
    if (!when) return refused(words.schedules.noWhen(flags.words.slice(0, 200)));

    const work = readWork(said.get("prompt") ?? (written === undefined ? reading.rest : flags.words));
    const to = await channelsOf(said.get("to"), work.to, wish);
    if ("unknown" in to) return refused(words.schedules.noSuchChannel(to.unknown));
    const here = { adapter: wish.at.adapter, channel: wish.at.channel };
    if (to.length === 0 && !desk.adapter(here.adapter)?.can.buttons) return refused(words.schedules.noPlace);
    const targets = to.length > 0 ? to : [here];
    const [target = here] = targets;

    const named = said.get("agent") ?? wish.agent;
    const choice = chooseAgent(config(), { text: named ? `ask ${named}: ${work.what}` : work.what, at: target });
    if (choice.kind === "nobody") return refused(words.noAgents);
    if (choice.kind === "unknown") return refused(words.noSuchAgent(choice.asked, choice.near));
    const digest = readDigest(choice.text);
    const isDigest = settings.digest ?? digest !== undefined;
    const from = await channelsOf(said.get("from"), digest?.from ?? [], wish);
    if ("unknown" in from) return refused(words.schedules.noSuchChannel(from.unknown));
    const prompt = digest ? digest.wishes : choice.text;
    if (prompt === "" && !isDigest)
      return refused(words.schedules.askWhat(sentenceStart(sayWhen(when, wish.language, { zone }))));
    const sources = isDigest ? (from.length > 0 ? from : [here]) : from;

    const draft: ScheduleDraft = {
      name: (said.get("name") || (await nameFor(sources, isDigest, prompt, wish, words))).slice(0, 100),
      when,
      words: written ?? reading.said,
      zone,
      agent: choice.agent.name,
      ...(prompt ? { prompt } : {}),
      from: sources,
      to: targets,
      thread: "fresh",
      catchUp: { mode: "latest" },
      overlap: "skip",
      retries: 3,
      skip: [],
      enabled: true,
      ...settings,
      digest: isDigest,
      owner: wish.person.id,
      origin: "chat",
      place: here,
      language: wish.language,
    };
    const no = await objection(draft, wish, words);
    return no ? refused(no) : { kind: "draft", draft };
  }

  async function zoneFor(wish: Wish, written: string | undefined): Promise<string | undefined> {
    if (written !== undefined) return zoneOf(written);
    return (await people.zone(wish.person.id)) ?? zoneAt(desk, wish.at);
  }

  /** Channels by a field, else those of the sentence. */
  async function channelsOf(field: string | undefined, sentence: string[], { at, channels }: Wish) {
    const refs = field === undefined ? sentence : referencesIn(field);
    if (field !== undefined && refs.length === 0) return { unknown: field };
    return places.find(refs, at.adapter, channels);
  }

  async function nameFor(
    from: Address[],
    isDigest: boolean,
    prompt: string,
    wish: Wish,
    words: Words,
  ): Promise<string> {
    const [source] = from;
    const what = isDigest && source ? await places.nameOf(source, undefined, words) : "";
    const base = isDigest
      ? what.startsWith("#")
        ? words.schedules.names.digestOf(what.slice(1))
        : words.schedules.names.digest
      : firstWords(prompt);
    const taken = new Set(
      (await schedules.list({ owner: wish.person.id }, 200)).map(({ schedule }) => schedule.name.toLowerCase()),
    );
    for (let n = 1; ; n++) {
      const name = n === 1 ? base : `${base} ${n}`;
      if (!taken.has(name.toLowerCase()) || wish.edits) return name;
    }
  }

  /** Why a draft may not be kept, in words; undefined when it may. */
  async function objection(
    draft: ScheduleDraft,
    { person, edits, at }: Pick<Wish, "person" | "edits" | "at">,
    words: Words,
  ) {
    const { limits } = config();
    const said = sayWhen(draft.when, draft.language, draft);
    const soonest = closest(draft, now());
    if (soonest !== undefined && soonest < limits.min_interval) {
      const limit = words.schedules.names.stretch(limits.min_interval);
      const isBeat = draft.when.kind === "beat";
      return isBeat
        ? words.schedules.tooClose(sentenceStart(said), limit, words.schedules.names.every(limits.min_interval))
        : words.schedules.tooCloseOtherwise(sentenceStart(said), limit);
    }
    if (!edits && (await schedules.count({ owner: person.id })) >= limits.schedules_per_person)
      return words.schedules.tooMany(limits.schedules_per_person);
    const who = await people.who(person.id, { roles: true });
    return (await refusedThere(draft, who, at, words)) ?? undefined;
  }

  async function refusedThere(
    draft: ScheduleDraft,
    who: Who,
    here: Address,
    words: Words,
  ): Promise<string | undefined> {
    for (const address of [...draft.to, ...draft.from]) {
      if (!desk.adapter(address.adapter) || address.adapter === "api")
        return words.schedules.notConnected(address.adapter);
    }
    for (const address of draft.to) {
      if (access.authorize(who, "schedule", { at: address }).allowed) continue;
      const may = channelAt(config(), address)?.schedulers ?? "members";
      return words.schedules.notYours(
        await places.nameOf(address, here, words),
        typeof may === "string" ? may : "listed",
      );
    }
    const [target] = draft.to;
    if (draft.agent && target) {
      const verdict = access.authorize(who, "talk", { agent: draft.agent, at: target });
      if (!verdict.allowed && verdict.reason !== "triggers-only")
        return refusalText(desk, verdict, draft.agent, target, words);
    }
    for (const address of [...draft.from, ...draft.to]) {
      if (await reads(who, address, draft.from.includes(address))) continue;
      return words.schedules.cantRead(await places.nameOf(address, here, words));
    }
    return undefined;
  }

  /** Whether somebody may read there. Of another platform than their own nobody can say, so its words are for admins only. */
  async function reads(who: Who, address: Address, isSource: boolean): Promise<boolean> {
    const platform = who.id.slice(0, who.id.indexOf(":"));
    // Whoever calls the API holds the operator's key.
    if (platform === "api") return true;
    if (platform === address.adapter) return (await desk.adapter(platform)?.canRead(who.id, address)) ?? false;
    return !isSource || access.authorize(who, "administer", {}).allowed;
  }

  return { plan, objection };
}
export type Planner = ReturnType<typeof createPlanner>;

/** The shortest time between two runs in a row, looking some way ahead. */
function closest({ when, zone }: ScheduleDraft, now: number): number | undefined {
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

const refused = (text: string): Plan => ({ kind: "refused", text });

/** With a capital, as the beginning of a sentence. */
export function sentenceStart(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function firstWords(prompt: string): string {
  const line = prompt.replace(/\s+/g, " ").trim();
  if (line.length <= longestName) return line.replace(/[.。!?！？]+$/, "") || line;
  const cut = line.slice(0, longestName);
  return `${(cut.includes(" ") ? cut.slice(0, cut.lastIndexOf(" ")) : cut).trimEnd()}…`;
}
