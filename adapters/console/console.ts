import type { Address, ChatAdapter, Inbox, Post, PostKey } from "../../src/chat.ts";
import { DeliveryError } from "../../src/chat.ts";
import type { Logger } from "../../src/watch/log.ts";
import { createDraft, type DraftParts } from "./draft.ts";
import { addressOf, toChatMessage } from "./hear.ts";
import { type ConsoleStore, createKeeping } from "./keeping.ts";
import { createRoutes } from "./routes.ts";
import type { Content, Message } from "./wire.ts";
import { Workspace } from "./workspace.ts";

export type { ConsoleStore } from "./keeping.ts";

/** What the console is made of. `webRoot` holds the built page. */
export type ConsoleOptions = {
  store: ConsoleStore;
  webRoot: string;
  log: Logger;
  now?: () => number;
  heartbeatMs?: number;
};

/** The chat workspace in the browser: a small platform of its own, and the adapter to it. */
export function createConsoleAdapter(options: ConsoleOptions): ChatAdapter {
  const { store, webRoot, log, now = Date.now, heartbeatMs = 15_000 } = options;
  const workspace = new Workspace(now);
  const keeping = createKeeping(store, workspace);
  let phase: "starting" | "connected" | "quiet" | "stopped" = "starting";
  let inbox: Inbox | undefined;

  /** Makes the message of this key say this, wherever an earlier attempt left it. */
  function show(address: Address, content: Content, key: PostKey, only?: Post["only"]): Message {
    const { channel, thread } = address;
    if (phase === "stopped") throw new DeliveryError("The console has stopped.", { final: false });
    if (phase === "starting") throw new DeliveryError("The console is still starting.", { final: false });
    if (!workspace.isPlace(channel, thread))
      throw new DeliveryError(`There is no ${thread ? `thread ${thread} in ` : ""}channel ${channel} in the console.`, {
        final: true,
      });
    const before = workspace.withKey(key.id);
    const changed = before && workspace.change(before.id, content, false);
    if (changed) return changed;
    const author = workspace.bot.id;
    return workspace.add(
      { ...content, channel, author, ...(thread && { thread }), ...(only && { only: only.person }) },
      key.id,
    );
  }

  async function save(id: string): Promise<void> {
    try {
      await keeping.save(id);
    } catch (cause) {
      throw new DeliveryError("The console could not keep the message.", { final: false, cause });
    }
  }

  const drafts: DraftParts = {
    workspace,
    show,
    keep: (id) => void save(id).catch((error: unknown) => log.warn({ err: error }, "a message could not be kept")),
    post: (address, post, key) => adapter.post(address, post, key),
  };

  const routes = createRoutes({
    workspace,
    keeping,
    webRoot,
    heartbeatMs,
    now,
    log,
    inbox: () => (phase === "connected" ? inbox : undefined),
  });

  const adapter: ChatAdapter = {
    name: "console",
    can: {
      drafts: "edits",
      threads: true,
      status: true,
      stopControl: false,
      whispers: true,
      buttons: true,
      slashCommands: true,
      forms: false,
      // Nothing can be said here while the bot is away.
      catchesUp: false,
    },
    async start(to) {
      await keeping.load();
      inbox = to;
      phase = "connected";
    },
    async quiet() {
      if (phase === "connected") phase = "quiet";
    },
    async stop() {
      phase = "stopped";
      routes.stop();
      await keeping.settle();
    },
    state: () => ({ state: phase === "quiet" ? "connected" : phase }),
    async post(address, post, key) {
      const message = show(address, contentOf(post), key, post.only);
      await save(message.id);
      return { address: addressOf(message), id: message.id };
    },
    draft: (address, key) => createDraft(drafts, address, key),
    async edit(posted, post) {
      if (!workspace.change(posted.id, contentOf(post), false))
        throw new DeliveryError("The message is no longer there.", { final: true });
      await save(posted.id);
    },
    async history({ channel, thread }, { since, limit }) {
      return workspace
        .standing(channel, thread)
        .filter((message) => !message.only && !message.status && (since === undefined || message.id > since))
        .slice(-limit)
        .map((message) => toChatMessage(workspace, message));
    },
    async who(id) {
      const someone = workspace.someone(id);
      return someone && { ...someone, guest: false, roles: [] };
    },
    canRead: async (id, { channel }) => workspace.canRead(id, channel),
    read: async (file) => {
      throw new Error(`There are no files in the console; ${file.name} is from elsewhere.`);
    },
    routes: routes.list,
  };
  return adapter;
}

function contentOf({ text, lines, footer, card }: Post): Content {
  return { text, ...(lines?.length && { lines }), ...(footer && { footer }), ...(card && { card }) };
}
