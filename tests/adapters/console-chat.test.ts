import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { State } from "../../adapters/console/wire.ts";
import { type BellhopProcess, startBellhop } from "../world/bellhop-process.ts";

const cli = fileURLToPath(new URL("../../dist/src/cli.js", import.meta.url));
let dir: string;
const running: BellhopProcess[] = [];
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "bellhop-chat-"));
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.kill()));
  await rm(dir, { recursive: true, force: true });
});

/** Runs `bellhop chat` with these lines in its pipe. */
async function chat(lines: string[], wish: { args?: string[]; env?: Record<string, string> } = {}) {
  const child = spawn(process.execPath, [cli, "chat", ...(wish.args ?? [])], {
    cwd: dir,
    // Nothing listens on port 9 of this machine.
    env: { PATH: process.env.PATH ?? "", HOME: dir, PORT: "9", ...wish.env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  const read = async (stream: NodeJS.ReadableStream) => {
    let text = "";
    for await (const chunk of stream) text += chunk;
    return text;
  };
  child.stdin.end(lines.map((line) => `${line}\n`).join(""));
  const [[code], out, err] = await Promise.all([once(child, "exit"), read(child.stdout), read(child.stderr)]);
  return { code, out, err };
}

// Whole programs are started here, on machines that may be busy.
describe("bellhop chat", { timeout: 60_000 }, () => {
  it("on a fresh machine starts a Bellhop of its own, and ends it", async () => {
    for (const question of ["what time is it in Taipei?", "and what time is it in Berlin?"]) {
      const { code, out, err } = await chat([question]);
      expect(out).toMatch(/^Bellhop:\n {2}✓ house time \d+\.\d s\n/);
      expect(out).toContain(question.includes("Taipei") ? "Taipei" : "Berlin");
      expect(err).toContain("No Bellhop is running here: starting one for this chat.");
      expect(code).toBe(0);
    }
  });

  it("connects that one to nothing else, whatever tokens there are", async () => {
    await writeFile(join(dir, ".env"), "SLACK_BOT_TOKEN=xoxb-1\nSLACK_APP_TOKEN=xapp-1\nDISCORD_TOKEN=abc\n");
    const { code, out } = await chat(["/agents"]);
    expect(out).toContain("concierge");
    expect(code).toBe(0);
  });

  it("says what to do when there is no console to talk to", async () => {
    const bellhop = startBellhop({
      BELLHOP_CONFIG: join(dir, "none"),
      BELLHOP_DATA: join(dir, "theirs"),
      BELLHOP_CONSOLE: "off",
    });
    running.push(bellhop);
    const url = await bellhop.ready();
    const { port } = new URL(url);
    const without = await chat([], { env: { PORT: port } });
    expect([without.code, without.err]).toEqual([
      1,
      `Bellhop at ${url} runs without its console. Start it with BELLHOP_CONSOLE=on.\n`,
    ]);
    const nothing = await chat([], { args: ["--url", "http://127.0.0.1:9"] });
    expect(nothing.code).toBe(1);
    expect(nothing.err).toContain("Nothing answers at http://127.0.0.1:9. Start Bellhop there, or leave --url out");
    expect((await chat([], { args: ["--url", "here"] })).err).toContain("--url wants an address");
  });

  it("says why when its own can't be started", async () => {
    await mkdir(join(dir, "config"));
    await writeFile(join(dir, "config/agents.yaml"), "agents:\n  - name: ops\n    tiemout: 5m\n");
    const { code, err } = await chat(["hello?"]);
    expect(code).toBe(1);
    expect(err).toMatch(/Bellhop could not be started:\nconfig\/agents\.yaml:3:\d+ /);
  });
});

describe("bellhop chat beside a Bellhop that runs", { timeout: 60_000 }, () => {
  let theirs: string;
  let bellhop: BellhopProcess;
  let url: string;
  beforeAll(async () => {
    theirs = await mkdtemp(join(tmpdir(), "bellhop-chat-"));
    bellhop = startBellhop({ BELLHOP_CONFIG: join(theirs, "none"), BELLHOP_DATA: join(theirs, "data") });
    url = await bellhop.ready();
  });
  afterAll(async () => {
    await bellhop.kill();
    await rm(theirs, { recursive: true, force: true });
  });

  it("talks to that one, as whom and where one wishes", async () => {
    const { code, out, err } = await chat(["@Bellhop what time is it in Taipei?"], {
      args: ["--as", "tom", "--channel", "general"],
      env: { PORT: new URL(url).port },
    });
    expect([code, err]).toEqual([0, ""]);
    expect(out).toContain("⤷ Bellhop:");
    const { messages } = (await (await fetch(`${url}/console/state`)).json()) as State;
    expect(messages[0]).toMatchObject({ author: "console:tom", channel: "general" });
  });

  it("speaks the language of the terminal, and has the bot speak it", async () => {
    const { out } = await chat(["/agents", "/help"], { args: ["--url", url], env: { LANG: "zh_TW.UTF-8" } });
    expect(out).toContain("只有你看得到");
    expect(out).toContain("給 Bellhop 的指令：");
    const { people } = (await (await fetch(`${url}/console/state`)).json()) as State;
    expect(people[0]).toMatchObject({ id: "console:ana", language: "zh-TW" });
  });

  it("says why it can't start one of its own on the same data", async () => {
    const taken = await chat([], { env: { BELLHOP_CONFIG: join(dir, "none"), BELLHOP_DATA: join(theirs, "data") } });
    expect(taken.code).toBe(1);
    const [, said] = taken.err.split("Bellhop could not be started:\n");
    expect(said).toContain(join(theirs, "data"));
    expect(said).toContain(`process ${bellhop.pid}`);
    expect(taken.err).not.toContain("{");
  });
});
