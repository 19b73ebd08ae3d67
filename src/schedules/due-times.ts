/** When each schedule is next due: a heap of numbers, and nothing else of a schedule. */
export type DueTimes = {
  readonly size: number;
  has(id: string): boolean;
  set(id: string, at: number): void;
  delete(id: string): void;
  /** When the first is due. */
  first(): number | undefined;
  /** Takes out those due until then, in their order, at most so many. */
  take(until: number, most: number): string[];
};

type Entry = { id: string; at: number };

/** Makes an empty one. */
export function dueTimes(): DueTimes {
  const times = new Map<string, number>();
  // An entry counts only while `times` says the same: what was changed or deleted stays in the heap until it comes up.
  let heap: Entry[] = [];

  function add(entry: Entry): void {
    let at = heap.push(entry) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = heap[above];
      if (parent === undefined || !isBefore(entry, parent)) break;
      heap[at] = parent;
      at = above;
    }
    heap[at] = entry;
  }

  function removeFirst(): void {
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let at = 0;
    for (;;) {
      let below = at * 2 + 1;
      const [left, right] = [heap[below], heap[below + 1]];
      if (left === undefined) break;
      if (right !== undefined && isBefore(right, left)) below += 1;
      const child = heap[below];
      if (child === undefined || !isBefore(child, last)) break;
      heap[at] = child;
      at = below;
    }
    heap[at] = last;
  }

  function first(): Entry | undefined {
    for (let entry = heap[0]; entry !== undefined; entry = heap[0]) {
      if (times.get(entry.id) === entry.at) return entry;
      removeFirst();
    }
    return undefined;
  }

  function tidy(): void {
    if (heap.length < times.size * 2 + 1_000) return;
    heap = [];
    for (const [id, at] of times) add({ id, at });
  }

  return {
    get size() {
      return times.size;
    },
    has: (id) => times.has(id),
    set(id, at) {
      if (times.get(id) === at) return;
      times.set(id, at);
      add({ id, at });
      tidy();
    },
    delete: (id) => void times.delete(id),
    first: () => first()?.at,
    take(until, most) {
      const ids: string[] = [];
      for (let entry = first(); entry !== undefined && entry.at <= until && ids.length < most; entry = first()) {
        removeFirst();
        times.delete(entry.id);
        ids.push(entry.id);
      }
      return ids;
    },
  };
}

function isBefore(one: Entry, other: Entry): boolean {
  return one.at < other.at || (one.at === other.at && one.id < other.id);
}
