import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("../../dist/src/main.js", import.meta.url));

/** The real program as a process of its own. */
export type BellhopProcess = {
  readonly pid: number;
  /** Resolves with the address once it says that it is ready; rejects when it ends before. */
  ready(deadlineMs?: number): Promise<string>;
  /** All it has printed so far. */
  readonly out: string;
  readonly err: string;
  /** Ends it without a word, as a power cut would. */
  kill(): Promise<void>;
  /** Ends it as an operator would; gives the exit code. */
  terminate(): Promise<number | null>;
  exited: Promise<number | null>;
};

/** Starts the program, or one laid out like it elsewhere, with this environment and nothing else of ours. */
export function startBellhop(env: Record<string, string>, program = main): BellhopProcess {
  const child: ChildProcess = spawn(process.execPath, [program], {
    env: { PATH: process.env.PATH ?? "", HOME: process.env.HOME ?? "", PORT: "0", LOG_LEVEL: "warn", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let out = "";
  let err = "";
  const listeners = new Set<() => void>();
  child.stdout?.on("data", (chunk: Buffer) => {
    out += chunk.toString();
    for (const listener of listeners) listener();
  });
  child.stderr?.on("data", (chunk: Buffer) => {
    err = (err + chunk.toString()).slice(-200_000);
  });
  const exited = once(child, "exit").then(([code]) => code as number | null);
  return {
    pid: child.pid ?? 0,
    get out() {
      return out;
    },
    get err() {
      return err;
    },
    ready: (deadlineMs = 45_000) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const url = /bellhop ready (\S+)/.exec(out)?.[1];
          if (url) finish(() => resolve(url));
        };
        const timer = setTimeout(
          () => finish(() => reject(new Error(`not ready after ${deadlineMs} ms:\n${out}\n${err.slice(-3000)}`))),
          deadlineMs,
        );
        const finish = (then: () => void) => {
          clearTimeout(timer);
          listeners.delete(look);
          then();
        };
        listeners.add(look);
        void exited.then((code) =>
          finish(() => reject(new Error(`ended with ${code} before it was ready:\n${out}\n${err.slice(-3000)}`))),
        );
        look();
      }),
    async kill() {
      child.kill("SIGKILL");
      await exited;
    },
    async terminate() {
      child.kill("SIGTERM");
      return exited;
    },
    exited,
  };
}
