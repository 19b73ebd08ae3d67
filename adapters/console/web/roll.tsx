import { type Signal, useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Message } from "../wire.ts";
import { MessageView } from "./message.tsx";
import { dayOf, midnight, words } from "./words.ts";

/** Messages of one author within this time stand under one name. */
const together = 5 * 60_000;

/**
 * Messages one under another. Stays at the newest while the reader is there, however they grow; a reader who has gone
 * back is left in peace and told that there is more.
 */
export function Roll({ label, messages, inThread, children }: RollProps) {
  const frame = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const more = useSignal(false);

  const toEnd = () => frame.current?.scrollTo({ top: frame.current.scrollHeight });
  const scrolled = () => {
    const { scrollHeight = 0, scrollTop = 0, clientHeight = 0 } = frame.current ?? {};
    atEnd.current = scrollHeight - scrollTop - clientHeight < 60;
    if (atEnd.current) more.value = false;
  };
  useEffect(() => {
    const grown = new ResizeObserver(() => {
      if (atEnd.current) toEnd();
      else more.value = true;
    });
    for (const element of [frame.current, content.current]) if (element) grown.observe(element);
    return () => grown.disconnect();
  }, []);

  return (
    <div class="roll">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <div class="frame" ref={frame} onScroll={scrolled} role="log" aria-label={label} tabIndex={0}>
        <div class="content" ref={content}>
          {children}
          {messages.map((message, n) => {
            const { id, at } = message.peek();
            const before = messages[n - 1]?.peek();
            const newDay = !inThread && (!before || midnight(before.at) !== midnight(at));
            return [
              newDay && (
                <div class="day" key={`day ${id}`}>
                  <span>{dayOf(at)}</span>
                </div>
              ),
              <MessageView
                key={id}
                message={message}
                inThread={inThread}
                follows={!newDay && follows(before, message.peek())}
              />,
            ];
          })}
        </div>
      </div>
      {more.value && (
        <button type="button" class="more" onClick={toEnd}>
          ↓ {words.newMessages}
        </button>
      )}
    </div>
  );
}

type RollProps = { label: string; messages: Signal<Message>[]; inThread: boolean; children?: ComponentChildren };

function follows(before: Message | undefined, message: Message): boolean {
  return before?.author === message.author && before.only === message.only && message.at - before.at < together;
}
