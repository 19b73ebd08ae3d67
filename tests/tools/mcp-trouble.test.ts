import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import type { Meanwhile } from "../../src/agent/tool.ts";
import { McpServer } from "../../src/config/schema/mcp-server.ts";
import { connectMcpServer, type McpToolbox } from "../../src/tools/mcp/mcp.ts";
import { createLog } from "../../src/watch/log.ts";

const odd = fileURLToPath(new URL("../world/mcp/odd-server.mjs", import.meta.url));
const never = new AbortController().signal;
const boxes: McpToolbox[] = [];
const dirs: string[] = [];
afterEach(async () => {
  await Promise.all(boxes.splice(0).map((box) => box.close()));
  await Promise.all(dirs.splice(0).map((dir) => rm(dir, { recursive: true })));
});

/** Connects to the odd server; `heard` has what it printed. */
async function connect(habit = "good", settings: Record<string, unknown> = {}) {
  const heard: string[] = [];
  const listeners = new Set<() => void>();
  const log = createLog({
    level: "debug",
    redact: (text) => text,
    toStandardError(line) {
      heard.push(line);
      for (const listener of listeners) listener();
    },
  });
  const server = McpServer.parse({ name: "odd", command: process.execPath, args: [odd, habit], ...settings });
  const box = connectMcpServer(server, { log, env: process.env, random: () => 0 });
  boxes.push(box);
  await box.tried;
  return {
    box,
    run: (name: string, input = {}, signal = never, meanwhile: Meanwhile = {}) => {
      const tool = box.tools().find((one) => one.name === name);
      if (!tool) throw new Error(`no tool ${name}`);
      return tool.run(input, signal, meanwhile);
    },
    /** Resolves once a line of its log matches. */
    hears: (words: RegExp) =>
      new Promise<string>((resolve) => {
        const look = () => {
          const line = heard.find((one) => words.test(one));
          if (line === undefined) return;
          listeners.delete(look);
          resolve(line);
        };
        listeners.add(look);
        look();
      }),
    heard,
  };
}

const listed = /mcp tools listed/;
const connected = /mcp server connected/;

describe("an MCP server that", () => {
  it("does not answer a call in time is not waited for any longer, and can be called again", async () => {
    const { run } = await connect("good", { timeout: "0.2s" });
    expect(await run("hang")).toEqual({
      text: "odd did not answer within 0.2 s. Whether it did what was asked is not known.",
      failed: true,
    });
    expect(await run("echo", { a: 1 })).toEqual({ text: '{"a":1}' });
  });

  it("is told when a call is stopped", async () => {
    const { run, hears } = await connect();
    const stop = new AbortController();
    const call = run("hang", {}, stop.signal);
    await hears(/hanging/);
    stop.abort();
    expect(await call).toEqual({ text: "The call was stopped.", failed: true });
    expect(await hears(/cancelled \d+/)).toBeTruthy();
  });

  it("dies in a call is started again; the call says that nothing is known", async () => {
    const { box, run, heard, hears } = await connect();
    expect(await run("die")).toEqual({
      text: "odd went away during the call. Whether it did what was asked is not known.",
      failed: true,
    });
    expect(box.state()).toMatchObject({ state: "waiting", tools: 0, error: "it ended with code 1" });
    heard.length = 0;
    await hears(connected);
    expect(await run("echo")).toEqual({ text: "{}" });
  });

  it("answers with 50 MB has the call told so, and goes on", async () => {
    const { run } = await connect();
    for (const name of ["huge", "huge-backwards"]) {
      const { text, failed } = await run(name);
      expect(failed).toBe(true);
      expect(text).toMatch(
        /^odd gave no answer that can be read: its answer of \d\d MB is longer than can be taken \(10 MB\)\. Whether/,
      );
    }
    expect(await run("echo")).toEqual({ text: "{}" });
  });

  it("prints what is no message is heard all the same", async () => {
    const { run } = await connect("garbage");
    expect(await run("garbage")).toEqual({ text: "done" });
  });

  it("floods its output is ended, and started again", async () => {
    const { run, heard, hears } = await connect();
    expect((await run("flood")).text).toContain("went away during the call");
    heard.length = 0;
    await hears(connected);
  });

  it("floods from the beginning is waited for, ever longer", async () => {
    const { box } = await connect("flood");
    expect(box.state()).toMatchObject({ state: "waiting", error: "it prints much that is no MCP message" });
  });

  it("ends at once has its last words told", async () => {
    const { box } = await connect("crash");
    expect(box.state()).toMatchObject({
      state: "waiting",
      error: "it ended with code 3, saying: no database at db.example",
    });
  });

  it("changes its tools has the new ones offered", async () => {
    const { box, run, heard, hears } = await connect();
    expect(box.tools()).toHaveLength(12);
    heard.length = 0;
    await run("change");
    await hears(listed);
    expect(box.tools().map(({ description }) => description)).toEqual(["It echoes otherwise."]);
  });

  it("describes some tools wrongly has the others offered", async () => {
    const { box, hears } = await connect();
    expect(await hears(/left out/)).toContain('"tools":["no-schema","array"]');
    expect(box.tools().map(({ name }) => name)).toContain("refuse");
  });

  it("answers wrongly, or refuses, has the agent told", async () => {
    const { run } = await connect();
    expect((await run("odd-result")).failed).toBe(true);
    expect(await run("refuse")).toEqual({ text: "odd refused the call: refuse is not to be called", failed: true });
    expect(await run("echo")).toEqual({ text: "{}" });
  });

  it("says how far it is is heard", async () => {
    const { run } = await connect();
    const told: object[] = [];
    expect(await run("progress", {}, never, { told: (progress) => void told.push(progress) })).toEqual({
      text: "there",
    });
    expect(told.at(-1)).toEqual({ done: 3, of: 3, message: "step 3" });
  });
});

describe("a started server", () => {
  it("ends with all that it started when it is closed, however stubborn", async () => {
    const { box, run } = await connect("stubborn");
    const child = Number((await run("children")).text);
    expect(isAlive(child)).toBe(true);
    await box.close();
    expect(isAlive(child)).toBe(false);
  });

  it("ends when the bot is killed, with all that it started", async () => {
    const dir = await mkdtemp(join(tmpdir(), "bellhop-orphan-"));
    dirs.push(dir);
    const file = join(dir, "pid");
    const bot = spawn(
      process.execPath,
      ["--import", "tsx", fileURLToPath(new URL("./orphan-bot.ts", import.meta.url)), odd, file],
      {
        stdio: ["ignore", "pipe", "inherit"],
      },
    );
    const [line] = await once(createInterface({ input: bot.stdout }), "line");
    const child = Number(line);
    const server = Number(await readFile(file, "utf8"));
    expect([child, server].map(isAlive)).toEqual([true, true]);
    bot.kill("SIGKILL");
    await once(bot, "exit");
    await gone(server);
    await gone(child);
  });
});

/** What has ended and is only not yet buried is not alive. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return process.platform !== "linux" || !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

/** Nothing tells when a stranger ends. */
async function gone(pid: number): Promise<void> {
  while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 20));
}
