import type { PersonId } from "../chat.ts";
import type { Query } from "../store/connection.ts";
import { createClock } from "./clock.ts";
import { openItems } from "./digest/items.ts";
import { dueTimes } from "./due-times.ts";
import { createFiring } from "./firing.ts";
import { handingOver, type Missed } from "./hand-over.ts";
import { openHeartbeat } from "./heartbeat.ts";
import { followingSlot, type Going, putOffBy } from "./policy.ts";
import { isActive, type Paused, type Schedule, ScheduleDraft } from "./schedule.ts";
import { scheduleId } from "./schedule-id.ts";
import { type Kept, openScheduleStore, type ScheduleStore } from "./schedule-store.ts";
import type { Slot, SlotClaim } from "./slot.ts";
import { openSlots } from "./slots.ts";
import { realTime, type Time } from "./time.ts";
import type { Notice, Work, WorkOutcome } from "./work.ts";

export type SchedulesOptions = {
  /** SQL on the store's file. */
  query: Query;
  /** Does the work of a slot: a run, and its posts. */
  work: Work;
  /** The quiet hours of where a schedule posts, for those that have none of their own. */
  quietHours?(schedule: Schedule): string | undefined;
  /** Whether the owner of a schedule has no access to its places any more. Rejects when that can't be asked. */
  isOwnerGone(schedule: Schedule, owner: PersonId): Promise<boolean>;
  /** People are to be told. Contract: never throws. */
  notice(notice: Notice): void;
  /** Something is wrong that nobody in chat can help: for the log. */
  trouble(error: unknown): void;
  /** The wall clock was put forward or back by so much: for the log. */
  jumped?(byMs: number): void;
  time?: Time;
  /** So many slots run at once. */
  atOnce?: number;
  /** How often it is written down that the program runs. */
  heartbeatMs?: number;
};

/** A run by hand: begun, or another is still going. */
export type RunByHand = { is: "begun"; slot: SlotClaim } | { is: "going"; due: number };

/** The schedules of a Bellhop: kept, fired, and their verbs. Those that take an id give undefined when there is none. */
export type Schedules = Pick<ScheduleStore, "find" | "search" | "list" | "count"> & {
  /** Takes up what a crash left, catches up, and goes on from there. Adapters must be able to post. */
  start(): Promise<void>;
  /** Contract: no slot begins any more; resolves when none runs, or the time is over. What is open is taken up again. */
  stop(withinMs?: number): Promise<void>;
  create(draft: ScheduleDraft): Promise<Schedule>;
  /** What changes *when* it runs counts from now. */
  edit(id: string, draft: ScheduleDraft): Promise<Schedule | undefined>;
  pause(id: string, paused: Omit<Paused, "at">): Promise<Schedule | undefined>;
  /** Its next slot is the next from now. */
  resume(id: string): Promise<Schedule | undefined>;
  /** Contract: its history is gone too when this resolves; a run that is going goes on. */
  delete(id: string): Promise<Schedule | undefined>;
  /** The schedules of the config are these, by name: new ones are made, changed ones changed, others deleted. */
  adopt(drafts: ScheduleDraft[]): Promise<void>;
  /** Runs it now, also while it is paused; its next slot stays. */
  run(id: string, by: PersonId): Promise<RunByHand | undefined>;
  /** Runs slots that were missed or skipped, one after another; gives those. */
  runMissed(id: string, dues: number[], by: PersonId): Promise<Slot[] | undefined>;
  /** Does its work for one person's eyes; nothing is recorded. */
  test(draft: ScheduleDraft, by: PersonId, signal: AbortSignal): Promise<WorkOutcome>;
  going(id: string): Going | undefined;
  /** Its slots, the newest first: the last 200. */
  history(id: string, limit?: number): Promise<Slot[]>;
  slot(id: string, due: number): Promise<Slot | undefined>;
  load(): { kept: number; running: number; waiting: number };
  /** Deletes schedules that are over since a time, and what is more of history than is kept. */
  sweep(before: number): Promise<void>;
};

