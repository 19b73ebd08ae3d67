import { request } from "node:http";
import { afterEach, beforeEach } from "vitest";
import type { Message, You } from "../../adapters/console/wire.ts";
import { type ConsolePlatform, openConsole, type Reply } from "./console-platform.ts";
import { type RecordingInbox, recordingInbox } from "./contract/recording-inbox.ts";

type Options = Parameters<typeof openConsole>[1];

/** A console spoken to over its wire; fresh for each test. */
export type ConsoleWire = {
  readonly inbox: RecordingInbox;
  readonly workspace: ConsolePlatform;
  /** Opens another console in place of this one. */
  open(options?: Options): Promise<void>;
  say(body: object, headers?: Record<string, string>): Promise<{ status: number; body: Reply }>;
  /** A GET with headers that `fetch` would not let one send. */
  get(path: string, headers?: Record<string, string>): Promise<{ status: number; body: string }>;
  /** An open event stream. */
  listen(path?: string, headers?: Record<string, string>): Promise<Listening>;
};

/** `block` reads what comes next as it stands, `next` the next event of a name. */
type Listening = {
  response: Response;
  block(): Promise<string>;
  next(name: string): Promise<{ id: string; data: Message & You }>;
};

/** Opens a console before each test of the surrounding suite, and closes it after. */
export function setConsoleWire(): ConsoleWire {
  let inbox: RecordingInbox | undefined;
  let workspace: ConsolePlatform | undefined;
  const stops: (() => unknown)[] = [];
  beforeEach(() => wire.open());
  afterEach(async () => {
    for (const stop of stops.splice(0)) await stop();
  });

  const wire: ConsoleWire = {
    get inbox() {
      if (!inbox) throw new Error("there is an inbox only while a test runs");
      return inbox;
    },
    get workspace() {
      if (!workspace) throw new Error("there is a console only while a test runs");
      return workspace;
    },
    async open(options = {}) {
      inbox = recordingInbox();
      const opened = await openConsole(inbox, options);
      workspace = opened;
      stops.push(() => opened.stop());
    },
    say: (body, headers) => wire.workspace.send("/console/messages", body, headers),
    get: (path, headers = {}) =>
      new Promise((resolve, reject) => {
        const { hostname, port } = new URL(wire.workspace.url);
        request({ hostname, port, path, headers }, async (response) => {
          let body = "";
          for await (const chunk of response) body += chunk;
          resolve({ status: response.statusCode ?? 0, body });
        })
          .on("error", reject)
          .end();
      }),
    async listen(path = "/console/events", headers = {}) {
      const stop = new AbortController();
      const response = await fetch(`${wire.workspace.url}${path}`, { headers, signal: stop.signal });
      stops.unshift(() => stop.abort());
      return { response, ...readEvents(response) };
    },
  };
  return wire;
}

function readEvents(response: Response): Omit<Listening, "response"> {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let buffer = "";
  async function block(): Promise<string> {
    for (;;) {
      const end = buffer.indexOf("\n\n");
      if (end >= 0) {
        const found = buffer.slice(0, end);
        buffer = buffer.slice(end + 2);
        return found;
      }
      const { value, done } = (await reader?.read()) ?? { done: true, value: undefined };
      if (done) throw new Error("the stream ended");
      buffer += value;
    }
  }
  return {
    block,
    async next(name) {
      for (;;) {
        const fields = `\n${await block()}`;
        const [id, event, data] = ["id", "event", "data"].map((name) => fields.split(`\n${name}: `)[1]?.split("\n")[0]);
        if (event === name) return { id: id ?? "", data: JSON.parse(data ?? "{}") };
      }
    },
  };
}
