import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { isAbsolute } from "node:path";
import { serializeMessage } from "@modelcontextprotocol/sdk/shared/stdio.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import {
  type JSONRPCMessage,
  JSONRPCMessageSchema,
  JSONRPCResultResponseSchema,
} from "@modelcontextprotocol/sdk/types.js";
import { within } from "../within.ts";
import { noAnswer } from "./answer-streams.ts";
import { lastWords } from "./last-words.ts";
import { createLines, type LongLine } from "./lines.ts";
import { bytesOfOne, createPace } from "./pace.ts";

/** What is started, and with which environment and nothing else. */
export type Command = { command: string; args: string[]; env: Record<string, string>; cwd?: string };

/** So long a message is read; of a longer one only whose answer it was. */
export const longestMessage = 10 * 1024 * 1024;
/** So much that is no message may come between two messages. */
const mostNoise = 16 * 1024 * 1024;
/** So much may wait to be read by it. */
const mostUnread = 256 * 1024 * 1024;
const longestRestMs = 1000;
const [politeMs, firmMs] = [2000, 2000];
/** So long after a program has ended what it printed before is still read. */
const lastWordsMs = 1000;

// The server and what it starts are one process group, which ends with us however we end: descriptor 3 is read by a
// guard, and its end is seen even where we are killed.
const guard = `exec 4<&0
"$@" <&4 3<&- 4<&- &
server=$!
exec 0</dev/null 4<&-
{ read -r _; trap "" TERM; kill -TERM 0; sleep 2; kill -KILL 0; } <&3 >/dev/null 2>&1 &
exec 3<&-
wait $server`;

/** An MCP server that is started here, spoken to line by line. It ends when this is closed, or when we end. */
export function startedServer(what: Command, printed: (text: string) => void): Transport {
  let child: ChildProcess | undefined;
  let printedLast = "";
  let noise = 0;
  const pace = createPace();
  /** What was heard since the pace was looked at, and how many answers there may be that somebody waits for. */
  let unasked = 0;
  let owed = 0;
  let givenUp: string | undefined;
  let ended: Promise<void> = Promise.resolve();
  /** What is to be written at the end of this turn, and when it is. */
  let outgoing = "";
  let sending: Promise<void> | undefined;
  let sent = () => {};

  const transport: Transport = {
    start: () =>
      new Promise((resolve, reject) => {
        const started = launch(what);
        child = started;
        started.once("exit", () => {
          // What it started ends with it, and the guard too; what left its group may hold its output all the same.
          killGroup(started, "SIGKILL");
          const hangUp = setTimeout(() => setImmediate(letGo, started), lastWordsMs);
          started.once("close", () => clearTimeout(hangUp));
        });
        ended = new Promise((done) => {
          started.once("close", (code, signal) => {
            if (child === started) transport.onerror?.(new Error(givenUp ?? endOf(what, code, signal, printedLast)));
            child = undefined;
            transport.onclose?.();
            done();
          });
        });
        started.once("spawn", resolve);
        started.once("error", (error) =>
          reject(new Error(`${what.command} could not be started: ${whyNot(what, error)}`)),
        );
        started.stdin?.on("error", (error) => transport.onerror?.(error));
        const lines = createLines(longestMessage, { line: heard, long: tooLong });
        started.stdout?.on("data", (chunk: Buffer) => {
          lines.take(chunk);
          const waitMs = pace.take(unasked);
          unasked = 0;
          if (waitMs > 0) rest(started, waitMs);
        });
        started.stderr?.on("data", (chunk: Buffer) => {
          printedLast = (printedLast + chunk.toString()).slice(-2000);
          printed(chunk.toString());
        });
      }),
    send(message) {
      if (!child?.stdin?.writable) return Promise.reject(new Error("it is not running"));
      if ("method" in message && "id" in message) owed += 1;
      outgoing += serializeMessage(message);
      // Calls come in flocks; each written by itself would cost a turn to the system.
      sending ??= new Promise((resolve) => {
        sent = resolve;
        setImmediate(flush);
      });
      return sending;
    },
    async close() {
      const closing = child;
      if (!closing) return ended;
      flush();
      child = undefined;
      closing.stdin?.end();
      const over = ended.then(() => true);
      if (await within(politeMs, over)) return;
      killGroup(closing, "SIGTERM");
      if (await within(firmMs, over)) return;
      killGroup(closing, "SIGKILL");
      await over;
    },
  };

  function flush(): void {
    if (!sending) return;
    // What can't be written is told by the end of the program.
    if (child?.stdin) child.stdin.write(outgoing, sent);
    else sent();
    if ((child?.stdin?.writableLength ?? 0) > mostUnread) giveUp("it does not read what it is sent");
    [outgoing, sending] = ["", undefined];
  }

  function heard(line: Buffer): void {
    const message = parsed(line);
    if (message) {
      noise = 0;
      if (owed > 0 && ("result" in message || "error" in message)) owed -= 1;
      else unasked += 1 + Math.floor(line.length / bytesOfOne);
      transport.onmessage?.(message);
      return;
    }
    const id = answeredBy(line);
    if (id !== undefined) {
      transport.onmessage?.({ jsonrpc: "2.0", id, error: { code: noAnswer, message: "it is no message of MCP" } });
      return;
    }
    noise += line.length + 1;
    if (line.length > 0) printed(line.subarray(0, 2000).toString());
    if (noise > mostNoise) giveUp("it prints much that is no MCP message");
  }

  // Nobody waits in vain: the call it would have answered is told.
  function tooLong({ head, tail, bytes }: LongLine): void {
    const id = /^\{"jsonrpc":"2\.0","id":(\d+)[,}]/.exec(head)?.[1] ?? /"id":(\d+)\}\s*$/.exec(tail)?.[1];
    if (id === undefined) {
      giveUp(`it sent a message of ${megabytes(bytes)}`);
      return;
    }
    const message = `its answer of ${megabytes(bytes)} is longer than can be taken (${megabytes(longestMessage)})`;
    transport.onmessage?.({ jsonrpc: "2.0", id: Number(id), error: { code: noAnswer, message } });
  }

  function giveUp(why: string): void {
    if (!child) return;
    noise = 0;
    givenUp = why;
    killGroup(child, "SIGKILL");
  }

  return transport;
}

