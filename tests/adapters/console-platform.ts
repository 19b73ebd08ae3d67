import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createConsoleAdapter } from "../../adapters/console/console.ts";
import type { ConsoleStore } from "../../adapters/console/keeping.ts";
import { type Message, type State, sees } from "../../adapters/console/wire.ts";
import type { ChatAdapter, Inbox, Route } from "../../src/chat.ts";
import { createLog } from "../../src/watch/log.ts";
import type { PlatformUnderTest, Seen } from "./contract.ts";

const log = createLog({ level: "silent", redact: (text) => text });

/** The console behind a real socket, and what tests ask of it. */
export type ConsolePlatform = PlatformUnderTest & {
  url: string;
  store: TestStore;
  /** Posts JSON; gives the status and the parsed answer. */
  send(path: string, body: unknown, headers?: Record<string, string>): Promise<{ status: number; body: Reply }>;
  state(): Promise<State>;
  /** Breaks every connection there is. */
  cut(): void;
};
/** What the console answers a request with. */
export type Reply = { id?: string; message?: Message; error?: { code: string; message: string } };

/** Starts a console over a store in memory. */
export async function openConsole(
  inbox: Inbox,
  options: { webRoot?: string; heartbeatMs?: number; store?: ConsolePlatform["store"]; now?: () => number } = {},
): Promise<ConsolePlatform> {
  const store = options.store ?? memoryStore();
  const start = async (): Promise<ChatAdapter> => {
    const { webRoot = "nowhere", heartbeatMs, now } = options;
    const adapter = createConsoleAdapter({
      store,
      webRoot,
      log,
      ...(heartbeatMs && { heartbeatMs }),
      ...(now && { now }),
    });
    await adapter.start(inbox, new AbortController().signal);
    return adapter;
  };
  let adapter = await start();
  const server = await serve(() => adapter.routes ?? []);
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;

  const send: ConsolePlatform["send"] = async (path, body, headers = {}) => {
    const response = await fetch(`${url}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
    return { status: response.status, body: (await response.json()) as Reply };
  };
  const done = async (path: string, body: unknown): Promise<Reply> => {
    const reply = await send(path, body);
    if (reply.status >= 300) throw new Error(`${path} answered ${reply.status}: ${reply.body.error?.message}`);
    return reply.body;
  };
  const state = async () => (await (await fetch(`${url}/console/state`)).json()) as State;
  const said = new Map<string, { as: string }>();

  return {
    url,
    store,
    send,
    state,
    cut: () => server.closeAllConnections(),
    get adapter() {
      return adapter;
    },
    channel: { adapter: "console", channel: "general" },
    closed: { adapter: "console", channel: "dm-ana" },
    ana: "console:ana",
    tom: "console:tom",
    async say(text, { as = "console:ana", mention, thread, direct } = {}) {
      const channel = direct ? `dm-${as.split(":")[1]}` : "general";
      const words = mention ? `@Bellhop ${text}` : text;
      const body = { channel, as, text: words, ...(thread && { thread }), key: `${said.size}` };
      const { id = "" } = await done("/console/messages", body);
      said.set(id, body);
      return id;
    },
    edit: async (message, text) => void (await done("/console/edits", { message, as: said.get(message)?.as, text })),
    remove: async (message) => void (await done("/console/deletions", { message, as: said.get(message)?.as })),
    async visible({ channel, thread }, as = "console:ana") {
      const { messages, bot } = await state();
      return messages
        .filter((message) => message.channel === channel && sees(as, message))
        .filter((message) => message.thread === thread || message.id === thread)
        .map((message) => seen(message, message.author === bot.id));
    },
    async until(is) {
      const reader = await fetch(`${url}/console/events`, { signal: AbortSignal.timeout(5_000) });
      try {
        if (await is()) return;
        for await (const _change of reader.body ?? []) if (await is()) return;
      } catch (cause) {
        throw new Error(`it did not come to be; there is: ${JSON.stringify((await state()).messages, null, 1)}`, {
          cause,
        });
      }
    },
    // Here nothing a text says calls anybody; there is no bell to ring.
    pings: { written: "@ana @tom <@console:ana>", heard: () => [] },
    async restart(meanwhile) {
      await adapter.stop();
      await meanwhile?.();
      adapter = await start();
    },
    async stop() {
      await adapter.stop();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
    acknowledged: async (text) =>
      void (await done("/console/messages", { channel: "general", as: "console:ana", text })),
    repeat: async (message) => void (await done("/console/messages", said.get(message))),
    async press(message, text, as) {
      const found = (await state()).messages.find(({ id }) => id === message);
      const button = found?.card?.buttons?.find((button) => button.text === text);
      await done("/console/presses", { message, button: button?.id, as });
    },
    command: async (name, text) =>
      void (await done("/console/messages", { channel: "general", as: "console:ana", text: `/${name} ${text}` })),
    working: async ({ channel, thread }) =>
      (await state()).messages.some(
        (message) => message.channel === channel && message.thread === thread && message.status !== undefined,
      ),
  };
}

/** A store in memory that can be told to fail, or to wait with writing until the function it gives is called. */
type TestStore = ConsoleStore & { failing: boolean; hold(): () => void };

function memoryStore(): TestStore {
  const values = new Map<string, string>();
  let held: Promise<void> = Promise.resolve();
  const store: TestStore = {
    failing: false,
    hold() {
      let release = () => {};
      held = new Promise((resolve) => {
        release = resolve;
      });
      return release;
    },
    async get<Value>(key: string) {
      const value = values.get(key);
      return value === undefined ? undefined : (JSON.parse(value) as Value);
    },
    async set(key, value) {
      if (store.failing) throw new Error("the disk is full");
      await held;
      values.set(key, JSON.stringify(value));
    },
    async delete(key) {
      values.delete(key);
    },
  };
  return store;
}

function seen(message: Message, ours: boolean): Seen {
  const { id, text, lines = [], footer, card } = message;
  const fields = card?.fields?.map(({ name, value }) => `${name}: ${value}`) ?? [];
  return {
    id,
    ours,
    text: [...lines.map((line) => line.title), text, ...fields, footer].join("\n"),
    buttons: card?.buttons?.map((button) => button.text) ?? [],
  };
}

/** Mounts routes as the program does: the raw request, nothing read from it. */
async function serve(routes: () => Route[]): Promise<Server> {
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://console").pathname;
    const route = routes().find(
      (route) =>
        route.method === request.method &&
        (route.path.endsWith("/*") ? path.startsWith(route.path.slice(0, -1)) : path === route.path),
    );
    if (route) route.answer(request, response);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}
