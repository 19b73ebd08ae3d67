import { toolTitle } from "../../agent/tool-title.ts";
import type { Address, Button, Language, PersonId, Post } from "../../chat.ts";
import type { Schedule } from "../../schedules/schedule.ts";
import type { Kept } from "../../schedules/schedule-store.ts";
import type { Schedules } from "../../schedules/schedules.ts";
import type { Slot } from "../../schedules/slot.ts";
import { nextFew } from "../../schedules/when/next.ts";
import { sayTime } from "../../schedules/when/say-when.ts";
import { type Words, wordsOf } from "../../words/words.ts";
import type { Desk } from "../desk/desk.ts";
import { anybodyAt } from "../desk/people.ts";
import { type Describer, sayCost, sayWhenAndZone } from "./describe.ts";
import type { Places } from "./places.ts";
import { linkOf, tellSlot } from "./told-slot.ts";

/** For whom, and where, something is told. `id` is missing where everybody reads it. */
export type Reader = { id?: PersonId; at: Address; language: Language };

const monthMs = 30 * 86_400_000;

/** Tells how schedules stand. */
export function createLines(desk: Desk, parts: { schedules: Schedules; describer: Describer; places: Places }) {
  const { access, people, now } = desk;
  const { schedules, describer, places } = parts;

  async function seesCost({ id, at }: Reader): Promise<boolean> {
    const who = id === undefined ? anybodyAt(at) : await people.who(id, { roles: true });
    return access.authorize(who, "see-cost", { at }).allowed;
  }

  /** How it stands, in one line. */
  async function one({ schedule, next }: Kept, reader: Reader): Promise<string> {
    const words = wordsOf(reader.language);
    const told = words.schedules;
    const history = await schedules.history(schedule.id);
    const last = history.find(({ outcome }) => outcome !== undefined);
    const cost = history.reduce((sum, slot) => sum + (slot.due > now() - monthMs ? (slot.cost ?? 0) : 0), 0);
    const parts = [await stateOf(schedule, next, words, reader.language)];
    if (schedules.going(schedule.id)) parts.push(told.line.running);
    if (last?.outcome) {
      const time = sayTime(last.due, schedule.zone, reader.language);
      parts.push(told.line.last(told.slot.outcome[last.outcome], time, linkOf(last)));
    }
    if (cost > 0 && (await seesCost(reader))) parts.push(told.line.cost(sayCost(cost)));
    const mark = schedule.origin === "config" ? ` ${told.configured}` : "";
    const to = await places.namesOf(schedule.to, reader.at, words);
    const when = sayWhenAndZone(schedule, reader.language);
    return `**${schedule.name}** \`${schedule.id}\`${mark} ${when} → ${to} · ${parts.join(" · ")}`;
  }

  async function stateOf(
    { paused, enabled, zone }: Schedule,
    next: number | undefined,
    words: Words,
    language: Language,
  ) {
    const { line, slot } = words.schedules;
    const whys: Record<string, string> = { "owner-gone": slot.ownerGone, failing: line.failing };
    if (paused?.by === "bellhop") return line.pausedItself(whys[paused.why] ?? paused.why);
    if (paused) return line.pausedBy(await people.nameById(paused.by), paused.why);
    if (!enabled) return line.off;
    return next === undefined ? line.over : line.next(sayTime(next, zone, language));
  }

  /** What can be done with it, as buttons. */
  function buttons({ schedule }: Kept, at: Address, words: Words): Button[] {
    const { schedules: told } = words;
    const button = (verb: string, text: string): Button => ({ id: `schedule-${verb}`, value: schedule.id, text });
    const running = [
      button("run", told.runNow),
      schedule.paused ? button("resume", told.resume) : button("pause", told.pause),
    ];
    if (schedule.origin === "config") return running;
    const edit = desk.adapter(at.adapter)?.can.forms ? [{ ...button("edit", told.edit), opens: true as const }] : [];
    return [...running, ...edit, { ...button("delete", told.delete), style: "danger" }];
  }

  /** Everything about one. */
  async function whole(kept: Kept, reader: Reader): Promise<Post> {
    const words = wordsOf(reader.language);
    const { schedule, next } = kept;
    const [sentence = "", , ...rest] = await describer.lines(schedule, reader.at, reader.language);
    const times =
      next === undefined
        ? []
        : nextFew(schedule.when, schedule, next - 1, 5).map((at) => sayTime(at, schedule.zone, reader.language));
    const owner = schedule.owner ? [words.schedules.owner(await people.nameById(schedule.owner))] : [];
    const { tried } = schedule;
    const lines = [
      await one(kept, reader),
      sentence,
      ...(times.length > 0 ? [words.schedules.next(times)] : []),
      ...rest,
      ...(tried ? [words.schedules.tried(tried.map(toolTitle))] : []),
      ...owner,
    ];
    return { text: lines.join("\n"), card: { buttons: buttons(kept, reader.at, words) } };
  }

  async function slotLine(slot: Slot, { zone }: Schedule, reader: Reader): Promise<string> {
    return tellSlot(slot, { zone, language: reader.language, costs: await seesCost(reader), nameOf: people.nameById });
  }

  return { one, buttons, whole, slotLine, nameOf: people.nameById };
}
export type Lines = ReturnType<typeof createLines>;