function launch({ command, args, env, cwd }: Command): ChildProcess {
  const options = { env, ...(cwd === undefined ? {} : { cwd }) };
  // Process groups and a shell to guard them are not found on Windows; there it ends when its input does.
  if (process.platform === "win32") return spawn(command, args, { ...options, stdio: "pipe", windowsHide: true });
  return spawn("/bin/sh", ["-c", guard, "guard", command, ...args], {
    ...options,
    stdio: ["pipe", "pipe", "pipe", "pipe"],
    detached: true,
  });
}

/** Reads nothing of a program for a while; what it goes on saying is kept back by the system. */
function rest({ stdout }: ChildProcess, ms: number): void {
  stdout?.pause();
  setTimeout(() => stdout?.resume(), Math.min(ms, longestRestMs));
}

function letGo(ended: ChildProcess): void {
  for (const stream of ended.stdio) stream?.destroy();
}

function killGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(process.platform === "win32" ? child.pid : -child.pid, signal);
  } catch {
    // Nobody of it is left.
  }
}

function parsed(line: Buffer): JSONRPCMessage | undefined {
  if (line[0] !== 0x7b) return undefined;
  try {
    const message: object = JSON.parse(line.toString());
    // Most are results, which no other kind of message can be.
    return ("result" in message ? JSONRPCResultResponseSchema : JSONRPCMessageSchema).parse(message);
  } catch {
    return undefined;
  }
}

/** The request that something was meant to answer which is no answer. */
function answeredBy(line: Buffer): number | undefined {
  if (line[0] !== 0x7b || line.length > 64 * 1024) return undefined;
  try {
    const { jsonrpc, id, method } = JSON.parse(line.toString());
    return jsonrpc === "2.0" && typeof id === "number" && method === undefined ? id : undefined;
  } catch {
    return undefined;
  }
}

function endOf(what: Command, code: number | null, signal: string | null, printed: string): string {
  // The guard's own words; a program may end with the same codes.
  const unstarted = /^guard: /m.test(printed) ? code : undefined;
  if (unstarted === 127) return `the program ${what.command} was not found${whereLooked(what)}`;
  if (unstarted === 126) return `the program ${what.command} can't be run: is it executable?`;
  const said = lastWords(printed);
  return `it ended with ${signal ?? `code ${code}`}${said ? `, saying: ${said}` : ""}`;
}

function whereLooked({ command, cwd }: Command): string {
  if (/\s/.test(command)) return ": its name alone belongs into command, the rest into args";
  return command.includes("/") && !isAbsolute(command) ? ` from the folder ${cwd ?? process.cwd()}` : "";
}

/** A folder that is missing is told as if it were the program. */
function whyNot({ cwd }: Command, error: Error): string {
  return cwd !== undefined && !existsSync(cwd) ? `there is no folder ${cwd}` : error.message;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(0)} MB`;
}
