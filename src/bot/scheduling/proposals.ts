import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { ToolResult } from "../../agent/tool.ts";
import type { Post } from "../../chat.ts";
import { runIdFor } from "../../runs/run.ts";
import type { AskedRun, ToolUser } from "../../tools/gate.ts";
import { wordsOf } from "../../words/words.ts";
import type { Desk } from "../desk/desk.ts";

/** Whoever uses an agent's functions for schedules, and waits for its answer. */
export type Proposer = ToolUser & { asked: AskedRun };

/** What a run proposes to the person who asked. */
export type Proposals = {
  /**
   * Shows them what `draw` gives, alone; without buttons it is a no, which its model alone is told. `what` names the
   * proposal: the same one shows nothing twice, also after a crash.
   */
  put(what: unknown, draw: (call: string) => Promise<Post>, whatNow: string, signal: AbortSignal): Promise<ToolResult>;
};

/** One answer asks so often at most. */
const mostCards = 5;
/** A model is not kept waiting longer until a card stands. */
const cardWaitMs = 10_000;

/** The proposals of one run. */
export function proposalsOf({ postman, store, now }: Desk, { agent, asker, at, asked }: Proposer): Proposals {
  const told = wordsOf(asked.language).schedules.tool;
  const made = new Map<string, Promise<ToolResult>>();
  let count = 0;

  async function show(call: string, post: Post, whatNow: string, signal: AbortSignal): Promise<ToolResult> {
    const key = { id: runIdFor(`${call}:card`), since: now() };
    const text = `${told.proposes(agent.name)}\n${post.text}`;
    // In a thread that only its answer will begin, Slack would not show it.
    const address = at.thread === asked.message ? { adapter: at.adapter, channel: at.channel } : at;
    const posted = (await store.outbox.has(key.id))
      ? postman.standing(key.id)
      : postman.send({ address, post: { ...post, text, only: { person: asker.id } }, key }).posted;
    const isThere = posted.then((found) => found !== undefined);
    const stands = await Promise.race([isThere, sleep(cardWaitMs, true, { signal, ref: false })]);
    return stands ? { text: whatNow } : { text: told.notShown(asked.by), failed: true };
  }

  return {
    async put(what, draw, whatNow, signal) {
      const call = `${asked.id}:${createHash("sha256").update(JSON.stringify(what)).digest("hex").slice(0, 16)}`;
      const before = made.get(call);
      if (before) return before;
      if (count >= mostCards) return { text: told.enough(mostCards), failed: true };
      count += 1;
      const result = draw(call).then((post): ToolResult | Promise<ToolResult> =>
        post.card?.buttons ? show(call, post, whatNow, signal) : { text: post.text, failed: true },
      );
      made.set(call, result);
      const forget = () => {
        made.delete(call);
        count -= 1;
      };
      void result.then(({ failed }) => failed && forget(), forget);
      return result;
    },
  };
}
