import type { Address, ChatEvent, ChatMessage, Checked, Filled, Inbox } from "../../../src/chat.ts";

type Kind = ChatEvent["kind"];
type Heard<K extends Kind> = Extract<ChatEvent, { kind: K }>;

/** An inbox that keeps what it heard, each key once (as the journal does), and lets a test wait for it. */
export type RecordingInbox = Inbox & {
  heard: ChatEvent[];
  /** The first event of this kind for which `is` holds, heard already or still to come. */
  next<K extends Kind>(kind: K, is?: (event: Heard<K>) => boolean): Promise<Heard<K>>;
  /** The message with this text, once heard. */
  message(text: string): Promise<ChatMessage>;
  /** From now on `hear` resolves only after the returned function was called. */
  hold(): () => void;
  /** What a form would come to; a test may put its own here. */
  checks(filled: Filled): Checked;
  /** The next event is refused, as by a full disk. */
  refuseNext(): void;
};

/** Makes an inbox for tests; waits end with an error that lists what was heard instead. */
export function recordingInbox(options: { within?: number } = {}): RecordingInbox {
  const within = options.within ?? 10_000;
  const heard: ChatEvent[] = [];
  const waiting = new Set<() => void>();
  let held: Promise<void> = Promise.resolve();
  let refusing = false;

  const messages = (): ChatMessage[] => heard.flatMap((event) => (event.kind === "message" ? [event.message] : []));

  async function next<K extends Kind>(kind: K, is: (event: Heard<K>) => boolean = () => true): Promise<Heard<K>> {
    const ofKind = (event: ChatEvent): event is Heard<K> => event.kind === kind;
    const find = () => heard.filter(ofKind).find(is);
    const already = find();
    if (already) return already;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        waiting.delete(look);
        reject(new Error(`heard no such ${kind} within ${within} ms; heard: ${JSON.stringify(heard, null, 1)}`));
      }, within);
      const look = () => {
        const found = find();
        if (!found) return;
        clearTimeout(timer);
        waiting.delete(look);
        resolve(found);
      };
      waiting.add(look);
    });
  }

  const inbox: RecordingInbox = {
    heard,
    next,
    checks: () => ({}),
    check: async (filled) => inbox.checks(filled),
    message: async (text) => (await next("message", (event) => event.message.text === text)).message,
    async hear(event) {
      if (refusing) {
        refusing = false;
        throw new Error("the journal is full");
      }
      if (!heard.some((known) => known.key === event.key)) heard.push(event);
      for (const look of [...waiting]) look();
      await held;
    },
    async heardUntil() {
      const times = messages().map((message) => message.at);
      return times.length ? Math.max(...times) : undefined;
    },
    async recentThreads() {
      const threads = new Map<string, Address>();
      for (const { answerAt } of messages().reverse()) {
        if (answerAt.thread) threads.set(`${answerAt.channel} ${answerAt.thread}`, answerAt);
      }
      return [...threads.values()];
    },
    async suggest({ field, typed }) {
      const known = field === "question" ? ["use library.greet", "use library.sum service="] : ["ops", "scribe"];
      return known.filter((way) => way.startsWith(typed)).map((way) => ({ text: way, value: way }));
    },
    hold() {
      let release = () => {};
      held = new Promise((resolve) => {
        release = resolve;
      });
      return release;
    },
    refuseNext() {
      refusing = true;
    },
  };
  return inbox;
}
