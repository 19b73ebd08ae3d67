import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import OpenAI from "openai";
import { expect, test } from "vitest";

const script = fileURLToPath(new URL("./model/serve.ts", import.meta.url));

test("runs in a process of its own, prints its address, and at the end what it saw", async () => {
  const args = ["--import", "tsx", script, "--text", "You said: {user}", "--tokens-per-second", "1000"];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  try {
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const { baseUrl, key, model } = JSON.parse((await lines.next()).value ?? "{}");
    const client = new OpenAI({ apiKey: key, baseURL: baseUrl, maxRetries: 0 });
    const answer = await client.chat.completions.create({ model, messages: [{ role: "user", content: "hello" }] });
    expect(answer.choices[0]?.message.content).toBe("You said: hello");
    child.kill("SIGTERM");
    const seen = JSON.parse((await lines.next()).value ?? "{}");
    expect(seen).toEqual({ answered: 1, maxInFlight: 1, aborted: 0, violations: [] });
    await once(child, "exit");
    expect(child.exitCode).toBe(0);
  } finally {
    child.kill("SIGKILL");
  }
}, 20_000);