/** Opens the schedules; nothing is due before they are started. */
export async function createSchedules(options: SchedulesOptions): Promise<Schedules> {
  const { query, work, isOwnerGone, notice, trouble, jumped, time = realTime } = options;
  const store = await openScheduleStore(query, trouble);
  const slots = await openSlots(query);
  const digests = await openItems(query);
  const heartbeat = await openHeartbeat(query, options.heartbeatMs ?? 30_000, trouble);
  const due = dueTimes();
  const missed: Missed[] = [];
  const firing = createFiring({
    time,
    slots,
    work,
    isOwnerGone,
    async pause({ id }, why) {
      await pause(id, { by: "bellhop", why });
    },
    notice,
    trouble,
    atOnce: options.atOnce ?? 64,
  });
  const handOver = handingOver({
    time,
    due,
    schedules: store,
    slots,
    firing,
    quietHours: options.quietHours ?? (() => undefined),
    trouble,
  });
  const clock = createClock({
    time,
    due,
    async handOver(ids, now, away) {
      const some = await handOver(ids, now, away);
      if (away !== undefined) missed.push(...some);
    },
    caughtUp(away) {
      const schedules = missed.splice(0);
      if (schedules.length > 0) notice({ kind: "missed", away, schedules });
    },
    alive: heartbeat.beat,
    ...(jumped ? { jumped } : {}),
    trouble,
  });

  // Changes of one schedule wait for each other.
  const changing = new Map<string, Promise<unknown>>();
  function change<Result>(id: string, make: (kept: Kept) => Promise<Result>): Promise<Result | undefined> {
    const before = changing.get(id) ?? Promise.resolve();
    const made = before.then(async () => {
      const kept = await store.find(id);
      return kept && make(kept);
    });
    const quiet = made.then(
      () => {},
      () => {},
    );
    changing.set(id, quiet);
    void quiet.then(() => changing.get(id) === quiet && changing.delete(id));
    return made;
  }

  /** Writes a changed schedule; with `isMoved` its next slot is the next from now. */
  async function put({ schedule: before, next, runs }: Kept, schedule: Schedule, isMoved: boolean): Promise<Schedule> {
    const fresh = isMoved && isActive(schedule) ? followingSlot(schedule, time.now(), runs) : undefined;
    if (!(await store.change(schedule, isMoved ? (fresh ?? null) : undefined))) return schedule;
    if (isMoved && fresh === undefined) due.delete(schedule.id);
    else if (isMoved && fresh !== undefined) due.set(schedule.id, fresh + putOffBy(schedule));
    else if (next !== undefined && putOffBy(schedule) !== putOffBy(before))
      due.set(schedule.id, next + putOffBy(schedule));
    firing.changed(schedule);
    clock.wake();
    return schedule;
  }

  function pause(id: string, paused: Omit<Paused, "at">): Promise<Schedule | undefined> {
    return change(id, (kept) => put(kept, { ...kept.schedule, paused: { ...paused, at: time.now() } }, true));
  }

  function edit(id: string, written: ScheduleDraft): Promise<Schedule | undefined> {
    const draft = ScheduleDraft.parse(written);
    return change(id, (kept) => {
      const now = time.now();
      const { anchor, paused } = kept.schedule;
      const isReckonedAnew = JSON.stringify(timing(draft)) !== JSON.stringify(timing(kept.schedule));
      const isAnotherWhen =
        JSON.stringify([draft.when, draft.zone]) !== JSON.stringify([kept.schedule.when, kept.schedule.zone]);
      const schedule: Schedule = {
        ...draft,
        id,
        anchor: isAnotherWhen ? now : anchor,
        since: now,
        ...(paused ? { paused } : {}),
      };
      return put(kept, schedule, isReckonedAnew);
    });
  }

  async function create(written: ScheduleDraft): Promise<Schedule> {
    const draft = ScheduleDraft.parse(written);
    const now = time.now();
    for (let attempt = 0; ; attempt++) {
      const schedule: Schedule = { ...draft, id: scheduleId(time.random, attempt), anchor: now, since: now };
      const next = isActive(schedule) ? followingSlot(schedule, now, 0) : undefined;
      if (!(await store.add({ schedule, runs: 0, ...(next === undefined ? {} : { next }) }))) continue;
      if (next !== undefined) due.set(schedule.id, next + putOffBy(schedule));
      clock.wake();
      return schedule;
    }
  }

  function remove(id: string): Promise<Schedule | undefined> {
    return change(id, async ({ schedule }) => {
      await store.delete(id);
      due.delete(id);
      firing.gone(id);
      await slots.forget(id);
      await digests.forget(id);
      return schedule;
    });
  }

  /** A slot of its own for a run by hand, as near to now as one is free; it takes none at which the schedule is due. */
  async function slotNow(schedule: Schedule, by: PersonId): Promise<SlotClaim> {
    const now = time.now();
    for (let at = now; ; at++) {
      if (followingSlot(schedule, at - 1, 0) === at) continue;
      const [claim] = await slots.claim([{ schedule: schedule.id, due: at, claimed: now, by }]);
      if (claim !== undefined) return claim;
    }
  }

  return {
    find: store.find,
    search: store.search,
    list: store.list,
    count: store.count,
    async start() {
      for (const { id, from, last, ran } of await store.unmoved()) {
        const kept = await store.find(id);
        const next = kept && followingSlot(kept.schedule, last, kept.runs + ran);
        await store.move([{ id, from, next, ran }]);
      }
      for await (const page of store.due()) for (const { id, at } of page) if (!due.has(id)) due.set(id, at);
      const open = await slots.open();
      const schedules = await store.read([...new Set(open.map(({ schedule }) => schedule))]);
      for (const { tries, ...claim } of open) {
        const schedule = schedules.get(claim.schedule)?.schedule;
        if (schedule !== undefined) firing.take(schedule, claim, { again: true });
      }
      await clock.start(await heartbeat.last());
      firing.begin(await slots.troubled());
    },
    async stop(withinMs = 5_000) {
      // First nothing begins any more: what the clock still hands over stays claimed, and is taken up again.
      const idle = firing.stop();
      await clock.stop();
      let callOff = () => {};
      await Promise.race([idle, new Promise<void>((over) => (callOff = time.after(withinMs, over)))]);
      callOff();
      await heartbeat.stop(time.now());
    },
    create,
    edit,
    pause,
    resume: (id) =>
      change(id, async (kept) => {
        const { paused, ...schedule } = kept.schedule;
        return paused === undefined ? kept.schedule : put(kept, { ...schedule, since: time.now() }, true);
      }),
    delete: remove,
    async adopt(drafts) {
      const before = new Map<string, Schedule>();
      for (const { schedule } of await store.list({ origin: "config" }, 100_000)) before.set(schedule.name, schedule);
      for (const draft of drafts) {
        const known = before.get(draft.name);
        before.delete(draft.name);
        if (known === undefined) await create(draft);
        else if (JSON.stringify(ScheduleDraft.parse(known)) !== JSON.stringify(ScheduleDraft.parse(draft))) {
          await edit(known.id, draft);
        }
      }
      for (const { id } of before.values()) await remove(id);
    },
    async run(id, by) {
      const kept = await store.find(id);
      if (kept === undefined) return undefined;
      const going = firing.going(id);
      if (going !== undefined && !going.waits) return { is: "going", due: going.due };
      const slot = await slotNow(kept.schedule, by);
      firing.take(kept.schedule, slot);
      return { is: "begun", slot };
    },
    async runMissed(id, dues, by) {
      const kept = await store.find(id);
      if (kept === undefined) return undefined;
      const opened = await slots.reopen(id, dues, by);
      for (const { tries, ...claim } of opened) firing.take(kept.schedule, claim);
      return opened;
    },
    test(draft, by, signal) {
      const now = time.now();
      const schedule: Schedule = { ...draft, id: "test", anchor: now, since: now };
      const slot: SlotClaim = { schedule: schedule.id, due: now, claimed: now, by };
      return work(schedule, slot, { attempt: 1, again: false, settle: false, test: true, signal });
    },
    going: firing.going,
    history: slots.history,
    slot: slots.find,
    load: () => ({ kept: due.size, ...firing.load() }),
    async sweep(before) {
      for (const id of await store.over(before)) await remove(id);
      await slots.prune();
    },
  };
}

/** What says when a schedule runs. */
function timing({ when, zone, until, maxRuns, enabled }: ScheduleDraft): unknown {
  return [when, zone, until ?? null, maxRuns ?? null, enabled];
}
