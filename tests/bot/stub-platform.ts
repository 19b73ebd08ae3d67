import type { Address, ChatAdapter, ChatEvent, Inbox, Post, PostKey } from "../../src/chat.ts";

const place: Address = { adapter: "stub", channel: "C" };
const opened = Date.now();

/** A mention in a thread of its own, or with `thread` a message in that thread. */
export function said(
  id: number,
  text: string,
  options: { thread?: string; mention?: boolean; by?: string } = {},
): ChatEvent {
  const { thread, mention = true, by = "ana" } = options;
  const answerAt = { ...place, thread: thread ?? String(id) };
  return {
    key: `stub:${id}`,
    kind: "message",
    message: {
      id: String(id),
      address: thread ? answerAt : place,
      answerAt,
      author: { id: `stub:${by}`, name: by, bot: false },
      text,
      at: opened + id,
      mention,
      direct: false,
      ours: false,
      files: [],
    },
  };
}

/** A platform of nothing but a list of what was posted. `deliver` decides when a post stands. */
export function stub(
  options: {
    onStart?: (inbox: Inbox) => void;
    deliver?: () => Promise<void>;
    /** Told when somebody is looked up, who is known once it resolves. */
    lookUp?: () => Promise<void>;
  } = {},
) {
  const posts: { id: string; thread: string; text: string }[] = [];
  const changed = new Set<() => void>();
  let inbox: Inbox | undefined;
  const post = async (at: Address, said: Post, key: PostKey) => {
    posts.push({ id: key.id, thread: at.thread ?? "", text: said.text });
    for (const look of changed) look();
    await options.deliver?.();
    return { address: at, id: `p${posts.length}` };
  };
  const adapter: ChatAdapter = {
    name: "stub",
    can: {
      drafts: "none",
      threads: true,
      status: false,
      stopControl: false,
      whispers: true,
      buttons: true,
      slashCommands: true,
      forms: false,
      catchesUp: true,
    },
    async start(to) {
      inbox = to;
      options.onStart?.(to);
    },
    async quiet() {},
    async stop() {},
    state: () => ({ state: "connected" }),
    post,
    draft: (at, key) => ({ show() {}, end: (said) => post(at, said, key), async drop() {} }),
    async edit() {},
    history: async () => [],
    async who() {
      await options.lookUp?.();
      return undefined;
    },
    canRead: async () => true,
    read: async () => new Uint8Array(),
  };
  const until = (is: () => boolean) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (!is()) return;
        changed.delete(look);
        resolve();
      };
      changed.add(look);
      look();
    });
  return { adapter, posts, until, hear: (event: ChatEvent) => inbox?.hear(event) };
}
