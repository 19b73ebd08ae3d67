import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";

/** Where and how to look for a console. */
export type Searching = {
  /** An address somebody named; nothing is started then. */
  named?: string | undefined;
  /** Where Bellhop would listen on this machine. */
  near: string;
  /** The program, for starting it. */
  main: string;
  env: Record<string, string | undefined>;
  /** Says what goes on meanwhile. */
  tell(line: string): void;
};

/** A console to chat in; `stop` ends what was started for it. */
export type Found = { url: string; stop(): Promise<void> };

const answerMs = 3_000;
const startMs = 60_000;
/** Two in one place would answer everything twice: a Bellhop started for a chat connects to nothing else. */
const platforms = /^(SLACK|DISCORD)_/;

/** Finds the console of the running Bellhop; where none runs, starts one. Gives a sentence when there can be none. */
export async function findConsole({ named, near, main, env, tell }: Searching): Promise<Found | string> {
  const url = named ?? near;
  if (!URL.canParse(url)) return `--url wants an address such as http://127.0.0.1:3000; it came as "${url}".`;
  const there = await lookAt(new URL(url).origin);
  if (there === "console") return { url: new URL(url).origin, stop: async () => {} };
  if (there === "bellhop") return `Bellhop at ${url} runs without its console. Start it with BELLHOP_CONSOLE=on.`;
  if (typeof there === "object") return there.refused;
  if (named) return `Nothing answers at ${named}. Start Bellhop there, or leave --url out to have one started here.`;
  tell("No Bellhop is running here: starting one for this chat.");
  return start(main, env, tell);
}

/** What listens there: a console, a Bellhop without one, one that lets nobody in from here, or none of them. */
async function lookAt(url: string): Promise<"console" | "bellhop" | "none" | { refused: string }> {
  const get = async (path: string) => {
    const response = await fetch(`${url}${path}`, { signal: AbortSignal.timeout(answerMs) });
    return { status: response.status, body: (await response.json()) as Told };
  };
  try {
    const { status, body } = await get("/console/state");
    if (status === 200 && body.cursor !== undefined) return "console";
    if (status === 403 && body.error?.message) return { refused: body.error.message };
    return (await get("/healthz")).body.adapters ? "bellhop" : "none";
  } catch {
    return "none";
  }
}

type Told = { cursor?: string; adapters?: object; error?: { message?: string } };

async function start(main: string, env: Searching["env"], tell: Searching["tell"]): Promise<Found | string> {
  // Blank, not absent: what stands in a .env must not come back.
  const own = Object.fromEntries(Object.entries(env).map(([name, value]) => [name, platforms.test(name) ? "" : value]));
  const child = spawn(process.execPath, [main], {
    env: { LOG_LEVEL: "warn", ...own, PORT: "0", HOST: "127.0.0.1", BELLHOP_CONSOLE: "on" },
    stdio: ["ignore", "pipe", "pipe"],
    // Ctrl-C is for the chat alone.
    detached: true,
  });
  const end = () => void child.kill("SIGKILL");
  process.once("exit", end);
  const exited = once(child, "exit").then(() => process.off("exit", end));
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-10_000);
  });
  const url = await ready(child, exited, tell);
  if (url) return { url, stop: () => stop(child, exited) };
  await stop(child, exited);
  // Its log is for other readers.
  const told = said.split("\n").filter((line) => !line.startsWith("{"));
  return `Bellhop could not be started:\n${told.join("\n").trim()}`;
}

function ready(child: ChildProcess, exited: Promise<unknown>, tell: Searching["tell"]): Promise<string | undefined> {
  let begun = "";
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(undefined), startMs);
    let open = true;
    const done = (url: string | undefined) => {
      open = false;
      clearTimeout(timer);
      resolve(url);
    };
    child.stdout?.on("data", (chunk: Buffer) => {
      const lines = (begun + chunk.toString()).split("\n");
      begun = lines.pop() ?? "";
      for (const line of lines) {
        const url = /^bellhop ready (\S+)/.exec(line)?.[1];
        if (url) done(url);
        else if (open && line.startsWith("· ")) tell(line.slice(2));
      }
    });
    void exited.then(() => done(undefined));
  });
}

async function stop(child: ChildProcess, exited: Promise<unknown>): Promise<void> {
  // Asked once it finishes what is going on, asked twice it ends at once.
  for (const signal of ["SIGTERM", "SIGTERM", "SIGKILL"] as const) {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    const waited = new AbortController();
    await Promise.race([exited, pause(3_000, undefined, { signal: waited.signal }).catch(() => {})]);
    waited.abort();
  }
}
