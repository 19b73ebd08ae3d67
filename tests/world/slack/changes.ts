/** Lets tests wait for what they look for without ever asking for nothing. */
export interface Changes {
  /** Something a person, the app or a test could see has changed. */
  happened(): void;
  /** Resolves with the predicate's first truthy answer; rejects with `dump()` when the deadline passes. */
  until<T>(predicate: () => T | Promise<T>, deadlineMs: number, dump: () => string): Promise<NonNullable<T>>;
  /** Ends all waiting. */
  stop(): void;
}

/** A bell that rings on each change. */
export function createChanges(): Changes {
  const waiting = new Set<{ ring(): void; abandon(why: Error): void }>();
  return {
    happened() {
      for (const { ring } of [...waiting]) ring();
    },
    stop() {
      for (const { abandon } of [...waiting]) abandon(new Error("the simulated Slack was stopped"));
    },
    async until(predicate, deadlineMs, dump) {
      let rung = () => {};
      let abandoned: Error | undefined;
      const one = {
        ring: () => rung(),
        abandon(why: Error) {
          abandoned = why;
          rung();
        },
      };
      const giveUp = () => one.abandon(new Error(`not seen within ${deadlineMs} ms: ${predicate}\n${dump()}`));
      const timer = setTimeout(giveUp, deadlineMs);
      waiting.add(one);
      try {
        for (;;) {
          // Armed before looking, so that a change during a slow look is not missed.
          const change = new Promise<void>((resolve) => {
            rung = resolve;
          });
          const found = await predicate();
          if (found) return found;
          if (abandoned) throw abandoned;
          await change;
          if (abandoned) throw abandoned;
        }
      } finally {
        clearTimeout(timer);
        waiting.delete(one);
      }
    },
  };
}
