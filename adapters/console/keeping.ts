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
  let indexKept: Index = { first: 0, last: 0 };

  const newPage = (number: number): Page => {
    const page: Page = { number, ids: [], saving: Promise.resolve() };
    pages.push(page);
    return page;
  };
  /** Says which pages there are; said again with the next save, should it fail. */
  async function saveIndex(): Promise<void> {
    const index: Index = { first: pages[0]?.number ?? 0, last: pages.at(-1)?.number ?? 0 };
    if (index.first === indexKept.first && index.last === indexKept.last) return;
    await store.set("index", index);
    indexKept = index;
  }

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

  function turnPage(): Page {
    const page = newPage((pages.at(-1)?.number ?? 0) + 1);
    const gone = pages.length > pagesKept ? pages.shift() : undefined;
    for (const id of gone?.ids ?? []) {
      pageOf.delete(id);
      workspace.remove(id);
    }
    // A page that could not be deleted is in no index any more: it is never read again.
    if (gone) store.delete(`page:${gone.number}`).catch(() => {});
    return page;
  }

  return {
    async load() {
      indexKept = (await store.get<Index>("index")) ?? indexKept;
      if (indexKept.last === 0) return;
      for (let number = indexKept.first; number <= indexKept.last; number++) {
        const entries = (await store.get<Entry[]>(`page:${number}`)) ?? [];
        const page = newPage(number);
        page.ids = entries.map((entry) => entry.message.id);
        for (const id of page.ids) pageOf.set(id, page);
        workspace.restore(entries.map(settled));
      }
    },

    async save(id) {
      let page = pageOf.get(id);
      if (!page) {
        // What came and went before it was ever kept leaves nothing to write.
        if (!workspace.entry(id)) return;
        const last = pages.at(-1);
        page = last && last.ids.length < messagesPerPage ? last : turnPage();
        page.ids.push(id);
        pageOf.set(id, page);
      }
      await Promise.all([saveIndex(), write(page)]);
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
