import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type ConsoleOptions, createConsoleAdapter } from "../../adapters/console/console.ts";
import type { ConsoleStore } from "../../adapters/console/keeping.ts";
import { type Message, type State, sees } from "../../adapters/console/wire.ts";
import type { ChatAdapter, ChatFile, Inbox, Route } from "../../src/chat.ts";
import { createLog } from "../../src/watch/log.ts";
import type { PlatformUnderTest, Seen } from "./contract.ts";

const log = createLog({ level: "silent", redact: (text) => text });

/** The console behind a real socket, and what tests ask of it. */
export type ConsolePlatform = PlatformUnderTest & {
  url: string;
  store: TestStore;
  /** Posts JSON; gives the status and the parsed answer. */
  send(path: string, body: unknown, headers?: Record<string, string>): Promise<{ status: number; body: Reply }>;
  /** Sends a file, as plain text unless a type is named. */
  sendFile(
    as: string,
    name: string,
    bytes: string | Uint8Array<ArrayBuffer>,
    type?: string,
  ): Promise<{ status: number; body: Reply & ChatFile }>;
  state(as?: string): Promise<State>;
  /** Breaks every connection there is. */
  cut(): void;
};
/** What the console answers a request with. */
export type Reply = {
  id?: string;
  message?: Message;
  error?: { code: string; message: string; details?: Record<string, string> };
};

/** Starts a console over a store in memory. */
export async function openConsole(
  inbox: Inbox,
  options: Partial<Pick<ConsoleOptions, "webRoot" | "filesDir" | "heartbeatMs" | "now">> & { store?: TestStore } = {},
): Promise<ConsolePlatform> {
  const store = options.store ?? memoryStore();
  const start = async (): Promise<ChatAdapter> => {
    const adapter = createConsoleAdapter({ webRoot: "nowhere", log, ...options, store });
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
  const sendFile: ConsolePlatform["sendFile"] = async (as, name, bytes, type = "text/plain") => {
    const query = new URLSearchParams({ as, name });
    const headers = { "content-type": type };
    const response = await fetch(`${url}/console/files?${query}`, { method: "POST", headers, body: bytes });
    return { status: response.status, body: (await response.json()) as Reply & ChatFile };
  };
  const state = async (as?: string) =>
    (await (await fetch(`${url}/console/state${as ? `?as=${as}` : ""}`)).json()) as State;
  const calledByBot = async (): Promise<string[]> => {
    const { messages, bot } = await state();
    return messages.filter(({ author }) => author === bot.id).flatMap(({ people = [] }) => people.map(({ id }) => id));
  };
  const said = new Map<string, { as: string }>();

  return {
    url,
    store,
    send,
    sendFile,
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
    async reactions(id) {
      const { reactions = {} } = (await state()).messages.find((one) => one.id === id) ?? {};
      return Object.keys(reactions).map((emoji) => emoji.replace("\uFE0F", ""));
    },
    pinned: async ({ channel }) =>
      (await state()).messages.filter((one) => one.channel === channel && one.pinned).map(({ id }) => id),
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
    pings: { written: "@ana @tom <@console:ana>", heard: calledByBot },
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
    editToMention: async (message, text) =>
      void (await done("/console/edits", { message, as: said.get(message)?.as, text: `@Bellhop ${text}` })),
    async pick(message, title, as) {
      const shortcut = (await state()).shortcuts.en.find((one) => one.title === title)?.name;
      await done("/console/shortcuts", { message, shortcut, as });
    },
    async write(as, label, value) {
      const open = (await state(as)).you?.form;
      const input = open?.form.inputs.find((one) => one.label === label)?.id ?? "";
      const { preview } = Object(await done("/console/previews", { form: open?.id, as, values: { [input]: value } }));
      return String(preview);
    },
    async form(as) {
      const form = (await state(as)).you?.form?.form;
      return form && { title: form.title, submit: form.submit, labels: form.inputs.map(({ label }) => label) };
    },
    async fillIn(as, answers) {
      const open = (await state(as)).you?.form;
      const values = Object.entries(answers).map(([label, words]) => {
        const input = open?.form.inputs.find((one) => one.label === label);
        const options = input && input.kind !== "text" ? input.options : [];
        const valueFor = (one: string) => options.find(({ text }) => text === one)?.value ?? one;
        return [input?.id, [words].flat().map(valueFor).join("\n")];
      });
      const body = { form: open?.id, as, values: Object.fromEntries(values) };
      return (await send("/console/submissions", body)).body.error?.message;
    },
    rate: async (message, rating, as) => void (await done("/console/ratings", { message, as, rating })),
    async passOn(message, text) {
      const body = { channel: "general", as: "console:ana", text, quotes: message };
      return (await done("/console/messages", body)).id ?? "";
    },
    call: (person) => `@${person.split(":")[1]}`,
    called: async (person) => (await calledByBot()).includes(person),
    async sayWithFile(text, { name, text: content }) {
      const { body } = await sendFile("console:ana", name, content);
      const said = { channel: "general", as: "console:ana", text, files: [body.ref] };
      return (await done("/console/messages", said)).id ?? "";
    },
    async fetchPosted({ channel, thread }, name) {
      const standing = (await state()).messages.filter((one) => one.channel === channel && one.thread === thread);
      const file = standing.flatMap(({ files = [] }) => files).find((one) => one.name === name);
      return file && Buffer.from(await (await fetch(`${url}/console/files/${file.ref}?as=console:ana`)).arrayBuffer());
    },
    async readPosted({ channel, thread }, name) {
      const standing = (await state()).messages.filter((one) => one.channel === channel && one.thread === thread);
      const file = standing.flatMap(({ files = [] }) => files).find((one) => one.name === name);
      return file && (await (await fetch(`${url}/console/files/${file.ref}?as=console:ana`)).text());
    },
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
