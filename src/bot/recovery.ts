import { type Run, runIdFor, unbegun } from "../runs/run.ts";
import { wordsOf } from "../words/words.ts";
import type { Desk } from "./desk/desk.ts";
import type { Intake } from "./hearing/intake.ts";
import type { Questions } from "./questions/questions.ts";

/**
 * Takes up what an earlier process left on one platform: letters not posted, runs not ended, events not handled.
 * The events that nobody has heard in this process are handled anew.
 */
export async function takeUp(
  desk: Desk,
  questions: Questions,
  adapter: string,
  intake: Pick<Intake, "isOurs" | "takeUp">,
): Promise<void> {
  const { store, ledger, postman, conversations } = desk;
  const { journal, outbox } = store;
  await postman.resume(adapter);
  const taken = new Set<string>();
  for (const run of await ledger.unfinished(adapter)) {
    if (run.slot) continue;
    for (const event of run.events) taken.add(event);
    const sent = await outbox.find(run.id);
    if (sent) {
      // Letter and end are written together now; in a file from before, the answer was sure to be posted.
      const { checkpoint: _, ...ended } = run;
      const outcome = { kind: "answered" as const, text: sent.letter.post.text, model: "" };
      await ledger.keep({ ...ended, state: "finished", outcome });
      journal.settle(run.events);
    } else if (run.changed && run.state === "running") await tellInterrupted(desk, run);
    else questions.launch(run.state === "parked" ? run : unbegun(run), await conversations.at(run.address), true);
  }
  // What steered a run has no letter of its own: it is answered with the run it steered.
  const answered = await ledger.finishedBy(adapter);
  for (const event of await journal.owed(adapter)) {
    if (taken.has(event.key) || (await intake.isOurs(event.key))) continue;
    if (answered.has(event.key) || (await outbox.has(runIdFor(event.key)))) journal.settle([event.key]);
    else intake.takeUp(event);
  }
}

/** A tool that changes things was at work: the person decides whether to try again. */
async function tellInterrupted(desk: Desk, run: Run): Promise<void> {
  const words = wordsOf(run.language);
  const outcome = { kind: "failed" as const, code: "interrupted", detail: "restarted", why: words.why.interrupted };
  const post = {
    text: words.failed({ why: outcome.why, changed: true, soFar: "", run: run.id }),
    card: { buttons: [{ id: "retry", value: run.id, text: words.retry }] },
  };
  const key = { id: run.id, since: run.at, again: true, ...(run.message ? { answers: run.message } : {}) };
  const ended = { ...run, state: "finished" as const, outcome };
  const { kept } = desk.postman.send({ address: run.address, post, key }, undefined, (letter) =>
    desk.ledger.keepWith(ended, letter),
  );
  await kept;
  desk.store.journal.settle(run.events);
}
