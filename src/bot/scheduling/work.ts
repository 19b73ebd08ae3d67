import type { Who } from "../../access/access.ts";
import { agentsAt, channelAt } from "../../access/places.ts";
import type { Address, PersonId, Post, Posted } from "../../chat.ts";
import { closingOf } from "../../runs/closing.ts";
import { type Outcome, type Run, runIdFor } from "../../runs/run.ts";
import type { Schedule } from "../../schedules/schedule.ts";
import { type Receipt, type SlotClaim, type SlotUse, slotKey } from "../../schedules/slot.ts";
import { sayTime } from "../../schedules/when/say-when.ts";
import type { Work, WorkOptions, WorkOutcome } from "../../schedules/work.ts";
import { wordsOf } from "../../words/words.ts";
import type { Answering, Answers } from "../answers.ts";
import { conversationKey } from "../conversation.ts";
import type { Delivery } from "../delivery.ts";
import type { Desk } from "../desk.ts";
import { type DigestInHand, type Digests, heartbeatPost, underHeadline } from "./digest-work.ts";

/** Does the work of schedules: runs like any other, posted where the schedule says. */
export type ScheduledWork = {
  work: Work;
  /** What is going on is left to the next start. */
  handOver(): void;
};

/** So many of a channel's newest messages are looked through for a post just made. */
const lookedThrough = 10;

