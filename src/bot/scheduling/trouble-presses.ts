import type { Press } from "../../chat.ts";
import type { Schedule } from "../../schedules/schedule.ts";
import type { Schedules } from "../../schedules/schedules.ts";
import { sayTime } from "../../schedules/when/say-when.ts";
import { wordsOf } from "../../words/words.ts";
import type { Desk } from "../desk/desk.ts";
import type { Finding } from "./finding.ts";
import type { Lines } from "./lines.ts";
import type { Skipped } from "./notices.ts";
import type { Planner } from "./plan.ts";
import type { Sayer, Verbs } from "./verbs.ts";

const mostDetails = 20;
/** Why schedules are paused whose owner has no access any more. */
const ownerGone = "owner-gone";

/** What is pressed on cards that tell of trouble; each gives what is said to whoever pressed. */
export function createTroublePresses(
  desk: Desk,
  parts: {
    schedules: Schedules;
    finding: Finding;
    lines: Lines;
    planner: Planner;
    verbs: Verbs;
    changed(schedule: Schedule): void;
  },
) {
  const { people, store, now } = desk;
  const { schedules, finding, lines, planner, verbs, changed } = parts;
  const skipped = store.kv("skipped-slots");

  /** Runs what was missed after all, as far as whoever presses may run it. */
  async function runSkipped(event: string, { value = "" }: Press, sayer: Sayer): Promise<string> {
    const asker = verbs.askerOf(sayer);
    const missed = (await skipped.get<Skipped>(value)) ?? [];
    const theirs: Skipped = [];
    let refusal: string | undefined;
    for (const one of missed) {
      const kept = await finding.byId(one.schedule, asker);
      const no = kept && (await finding.refusal(kept, "run", asker));
      if (kept && no === undefined) theirs.push(one);
      refusal ??= no;
    }
    // Those who may run none of it take the press from nobody.
    if (theirs.length === 0) return refusal ?? asker.words.schedules.ranSkipped(0);
    if (!(await store.claims.claim(`run-skipped:${value}`, now(), event))) return asker.words.alreadyDone;
    let count = 0;
    for (const { schedule, dues } of theirs)
      count += (await schedules.runMissed(schedule, dues, sayer.id))?.length ?? 0;
    return asker.words.schedules.ranSkipped(count);
  }

  /** What became of each slot that was missed. */
  async function details({ value = "" }: Press, sayer: Sayer): Promise<string> {
    const asker = verbs.askerOf(sayer);
    const said: string[] = [];
    for (const { schedule: id, dues } of (await skipped.get<Skipped>(value)) ?? []) {
      const kept = await finding.byId(id, asker);
      if (!kept) continue;
      said.push(`**${kept.schedule.name}**`);
      for (const due of dues.slice(0, mostDetails)) {
        const slot = await schedules.slot(id, due);
        if (slot) said.push(`• ${await lines.slotLine(slot, kept.schedule, sayer)}`);
      }
      if (dues.length > mostDetails) said.push(asker.words.schedules.moreSlots(dues.length - mostDetails));
    }
    return said.length > 0 ? said.join("\n") : asker.words.gone;
  }

  /** Whoever might make such a schedule becomes the owner of one that lost its own; it goes on. */
  async function claim({ value: id = "", person }: Press, sayer: Sayer): Promise<string> {
    const words = wordsOf(sayer.language);
    const kept = await schedules.find(id);
    if (!kept) return words.gone;
    const { paused, ...schedule } = kept.schedule;
    if (schedule.origin === "config") return words.schedules.fromConfig;
    // Somebody else was faster.
    if (paused?.why !== ownerGone) return words.alreadyDone;
    const name = await people.nameOf(person);
    const wish = { person: { id: sayer.id, name }, edits: id, at: schedule.place ?? sayer.at };
    const no = await planner.objection({ ...schedule, owner: sayer.id }, wish, words);
    if (no) return no;
    await schedules.edit(id, { ...schedule, owner: sayer.id });
    await schedules.resume(id);
    changed(schedule);
    const next = (await schedules.find(id))?.next;
    const time = next === undefined ? words.schedules.nothingNext : sayTime(next, schedule.zone, sayer.language);
    return words.schedules.claimed(schedule.name, time);
  }

  return { runSkipped, details, claim };
}
