import { useComputed, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Message } from "../wire.ts";
import { hearMessages, me, someone } from "./live.ts";
import { place } from "./place.ts";
import { words } from "./words.ts";

/** As much of a message as is read out; the rest is there to be read. */
const readOut = 300;

/** Reads out what others say where the reader is, each message once it is whole: not every word of one being written. */
export function Announcer() {
  const said = useSignal({ to: me.peek(), text: "" });
  useEffect(() => {
    hearMessages((message) => {
      if (!isHere(message) || message.author === me.peek()) return;
      const text = words.peek().saidBy(someone(message.author).name, message.text.slice(0, readOut));
      said.value = { to: me.peek(), text };
    });
  }, []);
  // What was for one person's eyes is not for the next one's ears.
  const heard = useComputed(() => (said.value.to === me.value ? said.value.text : ""));
  return (
    <div class="hidden" aria-live="polite" data-announcer>
      {heard}
    </div>
  );
}

function isHere({ channel, thread }: Message): boolean {
  const here = place.peek();
  return here?.channel?.id === channel && (thread === undefined || thread === here.thread);
}
