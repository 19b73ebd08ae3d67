#!/usr/bin/env node
/** `bellhop`: the same verbs as in chat, from a shell, and a tour. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { nearest } from "./config/nearest.ts";
import { readLocalKey } from "./store/secret-key.ts";
import { languageOf } from "./words/words.ts";

const verbs = ["start", "chat", "ask", "agents", "status", "schedule", "tools", "simulate", "demo", "manifest", "help"];
const usage = `Usage:
  bellhop start                     starts Bellhop (the same as npm start)
  bellhop chat                      chats here, with the running Bellhop or one started for it
  bellhop ask AGENT "question"      asks an agent of the running Bellhop, and prints its answer
  bellhop agents                    who can be asked
  bellhop status                    how the running Bellhop is
  bellhop schedule …                what /schedule takes in chat: list, show, run, pause, "every day 9:00" …
  bellhop tools                     servers of tools, and what is held back until an admin accepts it
  bellhop tools diff SERVER[.TOOL]  what changed; then: bellhop tools accept (or reject) SERVER[.TOOL] CODE
  bellhop simulate [--days 28]      what the schedules would do, without a model or a post; ends with 1 if something is wrong
  bellhop demo                      a tour in the terminal, with nothing to set up
  bellhop manifest [--public URL]   the address that makes the Slack app, and its manifest; URL for HTTP mode

Options for ask, agents, status, schedule, tools:
  --url URL         where Bellhop listens (default: http://127.0.0.1:PORT, PORT from the environment or 3000)
  --as PERSON       on whose behalf, for example slack:U024BE7LH
  --channel PLACE   as if said in that channel, for example slack:C0TEAM; the answer is posted there
Options for simulate:
  --days N          how many days, up to 366 (default: 28)
  --from DATE       from when, such as 2026-03-20 or 2026-03-20T08:00 (default: now)
  --run-minutes N   how long a run is taken to last (default: 1)
  --json            the whole report for programs
Options for chat:
  --url URL         where Bellhop listens; without it, one is started when none runs
  --as PERSON       who chats: ana, tom or kim (default: ana; kim is an admin)
  --channel NAME    where: general, team, or dm for your direct message with Bellhop (default: dm)
BELLHOP_API_KEY is sent when it is set. Without it --as and --channel work where the data folder can be read (BELLHOP_DATA).`;

if (existsSync(".env")) process.loadEnvFile(".env");
await main(process.argv.slice(2));

async function main(args: string[]): Promise<void> {
  if (args[0] === "schedule") return schedule(args.slice(1));
  const options = {
    url: { type: "string" },
    as: { type: "string" },
    channel: { type: "string" },
    public: { type: "string" },
    days: { type: "string" },
    from: { type: "string" },
    "run-minutes": { type: "string" },
    json: { type: "boolean" },
    help: { type: "boolean" },
  } as const;
  let parsed: ReturnType<typeof parseArgs<{ options: typeof options; allowPositionals: true }>>;
  try {
    parsed = parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    return fail(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
  }
  const [verb = "help", ...words] = parsed.positionals;
  if (parsed.values.help || verb === "help") return void process.stdout.write(`${usage}\n`);
  if (verb === "start") return void (await import("./main.ts"));
  if (verb === "demo")
    return process.exit(await (await import("./demo.ts")).demo((line) => process.stdout.write(`${line}\n`)));
  if (verb === "simulate") {
    process.exitCode = await (await import("./simulate.ts")).simulate(parsed.values);
    return;
  }
  if (verb === "chat") return process.exit(await chatHere(parsed.values));
  if (verb === "manifest") return manifest(parsed.values.public);
  if (verb === "agents" || verb === "status") return order(verb, parsed.values);
  if (verb === "tools") return order([verb, ...words].join(" "), parsed.values);
  if (verb === "ask") {
    const [agent, ...question] = words;
    if (!agent || question.length === 0)
      return fail(`ask wants an agent and a question: bellhop ask researcher "what is new?"`);
    return order(`ask ${agent}: ${question.join(" ")}`, parsed.values);
  }
  const near = nearest(verb, verbs);
  return fail(`There is no "bellhop ${verb}".${near ? ` Did you mean "bellhop ${near}"?` : ""}\n\n${usage}`);
}

/** Passes on what is said of schedules, with their fields (`--overlap queue`) as they are; our own options are taken out. */
async function schedule(args: string[]): Promise<void> {
  const own: { url?: string; as?: string; channel?: string } = {};
  const words: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const [, name, value] = /^--(url|as|channel)(?:=([\s\S]*))?$/.exec(args[at] ?? "") ?? [];
    if (name === "url" || name === "as" || name === "channel") {
      own[name] = value ?? args[++at] ?? "";
      if (own[name] === "") return fail(`--${name} wants a value.\n\n${usage}`);
    } else words.push(args[at] ?? "");
  }
  if (words[0] === "--help") return void process.stdout.write(`${usage}\n`);
  // The shell took the quotes off a field's value.
  const quoted = words.map((word, at) =>
    words[at - 1]?.startsWith("--") && /\s/.test(word) ? `"${word}"` : word.replace(/^(--[\w-]+=)(.*\s.*)$/s, '$1"$2"'),
  );
  return order(["schedule", ...quoted].join(" "), own);
}

