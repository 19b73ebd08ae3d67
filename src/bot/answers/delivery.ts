import type { Draft, DraftState, Post } from "../../chat.ts";
import type { Outcome, Run } from "../../runs/run.ts";
import type { Letter } from "../../store/outbox.ts";
import type { Desk } from "../desk/desk.ts";

/** How a run is seen while it goes on, and where its end is told. */
export type Delivery = {
  /** A person waits for it. */
  interactive: boolean;
  show(state: DraftState): void;
  /** The end is near: nothing new need be shown before it. */
  hold(): void;
  /**
   * Contract: the run as it is now, and what people are to read of its end, are durable when `kept` resolves; `posted`
   * resolves once that stands, or can't.
   */
  end(post: Post, outcome: Outcome): { kept: Promise<void>; posted: Promise<unknown> };
};

/** To the place where it was asked, growing as it goes on. `again`: an earlier process may have begun it. */
export function inConversation(
  { adapter, ledger, postman }: Pick<Desk, "adapter" | "ledger" | "postman">,
  run: Run,
  again: boolean,
): Delivery {
  const { id, at, address, asker, message } = run;
  const key = { id, since: at, ...(message ? { answers: message } : {}), ...(again ? { again } : {}) };
  let draft: Draft | undefined;
  return {
    interactive: true,
    show(state) {
      const answering = { person: asker.id, ...(message ? { message } : {}) };
      draft ??= adapter(address.adapter)?.draft(address, key, answering);
      draft?.show(state);
    },
    hold: () => draft?.hold?.(),
    end: (post) =>
      postman.send({ address, post, key, ...withFiles(run) }, draft, (letter) => ledger.keepWith(run, letter)),
  };
}

/** What a run's letters bring of its tools' files. */
export function withFiles({ shown = [] }: Run): Pick<Letter, "files"> {
  return shown.length > 0 ? { files: shown } : {};
}
