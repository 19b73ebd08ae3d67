import type { Message, State, You } from "../../adapters/console/wire.ts";

/** Where something is said, and what comes with it. */
type Saying = { channel?: string; thread?: string; files?: string[]; quotes?: string };

/** The console as a person at its page uses it: over its wire. */
export type Console = {
  say(as: string, text: string, where?: Saying): Promise<Message>;
  edit(as: string, message: string, text: string): Promise<void>;
  /** Sends a file, to be named in what is said next. */
  send(as: string, file: { name: string; type: string; bytes: Uint8Array | string }): Promise<string>;
  /** What is in a file of a message. */
  fetch(as: string, file: string): Promise<Buffer>;
  /** Picks a message out, for one of the shortcuts. */
  pick(as: string, message: string, shortcut: string): Promise<void>;
  submit(as: string, form: string, values: Record<string, string>): Promise<void>;
  /** What a form would come to as it is filled in. */
  preview(as: string, form: string, values: Record<string, string>): Promise<string | undefined>;
  rate(as: string, message: string, rating: "good" | "bad"): Promise<void>;
  speak(as: string, language: "en" | "zh-TW"): Promise<void>;
  /** What concerns one person alone, once it is so. */
  you(as: string, is: (you: You) => boolean): Promise<You>;
  /** Looks at the bot's page, or at one's DM with it. */
  open(as: string, what: "home" | "direct"): Promise<void>;
  press(as: string, message: string, button: string, value?: string): Promise<void>;
  remove(as: string, message: string): Promise<void>;
  state(): Promise<State>;
  /** What stands in a thread, or in a channel outside of threads. */
  messages(where?: { channel?: string; thread?: string }): Promise<Message[]>;
  /** Waits until the bot has said something there that is whole, and not among those seen before. */
  answer(where: { channel?: string; thread?: string }, seen?: Message[]): Promise<Message>;
  /** What `look` finds once it finds something; it looks again at each change. */
  until<Found>(look: () => Promise<Found | undefined>): Promise<Found>;
};

const patienceMs = 10_000;

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
    async say(as, text, { channel = "general", ...rest } = {}) {
      const answer = await post("/console/messages", { channel, as: `console:${as}`, text, ...rest });
      return (answer as { message: Message }).message;
    },
    async press(as, message, button, value) {
      await post("/console/presses", {
        message,
        button,
        ...(value === undefined ? {} : { value }),
        as: `console:${as}`,
      });
    },
    async remove(as, message) {
      await post("/console/deletions", { message, as: `console:${as}` });
    },
    async edit(as, message, text) {
      await post("/console/edits", { message, as: `console:${as}`, text });
    },
    async send(as, { name, type, bytes }) {
      const query = new URLSearchParams({ as: `console:${as}`, name });
      const headers = { "content-type": type };
      const body = Buffer.from(bytes);
      const response = await fetch(`${url()}/console/files?${query}`, { method: "POST", headers, body });
      const answer = (await response.json()) as { ref: string };
      if (!response.ok) throw new Error(`/console/files: ${response.status} ${JSON.stringify(answer)}`);
      return answer.ref;
    },
    async fetch(as, file) {
      const response = await fetch(`${url()}/console/files/${file}?as=console:${as}`);
      if (!response.ok) throw new Error(`/console/files: ${response.status}`);
      return Buffer.from(await response.arrayBuffer());
    },
    async pick(as, message, shortcut) {
      await post("/console/shortcuts", { message, shortcut, as: `console:${as}` });
    },
    async submit(as, form, values) {
      await post("/console/submissions", { form, values, as: `console:${as}` });
    },
    async preview(as, form, values) {
      const answer = await post("/console/previews", { form, values, as: `console:${as}` });
      return (answer as { preview?: string }).preview;
    },
    async rate(as, message, rating) {
      await post("/console/ratings", { message, rating, as: `console:${as}` });
    },
    async speak(as, language) {
      await post("/console/language", { language, as: `console:${as}` });
    },
    async open(as, what) {
      await fetch(`${url()}/console/${what}?as=console:${as}`);
    },
    you: (as, is) =>
      watching(async () => {
        const state = (await (await fetch(`${url()}/console/state?as=console:${as}`)).json()) as State;
        return state.you && is(state.you) ? state.you : undefined;
      }, as),
    state,
    messages,
    until: (look) => watching(look),
    answer: (where, seen = []) =>
      watching(async () =>
        (await messages(where)).find(
          (one) => one.author === "console:bellhop" && !one.writing && !seen.some((other) => other.id === one.id),
        ),
      ),
  };

  /** What `look` finds once it finds something: the stream of events says when to look again, nothing is polled. */
  async function watching<Found>(look: () => Promise<Found | undefined>, as = "ana"): Promise<Found> {
    const aborter = new AbortController();
    const timer = setTimeout(() => aborter.abort(new Error("what was waited for did not come")), patienceMs);
    try {
      const events = await fetch(`${url()}/console/events?as=console:${as}`, { signal: aborter.signal });
      const reader = events.body?.getReader();
      for (;;) {
        const found = await look();
        if (found) return found;
        await reader?.read();
      }
    } finally {
      clearTimeout(timer);
      aborter.abort();
    }
  }
}
