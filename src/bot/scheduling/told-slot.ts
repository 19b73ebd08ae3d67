import type { Language, PersonId } from "../../chat.ts";
import type { Slot } from "../../schedules/slot.ts";
import { sayDay, sayTime } from "../../schedules/when/say-when.ts";
import { wallAt } from "../../schedules/when/wall-clock.ts";
import { wordsOf } from "../../words/words.ts";
import { sayCost } from "./describe.ts";

/** What tells of a slot besides itself. */
export type TellingSlot = {
  zone: string;
  language: Language;
  costs: boolean;
  nameOf(person: PersonId): Promise<string>;
};

/** Whether a run left something to read: a link to the first place it stands at. */
export function linkOf({ receipts = [] }: Slot): string | undefined {
  return receipts.find(({ link }) => link !== undefined)?.link;
}

/** One line for a slot, whatever became of it: when, what, and why. */
export async function tellSlot(slot: Slot, { zone, language, costs, nameOf }: TellingSlot): Promise<string> {
  const words = wordsOf(language).schedules.slot;
  const clock = (at: number) => new Date(wallAt(zone, at)).toISOString().slice(11, 19);
  const parts: string[] = [];
  if (slot.late) parts.push(words.late(sayTime(slot.due, zone, language)));
  if (slot.by) parts.push(words.byHand(await nameOf(slot.by)));
  const { outcome, started, took } = slot;
  if (outcome === "posted") {
    parts.push(words.claimed(clock(slot.claimed)));
    if (took !== undefined) parts.push(words.ran(seconds(took)));
    parts.push(words.postedAt(clock((started ?? slot.claimed) + (took ?? 0)), linkOf(slot)));
    if (slot.receipts?.some((receipt) => "seen" in receipt && receipt.seen === true)) parts.push(words.seen);
    const lost = slot.receipts?.filter(({ why }) => why !== undefined) ?? [];
    for (const { address, why } of lost) parts.push(`${address.adapter}:${address.channel}: ${why}`);
  } else if (outcome === undefined) {
    parts.push(words.running);
  } else {
    const why = whyOf(slot, zone, language);
    parts.push(
      why === "" ? words.outcome[outcome] : `${words.outcome[outcome]}${language === "zh-TW" ? "：" : ": "}${why}`,
    );
  }
  if (slot.tokens) {
    const tokens = (slot.tokens.input + slot.tokens.output).toLocaleString("en");
    parts.push(words.used(tokens, costs && slot.cost !== undefined ? sayCost(slot.cost) : undefined));
  }
  const due = slot.late || slot.by ? slot.claimed : slot.due;
  const when = sayTime(slot.by ? slot.due : due, zone, language);
  return `**${when}**${language === "zh-TW" ? "：" : ": "}${parts.join(language === "zh-TW" ? "，" : ", ")}`;
}

function whyOf(slot: Slot, zone: string, language: Language): string {
  const { slot: words } = wordsOf(language).schedules;
  const { why } = slot;
  const near = (at: number) => nearTime(at, slot.due, zone, language);
  switch (why?.is) {
    case "overlap":
      return words.overlap(near(why.going));
    case "date":
      return words.date(sayDay(why.day, language));
    case "quiet":
      return words.quiet(near(why.until));
    case "paused":
      return words.paused;
    case "owner-gone":
      return words.ownerGone;
    case "replaced":
      return words.replaced(near(why.by));
    case "down": {
      const between = words.down(near(why.from), near(why.to));
      const then = why.ran === undefined ? words.because[why.because] : words.ranInstead(near(why.ran));
      return `${between}${language === "zh-TW" ? "；" : "; "}${then}`;
    }
    case "interrupted":
      return words.interrupted(why.tries);
    case "said":
      return why.text;
    case undefined:
      return slot.outcome === "silent" ? words.nothingNew : "";
  }
}

/** A time on the same day without its day. */
function nearTime(at: number, other: number, zone: string, language: Language): string {
  const [one, two] = [at, other].map((each) => new Date(wallAt(zone, each)).toISOString());
  return one?.slice(0, 10) === two?.slice(0, 10) ? (one?.slice(11, 16) ?? "") : sayTime(at, zone, language);
}

function seconds(ms: number): string {
  return ms < 100 ? "0.1" : (ms / 1000).toFixed(1);
}
