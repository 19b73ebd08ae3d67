import type { ReadonlySignal } from "@preact/signals";
import { useMemo, useRef } from "preact/hooks";
import type { Message } from "../wire.ts";
import { MessageView } from "./message.tsx";
import { dayOf, midnight } from "./times.ts";
import { words } from "./words.ts";

/** As many messages are drawn, laid out and left alone together. */
export const chunkSize = 30;

/** Messages of one author within this time stand under one name. */
const together = 5 * 60_000;

/** Some messages in a row, with the days between them. Drawn anew only when it has others, or other ones are new. */
export function Chunk({ before, messages: given, inThread, firstNew }: ChunkProps) {
  const kept = useRef(given);
  if (!isSame(kept.current, given)) kept.current = given;
  const messages = kept.current;
  // Where the new ones begin concerns only the chunk they begin in.
  const begins = messages.find((message) => message.peek().id === firstNew);
  return useMemo(
    () => (
      <div class="chunk">
        {messages.map((message, n) => {
          const { id, at } = message.peek();
          const previous = (n > 0 ? messages[n - 1] : before)?.peek();
          const newDay = !inThread && (!previous || midnight(previous.at) !== midnight(at));
          const line = message === begins && previous !== undefined;
          return [
            newDay && (
              <div class="day" key={`day ${id}`}>
                <span>{dayOf(at)}</span>
              </div>
            ),
            line && (
              <div class="day new-line" key="new">
                <span>{words.value.newMessages}</span>
              </div>
            ),
            <MessageView
              key={id}
              message={message}
              inThread={inThread}
              follows={!newDay && !line && follows(previous, message.peek())}
            />,
          ];
        })}
      </div>
    ),
    [before, messages, inThread, begins, words.value],
  );
}

type ChunkProps = {
  /** The message before the first. */
  before: ReadonlySignal<Message> | undefined;
  messages: ReadonlySignal<Message>[];
  inThread: boolean;
  firstNew: string | undefined;
};

function isSame(some: unknown[], others: unknown[]): boolean {
  return some.length === others.length && some.every((one, n) => one === others[n]);
}

function follows(before: Message | undefined, message: Message): boolean {
  return before?.author === message.author && before.only === message.only && message.at - before.at < together;
}
