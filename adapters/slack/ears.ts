import { LRUCache } from "lru-cache";
import type { ChatEvent, ChatFile, ChatMessage, Inbox } from "../../src/chat.ts";
import { type Clock, pause } from "./clock.ts";
import { type Fields, fieldsIn, listIn } from "./fields.ts";
import { isBare } from "./files.ts";
import { translate } from "./hear.ts";
import { messageKey, type Reading, userOf } from "./messages.ts";
import type { People } from "./people.ts";

/** Hears Slack's payloads, each happening once. */
export type Ears = {
  /** Resolves once the inbox has it, or wants none of it. */
  hear(body: Fields): Promise<void>;
  hearEvent(event: ChatEvent): Promise<void>;
  /** The names that a message heard lately calls people by. */
  namesIn(channel: string, message: string): string[];
};

// `app_mention` comes without the files of the message: its twin has them, and is a few milliseconds away.
const twinWithin = 250;

/** Ears that pass on what they hear to the inbox. */
export function createEars(options: {
  inbox: Inbox;
  reading: Reading;
  people: People;
  clock: Clock;
  /** Files with what an event left out. */
  known(files: ChatFile[]): Promise<ChatFile[]>;
}): Ears {
  const { inbox, reading, people, clock, known } = options;
  /** What was heard lately, or is being heard: a repetition waits for the first telling and costs no more. */
  const lately = new LRUCache<string, Promise<void>>({ max: 5_000 });
  const named = new LRUCache<string, string[]>({ max: 2_000 });
  const awaited = new Map<string, AbortController>();

  function hearEvent(event: ChatEvent): Promise<void> {
    const before = lately.get(event.key);
    if (before) return before;
    const heard = hasBareFiles(event) ? completed(event).then((whole) => inbox.hear(whole)) : inbox.hear(event);
    lately.set(event.key, heard);
    // What was not heard must be heard when it comes again.
    heard.catch(() => lately.delete(event.key));
    // The usual reason would be an error, made with its stack for nobody, at every mention.
    awaited.get(event.key)?.abort("heard");
    return heard;
  }

  async function completed(event: ChatEvent): Promise<ChatEvent> {
    if (event.kind === "shortcut") {
      const { message } = event.shortcut;
      return { ...event, shortcut: { ...event.shortcut, message: { ...message, files: await known(message.files) } } };
    }
    if (event.kind !== "message" && event.kind !== "edited") return event;
    return { ...event, message: { ...event.message, files: await known(event.message.files) } };
  }

  /** Waits for the other telling of the same post, but not for long: it may not be subscribed to. */
  async function twin(key: string): Promise<void> {
    const arrival = awaited.get(key) ?? new AbortController();
    awaited.set(key, arrival);
    await pause(clock, twinWithin, arrival.signal);
    awaited.delete(key);
  }

  function remember({ id, address, people: called = [] }: ChatMessage): void {
    const names = called.map(({ name }) => name);
    if (names.length > 0) named.set(messageKey(address.channel, id), names);
  }

  function meet({ author, people: called = [] }: ChatMessage): void {
    for (const { id } of author.bot ? called : [author, ...called]) {
      const user = userOf(id);
      if (user) people.meet(user);
    }
  }

  return {
    hearEvent,
    namesIn: (channel, message) => named.get(messageKey(channel, message)) ?? [],
    async hear(body) {
      const event = translate(body, reading, clock.now());
      if (!event) return;
      const told = fieldsIn(body, "event");
      const isHalf = told.type === "app_mention" && listIn(told, "files").length === 0;
      if (isHalf && !lately.has(event.key)) await twin(event.key);
      if (event.kind === "message" || event.kind === "edited") remember(event.message);
      await hearEvent(event);
      if (event.kind === "message") meet(event.message);
    },
  };
}

function hasBareFiles(event: ChatEvent): boolean {
  if (event.kind === "shortcut") return event.shortcut.message.files.some(isBare);
  return (event.kind === "message" || event.kind === "edited") && event.message.files.some(isBare);
}
