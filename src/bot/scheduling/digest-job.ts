import type { Post, Posted } from "../../chat.ts";
import type { Run } from "../../runs/run.ts";
import type { Schedule } from "../../schedules/schedule.ts";
import type { SlotClaim } from "../../schedules/slot.ts";
import type { WorkOutcome } from "../../schedules/work.ts";
import { wordsOf } from "../../words/words.ts";
import type { Desk } from "../desk/desk.ts";
import { type DigestInHand, type Digests, underHeadline } from "./digest-work.ts";
import { type Job, letterId } from "./scheduled-delivery.ts";

/** What is particular to a run that makes a digest. */
export type DigestJobs = {
  /** What its run has to do, put into the run; an outcome at once where there is nothing to read, or it may not be read. */
  begin(schedule: Schedule, slot: SlotClaim, run: Run, signal: AbortSignal): Promise<Job | WorkOutcome>;
  /** The headline was sent: what stands in its thread is posted, and its items are known. */
  finish(schedule: Schedule, run: Run, stands: (Posted | undefined)[]): Promise<void>;
};

/** Digests as scheduled work. */
export function digestJobs({ store, postman }: Pick<Desk, "store" | "postman">, digests: Digests): DigestJobs {
  async function beat(schedule: Schedule, slot: SlotClaim, run: Run, post: Post): Promise<void> {
    const letters = schedule.to.map((address, n) => ({
      address,
      post,
      key: { id: `${letterId(run.id, n)}h`, since: run.at },
    }));
    await Promise.all(letters.map((letter) => postman.send(letter).kept));
    await digests.beat(schedule, slot.due);
  }

  async function postBeneath(run: Run, n: number, headline: Posted, { drawn }: DigestInHand): Promise<void> {
    const key = { id: `${letterId(run.id, n)}t`, since: run.at };
    // After a crash it may stand already.
    if (await store.outbox.has(key.id)) await postman.standing(key.id);
    else await postman.send({ address: underHeadline(headline), post: drawn.thread, key }).posted;
  }

  return {
    async begin(schedule, slot, run, signal) {
      const isTest = slot.schedule === "test";
      const failed = (why: string): WorkOutcome => ({ kind: "failed", why, changed: false, visible: false });
      const task = await digests.prepare(schedule, slot, signal, isTest ? slot.by : undefined);
      const silence = async () => {
        if ("heartbeat" in task && task.heartbeat && !isTest) await beat(schedule, slot, run, task.heartbeat);
      };
      switch (task.kind) {
        case "unreadable":
          return failed(task.why);
        case "private":
          await digests.consent.ask(schedule, task.missing);
          return failed(wordsOf(schedule.language).scheduled.privateSource(schedule.name));
        case "nothing":
          await silence();
          return { kind: "silent" };
        case "read":
          run.output = task.brief.output;
          run.heard = [{ by: run.asker.name, text: task.brief.text, before: [], files: [], quotes: [] }];
      }
      return {
        async compose(_run, _post, outcome) {
          const inHand = await task.finish(outcome.kind === "answered" ? outcome.output : undefined);
          if (!inHand) {
            await silence();
            return undefined;
          }
          // One that only its tester sees leaves nothing behind, and stands whole in one post.
          if (isTest) return { ...inHand.drawn.headline, text: inHand.text };
          await digests.hold(run.id, inHand);
          return inHand.drawn.headline;
        },
      };
    },

    async finish(schedule, run, stands) {
      const inHand = await digests.held(run.id);
      if (!inHand) return;
      await Promise.all(stands.map((posted, n) => posted && postBeneath(run, n, posted, inHand)));
      if (stands.some((one) => one !== undefined)) await digests.settle(schedule, run, inHand);
      // What people ask about it later is about what they read, not about how it was made.
      const [asked] = run.heard;
      if (asked) asked.text = schedule.prompt ?? wordsOf(schedule.language).scheduled.digestAsked;
      if (run.outcome?.kind === "answered") run.outcome = { ...run.outcome, text: inHand.text };
    },
  };
}
