/** Writes that may come a little late, gathered into one statement: losing them to a crash only means a second look. */
export type Later<Item> = {
  add(...items: Item[]): void;
  /** Contract: what was added before is durable when this resolves; rejects when it can't be, and keeps it for the next time. */
  flush(): Promise<void>;
};

const waitMs = 250;

/** Gathers items and writes them together. */
export function createLater<Item>(write: (items: Item[]) => Promise<unknown>): Later<Item> {
  let waiting: Item[] = [];
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();

  async function writeAll(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    if (waiting.length === 0) return;
    const items = waiting;
    waiting = [];
    try {
      await write(items);
    } catch (error) {
      waiting.unshift(...items);
      throw error;
    }
  }

  function flush(): Promise<void> {
    const next = writing.then(writeAll);
    writing = next.catch(() => {});
    return next;
  }

  return {
    add(...items) {
      waiting.push(...items);
      // A failed flush is tried again with whatever comes next, or when the store is read or closed.
      timer ??= setTimeout(() => void flush().catch(() => {}), waitMs);
    },
    flush,
  };
}
