import type { Address, Button, Post } from "../../chat.ts";
import { runIdFor } from "../../runs/run.ts";
import type { Schedule } from "../../schedules/schedule.ts";
import { type Slot, slotKey } from "../../schedules/slot.ts";
import { sayTime } from "../../schedules/when/say-when.ts";
import type { Notice } from "../../schedules/work.ts";
import { type Words, wordsOf } from "../../words/words.ts";
import { type Desk, languageAt } from "../desk.ts";

/** Slots that came due while the bot was away, as a button runs them after all. */
export type Skipped = { schedule: string; dues: number[] }[];

const keptForMs = 24 * 3_600_000;

/** Tells people of trouble with schedules, where the admins read or where the schedule was made. */
export function createNotices(desk: Desk): (notice: Notice) => void {
  const { config, adapter, postman, store, log, now } = desk;
  const skipped = store.kv("skipped-slots");

  /** Where trouble with a schedule is told: to the admins, else where it was made or posts. */
  function placeOf(schedule: Schedule): Address | undefined {
    const admins = config().workspace.admin_channel;
    if (!admins) return schedule.place ?? schedule.to[0];
    const split = admins.indexOf(":");
    return { adapter: admins.slice(0, split), channel: admins.slice(split + 1) };
  }

  async function say(schedule: Schedule, key: string, post: Post, language = schedule.language): Promise<void> {
    const address = placeOf(schedule);
    if (!address || !adapter(address.adapter)) return;
    await postman.send({ address, post: { ...post, language }, key: { id: runIdFor(key), since: now() } }).kept;
  }

  /** One card for each place, about all that was missed there. */
  async function tellMissed({ away, schedules }: Notice & { kind: "missed" }): Promise<void> {
    const places = new Map<string, typeof schedules>();
    for (const one of schedules) {
      const at = placeOf(one.schedule);
      const key = at ? `${at.adapter}:${at.channel}` : "";
      places.set(key, [...(places.get(key) ?? []), one]);
    }
    for (const [place, some] of places) {
      const [first] = some;
      const at = first && placeOf(first.schedule);
      if (!first || !at) continue;
      const language = languageAt(desk, at);
      const words = wordsOf(language).scheduled;
      const count = (pick: (one: (typeof some)[number]) => number[]) =>
        some.reduce((sum, one) => sum + pick(one).length, 0);
      const [ran, missed] = [count((one) => one.ran), count((one) => one.missed)];
      const id = runIdFor(`missed:${place}:${away.from}:${away.to}`);
      const open: Skipped = some.flatMap((one) =>
        one.missed.length > 0 ? [{ schedule: one.schedule.id, dues: one.missed }] : [],
      );
      if (open.length > 0) await skipped.set(id, open, keptForMs);
      const { zone } = first.schedule;
      const [from, to] = [sayTime(away.from, zone, language), sayTime(away.to, zone, language)];
      const buttons: Button[] =
        open.length > 0 ? [{ id: "schedule-run-skipped", value: id, text: words.runSkipped }] : [];
      const names = some.map((one) => one.schedule.name);
      const post = { text: words.wasDown(from, to, ran, missed, names), card: { buttons } };
      await say(first.schedule, `missed:${place}:${away.to}`, post, language);
    }
  }

  async function tell(notice: Notice): Promise<void> {
    if (notice.kind === "missed") return tellMissed(notice);
    const { schedule, slot } = notice;
    const words = wordsOf(schedule.language);
    await say(schedule, `${notice.kind}:${slotKey(slot)}`, postFor(notice, words));
  }

  return (notice) => {
    tell(notice).catch((error: unknown) => log.error({ err: error, kind: notice.kind }, "a notice could not be told"));
  };
}

function postFor(notice: Exclude<Notice, { kind: "missed" }>, words: Words): Post {
  const { schedule, slot } = notice;
  const told = words.scheduled;
  const runAgain = { id: "schedule-run", value: schedule.id, text: told.runAgain };
  const why = whyOf(slot);
  switch (notice.kind) {
    case "failing": {
      const pause = { id: "schedule-pause", value: schedule.id, text: told.pause };
      return { text: told.failing(schedule.name, notice.times, why), card: { buttons: [runAgain, pause] } };
    }
    case "recovered":
      return { text: told.recovered(schedule.name, notice.times, linkOf(slot)) };
    case "paused": {
      const resume = { id: "schedule-resume", value: schedule.id, text: told.resume };
      return { text: told.paused(schedule.name, notice.times, why), card: { buttons: [runAgain, resume] } };
    }
    case "owner-gone":
      return { text: told.ownerGone(schedule.name, notice.owner) };
    case "delivery-failed": {
      const places = notice.places.map(({ adapter, channel }) => `${adapter}:${channel}`);
      return { text: told.undelivered(schedule.name, places, why), card: { buttons: [runAgain] } };
    }
  }
}

function whyOf({ why, receipts }: Slot): string {
  if (why?.is === "said") return why.text;
  return receipts?.find((one) => one.why)?.why ?? "";
}

function linkOf({ receipts }: Slot): string | undefined {
  return receipts?.find((one) => one.link)?.link;
}
