import type { Press } from "../../chat.ts";
import { digestButtons, pressedItem } from "../../schedules/digest/draw.ts";
import type { Schedule } from "../../schedules/schedule.ts";
import type { Schedules } from "../../schedules/schedules.ts";
import { sayWhen } from "../../schedules/when/say-when.ts";
import type { When } from "../../schedules/when/when.ts";
import type { Words } from "../../words/words.ts";
import type { Desk } from "../desk.ts";
import { type Digests, digestAllow } from "./digest-work.ts";

const snoozedForMs = 24 * 3_600_000;

/** Does what the buttons under digests say, in words for whoever pressed; undefined when a press is about something else. */
export function digestPresses(desk: Desk, digests: Digests, schedules: () => Schedules | undefined) {
  /** On Mondays from now on, at its own time of day. */
  async function makeWeekly(id: string): Promise<Schedule | undefined> {
    const kept = await schedules()?.find(id);
    if (!kept || kept.schedule.origin === "config") return undefined;
    const { schedule } = kept;
    const [time = "09:00"] = schedule.when.kind === "calendar" ? schedule.when.times : [];
    const when: When = { kind: "calendar", days: { kind: "weekly", weekdays: [1] }, times: [time] };
    const words = sayWhen(when, schedule.language, { zone: schedule.zone });
    return schedules()?.edit(id, { ...schedule, when, words });
  }

  return async ({ id, value, person, address, at }: Press, words: Words): Promise<string | undefined> => {
    const told = words.scheduled;
    if (id === digestAllow && value) {
      const reads = await desk.adapter(address.adapter)?.canRead(person.id, address);
      if (!reads) return words.notYou(value);
      return (await digests.allow(value, address)) ? told.allowed : words.gone;
    }
    if (id === digestButtons.stop && value) {
      const paused = await schedules()?.pause(value, { by: person.id, why: told.stoppedWatching });
      return paused ? told.watchingStopped(paused.name) : words.gone;
    }
    if (id === digestButtons.weekly && value) {
      const weekly = await makeWeekly(value);
      return weekly ? told.weeklyNow(weekly.name) : words.gone;
    }
    if (id !== digestButtons.snooze && id !== digestButtons.mute) return undefined;
    const item = pressedItem(value);
    if (!item) return words.gone;
    const items = await digests.items();
    if (id === digestButtons.mute) {
      const muted = await items.mute(item.schedule, item.key, person.id);
      return muted ? told.itemMuted(muted.title) : words.gone;
    }
    const snoozed = await items.snooze(item.schedule, item.key, at + snoozedForMs);
    return snoozed ? told.itemSnoozed(snoozed.title) : words.gone;
  };
}
