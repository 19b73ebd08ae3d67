import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { bundling } from "../scripts/bundling.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));

/** A program in a process of its own that has said it is ready. */
export interface Program {
  pid: number;
  /** From the start of the process to the word of being ready. */
  readyMs: number;
  /** What it printed until then. */
  greeting: string;
  /** Ends it without a word. */
  stop(): Promise<void>;
  child: ChildProcess;
}

/** How a program is started. */
export interface ProgramOptions {
  name: string;
  /** A file of JavaScript, and what it is told. */
  script: string;
  args?: readonly string[];
  /** Options of Node's. */
  node?: readonly string[];
  /** All it gets of an environment besides PATH and HOME. */
  env?: Record<string, string>;
  /** What it prints when it is ready. */
  ready: RegExp;
}

/** Starts a program as plain JavaScript. Rejects, with its complaints, when it ends before it is ready. */
export async function startProgram(options: ProgramOptions): Promise<Program> {
  const begun = performance.now();
  const { PATH = "", HOME = "" } = process.env;
  const child = spawn(process.execPath, [...(options.node ?? []), options.script, ...(options.args ?? [])], {
    env: { PATH, HOME, ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const greeting = await greetingOf(options, child);
  return {
    pid: child.pid ?? 0,
    readyMs: performance.now() - begun,
    greeting,
    child,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, "exit");
      child.kill("SIGKILL");
      await exited;
    },
  };
}

/**
 * Makes JavaScript of a file here, beside the build. TypeScript is taken out, so that a program pays for no loader. What it
 * takes from the product is bundled as the product's own build is; the packages that it names itself stay where they are.
 */
export async function compiled(path: string): Promise<string> {
  const name = path.replace(/^.*\//, "").replace(/\.ts$/, "");
  const outfile = fileURLToPath(new URL(`../dist/bench/${name}.js`, import.meta.url));
  await build({
    ...bundling,
    entryPoints: [fileURLToPath(new URL(path, import.meta.url))],
    outfile,
    logLevel: "error",
    plugins: [
      {
        name: "packages of benches where they are",
        setup: ({ onResolve }) =>
          onResolve({ filter: /^[^./]/ }, ({ importer }) =>
            importer.startsWith(here) ? { external: true } : undefined,
          ),
      },
    ],
  });
  return outfile;
}

function greetingOf({ name, ready }: ProgramOptions, child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let out = "";
    let complaints = "";
    child.stdout?.on("data", (chunk: Buffer) => {
      if (ready.test(out)) return;
      out += chunk.toString();
      if (ready.test(out)) resolve(out);
    });
    child.stderr?.on("data", (chunk: Buffer) => {
      complaints = (complaints + chunk.toString()).slice(-2000);
    });
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`${name} ended (${code}) before it was ready: ${complaints}`)));
  });
}
