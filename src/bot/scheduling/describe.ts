import type { Address, Language } from "../../chat.ts";
import type { ScheduleDraft } from "../../schedules/schedule.ts";
import { dstNotes } from "../../schedules/when/dst-notes.ts";
import { nextFew, slotsBetween } from "../../schedules/when/next.ts";
import { sayTime, sayWhen } from "../../schedules/when/say-when.ts";
import { type Words, wordsOf } from "../../words/words.ts";
import type { Desk } from "../desk/desk.ts";
import { byName } from "../questions/choose-agent.ts";
import { sayFlags } from "./flags.ts";
import type { Places } from "./places.ts";
import { sentenceStart } from "./wish-time.ts";

const monthMs = 30 * 86_400_000;
const mostRunsCounted = 50_000;

/** A sum of money, as small ones are read. */
export function sayCost(dollars: number): string {
  return `$${dollars > 0 && dollars < 0.01 ? dollars.toFixed(4) : dollars < 0.1 ? dollars.toFixed(3) : dollars.toFixed(2)}`;
}

/** When it runs, with its zone. */
export function sayWhenAndZone({ when, zone }: Pick<ScheduleDraft, "when" | "zone">, language: Language): string {
  return `${sayWhen(when, language, { zone })}${wordsOf(language).schedules.inZone(zone)}`;
}

/** Tells people what a schedule will do. */
export function createDescriber(desk: Pick<Desk, "config" | "ledger" | "now">, places: Places) {
  const { config, ledger, now } = desk;

  /** In one sentence. */
  async function sentence(draft: ScheduleDraft, here: Address, words: Words, language: Language): Promise<string> {
    const when = sentenceStart(sayWhenAndZone(draft, language));
    const to = await places.namesOf(draft.to, here, words);
    const agent = draft.agent ?? "";
    if (!draft.digest) return `**${words.schedules.works(when, agent, to)}** ${draft.prompt ?? ""}`;
    const from = await places.namesOf(
      draft.from.length > 0 ? draft.from : draft.place ? [draft.place] : [],
      here,
      words,
    );
    return `**${words.schedules.digests(when, agent, from, to)}**${draft.prompt ? ` ${draft.prompt}` : ""}`;
  }

  function nextRuns(draft: ScheduleDraft, words: Words, language: Language): string {
    const slots = nextFew(draft.when, { zone: draft.zone, anchor: now() }, now(), 5).filter(
      (at) => at <= (draft.until ?? at),
    );
    const times = slots.map((at) => sayTime(at, draft.zone, language));
    const [first] = times;
    if (first === undefined) return words.schedules.neverAgain;
    return draft.when.kind === "once" ? words.schedules.oneRun(first) : words.schedules.next(times);
  }

  /** Which tools and model, and what a month may cost, as far as it is known. */
  async function uses(draft: ScheduleDraft, here: Address, words: Words): Promise<string> {
    const agent = byName(config(), draft.agent ?? "");
    const model = config().models.find((one) => one.name === agent?.llm_model);
    const called = model?.provider === "offline" ? words.offlineModel : (model?.display_name ?? agent?.llm_model ?? "");
    const reading = draft.digest ? [`chat.read (${await places.namesOf(draft.from, here, words)})`] : [];
    const tools = [...reading, ...(agent?.mcp_servers.map(({ name }) => name) ?? [])];
    return words.schedules.uses(tools, called) + (await costs(draft, here, model?.provider === "offline", words));
  }

  async function costs(draft: ScheduleDraft, here: Address, isFree: boolean, words: Words): Promise<string> {
    if (isFree) return words.schedules.free;
    const places = [...draft.to, here];
    const used = (await Promise.all(places.map((at) => ledger.used(at, now() - monthMs)))).flat();
    const theirs = used.filter(({ agent, cost }) => agent === draft.agent && cost > 0);
    const [count, sum] = theirs.reduce(([runs, cost], one) => [runs + one.runs, cost + one.cost], [0, 0]);
    if (count === 0) return "";
    const reckoning = { zone: draft.zone, anchor: now() };
    const runs = slotsBetween(draft.when, reckoning, now(), now() + monthMs, mostRunsCounted).length;
    return words.schedules.costs(sayCost((runs * sum) / count), runs, sayCost(sum / count));
  }

  /** All of it, line by line. */
  async function lines(draft: ScheduleDraft, here: Address, language: Language): Promise<string[]> {
    const words = wordsOf(language);
    const flags = sayFlags(draft);
    return [
      await sentence(draft, here, words, language),
      nextRuns(draft, words, language),
      ...dstNotes(draft.when, { zone: draft.zone, anchor: now() }, now(), language),
      await uses(draft, here, words),
      ...(flags.length > 0 ? [words.schedules.options(flags.map((flag) => `\`${flag}\``).join(" "))] : []),
    ];
  }

  return { sentence, lines };
}
export type Describer = ReturnType<typeof createDescriber>;
