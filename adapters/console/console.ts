import type { Address, ChatAdapter, ChatFile, Inbox, Person, Post, PostedFile, PostKey } from "../../src/chat.ts";
import { bytesOf, DeliveryError } from "../../src/chat.ts";
import type { Logger } from "../../src/watch/log.ts";
import { bestNamed } from "../../src/words/named.ts";
import { AboutPeople } from "./about-people.ts";
import { createDraft, type DraftParts } from "./draft.ts";
import { createFileShelf } from "./file-shelf.ts";
import { addressOf, peopleIn, toChatMessage } from "./hear.ts";
import { type ConsoleStore, createKeeping } from "./keeping.ts";
import { createRoutes } from "./routes.ts";
import type { Content, Message, Someone } from "./wire.ts";
import { Workspace } from "./workspace.ts";

export type { ConsoleStore } from "./keeping.ts";

/** What the console is made of. `webRoot` holds the built page, `filesDir` what people and the bot share; without it, files last as long as the adapter. */
export type ConsoleOptions = {
  store: ConsoleStore;
  webRoot: string;
  filesDir?: string;
  log: Logger;
  now?: () => number;
  heartbeatMs?: number;
};

/** So many people a name may mean at most. */
const mostFound = 5;

/** The chat workspace in the browser: a small platform of its own, and the adapter to it. */
export function createConsoleAdapter(options: ConsoleOptions): ChatAdapter {
  const { store, webRoot, filesDir, log, now = Date.now, heartbeatMs = 15_000 } = options;
  const shelf = createFileShelf(filesDir);
  const workspace = new Workspace(now, shelf.forget);
  const about = new AboutPeople(store, now);
  const keeping = createKeeping(store, workspace);
  let phase: "starting" | "connected" | "quiet" | "stopped" = "starting";
  let inbox: Inbox | undefined;
  let lastFiles: Promise<unknown> = Promise.resolve();

  /** What a post says, its files laid down; posts begun later wait for them. */
  async function contentOf(post: Post): Promise<Content> {
    const { text, lines, footer, card, rating, files: posted = [], people: among = [] } = post;
    const laying = lastFiles.then(() => Promise.all(posted.map(layDown)));
    lastFiles = laying.catch(() => {});
    const files = await laying.catch((cause: unknown) => {
      throw new DeliveryError("The console could not keep a file.", { final: false, cause });
    });
    const people = peopleIn(workspace, text, among);
    return {
      text,
      ...(lines?.length && { lines }),
      ...(footer && { footer }),
      ...(card && { card }),
      ...(rating && { rating }),
      ...(files.length > 0 && { files }),
      ...(people.length > 0 && { people }),
    };
  }
  async function layDown(file: PostedFile): Promise<ChatFile> {
    const { name, type } = file;
    return shelf.put({ name, type, by: workspace.bot.id }, oneChunk(bytesOf(file)));
  }
  /** Does something with what a post says; the files of one that could not be shown are not kept. */
  async function laid<Done>(post: Post, use: (content: Content) => Done): Promise<Done> {
    const content = await contentOf(post);
    try {
      return use(content);
    } catch (error) {
      shelf.forget(content.files?.map(({ ref }) => ref) ?? []);
      throw error;
    }
  }

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

  function personOf(someone: Someone): Person {
    const language = about.language(someone.id);
    return { ...someone, ...(language && { language }), guest: false, roles: [] };
  }

  const drafts: DraftParts = {
    workspace,
    show,
    keep: (id) => void save(id).catch((error: unknown) => log.warn({ err: error }, "a message could not be kept")),
    post: (address, post, key) => adapter.post(address, post, key),
  };

  const routes = createRoutes({
    workspace,
    about,
    shelf,
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
      forms: true,
      // Nothing can be said here while the bot is away.
      catchesUp: false,
    },
    async start(to) {
      await Promise.all([keeping.load(), about.load()]);
      await shelf.load([...workspace.messages()].flatMap(({ files = [] }) => files));
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
      await shelf.close();
    },
    state: () => ({ state: phase === "quiet" ? "connected" : phase }),
    async post(address, post, key) {
      const message = await laid(post, (content) => show(address, content, key, post.only));
      await save(message.id);
      return { address: addressOf(message), id: message.id };
    },
    draft: (address, key) => createDraft(drafts, address, key),
    async edit(posted, post) {
      await laid(post, (content) => {
        if (!workspace.change(posted.id, content, false))
          throw new DeliveryError("The message is no longer there.", { final: true });
      });
      await save(posted.id);
    },
    async pin({ id }) {
      if (!workspace.pin(id)) throw new DeliveryError("The message is no longer there.", { final: true });
      await save(id);
    },
    async react(_address, id, emoji) {
      if (!workspace.react(id, workspace.bot.id, emoji))
        throw new DeliveryError("The message is no longer there.", { final: true });
      await save(id);
    },
    async find(name) {
      return bestNamed(name, workspace.people, mostFound).map(personOf);
    },
    async history({ channel, thread }, { since, limit }) {
      return workspace
        .standing(channel, thread)
        .filter((message) => !message.only && !message.status && (since === undefined || message.id > since))
        .slice(-limit)
        .map((message) => toChatMessage(workspace, message));
    },
    async threads({ channel }, since) {
      const roots = [...workspace.messages()].flatMap((message) =>
        message.channel === channel && message.thread && message.at > since ? [message.thread] : [],
      );
      return [...new Set(roots)];
    },
    async who(id) {
      const someone = workspace.someone(id);
      return someone && personOf(someone);
    },
    speaks: (id) => about.language(id),
    canRead: async (id, { channel }) => workspace.canRead(id, channel),
    async direct(id) {
      const found = workspace.channels.find((one) => one.with === id);
      return found && { adapter: "console", channel: found.id };
    },
    async place({ channel }) {
      const found = workspace.channel(channel);
      return found && { name: found.name, private: found.with !== undefined };
    },
    read: (file, signal) => shelf.read(file.ref, signal),
    async open({ person, via }, form) {
      about.open(person, via, form);
    },
    async home(person, page) {
      if (!workspace.someone(person))
        throw new DeliveryError(`There is nobody called ${person} in the console.`, { final: true });
      const { text, lines, footer, card } = page;
      about.drawHome(person, {
        text,
        ...(lines?.length && { lines }),
        ...(footer && { footer }),
        ...(card && { card }),
      });
    },
    async prompt({ channel }, prompts) {
      const person = workspace.channel(channel)?.with;
      if (!person) throw new DeliveryError("Ways to begin are offered in a DM only.", { final: true });
      about.offer(person, prompts);
    },
    routes: routes.list,
  };
  return adapter;
}

async function* oneChunk(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
