/** Lets tests wait for what they look for without ever asking twice for nothing. */
export interface Changes {
  /** Something a person, the app or a test could see has changed. */
  happened(): void;
  /** Resolves with the predicate's first truthy answer; rejects with `dump()` when the deadline passes. */
  until<T>(predicate: () => T, deadlineMs: number, dump: () => string): Promise<NonNullable<T>>;
  stop(): void;
}

/** A bell that rings on each change. */
export function createChanges(): Changes {
  const waiting = new Set<() => void>();
  const abandoned = new Set<(why: Error) => void>();
  return {
    happened() {
      for (const look of [...waiting]) look();
    },
    until(predicate, deadlineMs, dump) {
      return new Promise((resolve, reject) => {
        const settle = () => {
          clearTimeout(timer);
          waiting.delete(look);
          abandoned.delete(abandon);
        };
        const abandon = (why: Error) => {
          settle();
          reject(why);
        };
        const look = () => {
          try {
            const found = predicate();
            if (!found) return;
            settle();
            resolve(found);
          } catch (error) {
            settle();
            reject(error);
          }
        };
        const timer = setTimeout(
          () => abandon(new Error(`not seen within ${deadlineMs} ms: ${predicate}\n${dump()}`)),
          deadlineMs,
        );
        waiting.add(look);
        abandoned.add(abandon);
        look();
      });
    },
    stop() {
      for (const abandon of [...abandoned]) abandon(new Error("the simulated Slack was stopped"));
    },
  };
}