/** Scheduled work over the desk. */
export function createScheduledWork(desk: Desk, answers: Answers, digests: Digests): ScheduledWork {
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

  /** A run's posts on their way; `stands` resolves once each stands, or can't. */
  type Sending = { delivery: Delivery; stands(): Promise<(Posted | undefined)[]> };

  /** How the end of a run is told: to all its places, or to one person's eyes. Failures are told elsewhere. */
  function sending(schedule: Schedule, slot: SlotClaim, run: Run, places: Address[], job: Job): Sending {
    const words = wordsOf(schedule.language);
    const late = slot.late ? `${words.scheduled.late(sayTime(slot.due, schedule.zone, schedule.language))} · ` : "";
    let sent: Promise<Promise<Posted | undefined>[]> = Promise.resolve([]);

    async function send(post: Post, outcome: Outcome): Promise<Promise<Posted | undefined>[]> {
      const said = await job.compose(run, post, outcome);
      if (!said) return [];
      const body: Post = { ...said, footer: `${schedule.name} · ${late}${said.footer ?? post.footer ?? ""}` };
      const letters = places.map((address, n) => ({
        address,
        post: job.onlyFor ? { ...body, only: { person: job.onlyFor } } : body,
        key: { id: letterId(run.id, n), since: run.at },
        ...(n === 0 ? { record: closingOf(run, outcome) } : {}),
      }));
      const deliveries = letters.map((letter) => postman.send(letter));
      await Promise.all(deliveries.map((one) => one.kept));
      return deliveries.map((one) => one.posted);
    }

    const delivery: Delivery = {
      interactive: false,
      show() {},
      hold() {},
      end(post, outcome) {
        if (outcome.kind === "answered") sent = send(post, outcome);
        return { kept: sent.then(() => {}), posted: sent.then((posted) => Promise.all(posted)) };
      },
    };
    return { delivery, stands: async () => Promise.all(await sent) };
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

  /** The second post of a digest, under each of the first; then its items are known. */
  async function finishDigest(
    schedule: Schedule,
    run: Run,
    digest: DigestInHand,
    stands: (Posted | undefined)[],
  ): Promise<void> {
    const under = stands.map(async (posted, n) => {
      if (!posted) return;
      const key = { id: `${letterId(run.id, n)}t`, since: run.at };
      // After a crash it may stand already.
      if (await store.outbox.has(key.id)) return postman.standing(key.id);
      return postman.send({ address: underHeadline(posted), post: digest.drawn.thread, key }).posted;
    });
    await Promise.all(under);
    if (stands.some((one) => one !== undefined)) await digests.settle(schedule, run, digest);
    // What people ask about it later is about what they read, not about how it was made.
    const [asked] = run.heard;
    if (asked) asked.text = schedule.prompt ?? wordsOf(schedule.language).scheduled.digestAsked;
    if (run.outcome?.kind === "answered") run.outcome = { ...run.outcome, text: digest.text };
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
    const used = usedBy(run);
    const receipts = await Promise.all(places.map((at, n) => receiptFor(at, stands[n], letterId(run.id, n))));
    const digest = await digests.held(run.id);
    if (digest) await finishDigest(schedule, run, digest, stands);
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

    const job = schedule.digest ? await digestJob(schedule, slot, run, signal) : plainJob;
    if ("kind" in job) return job;
    const { delivery, stands } = sending(schedule, slot, run, places, {
      ...job,
      ...(test && slot.by ? { onlyFor: slot.by } : {}),
    });
    const answering = answers.start(run, delivery);
    underway.add(answering);
    const stop = () => answering.stop();
    signal.addEventListener("abort", stop, { once: true });
    try {
      await answering.done;
    } finally {
      signal.removeEventListener("abort", stop);
      underway.delete(answering);
    }
    const { outcome } = run;
    if (outcome?.kind === "failed") return failed(outcome.why, run.changed);
    if (outcome?.kind !== "answered") return { kind: "stopped" };
    const standing = await stands();
    if (standing.length === 0) return { kind: "silent", ...usedBy(run) };
    log.info({ schedule: schedule.id, run: run.id, posted: standing.filter(Boolean).length }, "scheduled work is done");
    if (test) return { kind: "posted", receipts: [], ...usedBy(run) };
    return outcomeOf(schedule, run, places, standing);
  }

  /** A digest's run reads what was gathered; an outcome at once where there is nothing to read, or it may not be read. */
  async function digestJob(
    schedule: Schedule,
    slot: SlotClaim,
    run: Run,
    signal: AbortSignal,
  ): Promise<Job | WorkOutcome> {
    const { scheduled } = wordsOf(schedule.language);
    const task = await digests.prepare(schedule, slot, signal);
    if (task.kind === "private") {
      await digests.askToAllow(schedule, task.wider);
      return { kind: "failed", why: scheduled.privateSource(schedule.name), changed: false, visible: false };
    }
    if (task.kind === "nothing") {
      if (task.heartbeat && slot.schedule !== "test")
        await beat(schedule, slot, run, heartbeatPost(task.since, task.heartbeat));
      return { kind: "silent" };
    }
    run.output = task.brief.output;
    run.heard = [{ by: run.asker.name, text: task.brief.text, before: [], files: [], quotes: [] }];
    return {
      async compose(_run, _post, outcome) {
        const digest = await task.finish(outcome.kind === "answered" ? outcome.output : undefined);
        if (!digest) return undefined;
        const inHand = digests.drawn(digest, task.draw);
        // One that only its tester sees leaves nothing behind, and stands whole in one post.
        if (slot.schedule === "test") return { ...inHand.drawn.headline, text: inHand.text };
        await digests.hold(run.id, inHand);
        return inHand.drawn.headline;
      },
    };
  }

  async function beat(schedule: Schedule, slot: SlotClaim, run: Run, post: Post): Promise<void> {
    const letters = schedule.to.map((address, n) => ({
      address,
      post,
      key: { id: `${letterId(run.id, n)}h`, since: run.at },
    }));
    await Promise.all(letters.map((letter) => postman.send(letter).kept));
    await digests.heartbeat(schedule, slot.due);
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

/** What is particular to one kind of scheduled work. */
type Job = {
  /** What is to be posted; undefined when there is nothing to say. */
  compose(run: Run, post: Post, outcome: Outcome): Promise<Post | undefined>;
  /** Only this person may see it. */
  onlyFor?: PersonId;
};

const plainJob: Job = { compose: async (_run, post) => post };

function usedBy({ id, usage }: Run): SlotUse {
  return {
    run: id,
    ...(usage ? { tokens: { input: usage.input, output: usage.output } } : {}),
    ...(usage?.cost === undefined ? {} : { cost: usage.cost }),
  };
}

/** The letters of one run, one for each place. */
function letterId(run: string, place: number): string {
  return place === 0 ? run : `${run}.${place}`;
}
