import type { Entry, Workspace } from "./workspace.ts";

/** Where the console keeps its messages: small values by name, given by the program. */
export type ConsoleStore = {
  get<Value>(key: string): Promise<Value | undefined>;
  set(key: string, value: unknown): Promise<void>;
  delete(key: string): Promise<void>;
};

/** Writes the workspace's messages down and reads them again. */
export type Keeping = {
  /** Takes back into the workspace what an earlier life kept. */
  load(): Promise<void>;
  /** Resolves once the message is kept as it is now, or as gone. */
  save(id: string): Promise<void>;
  /** Resolves once nothing is being written any more. */
  settle(): Promise<void>;
};

const messagesPerPage = 50;
const pagesKept = 20;

type Index = { first: number; last: number };
type Page = { number: number; ids: string[]; saving: Promise<void>; next?: Promise<void> };

/**
 * Keeps messages in pages, so that saving one writes few others with it; the newest 1,000 or so are kept, the oldest
 * page goes when a new one begins.
 */
export function createKeeping(store: ConsoleStore, workspace: Workspace): Keeping {
  const pages: Page[] = [];
  const pageOf = new Map<string, Page>();

  const newPage = (number: number): Page => {
    const page: Page = { number, ids: [], saving: Promise.resolve() };
    pages.push(page);
    return page;
  };
  const saveIndex = () =>
    store.set("index", { first: pages[0]?.number ?? 0, last: pages.at(-1)?.number ?? 0 } satisfies Index);

  /** Writes a page once after what is being written; saves asked for meanwhile share that one. */
  function write(page: Page): Promise<void> {
    page.next ??= page.saving
      .catch(() => {})
      .then(() => {
        delete page.next;
        const entries = page.ids.flatMap((id) => workspace.entry(id) ?? []);
        page.saving = store.set(`page:${page.number}`, entries);
        return page.saving;
      });
    return page.next;
  }

  async function turnPage(number: number): Promise<void> {
    newPage(number);
    const gone = pages.length > pagesKept ? pages.shift() : undefined;
    for (const id of gone?.ids ?? []) {
      pageOf.delete(id);
      workspace.remove(id);
    }
    await saveIndex();
    if (gone) await store.delete(`page:${gone.number}`);
  }

  return {
    async load() {
      const index = await store.get<Index>("index");
      for (let number = index?.first ?? 1; number <= (index?.last ?? 0); number++) {
        const entries = (await store.get<Entry[]>(`page:${number}`)) ?? [];
        const page = newPage(number);
        page.ids = entries.map((entry) => entry.message.id);
        for (const id of page.ids) pageOf.set(id, page);
        workspace.restore(entries.map(settled));
      }
    },

    async save(id) {
      let page = pageOf.get(id);
      let turned: Promise<void> | undefined;
      // What came and went before it was ever kept leaves nothing to write.
      if (!page && !workspace.entry(id)) return;
      if (!page) {
        const last = pages.at(-1);
        if (!last || last.ids.length >= messagesPerPage) turned = turnPage((last?.number ?? 0) + 1);
        page = pages.at(-1);
        if (!page) return;
        page.ids.push(id);
        pageOf.set(id, page);
      }
      await Promise.all([turned, write(page)]);
    },

    async settle() {
      await Promise.allSettled(pages.map((page) => page.next ?? page.saving));
    },
  };
}

/** A message as an earlier life left it: nobody is writing it now, so nobody can stop it either. */
function settled(entry: Entry): Entry {
  if (!entry.message.writing) return entry;
  const { writing: _writing, status: _status, card: _stop, ...message } = entry.message;
  return { ...entry, message };
}
