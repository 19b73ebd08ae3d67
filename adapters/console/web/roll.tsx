import { type ReadonlySignal, useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { Message } from "../wire.ts";
import { Chunk, chunkSize } from "./chunk.tsx";
import { findComposer, isWriting, neighbour } from "./focus.ts";
import { Icon } from "./icon.tsx";
import { me } from "./live.ts";
import { place } from "./place.ts";
import { lastSaid } from "./unsaid.ts";
import { words } from "./words.ts";

/** As many chunks are drawn at first, and as many more whenever the reader comes to the top. */
const batch = 2;

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
  // The first chunk drawn, once the reader has gone back; until then the last few are.
  const held = useSignal<number | undefined>(undefined);
  const keptBelow = useRef<number | undefined>(undefined);

  const chunks = Math.ceil(messages.length / chunkSize);
  const from = held.value ?? Math.max(0, chunks - batch);

  const toEnd = () => frame.current?.scrollTo({ top: frame.current.scrollHeight });
  const scrolled = () => {
    const { scrollHeight = 0, scrollTop = 0, clientHeight = 0 } = frame.current ?? {};
    atEnd.current = scrollHeight - scrollTop - clientHeight < 60;
    away.value = !atEnd.current;
    held.value = atEnd.current && scrollHeight > 2 * clientHeight ? undefined : from;
    if (scrollTop < 300 && from > 0) earlier();
  };
  const earlier = () => {
    const { scrollHeight = 0, scrollTop = 0 } = frame.current ?? {};
    keptBelow.current = scrollHeight - scrollTop;
    held.value = Math.max(0, from - batch);
  };
  // What is put above must not move what is read.
  useLayoutEffect(() => {
    if (frame.current && keptBelow.current !== undefined && !atEnd.current)
      frame.current.scrollTop = frame.current.scrollHeight - keptBelow.current;
    keptBelow.current = undefined;
  }, [from]);
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

  const isNew = ({ id, author }: Message) => unreadAfter !== undefined && id > unreadAfter && author !== me.value;
  const firstNew = messages.find((message) => isNew(message.peek()))?.peek().id;
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
          {Array.from({ length: chunks - from }, (_, n) => (from + n) * chunkSize).map((start) => (
            <Chunk
              key={start}
              before={messages[start - 1]}
              messages={messages.slice(start, start + chunkSize)}
              inThread={inThread}
              firstNew={firstNew}
            />
          ))}
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
