import type { Message, State } from "../../adapters/console/wire.ts";

/** The console as a person at its page uses it: over its wire. */
export type Console = {
  say(as: string, text: string, where?: { channel?: string; thread?: string }): Promise<Message>;
  press(as: string, message: string, button: string): Promise<void>;
  remove(as: string, message: string): Promise<void>;
  state(): Promise<State>;
  /** What stands in a thread, or in a channel outside of threads. */
  messages(where?: { channel?: string; thread?: string }): Promise<Message[]>;
  /** Waits until the bot has said something there that is whole, and not among those seen before. */
  answer(where: { channel?: string; thread?: string }, seen?: Message[]): Promise<Message>;
};

const patienceMs = 8000;

/** Visits the console at an address. */
export function visitConsole(url: () => string): Console {
  async function post(path: string, body: Record<string, unknown>): Promise<unknown> {
    const response = await fetch(`${url()}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    const answer: unknown = await response.json();
    if (!response.ok) throw new Error(`${path}: ${response.status} ${JSON.stringify(answer)}`);
    return answer;
  }
  const state = async () => (await (await fetch(`${url()}/console/state`)).json()) as State;
  const messages: Console["messages"] = async ({ channel = "general", thread } = {}) =>
    (await state()).messages.filter((one) => one.channel === channel && one.thread === thread);

  return {
    async say(as, text, { channel = "general", thread } = {}) {
      const answer = await post("/console/messages", {
        channel,
        as: `console:${as}`,
        text,
        ...(thread ? { thread } : {}),
      });
      return (answer as { message: Message }).message;
    },
    async press(as, message, button) {
      await post("/console/presses", { message, button, as: `console:${as}` });
    },
    async remove(as, message) {
      await post("/console/deletions", { message, as: `console:${as}` });
    },
    state,
    messages,
    async answer(where, seen = []) {
      const aborter = new AbortController();
      const timer = setTimeout(() => aborter.abort(new Error("no answer came")), patienceMs);
      try {
        // The stream of events says when to look again: nothing is polled.
        const events = await fetch(`${url()}/console/events`, { signal: aborter.signal });
        const reader = events.body?.getReader();
        for (;;) {
          const found = (await messages(where)).find(
            (one) => one.author === "console:bellhop" && !one.writing && !seen.some((other) => other.id === one.id),
          );
          if (found) return found;
          await reader?.read();
        }
      } finally {
        clearTimeout(timer);
        aborter.abort();
      }
    },
  };
}
