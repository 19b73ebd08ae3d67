import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Message } from "../wire.ts";
import { hearMessages, me, someone } from "./live.ts";
import { place } from "./place.ts";
import { words } from "./words.ts";

/** As much of a message as is read out; the rest is there to be read. */
const readOut = 300;

/** Reads out what others say where the reader is, each message once it is whole: not every word of one being written. */
export function Announcer() {
  const said = useSignal("");
  useEffect(() => {
    hearMessages((message) => {
      if (isHere(message) && message.author !== me.peek())
        said.value = words.peek().saidBy(someone(message.author).name, message.text.slice(0, readOut));
    });
  }, []);
  // What was for one person's eyes is not for the next one's ears.
  useEffect(() => {
    said.value = "";
  }, [me.value]);
  return (
    <div class="hidden" aria-live="polite" data-announcer>
      {said}
    </div>
  );
}

function isHere({ channel, thread }: Message): boolean {
  const here = place.peek();
  return here?.channel?.id === channel && (thread === undefined || thread === here.thread);
}
