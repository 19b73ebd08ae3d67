import type { Who } from "../../access/access.ts";
import { channelAt } from "../../access/places.ts";
import type { Address, Language, Mentioned, NamedChannel, PersonId } from "../../chat.ts";
import type { ScheduleDraft } from "../../schedules/schedule.ts";
import type { Schedules } from "../../schedules/schedules.ts";
import { sayWhen } from "../../schedules/when/say-when.ts";
import type { When } from "../../schedules/when/when.ts";
import { type Words, wordsOf } from "../../words/words.ts";
import type { Desk } from "../desk/desk.ts";
import type { ServerPrompts } from "../prompts/server-prompts.ts";
import { chooseAgent } from "../questions/choose-agent.ts";
import { refusalText } from "../questions/screening.ts";
import { type Places, referencesIn } from "./places.ts";
import { readDigest, readWork } from "./read-wish.ts";
import { createTimeReading, type Refused, refused, sayTooClose, sentenceStart, type Unsure } from "./wish-time.ts";

/** What somebody wants scheduled, in their words. Plain data. */
export type Wish = {
  text: string;
  agent?: string;
  /** Whom it names, and which channels. */
  people?: Mentioned[];
  channels: NamedChannel[];
  person: { id: PersonId; name: string };
  language: Language;
  /** Where it was asked. */
  at: Address;
  /** Answered where nothing can be pressed, such as a shell. */
  unpressable?: true;
  /** Which of several readings was meant. */
  when?: When;
  /** The schedule it changes. */
  edits?: string;
  /** The form it was written in, as it was filled in: kept so that it need not be written again. */
  filled?: Record<string, string>;
};

/** What becomes of a wish: a draft that may be made, a question, or a no with its reason. `note`: what is to be known of it. */
export type Plan = { kind: "draft"; draft: ScheduleDraft; note?: string } | Unsure | Refused;

/** The prompts of servers, as far as schedules use them. */
export type SchedulePrompts = Pick<ServerPrompts, "chooseInSchedule" | "inSchedule">;

const longestName = 40;

/** Makes drafts of wishes. */
export function createPlanner(desk: Desk, schedules: Schedules, places: Places, prompts: SchedulePrompts) {
  const { config, access, people, now } = desk;
  const timeOf = createTimeReading(desk);

  async function plan(wish: Wish): Promise<Plan> {
    const words = wordsOf(wish.language);
    const time = await timeOf(wish);
    if (time.kind !== "timed") return time;
    const { when, zone, said, settings } = time;

    // Where it was said in so many words, what else looks like a place is part of the work.
    const work = said.has("to") ? { what: time.rest.trim(), to: [] } : readWork(time.rest);
    const to = await channelsOf(said.get("to"), work.to, wish);
    if ("unknown" in to) return refused(words.schedules.noSuchChannel(to.unknown), "options");
    const here = { adapter: wish.at.adapter, channel: wish.at.channel };
    if (to.length === 0 && !desk.adapter(here.adapter)?.can.buttons) return refused(words.schedules.noPlace, "options");
    const targets = to.length > 0 ? to : [here];
    const [target = here] = targets;

    const named = said.get("agent") ?? wish.agent;
    const usual = chooseAgent(config(), { text: named ? `ask ${named}: ${work.what}` : work.what, at: target });
    const choice = await prompts.chooseInSchedule(usual, target);
    if (choice.kind === "nobody") return refused(words.noAgents, "agent");
    if (choice.kind === "unknown") return refused(words.noSuchAgent(choice.asked, choice.near), "agent");
    const digest = readDigest(choice.text);
    const isDigest = settings.digest ?? digest !== undefined;
    const from = await channelsOf(said.get("from"), digest?.from ?? [], wish);
    if ("unknown" in from) return refused(words.schedules.noSuchChannel(from.unknown), "options");
    const prompt = digest ? digest.wishes : choice.text;
    if (prompt === "" && !isDigest)
      return refused(words.schedules.askWhat(sentenceStart(sayWhen(when, wish.language, { zone }))), "what");
    const sources = isDigest ? (from.length > 0 ? from : [here]) : from;

    const draft: ScheduleDraft = {
      name: (said.get("name") || (await nameFor(sources, isDigest, prompt, wish, words))).slice(0, 100),
      when,
      words: time.words,
      zone,
      agent: choice.agent.name,
      ...(prompt ? { prompt } : {}),
      ...(await namedIn(prompt, wish)),
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
    const tooClose = tooCloseIn(draft);
    if (tooClose) return refused(tooClose, "when");
    const no = await objection(draft, wish, words);
    if (no) return refused(no, "options");
    const used = await prompts.inSchedule({
      text: prompt,
      agent: choice.agent.name,
      at: target,
      language: wish.language,
    });
    if (used && isDigest) return refused(words.serverPrompts.notInDigest, "what");
    const wrong = used && "why" in used ? used : undefined;
    if (wrong?.away !== undefined) return { kind: "draft", draft, note: words.serverPrompts.awayNow(wrong.away) };
    return wrong ? refused(wrong.why, "what") : { kind: "draft", draft };
  }

  /** Whom the author of the prompt names in it: those its posts may call. What is changed keeps whom it named. */
  async function namedIn(prompt: string, { people: named = [], edits }: Wish): Promise<Pick<ScheduleDraft, "people">> {
    const before = edits === undefined ? [] : ((await schedules.find(edits))?.schedule.people ?? []);
    const all = [...named, ...before.filter(({ id }) => !named.some((one) => one.id === id))];
    const theirs = all.filter(({ name }) => prompt.includes(`@${name}`));
    return theirs.length > 0 ? { people: theirs } : {};
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

  const tooCloseIn = (draft: ScheduleDraft) =>
    sayTooClose(draft, { least: config().limits.min_interval, now: now(), language: draft.language });

  /** Why a draft may not be kept, in words; undefined when it may. */
  async function objection(
    draft: ScheduleDraft,
    { person, edits, at }: Pick<Wish, "person" | "edits" | "at">,
    words: Words,
  ) {
    const { limits } = config();
    const tooClose = tooCloseIn(draft);
    if (tooClose) return tooClose;
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

  return { plan, timeOf, objection };
}
export type Planner = ReturnType<typeof createPlanner>;

function firstWords(prompt: string): string {
  const line = prompt.replace(/\s+/g, " ").trim();
  if (line.length <= longestName) return line.replace(/[.。!?！？]+$/, "") || line;
  const cut = line.slice(0, longestName);
  return `${(cut.includes(" ") ? cut.slice(0, cut.lastIndexOf(" ")) : cut).trimEnd()}…`;
}
