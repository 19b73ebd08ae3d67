import type { Who } from "../../access/access.ts";
import { agentsAt, channelAt } from "../../access/places.ts";
import type { Address, PersonId, Post, Posted } from "../../chat.ts";
import { closingOf } from "../../runs/closing.ts";
import type { Run } from "../../runs/run.ts";
import { runIdFor } from "../../runs/run.ts";
import type { Schedule } from "../../schedules/schedule.ts";
import { type Receipt, type SlotClaim, slotKey } from "../../schedules/slot.ts";
import { sayTime } from "../../schedules/when/say-when.ts";
import type { Work, WorkOptions, WorkOutcome } from "../../schedules/work.ts";
import { wordsOf } from "../../words/words.ts";
import type { Answering, Answers } from "../answers.ts";
import { conversationKey } from "../conversation.ts";
import type { Delivery } from "../delivery.ts";
import type { Desk } from "../desk.ts";

/** Does the work of schedules: runs like any other, posted where the schedule says. */
export type ScheduledWork = {
  work: Work;
  /** What is going on is left to the next start. */
  handOver(): void;
};

/** So many of a channel's newest messages are looked through for a post just made. */
const lookedThrough = 10;

/** Scheduled work over the desk. */
export function createScheduledWork(desk: Desk, answers: Answers): ScheduledWork {
  const { config, access, people, ledger, store, postman, conversations, log, now } = desk;
  const threads = store.kv("schedule-threads");
  const underway = new Set<Answering>();

  /** Where a schedule posts: with `thread: same`, in the thread that its first post began. */
  async function placeFor(schedule: Schedule, to: Address): Promise<Address> {
    if (schedule.thread === "fresh" || to.thread) return to;
    const thread = await threads.get<string>(`${schedule.id}:${conversationKey(to)}`);
    return thread ? { ...to, thread } : to;
  }

  function agentFor(schedule: Schedule): string | undefined {
    if (schedule.agent) return schedule.agent;
    const [at] = schedule.to;
    const here = at ? agentsAt(config(), at) : [];
    const channels = at && channelAt(config(), at)?.agent;
    const wanted = channels ?? config().default_agent;
    return wanted && (here.length === 0 || here.includes(wanted)) ? wanted : here[0];
  }

  function runFor(schedule: Schedule, slot: SlotClaim, agent: string, owner: Run["asker"], to: Address): Run {
    const key = `${slotKey(slot)}${slot.schedule === "test" ? `:${slot.by}` : ""}`;
    return {
      id: runIdFor(key),
      at: now(),
      conversation: `schedule:${key}`,
      slot: key,
      agent,
      events: [],
      asker: owner,
      address: to,
      language: schedule.language,
      rule: { by: "schedule" },
      heard: [{ by: owner.name, text: schedule.prompt ?? "", before: [], files: [], quotes: [] }],
      read: 0,
      continues: false,
      announced: false,
      state: "running",
      changed: false,
      offered: [],
      used: [],
      refused: [],
    };
  }

  /** How the end of a run is told: to all its places, or to one person's eyes. Failures are told elsewhere. */
  function delivery(
    schedule: Schedule,
    slot: SlotClaim,
    run: Run,
    places: Address[],
    test: boolean,
    posted: (Promise<Posted | undefined> | undefined)[],
  ): Delivery {
    const words = wordsOf(schedule.language);
    const late = slot.late ? `${words.scheduled.late(sayTime(slot.due, schedule.zone, schedule.language))} · ` : "";
    return {
      interactive: false,
      show() {},
      hold() {},
      end(post, outcome) {
        if (outcome.kind !== "answered") return { kept: Promise.resolve(), posted: Promise.resolve() };
        const body: Post = { ...post, footer: `${schedule.name} · ${late}${post.footer ?? ""}` };
        const letters = places.map((address, n) => ({
          address,
          post: test && slot.by ? { ...body, only: { person: slot.by } } : body,
          key: { id: letterId(run.id, n), since: run.at },
          ...(n === 0 ? { record: closingOf(run, outcome) } : {}),
        }));
        const sent = letters.map((letter) => postman.send(letter));
        posted.push(...sent.map((one) => one.posted));
        return {
          kept: Promise.all(sent.map((one) => one.kept)).then(() => {}),
          posted: Promise.all(sent.map((one) => one.posted)),
        };
      },
    };
  }

  /** Makes replies under a post go on with its run, in each place it stands. */
  async function settle(schedule: Schedule, run: Run, stands: (Posted | undefined)[]): Promise<void> {
    for (const [n, posted] of stands.entries()) {
      if (!posted) continue;
      const at = posted.address;
      if (!desk.adapter(at.adapter)?.can.threads) continue;
      const address = { ...at, thread: at.thread ?? posted.id };
      const conversation = conversationKey(address);
      // The run itself stands in the first place; where else it was posted, a copy that cost nothing.
      const { usage: _, ...copy } = run;
      const own =
        n === 0 ? { ...run, conversation, address } : { ...copy, id: letterId(run.id, n), conversation, address };
      await ledger.keep(own);
      // Somebody may have had it in mind before there was a run in it.
      const known = conversations.known(address);
      if (known) known.agent = run.agent;
      if (schedule.thread === "same" && !at.thread)
        await threads.set(`${schedule.id}:${conversationKey(at)}`, posted.id);
    }
  }

  async function receiptFor(address: Address, posted: Posted | undefined, letter: string): Promise<Receipt> {
    if (!posted) return { address, why: (await store.outbox.find(letter))?.why ?? "it could not be delivered" };
    const seen = await readBack(posted).catch(() => false);
    return { address, ...(posted.link ? { link: posted.link } : {}), ...(seen ? { seen } : {}) };
  }

  /** Whether a post is there for others to read. */
  async function readBack({ address, id }: Posted): Promise<true | false> {
    const said = await desk.adapter(address.adapter)?.history(address, { limit: lookedThrough });
    return said?.some((message) => message.id === id) ?? false;
  }

  async function outcomeOf(
    schedule: Schedule,
    run: Run,
    places: Address[],
    stands: (Posted | undefined)[],
  ): Promise<WorkOutcome> {
    const { usage } = run;
    const used = {
      run: run.id,
      ...(usage ? { tokens: { input: usage.input, output: usage.output } } : {}),
      ...(usage?.cost === undefined ? {} : { cost: usage.cost }),
    };
    const receipts = await Promise.all(places.map((at, n) => receiptFor(at, stands[n], letterId(run.id, n))));
    await settle(schedule, run, stands);
    if (stands.some((one) => one !== undefined)) return { kind: "posted", receipts, ...used };
    const why = receipts.map((one) => one.why).join("; ");
    return { kind: "delivery failed", why, receipts, ...used };
  }

  /** What an earlier process left of this work, brought to its end; undefined when it had not come to anything. */
  async function takeUp(schedule: Schedule, run: Run, places: Address[]): Promise<WorkOutcome | undefined> {
    const found = await Promise.all(places.map((_, n) => store.outbox.has(letterId(run.id, n))));
    const before = await ledger.find(run.id);
    if (found.some(Boolean)) {
      const stands = await Promise.all(places.map((_, n) => postman.standing(letterId(run.id, n))));
      return outcomeOf(schedule, before ?? run, places, stands);
    }
    if (!before?.changed) return undefined;
    const why = wordsOf(schedule.language).why.interrupted;
    return { kind: "failed", why, changed: true, visible: false };
  }

  async function work(schedule: Schedule, slot: SlotClaim, options: WorkOptions): Promise<WorkOutcome> {
    const { again, settle: onlySettle, test, signal } = options;
    const words = wordsOf(schedule.language);
    const failed = (why: string, changed = false): WorkOutcome => ({ kind: "failed", why, changed, visible: false });
    const agent = agentFor(schedule);
    const targets = test && schedule.place ? [schedule.place] : schedule.to;
    const [first] = targets;
    if (!agent || !first) return failed(words.noAgents);
    const owner = await ownerOf(schedule, test ? slot.by : undefined);
    const who: Who = await people.who(owner.id, { roles: access.needsRoles(first) });
    const verdict = access.authorize(who, "work", { agent, at: first, config: schedule.origin === "config" });
    if (!verdict.allowed) return failed(words.scheduled.notAllowed(owner.name, agent));
    const places = await Promise.all(targets.map((to) => placeFor(schedule, to)));
    const run = runFor(schedule, slot, agent, owner, first);
    if (again) {
      const left = await takeUp(schedule, run, places);
      if (left) return left;
    }
    if (onlySettle) return { kind: "lapsed" };
    if (signal.aborted) return { kind: "stopped" };

    const posted: (Promise<Posted | undefined> | undefined)[] = [];
    const answering = answers.start(run, delivery(schedule, slot, run, places, test, posted));
    underway.add(answering);
    const stop = () => answering.stop();
    signal.addEventListener("abort", stop, { once: true });
    try {
      await answering.done;
    } finally {
      signal.removeEventListener("abort", stop);
      underway.delete(answering);
    }
    const { outcome } = answering.run;
    if (outcome?.kind === "failed") return failed(outcome.why, run.changed);
    if (outcome?.kind !== "answered") return { kind: "stopped" };
    const stands = await Promise.all(posted);
    log.info({ schedule: schedule.id, run: run.id, posted: stands.filter(Boolean).length }, "scheduled work is done");
    if (test) return { kind: "posted", receipts: [], run: run.id };
    return outcomeOf(schedule, run, places, stands);
  }

  async function ownerOf(schedule: Schedule, tester: PersonId | undefined): Promise<Run["asker"]> {
    const id = tester ?? schedule.owner;
    if (!id) return { id: "bellhop:config", name: schedule.name };
    return { id, name: await people.nameOf({ id, name: id.slice(id.indexOf(":") + 1), bot: false }) };
  }

  return {
    work,
    handOver() {
      for (const answering of underway) answering.handOver();
    },
  };
}

/** The letters of one run, one for each place. */
function letterId(run: string, place: number): string {
  return place === 0 ? run : `${run}.${place}`;
}
