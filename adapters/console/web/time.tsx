import { useComputed } from "@preact/signals";
import { agoOf, momentOf, timeOf } from "./times.ts";

/** When something was said: how long ago, or the time of day alone; the exact moment where the pointer rests. */
export function Time({ at, exact }: { at: number; exact?: boolean }) {
  // Only those whose words change are drawn anew as time goes by.
  const shown = useComputed(() => (exact ? timeOf(at) : agoOf(at)));
  return (
    <time dateTime={new Date(at).toISOString()} title={momentOf(at)}>
      {shown}
    </time>
  );
}
