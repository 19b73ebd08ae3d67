import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** A raw bot in a process of its own, connected and ready. */
export interface Floor {
  pid: number;
  /** From the start of the process to "ready". */
  readyMs: number;
  stop(): Promise<void>;
}

/** Starts a raw bot as plain JavaScript, as the product is. Rejects when it ends before it is ready. */
export async function startFloor(
  name: "raw-slack" | "raw-discord",
  args: readonly string[],
  env: Record<string, string>,
): Promise<Floor> {
  const script = await compiled(name);
  const begun = performance.now();
  const { PATH = "", HOME = "" } = process.env;
  const child = spawn(process.execPath, [script, ...args], {
    env: { PATH, HOME, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  await ready(name, child);
  return {
    pid: child.pid ?? 0,
    readyMs: performance.now() - begun,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, "exit");
      child.kill("SIGKILL");
      await exited;
    },
  };
}

/** TypeScript is taken out, packages stay where they are: the bot pays for no loader. */
async function compiled(name: string): Promise<string> {
  const outfile = fileURLToPath(new URL(`../../dist/bench/${name}.js`, import.meta.url));
  await build({
    entryPoints: [fileURLToPath(new URL(`${name}.ts`, import.meta.url))],
    outfile,
    bundle: true,
    packages: "external",
    platform: "node",
    format: "esm",
    target: "node20",
    logLevel: "error",
  });
  return outfile;
}

/** What the bot complains of goes into the error while it starts, and to our own standard error afterwards. */
function ready(name: string, child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let out = "";
    let complaints = "";
    child.stdout?.on("data", (chunk: Buffer) => {
      out += chunk.toString();
      if (!/^ready$/m.test(out)) return;
      child.stderr?.pipe(process.stderr);
      resolve();
    });
    child.stderr?.on("data", (chunk: Buffer) => {
      complaints = (complaints + chunk.toString()).slice(-2000);
    });
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`${name} ended (${code}) before it was ready: ${complaints}`)));
  });
}
