import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** What a model had to do. */
export interface Work {
  answered: number;
  maxInFlight: number;
  aborted: number;
  violations: string[];
}

/** A simulated provider of models in a process of its own; every answer is the same. */
export interface Provider {
  baseUrl: string;
  key: string;
  model: string;
  answer: string;
  /** Resolves with what it saw. */
  stop(): Promise<Work>;
}

/** Starts a provider whose answers are so many tokens, at once or at a speed. */
export async function startProvider(pace: {
  tokens: number;
  tokensPerSecond?: number;
  delayMs?: number;
}): Promise<Provider> {
  const answer = Array.from({ length: pace.tokens }, (_, at) => `word${at}`).join(" ");
  const serve = fileURLToPath(new URL("../../tests/world/model/serve.ts", import.meta.url));
  const speed = pace.tokensPerSecond === undefined ? [] : ["--tokens-per-second", String(pace.tokensPerSecond)];
  const delay = pace.delayMs === undefined ? [] : ["--delay-ms", String(pace.delayMs)];
  const child = spawn(process.execPath, ["--import", "tsx", serve, "--text", answer, ...speed, ...delay], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => {
    const line = await lines.next();
    if (line.done) throw new Error("the simulated model ended");
    return JSON.parse(line.value);
  };
  const address: Pick<Provider, "baseUrl" | "key" | "model"> = await next();
  return {
    ...address,
    answer,
    async stop() {
      const exited = once(child, "exit");
      child.kill("SIGTERM");
      const work: Work = await next();
      await exited;
      return work;
    },
  };
}
