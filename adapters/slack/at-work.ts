import type { Address } from "../../src/chat.ts";
import type { Clock } from "./clock.ts";
import { refusalOf } from "./refusals.ts";
import type { Wire } from "./wire.ts";

/** The platform's sign that the bot is at work in one thread. Nothing here ever throws or is waited for. */
export type WorkSign = {
  /** What the bot is doing, in words, where Slack shows words. */
  words(status: string): void;
  /** There is something to be seen. */
  visible(): void;
  /** Is Slack's own stop control shown? */
  readonly stoppable: boolean;
  /** Slack was told already that the work is over. */
  told(): void;
  /** The work is over; `posted` when there is an answer, which takes some signs away by itself. */
  over(posted: boolean): void;
};

/** Shows signs of work. */
export type AtWork = { begin(address: Address): WorkSign };

const silence = 300;
// An answer that keeps growing must be stoppable too, and Slack offers that only in a session at work.
const longWork = 1_000;

type Way = "session" | "status" | "none";

/** Agent sessions where Slack has them (they bring its stop control), the older status where it has not. */
export function createAtWork(wire: Wire, clock: Clock): AtWork {
  let way: Way = "session";

  async function say(channel: string, thread: string, working: boolean, words: string): Promise<Way> {
    const { client } = wire;
    const tried = way;
    const at = { channel_id: channel, thread_ts: thread };
    try {
      if (tried === "session") {
        const status = working ? "processing" : "active";
        await wire.call("agents.sessions.setStatus", () => client.agents.sessions.setStatus({ ...at, status }));
      } else if (tried === "status") {
        const status = working ? words : "";
        await wire.call("assistant.threads.setStatus", () => client.assistant.threads.setStatus({ ...at, status }));
      }
      return tried;
    } catch (error) {
      const refusal = refusalOf(error);
      // Refusals of this place say nothing of others; refusals of the method do.
      if (refusal === undefined || /channel|thread|archived|limited/.test(refusal)) return "none";
      // Others may have found out meanwhile.
      if (way === tried) way = tried === "session" ? "status" : "none";
      return say(channel, thread, working, words);
    }
  }

  return {
    begin({ channel, thread }) {
      let words = "…";
      let shown: Promise<Way> | undefined;
      let by: Way = "none";
      let ended = false;
      const show = () => {
        // Both signs of one answer must fit, and a sign is not worth waiting for.
        if (ended || shown || !thread || wire.room("agents.sessions.setStatus") < 2) return;
        shown = say(channel, thread, true, words).then((way) => {
          by = way;
          return way;
        });
      };
      let cancel = clock.after(silence, show);
      return {
        words(status) {
          words = status;
        },
        visible() {
          if (ended || shown) return;
          cancel();
          cancel = clock.after(longWork, show);
        },
        get stoppable() {
          return by === "session";
        },
        told() {
          ended = true;
          cancel();
        },
        over(posted) {
          if (ended) return;
          ended = true;
          cancel();
          if (!thread || !shown) return;
          void shown.then((way) => {
            if (way === "session" || (way === "status" && !posted)) return say(channel, thread, false, "");
            return way;
          });
        },
      };
    },
  };
}
