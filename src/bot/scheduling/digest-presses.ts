import type { Language, Post, Press } from "../../chat.ts";
import { digestButtons, pressedItem } from "../../schedules/digest/draw.ts";
import type { Kept } from "../../schedules/schedule-store.ts";
import type { Schedules } from "../../schedules/schedules.ts";
import { sayTime, sayWhen } from "../../schedules/when/say-when.ts";
import { wallAt } from "../../schedules/when/wall-clock.ts";
import type { When } from "../../schedules/when/when.ts";
import { type Words, wordsOf } from "../../words/words.ts";
import type { Desk } from "../desk/desk.ts";
import { digestAllow } from "./digest-consent.ts";
import type { Digests } from "./digest-work.ts";
import { type Asker, createFinding } from "./finding.ts";

const dayMs = 24 * 3_600_000;
const monday = 1;
const acting: readonly string[] = Object.values(digestButtons);

/**
 * Does what the buttons under digests say, in words for whoever pressed; undefined when a press is about something else.
 * Who may pause a schedule may quiet its items; who may change it may make it weekly.
 */
export function digestPresses(desk: Desk, digests: Digests, schedules: () => Schedules) {
  /** On Mondays from now on, at the time of day at which it comes next. */
  async function makeWeekly({ schedule, next }: Kept, { words }: Asker): Promise<Post> {
    const { id, zone, language } = schedule;
    const time = new Date(wallAt(zone, next ?? desk.now())).toISOString().slice(11, 16);
    const when: When = { kind: "calendar", days: { kind: "weekly", weekdays: [monday] }, times: [time] };
    const weekly = await schedules().edit(id, { ...schedule, when, words: sayWhen(when, language, { zone }) });
    return { text: weekly ? words.scheduled.weeklyNow(weekly.name) : words.gone };
  }

  async function stop({ schedule }: Kept, { id: by, words }: Asker): Promise<Post> {
    const told = words.scheduled;
    if (schedule.paused) return { text: words.schedules.alreadyPaused(schedule.name) };
    await schedules().pause(schedule.id, { by, why: wordsOf(schedule.language).scheduled.stoppedWatching });
    return { text: told.watchingStopped(schedule.name) };
  }

  async function quiet(press: Press, { schedule, next }: Kept, key: string, language: Language): Promise<Post> {
    const { id, value = "", at, person } = press;
    const words = wordsOf(language);
    const told = words.scheduled;
    const items = await digests.items();
    const undo = [{ id: digestButtons.unhush, value, text: told.undo }];
    if (id === digestButtons.unhush) {
      await items.unhush(schedule.id, key);
      return { text: told.itemBack };
    }
    if (id === digestButtons.mute) {
      const muted = await items.mute(schedule.id, key, person.id);
      return muted ? { text: told.itemMuted(muted.title), card: { buttons: undo } } : { text: words.gone };
    }
    // A day, or until the next digest is over: it is not to be in that one.
    const until = Math.max(at + dayMs, (next ?? at) + 1);
    const snoozed = await items.snooze(schedule.id, key, until);
    if (!snoozed) return { text: words.gone };
    const time = sayTime(until, schedule.zone, language);
    return { text: told.itemSnoozed(snoozed.title, time), card: { buttons: undo } };
  }

  async function allow(press: Press, { scheduled, gone }: Words): Promise<Post> {
    const answers = { given: scheduled.allowed, "not-theirs": scheduled.notTheirs, late: gone };
    return { text: answers[await digests.consent.give(press)] };
  }

  return async (press: Press, language: Language): Promise<Post | undefined> => {
    const words = wordsOf(language);
    const { id, value, person, address: at } = press;
    if (id === digestAllow) return allow(press, words);
    if (!acting.includes(id)) return undefined;
    const item = pressedItem(value);
    const finding = createFinding(desk, schedules());
    const asker: Asker = { id: person.id, at, words };
    const kept = await finding.byId(item?.schedule ?? value ?? "", asker);
    if (!kept) return { text: words.gone };
    const isWeekly = id === digestButtons.weekly;
    const no = await finding.refusal(kept, isWeekly ? "edit" : "pause", asker);
    if (no) return { text: no };
    if (isWeekly) return makeWeekly(kept, asker);
    if (id === digestButtons.stop) return stop(kept, asker);
    return item ? quiet(press, kept, item.key, language) : { text: words.gone };
  };
}
