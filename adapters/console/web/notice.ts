import { signal } from "@preact/signals";
import { words } from "./words.ts";

/** A word on what was just done, for a moment. */
export const notice = signal<string | undefined>(undefined);

const shownMs = 2_000;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Copies a text, and says whether that worked. */
export async function copy(text: string): Promise<boolean> {
  const copied = await navigator.clipboard.writeText(text).then(
    () => true,
    () => false,
  );
  notice.value = copied ? words.peek().copied : words.peek().failedOnce;
  clearTimeout(timer);
  timer = setTimeout(() => {
    notice.value = undefined;
  }, shownMs);
  return copied;
}
