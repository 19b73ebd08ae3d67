import { type ReadonlySignal, useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import type { Message } from "../wire.ts";
import { findComposer, isWriting, neighbour } from "./focus.ts";
import { Icon } from "./icon.tsx";
import { me } from "./live.ts";
import { MessageView } from "./message.tsx";
import { place } from "./place.ts";
import { dayOf, midnight } from "./times.ts";
import { lastSaid } from "./unsaid.ts";
import { words } from "./words.ts";

/** Messages of one author within this time stand under one name. */
const together = 5 * 60_000;
/** As many are drawn at first, and as many more whenever the reader comes to the top. */
const batch = 60;

/**
 * Messages one under another. Stays at the newest while the reader is there, however they grow; a reader who has gone
 * back is left in peace and told that there is more. `unreadAfter`: what came after this message is new to the reader.
 */
export function Roll({ label, messages, inThread, unreadAfter, children }: RollProps) {
  const frame = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const away = useSignal(false);
  const seen = useRef(messages.length);
  const drawn = useSignal(batch);
  const keptBelow = useRef<number | undefined>(undefined);

  const toEnd = () => frame.current?.scrollTo({ top: frame.current.scrollHeight });
  const scrolled = () => {
    const { scrollHeight = 0, scrollTop = 0, clientHeight = 0 } = frame.current ?? {};
    atEnd.current = scrollHeight - scrollTop - clientHeight < 60;
    away.value = !atEnd.current;
    if (scrollTop < 300 && drawn.value < messages.length) earlier();
  };
  const earlier = () => {
    const { scrollHeight = 0, scrollTop = 0 } = frame.current ?? {};
    keptBelow.current = scrollHeight - scrollTop;
    drawn.value += batch;
  };
  // What is put above must not move what is read.
  useLayoutEffect(() => {
    if (frame.current && keptBelow.current !== undefined && !atEnd.current)
      frame.current.scrollTop = frame.current.scrollHeight - keptBelow.current;
    keptBelow.current = undefined;
  }, [drawn.value]);
  useEffect(() => {
    const grown = new ResizeObserver(() => atEnd.current && toEnd());
    for (const element of [frame.current, content.current]) if (element) grown.observe(element);
    return () => grown.disconnect();
  }, []);
  const newest = messages.at(-1)?.peek();
  useEffect(() => {
    // Whoever says something wants to see it.
    if (newest && newest.id === lastSaid.value) toEnd();
  }, [newest?.id, lastSaid.value]);
  if (!away.value) seen.current = messages.length;
  const unseen = messages.length - seen.current;

  const keys = (event: KeyboardEvent) => {
    if (isWriting(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
    const all = [...(content.current?.querySelectorAll<HTMLElement>(".message") ?? [])];
    if (event.key === "Escape" && !place.peek()?.thread) findComposer()?.focus();
    else if (["ArrowDown", "ArrowUp", "j", "k", "Home", "End"].includes(event.key)) {
      const next = neighbour(all, event.key);
      next?.focus({ preventScroll: true });
      next?.scrollIntoView({ block: "nearest" });
    } else return;
    event.preventDefault();
  };

  const from = Math.max(0, messages.length - drawn.value);
  const firstNew = unreadAfter === undefined ? -1 : messages.findIndex((message) => isNew(message.peek(), unreadAfter));
  return (
    <div class="roll">
      <div
        class="frame"
        ref={frame}
        onScroll={scrolled}
        onKeyDown={keys}
        role="log"
        aria-live="off"
        aria-label={label}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        data-part
      >
        <div class="content" ref={content}>
          {children}
          {from > 0 && (
            <button type="button" class="earlier quiet" onClick={earlier}>
              {words.value.earlier}
            </button>
          )}
          {messages.slice(from).map((message, n) => {
            const { id, at } = message.peek();
            const before = messages[from + n - 1]?.peek();
            const newDay = !inThread && (!before || midnight(before.at) !== midnight(at));
            const isFirstNew = from + n === firstNew && from + n > 0;
            return [
              newDay && (
                <div class="day" key={`day ${id}`}>
                  <span>{dayOf(at)}</span>
                </div>
              ),
              isFirstNew && (
                <div class="day new-line" key="new">
                  <span>{words.value.newMessages}</span>
                </div>
              ),
              <Row
                key={id}
                message={message}
                inThread={inThread}
                follows={!newDay && !isFirstNew && follows(before, message.peek())}
              />,
            ];
          })}
        </div>
      </div>
      {away.value && (
        <button
          type="button"
          class={`more${unseen > 0 ? " news" : ""}`}
          onClick={toEnd}
          aria-label={unseen > 0 ? undefined : words.value.toNewest}
        >
          <Icon name="down" /> {unseen > 0 && words.value.newFrom(unseen)}
        </button>
      )}
    </div>
  );
}

type RollProps = {
  label: string;
  messages: ReadonlySignal<Message>[];
  inThread: boolean;
  unreadAfter?: string | undefined;
  children?: ComponentChildren;
};

/** A message that is drawn anew when it changes, not when others come. */
function Row({
  message,
  inThread,
  follows,
}: {
  message: ReadonlySignal<Message>;
  inThread: boolean;
  follows: boolean;
}) {
  return useMemo(
    () => <MessageView message={message} inThread={inThread} follows={follows} />,
    [message, inThread, follows],
  );
}

function isNew({ id, author }: Message, after: string): boolean {
  return id > after && author !== me.value;
}

function follows(before: Message | undefined, message: Message): boolean {
  return before?.author === message.author && before.only === message.only && message.at - before.at < together;
}
