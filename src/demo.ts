import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createConsoleAdapter } from "../adapters/console/console.ts";
import { createApp } from "./app.ts";
import { loadConfig } from "./config/load.ts";
import { createLog } from "./watch/log.ts";
import { createRedactor } from "./watch/redact.ts";

type Message = {
  id: string;
  author: string;
  text: string;
  thread?: string;
  writing?: true;
  footer?: string;
  status?: string;
  only?: string;
  lines?: { title: string; state: string; ms?: number }[];
};

const dist = join(fileURLToPath(import.meta.url), "../..");
const patienceMs = 15_000;

/** Plays a short tour in the terminal against a whole Bellhop of its own; gives the exit code. */
export async function demo(print: (line: string) => void): Promise<number> {
  const began = Date.now();
  const dataDir = await mkdtemp(join(tmpdir(), "bellhop-demo-"));
  const redact = createRedactor(() => []);
  const log = createLog({ level: "silent", redact });
  const house = { command: process.execPath, args: [join(dist, "src/tools/house-server.js")] };
  const { config } = await loadConfig(join(dataDir, "none"), { env: {}, house });
  if (!config) throw new Error("the welcome set does not load");
  const app = createApp(config, {
    adapters: (kv) => [createConsoleAdapter({ store: kv("console"), webRoot: join(dist, "console"), log })],
    dataDir,
    jobs: join(dist, "jobs"),
    log,
    redact,
    env: process.env,
  });
  let answered = 0;
  try {
    print("Bellhop, a tour. Everything here is real but the people: the model is the offline one.\n");
    const { url } = await app.start();
    const mcp = await until(() => Object.values(app.report().mcp).find((one) => one.state === "connected"));
    const { workers } = app.report().runs;
    print(
      `✓ started in ${Date.now() - began} ms: ${workers} worker threads warm, ${mcp.tools} tools from the MCP server "house"\n`,
    );

    const tell = async (as: string, text: string, thread?: string): Promise<Message> => {
      print(`#general${thread ? " (thread)" : ""}  ${as}: ${text}`);
      const response = await fetch(`${url}/console/messages`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ channel: "general", as: `console:${as}`, text, ...(thread ? { thread } : {}) }),
      });
      const { message } = (await response.json()) as { message: Message };
      return message;
    };
    const seen = new Set<string>();
    const hear = async (thread: string): Promise<Message> => {
      const message = await until(async () => {
        const { messages } = (await (await fetch(`${url}/console/state`)).json()) as { messages: Message[] };
        return messages.find(
          (one) => one.thread === thread && one.author.endsWith("bellhop") && !one.writing && !seen.has(one.id),
        );
      });
      seen.add(message.id);
      answered++;
      for (const line of message.lines ?? [])
        print(`          ${line.state === "done" ? "✓" : "✗"} ${line.title} ${((line.ms ?? 0) / 1000).toFixed(1)} s`);
      for (const line of message.text.split("\n")) print(`          Bellhop: ${line}`);
      if (message.footer) print(`          — ${message.footer}`);
      print("");
      return message;
    };

    print("A mention: the agent uses a tool over MCP and answers in the thread.");
    const first = await tell("ana", "@Bellhop what time is it in Taipei?");
    await hear(first.id);

    print("In the thread it goes on without a mention; another agent is named in the text.");
    await tell("ana", "what time is it in Berlin?", first.id);
    await hear(first.id);
    const second = await tell("tom", "@Bellhop scribe: who are you?");
    await hear(second.id);

    print("`why` answers from the record, not from a model.");
    await tell("ana", "@Bellhop why", first.id);
    await hear(first.id);

    print("A name that is nearly right.");
    const third = await tell("tom", "@Bellhop ask scrbe what is new?");
    await hear(third.id);

    print(
      `${answered} questions, ${answered} answers, each in its thread and each once, in ${((Date.now() - began) / 1000).toFixed(1)} s.`,
    );
    print("Now try it yourself: npm start, then open the address it prints.");
    return 0;
  } catch (error) {
    print(`✗ the tour stopped: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  } finally {
    await app.stop(2000);
    await rm(dataDir, { recursive: true, force: true });
  }
}

/** Looks again until there is something to see. */
async function until<Value>(look: () => Promise<Value | undefined> | Value | undefined): Promise<Value> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const value = await look();
    if (value !== undefined) return value;
    if (Date.now() > deadline) throw new Error(`nothing came for ${patienceMs / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}
