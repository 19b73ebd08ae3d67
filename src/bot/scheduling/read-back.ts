import type { ChatAdapter, Posted } from "../../chat.ts";

/** Looks whether posts are there for others to read, in the background: for all posts of a place at once. */
export type ReadBack = {
  /** Resolves with whether it was seen there; false also when nobody could look, or it ends before. */
  seen(posted: Posted): Promise<boolean>;
  /** Contract: nothing is looked at any more. */
  stop(): void;
};

/** So many of a place's newest messages are looked through. */
const lookedThrough = 30;
/** Looks are calls that others may be waiting for. */
const betweenLooksMs = 2_000;

type Waiting = { posted: Posted; resolve: (isSeen: boolean) => void };

/** Makes one over the adapters; each looks once in a while. */
export function createReadBack(adapter: (name: string) => ChatAdapter | undefined): ReadBack {
  const platforms = new Map<string, Looks>();
  let isOver = false;
  return {
    async seen(posted) {
      const { adapter: name } = posted.address;
      const there = adapter(name);
      if (!there || isOver) return false;
      const looks = platforms.get(name) ?? new Looks(there);
      platforms.set(name, looks);
      return looks.add(posted);
    },
    stop() {
      isOver = true;
      for (const looks of platforms.values()) looks.stop();
    },
  };
}

/** The looks at one platform, one after the other. */
class Looks {
  #adapter: ChatAdapter;
  #places = new Map<string, Waiting[]>();
  #timer: NodeJS.Timeout | undefined;
  #isBusy = false;

  constructor(adapter: ChatAdapter) {
    this.#adapter = adapter;
  }

  add(posted: Posted): Promise<boolean> {
    const { channel, thread = "" } = posted.address;
    const key = `${channel}/${thread}`;
    return new Promise((resolve) => {
      this.#places.set(key, [...(this.#places.get(key) ?? []), { posted, resolve }]);
      if (!this.#isBusy) void this.#look();
    });
  }

  stop(): void {
    this.#isBusy = true;
    clearTimeout(this.#timer);
    for (const { resolve } of [...this.#places.values()].flat()) resolve(false);
    this.#places.clear();
  }

  async #look(): Promise<void> {
    const [next] = this.#places;
    this.#isBusy = next !== undefined;
    if (next === undefined) return;
    const [key, waiting] = next;
    this.#places.delete(key);
    const ids = await this.#idsAt(waiting[0]?.posted);
    for (const { posted, resolve } of waiting) resolve(ids.has(posted.id));
    this.#timer = setTimeout(() => void this.#look(), betweenLooksMs);
    this.#timer.unref();
  }

  async #idsAt(posted: Posted | undefined): Promise<Set<string>> {
    if (!posted) return new Set();
    const range = { limit: lookedThrough, patient: true };
    const said = await this.#adapter.history(posted.address, range).catch(() => []);
    return new Set(said.map(({ id }) => id));
  }
}
