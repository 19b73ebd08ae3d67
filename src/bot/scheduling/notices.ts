import type { Address, Button, Language, Post } from "../../chat.ts";
import { runIdFor } from "../../runs/run.ts";
import type { Schedule } from "../../schedules/schedule.ts";
import { type Slot, slotKey } from "../../schedules/slot.ts";
import { sayTime } from "../../schedules/when/say-when.ts";
import type { Notice } from "../../schedules/work.ts";
import { wordsOf } from "../../words/words.ts";
import { adminPlace } from "../desk/admins.ts";
import { type Desk, languageAt } from "../desk/desk.ts";
import { placeName } from "./place-name.ts";
import { linkOf } from "./told-slot.ts";

/** Slots that came due while the bot was away, as a button runs them after all. */
export type Skipped = { schedule: string; dues: number[] }[];

type OneNotice = Exclude<Notice, { kind: "missed" }>;

const keptForMs = 24 * 3_600_000;

/** Tells people of trouble with schedules: where the admins read, where the schedule was made, or its owner alone. */
export function createNotices(desk: Desk): (notice: Notice) => void {
  const { config, adapter, people, postman, store, log, now } = desk;
  const skipped = store.kv("skipped-slots");

  /** Where trouble with a schedule is told: to the admins, else where it was made or posts. */
  function placeOf(schedule: Schedule): Address | undefined {
    return adminPlace(config()) ?? schedule.place ?? schedule.to[0];
  }

  /** A DM with its owner, where there is such a thing. */
  async function ownerOf({ owner }: Schedule): Promise<Address | undefined> {
    if (!owner) return undefined;
    return adapter(owner.slice(0, owner.indexOf(":")))
      ?.direct?.(owner)
      .catch(() => undefined);
  }

  /** Where nothing can be posted nobody is told about it there: its owner hears of it, else who reads another place. */
  async function placeFor({ schedule, slot, kind }: OneNotice): Promise<Address | undefined> {
    const closed = new Set(
      (slot.receipts ?? []).flatMap(({ address, why }) => (why === undefined ? [] : channelKey(address))),
    );
    const isOpen = (address: Address) => !closed.has(channelKey(address));
    const usual = placeOf(schedule);
    const isTheirs = kind === "delivery-failed" || !usual || !isOpen(usual);
    return (isTheirs ? await ownerOf(schedule) : undefined) ?? [usual, ...schedule.to].find((at) => at && isOpen(at));
  }

  async function say(address: Address, key: string, post: Post): Promise<void> {
    if (!adapter(address.adapter)) return;
    await postman.send({ address, post, key: { id: runIdFor(key), since: now() } }).kept;
  }

  /** One card for each place, about all that was missed there. */
  async function tellMissed({ away, schedules }: Notice & { kind: "missed" }): Promise<void> {
    const places = new Map<string, { at: Address; some: typeof schedules }>();
    for (const one of schedules) {
      const at = placeOf(one.schedule);
      if (!at) continue;
      const key = channelKey(at);
      places.set(key, { at, some: [...(places.get(key)?.some ?? []), one] });
    }
    for (const [place, { at, some }] of places) {
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
      const zone = some[0]?.schedule.zone ?? "UTC";
      const [from, to] = [sayTime(away.from, zone, language), sayTime(away.to, zone, language)];
      const buttons: Button[] =
        open.length === 0
          ? []
          : [
              { id: "schedule-run-skipped", value: id, text: words.runSkipped },
              { id: "schedule-details", value: id, text: words.details },
            ];
      const names = some.map((one) => one.schedule.name);
      const text = words.wasDown(from, to, ran, missed, names);
      await say(at, `missed:${place}:${away.to}`, { text, language, card: { buttons } });
    }
  }

  async function postFor(notice: OneNotice): Promise<Post> {
    const { schedule, slot } = notice;
    const { name, zone, language } = schedule;
    const told = wordsOf(language).scheduled;
    const at = (time: number) => sayTime(time, zone, language);
    const why = whyOf(slot, language);
    const button = (verb: string, text: string): Button => ({ id: `schedule-${verb}`, value: schedule.id, text });
    const inspect = button("history", told.inspect);
    const runAgain = button("run", told.runAgain);
    const card = (...buttons: Button[]) => ({ language, card: { buttons } });
    switch (notice.kind) {
      case "failing": {
        const lastGood = notice.lastGood === undefined ? undefined : at(notice.lastGood);
        const text = told.failing(name, notice.times, why, lastGood);
        return { text, ...card(inspect, runAgain, button("pause", told.pause)) };
      }
      case "recovered": {
        const text = told.recovered(name, at(slot.due), linkOf(slot), notice.times, slot.due - notice.began);
        return { text, language };
      }
      case "paused":
        return {
          text: told.paused(name, notice.times, why),
          ...card(inspect, runAgain, button("resume", told.resume)),
        };
      case "owner-gone": {
        const { owner } = notice;
        const called = await people.nameById(owner);
        return { text: told.ownerGone(name, called), ...card(button("claim", told.claim)) };
      }
      case "delivery-failed": {
        const places = await Promise.all(notice.places.map((place) => placeName(desk, place)));
        return { text: told.undelivered(name, places, why), ...card(inspect, runAgain) };
      }
    }
  }

  async function tell(notice: Notice): Promise<void> {
    if (notice.kind === "missed") return tellMissed(notice);
    const address = await placeFor(notice);
    if (address) return say(address, `${notice.kind}:${slotKey(notice.slot)}`, await postFor(notice));
    log.warn({ schedule: notice.schedule.id, kind: notice.kind }, "there is nobody to tell of trouble with a schedule");
  }

  return (notice) => {
    tell(notice).catch((error: unknown) => log.error({ err: error, kind: notice.kind }, "a notice could not be told"));
  };
}

function whyOf({ why, receipts = [] }: Slot, language: Language): string {
  const { slot: told } = wordsOf(language).schedules;
  if (why?.is === "said") return why.text;
  if (why?.is === "interrupted") return `${told.interrupted(why.tries)}${language === "zh-TW" ? "。" : "."}`;
  return receipts.find((one) => one.why)?.why ?? wordsOf(language).why.worker;
}

function channelKey({ adapter, channel }: Address): string {
  return `${adapter}:${channel}`;
}