/** Chats in this terminal, or line by line where it is none; gives the exit code. */
async function chatHere(wish: { url?: string | undefined; as?: string | undefined; channel?: string | undefined }) {
  const { chat } = await import("../adapters/console/terminal/chat.ts");
  const { findConsole } = await import("../adapters/console/terminal/find-console.ts");
  const { stdin: input, stdout: output, stderr, env } = process;
  let interrupt = (): void => process.exit(130);
  process.on("SIGINT", () => interrupt());
  const found = await findConsole({
    named: wish.url,
    near: `http://${env.HOST === "::1" ? "[::1]" : "127.0.0.1"}:${env.PORT || 3000}`,
    main: fileURLToPath(new URL("./main.js", import.meta.url)),
    env,
    tell: (line) => stderr.write(`· ${line}\n`),
  });
  if (typeof found === "string") {
    fail(found);
    return 1;
  }
  const terminal = Boolean(input.isTTY && output.isTTY) && env.TERM !== "dumb";
  try {
    return await chat({
      url: found.url,
      as: wish.as ?? "ana",
      channel: wish.channel,
      language: languageOf(env.LC_ALL || env.LC_MESSAGES || env.LANG) ?? "en",
      input,
      output,
      terminal,
      color: terminal && !env.NO_COLOR,
      size: () => ({ columns: output.columns || 80, rows: output.rows || 24 }),
      onInterrupt: (listener) => {
        interrupt = listener;
      },
    });
  } finally {
    await found.stop();
  }
}

/** Prints what Slack makes the app from. */
async function manifest(publicUrl: string | undefined): Promise<void> {
  if (publicUrl !== undefined && !/^https:\/\/[^/\s]+/.test(publicUrl)) {
    return fail(
      `--public wants the address Slack can reach, such as https://bellhop.example.com; it came as "${publicUrl}".`,
    );
  }
  const { createAppUrl, slackManifest } = await import("../adapters/slack/manifest.ts");
  const about = slackManifest(publicUrl ? { publicUrl } : {});
  process.stdout.write(
    `Open this address to make the app:\n${createAppUrl(about)}\n\nIts manifest:\n${JSON.stringify(about, null, 2)}\n`,
  );
}

/** Sends a command to the running Bellhop and prints what it says. */
async function order(
  text: string,
  { url, as, channel }: { url?: string | undefined; as?: string | undefined; channel?: string | undefined },
): Promise<void> {
  const base = url ?? `http://127.0.0.1:${process.env.PORT || 3000}`;
  if (!URL.canParse(base)) return fail(`--url wants an address such as http://127.0.0.1:3000; it came as "${base}".`);
  // Nobody speaks for somebody else or in a channel without a key, and the local one goes nowhere but to this machine.
  const isNear = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(new URL(base).hostname);
  const { BELLHOP_API_KEY, BELLHOP_DATA, BELLHOP_SECRET_KEY } = process.env;
  const local = (as || channel) && isNear ? await readLocalKey(BELLHOP_DATA || "data", BELLHOP_SECRET_KEY) : undefined;
  const key = BELLHOP_API_KEY || local;
  const response = await fetch(new URL("/api/v1/commands", base), {
    method: "POST",
    headers: { "content-type": "application/json", ...(key ? { authorization: `Bearer ${key}` } : {}) },
    body: JSON.stringify({ text, ...(as ? { as } : {}), ...(channel ? { channel } : {}) }),
  }).catch(() => undefined);
  if (!response) return fail(`Nothing answers at ${base}. Start Bellhop there, or give --url.`);
  const answer: unknown = await response.json().catch(() => undefined);
  const said = response.ok ? read(answer, "text") : read(read(answer, "error"), "message");
  if (!response.ok) return fail(typeof said === "string" ? said : `Bellhop answered with status ${response.status}.`);
  const footer = read(answer, "footer");
  // What models and servers say must not steer the terminal.
  const { harmless } = await import("../adapters/console/terminal/harmless.ts");
  const lines = [String(said), ...filesIn(answer), ...(typeof footer === "string" ? [`— ${footer}`] : [])];
  process.stdout.write(harmless(`${lines.join("\n")}\n`));
}

/** Files are handed out in chat and over MCP; here they are named. */
function filesIn(answer: unknown): string[] {
  const files = read(answer, "files");
  if (!Array.isArray(files)) return [];
  return files.map((file) => `+ ${read(file, "name")} (${read(file, "type")}, ${read(file, "bytes")} bytes)`);
}

function read(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}

function fail(message: string): void {
  process.stderr.write(`${message}\n`);
  process.exitCode = 1;
}
