import type { Clock } from "./world.ts";

/** A clock that stands still until it is advanced; what was put off then happens in its order. */
export function steppedClock(start = Date.UTC(2026, 10, 21, 9)): Clock & { advance(ms: number): void } {
  let now = start;
  const waiting = new Set<{ at: number; then: () => void }>();
  return {
    now: () => now,
    after(ms, then) {
      const entry = { at: now + ms, then };
      waiting.add(entry);
      return () => waiting.delete(entry);
    },
    advance(ms) {
      const end = now + ms;
      for (;;) {
        const due = [...waiting].filter(({ at }) => at <= end).sort((one, other) => one.at - other.at)[0];
        if (!due) break;
        waiting.delete(due);
        now = Math.max(now, due.at);
        due.then();
      }
      now = end;
    },
  };
}
