import type { Address, Language, PersonId, Post } from "../../chat.ts";
import type { Schedule } from "../../schedules/schedule.ts";
import type { Kept } from "../../schedules/schedule-store.ts";
import type { Schedules } from "../../schedules/schedules.ts";
import type { Slot } from "../../schedules/slot.ts";
import { instantOfOnce } from "../../schedules/when/next.ts";
import { readWhen } from "../../schedules/when/read-when.ts";
import { sayTime } from "../../schedules/when/say-when.ts";
import { wallAt } from "../../schedules/when/wall-clock.ts";
import type { ScheduleVerb } from "../../words/commands.ts";
import { type Words, wordsOf } from "../../words/words.ts";
import type { Desk } from "../desk/desk.ts";
import { exportYaml } from "./export.ts";
import type { Asker, Finding } from "./finding.ts";
import type { Lines } from "./lines.ts";

/** Who says a verb, where and in which language. */
export type Sayer = { id: PersonId; at: Address; language: Language; unpressable?: true | undefined };

const mostCards = 5;
const mostLines = 20;
const mostHistory = 20;

/** The verbs of schedules: each gives what is said to whoever said it. */
export function createVerbs(
  desk: Desk,
  parts: { schedules: Schedules; finding: Finding; lines: Lines; changed(schedule: Schedule): void },
) {
  const { now } = desk;
  const { schedules, finding, lines, changed } = parts;

  const askerOf = ({ id, at, language, unpressable }: Sayer): Asker => {
    return { id, at, words: wordsOf(language), unpressable };
  };
  const isPressable = ({ at, unpressable }: Sayer) => !unpressable && desk.adapter(at.adapter)?.can.buttons === true;

  async function list(sayer: Sayer): Promise<Post[]> {
    const words = wordsOf(sayer.language);
    const found = await finding.list(sayer);
    if (found.length === 0) return [{ text: words.schedules.none }];
    const told = await Promise.all(found.slice(0, mostLines).map((kept) => lines.one(kept, sayer)));
    if (found.length <= mostCards && isPressable(sayer))
      return found.map((kept, n) => ({ text: told[n] ?? "", card: { buttons: lines.buttons(kept, sayer.at, words) } }));
    const more = found.length > mostLines ? [words.schedules.more(found.length - mostLines)] : [];
    const buttons = found.slice(0, mostLines).map(({ schedule }) => ({
      id: "schedule-manage",
      value: schedule.id,
      text: `${words.schedules.manage}: ${schedule.name}`.slice(0, 75),
    }));
    return [{ text: [...told, ...more].join("\n"), card: { buttons } }];
  }

  /** Does what a verb says with one that was found, or says why not. `why` is what was said after its name. */
  async function act(verb: ScheduleVerb, kept: Kept, sayer: Sayer, why = ""): Promise<Post> {
    const asker = askerOf(sayer);
    const { words } = asker;
    const told = words.schedules;
    const { id, name, zone, paused } = kept.schedule;
    if (verb === "run" || verb === "pause" || verb === "resume" || verb === "edit" || verb === "delete") {
      const no = await finding.refusal(kept, verb, asker);
      if (no) return { text: no };
    }
    switch (verb) {
      case "run": {
        const begun = await schedules.run(id, sayer.id);
        if (!begun) return { text: words.gone };
        return {
          text:
            begun.is === "begun" ? told.running(name) : told.stillGoing(name, sayTime(begun.due, zone, sayer.language)),
        };
      }
      case "pause":
        if (paused) return { text: told.alreadyPaused(name) };
        await schedules.pause(id, { by: sayer.id, why });
        changed(kept.schedule);
        return { text: told.paused(name, why) };
      case "resume": {
        if (!paused) return { text: told.notPaused(name) };
        await schedules.resume(id);
        changed(kept.schedule);
        const next = (await schedules.find(id))?.next;
        return {
          text: told.resumed(name, next === undefined ? told.nothingNext : sayTime(next, zone, sayer.language)),
        };
      }
      case "delete": {
        if (!isPressable(sayer)) return remove(kept, sayer);
        const buttons = [
          { id: "schedule-delete-yes", value: id, text: told.delete, style: "danger" as const },
          { id: "schedule-delete-no", value: id, text: told.keep },
        ];
        return { text: told.deleteIt(name), card: { buttons } };
      }
      case "history":
        return { text: await history(kept, sayer, words) };
      case "why":
        return { text: await why_(kept, sayer, why, words) };
      default:
        return lines.whole(kept, sayer);
    }
  }

  async function remove(kept: Kept, sayer: Sayer): Promise<Post> {
    const asker = askerOf(sayer);
    const no = await finding.refusal(kept, "delete", asker);
    if (no) return { text: no };
    await schedules.delete(kept.schedule.id);
    changed(kept.schedule);
    return { text: asker.words.schedules.deleted(kept.schedule.name) };
  }

  async function history({ schedule }: Kept, sayer: Sayer, words: Words): Promise<string> {
    const slots = await schedules.history(schedule.id, mostHistory);
    if (slots.length === 0) return words.schedules.noHistory(schedule.name);
    const told = await Promise.all(slots.map((slot) => lines.slotLine(slot, schedule, sayer)));
    return [words.schedules.history(schedule.name), ...told.map((line) => `• ${line}`)].join("\n");
  }

  /** What became of one slot: the one named by its time, else the last. */
  async function why_({ schedule }: Kept, sayer: Sayer, time: string, words: Words): Promise<string> {
    const slots = await schedules.history(schedule.id);
    if (slots.length === 0) return words.schedules.noHistory(schedule.name);
    const slot = time === "" ? slots[0] : slotNamed(slots, time, schedule.zone, sayer.language);
    return slot ? lines.slotLine(slot, schedule, sayer) : words.schedules.noSuchSlot(time);
  }

  /** A slot by words for its time: a time of day, a weekday, a date, in any order and form that can be read. */
  function slotNamed(slots: Slot[], time: string, zone: string, language: Language): Slot | undefined {
    const wanted = folded(time);
    const named = (slot: Slot) => {
      const wall = new Date(wallAt(zone, slot.due)).toISOString();
      const forms = [
        ...(["en", "zh-TW"] as const).map((one) => sayTime(slot.due, zone, one)),
        `${wall.slice(0, 10)} ${wall.slice(11, 16)}`,
      ];
      return wanted.every((word) => forms.some((form) => folded(form).some((part) => part === word)));
    };
    const found = slots.find(named);
    if (found) return found;
    // A day before today is no time to run, but one in the past can be meant by the same words.
    for (const back of [0, 1, 7, 31, 366]) {
      const reading = readWhen(time, { now: now() - back * 86_400_000, zone, language });
      if (reading.kind !== "read" || reading.when.kind !== "once") continue;
      const at = instantOfOnce(reading.when, zone);
      const slot = slots.find(({ due }) => due === at);
      if (slot) return slot;
    }
    return undefined;
  }

  async function exported(sayer: Sayer, found: Kept[]): Promise<Post> {
    const words = wordsOf(sayer.language).schedules;
    if (found.length === 0) return { text: words.none };
    const text = exportYaml(found.map(({ schedule }) => schedule));
    return { text: words.exported(found.length), files: [{ name: "schedules.yaml", type: "application/yaml", text }] };
  }

  return { list, act, remove, exported, askerOf };
}
export type Verbs = ReturnType<typeof createVerbs>;

function folded(time: string): string[] {
  return time
    .toLowerCase()
    .normalize("NFKC")
    .replace(/[(),]/g, " ")
    .replace(/(?<!\d)(\d):/g, "0$1:")
    .split(/\s+/)
    .filter(Boolean)
    .map((word) => word.replace(/^(mon|tue|wed|thu|fri|sat|sun)[a-z]+$/, "$1"));
}
