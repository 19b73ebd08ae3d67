import type { Who } from "../../access/access.ts";
import { agentsAt, channelAt } from "../../access/places.ts";
import type { Address, PersonId, Posted } from "../../chat.ts";
import { newRun, type Run, runIdFor } from "../../runs/run.ts";
import type { Schedule } from "../../schedules/schedule.ts";
import { type SlotClaim, type SlotUse, slotKey } from "../../schedules/slot.ts";
import type { Work, WorkOptions, WorkOutcome } from "../../schedules/work.ts";
import { wordsOf } from "../../words/words.ts";
import type { Answers } from "../answers/answers.ts";
import type { Underway } from "../desk/conversation.ts";
import type { Desk } from "../desk/desk.ts";
import { byName } from "../questions/choose-agent.ts";
import { digestJobs } from "./digest-job.ts";
import type { Digests } from "./digest-work.ts";
import type { SchedulePrompts } from "./plan.ts";
import { createReadBack } from "./read-back.ts";
import { type Job, type Standing, scheduledDelivery } from "./scheduled-delivery.ts";

/** Does the work of schedules: runs like any other, posted where the schedule says. */
export type ScheduledWork = {
  work: Work;
  /** What is going on is left to the next start. */
  handOver(): void;
};

/** Scheduled work over the desk. */
export function createScheduledWork(
  desk: Desk,
  parts: { answers: Answers; digests: Digests; prompts: SchedulePrompts },
): ScheduledWork {
  const { answers, digests, prompts } = parts;
  const { config, access, people, ledger, log, now } = desk;
  const readBack = createReadBack(desk.adapter);
  const posting = scheduledDelivery(desk, readBack);
  const digestJob = digestJobs(desk, digests);
  const underway = new Set<Underway>();

  async function agentFor({ agent: named, to: [at], prompt = "" }: Schedule): Promise<string | undefined> {
    if (named) return named;
    const here = at ? agentsAt(config(), at) : [];
    const channels = at && channelAt(config(), at)?.agent;
    const wanted = channels ?? config().default_agent;
    const usual = wanted && (here.length === 0 || here.includes(wanted)) ? wanted : here[0];
    const agent = usual && byName(config(), usual);
    if (!at || !agent) return usual;
    const choice = await prompts.chooseInSchedule({ kind: "agent", agent, rule: { by: "schedule" }, text: prompt }, at);
    return choice.kind === "agent" ? choice.agent.name : usual;
  }

  async function ownerOf(schedule: Schedule, tester: PersonId | undefined): Promise<Run["asker"]> {
    const id = tester ?? schedule.owner;
    if (!id) return { id: "bellhop:config", name: schedule.name };
    return { id, name: await people.nameById(id) };
  }

  function runFor(schedule: Schedule, slot: SlotClaim, agent: string, owner: Run["asker"], to: Address): Run {
    const key = `${slotKey(slot)}${slot.schedule === "test" ? `:${slot.by}` : ""}`;
    return newRun({
      id: runIdFor(key),
      at: now(),
      conversation: `schedule:${key}`,
      slot: key,
      agent,
      events: [],
      asker: owner,
      address: to,
      language: schedule.language,
      ...(schedule.people === undefined || schedule.digest ? {} : { people: schedule.people }),
      ...(schedule.timeoutMs === undefined ? {} : { timeoutMs: schedule.timeoutMs }),
      rule: { by: "schedule" },
      heard: [{ by: owner.name, text: schedule.prompt ?? "", before: [], files: [], quotes: [] }],
      read: 0,
      continues: false,
      announced: false,
    });
  }

  /** Its posts are where they are going to be. */
  async function concluded(schedule: Schedule, run: Run, places: Address[], all: Standing[]): Promise<WorkOutcome> {
    const stands = all.filter((one): one is Posted | undefined => one !== "later");
    if (stands.length < all.length) return { kind: "stopped" };
    const used = usedBy(run);
    const receipts = await posting.receipts(schedule, run.id, places, stands);
    await digestJob.finish(schedule, run, stands);
    await posting.settle(schedule, run, stands);
    const seen = posting.seen(receipts, stands);
    if (stands.some((one) => one !== undefined)) return { kind: "posted", receipts, seen, ...used };
    const why = [...new Set(receipts.map((one) => one.why))].join(" ");
    return { kind: "delivery failed", why, receipts, ...used };
  }

  /** What an earlier process left of this work, brought to its end; undefined when it had not come to anything. */
  async function takeUp(schedule: Schedule, run: Run, places: Address[]): Promise<WorkOutcome | undefined> {
    const left = await posting.left(run.id, places);
    const before = await ledger.find(run.id);
    if (left) return concluded(schedule, before ?? run, places, left);
    if (!before?.changed) return undefined;
    const why = wordsOf(schedule.language).why.interrupted;
    return { kind: "failed", why, changed: true, visible: false };
  }

  async function work(schedule: Schedule, slot: SlotClaim, options: WorkOptions): Promise<WorkOutcome> {
    const { again, settle: onlySettle, test, signal } = options;
    const words = wordsOf(schedule.language);
    const failed = (why: string, changed = false): WorkOutcome => ({ kind: "failed", why, changed, visible: false });
    const agent = await agentFor(schedule);
    const targets = test && schedule.place ? [schedule.place] : schedule.to;
    const [first] = targets;
    if (!agent || !first) return failed(words.noAgents);
    const owner = await ownerOf(schedule, test ? slot.by : undefined);
    const who: Who = await people.who(owner.id, { roles: access.needsRoles(first) });
    const verdict = access.authorize(who, "work", { agent, at: first, config: schedule.origin === "config" });
    if (!verdict.allowed) return failed(words.scheduled.notAllowed(owner.name, agent));
    const places = await posting.placesFor(schedule, targets);
    const run = runFor(schedule, slot, agent, owner, first);
    if (targets.length > 1) run.elsewhere = true;
    if (again) {
      const left = await takeUp(schedule, run, places);
      if (left) return left;
    }
    if (onlySettle) return { kind: "lapsed" };
    const { prompt: text = "", language } = schedule;
    const used = await prompts.inSchedule({ text, agent, at: first, language });
    if (signal.aborted) return { kind: "stopped" };
    if (used && schedule.digest) return failed(words.serverPrompts.notInDigest);
    if (used && "why" in used) return failed(used.why);
    run.heard = run.heard.map((heard) => ({ ...heard, ...used }));

    const job = schedule.digest ? await digestJob.begin(schedule, slot, run, signal) : plainJob;
    if ("kind" in job) return job;
    const eyes = test && slot.by ? { onlyFor: slot.by } : {};
    const { delivery, stands } = posting.sending(schedule, slot, run, places, { ...job, ...eyes });
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
    log.debug(
      { schedule: schedule.id, run: run.id, posted: standing.filter(Boolean).length },
      "scheduled work is done",
    );
    if (test) return { kind: "posted", receipts: [], ...usedBy(run) };
    return concluded(schedule, run, places, standing);
  }

  return {
    work,
    handOver() {
      for (const answering of underway) answering.handOver();
      posting.stop();
      readBack.stop();
    },
  };
}

const plainJob: Job = { compose: async (_run, post) => post };

function usedBy({ id, usage }: Run): SlotUse {
  return {
    run: id,
    ...(usage ? { tokens: { input: usage.input, output: usage.output } } : {}),
    ...(usage?.cost === undefined ? {} : { cost: usage.cost }),
  };
}
