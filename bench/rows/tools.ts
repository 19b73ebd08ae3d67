import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { type Bot, startBot } from "../bot.ts";
import { closingAll, type Opened } from "../opened.ts";
import { compiled } from "../program.ts";
import { atMost, plus, type Row, row, times } from "../row.ts";
import { inTurns } from "./sides.ts";

const Health = z.object({ mcp: z.record(z.string(), z.looseObject({ state: z.string() })) });
type Model = { baseUrl: string; key: string; model: string };

const [runsPerSecond, callsPerRun, secondsPerTurn] = [4, 50, 2.5];
/** Runs with calls and without take turns in each measurement: what is sought is the small difference of two large figures. */
const turns = 6;
const [servers, toolsEach, settleMs, readyByMs] = [20, 50, 5000, 30_000];

/** What a tool call costs on its way from a worker through the gate to a server, beside the SDK's client alone. */
export function toolCallRows(): Promise<Row[]> {
  return closingAll(async (keep) => {
    const server = await compiled("./tools/server.ts");
    const model = await keep(startModel());
    const floor = await keep(
      startBot({ script: await compiled("./floors/raw-mcp.ts"), args: [server, "1"] }, { platforms: [], model }),
    );
    const ours = await keep(startBot({ ours: "main" }, { platforms: [], model, servers: { echo: [server, "1"] } }));
    await connected(ours, 1);
    const askFloor = (isReal: boolean) => fetch(`${floor.url}/${isReal ? callsPerRun : 0}`);
    const askOurs = (isReal: boolean) =>
      fetch(`${ours.url}/api/v1/commands`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ text: `ask ops: look up ${callsPerRun} things ${isReal ? "here" : "nowhere"}` }),
      });
    const measure = async (bot: Bot, ask: (isReal: boolean) => Promise<Response>) => {
      const cpuMs = { with: 0, without: 0 };
      for (let turn = 0; turn < turns; turn++) {
        cpuMs.without += await work(bot, () => ask(false));
        cpuMs.with += await work(bot, () => ask(true));
      }
      const runs = turns * runsPerSecond * secondsPerTurn;
      return { cpu: (cpuMs.with - cpuMs.without) / (runs * callsPerRun), run: cpuMs.without / runs };
    };
    await measure(floor, askFloor);
    await measure(ours, askOurs);
    const found = await inTurns(
      () => measure(floor, askFloor),
      () => measure(ours, askOurs),
    );
    return [
      row({
        what: `tool call overhead, ${runsPerSecond * callsPerRun} calls/s: CPU per call`,
        unit: "ms",
        goal: times(1.5),
        floor: found.floor.cpu,
        ours: found.ours.cpu,
        note: `From a worker through the gate to the server and back, without the server's own CPU: ${runsPerSecond} runs a second with ${callsPerRun} calls each at once, less, in turns of ${secondsPerTurn} s, the same runs with calls that the worker itself turns away (ours ${found.ours.run.toFixed(1)} ms each, model and all; the floor's requests without calls ${found.floor.run.toFixed(1)} ms).`,
      }),
    ];
  });
}

/** What many servers with many tools cost to connect and to keep. */
export function toolServerRows(): Promise<Row[]> {
  return closingAll(async (keep) => {
    const server = await compiled("./tools/server.ts");
    const model = await keep(startModel());
    const all = Object.fromEntries(
      Array.from({ length: servers }, (_, at) => [`server${at}`, [server, String(toolsEach), `server${at}`]]),
    );
    const measure = async (wanted: Record<string, string[]>) => {
      const begun = performance.now();
      const bot = await startBot({ ours: "main" }, { platforms: [], model, servers: wanted });
      await connected(bot, Object.keys(wanted).length);
      const wall = performance.now() - begun;
      const { cpuMs } = await bot.vitals();
      await pause(settleMs);
      const { rssBytes } = await bot.vitals();
      await bot.stop();
      return { wall, said: bot.readyMs, cpu: cpuMs, rss: rssBytes / 1e6 };
    };
    await measure(all);
    const { floor, ours } = await inTurns(
      () => measure({}),
      () => measure(all),
    );
    return [
      row({
        what: `${servers} servers × ${toolsEach} tools: start to all connected, wall`,
        unit: "ms",
        goal: atMost(3000, "ms"),
        floor: floor.wall,
        ours: ours.wall,
        note: `The floor is Bellhop without a server. It says it is ready after ${ours.said.toFixed(0)} ms, without waiting for servers; CPU of its own until all were connected ${ours.cpu.toFixed(0)} ms, without servers ${floor.cpu.toFixed(0)} ms. The servers are plain Node programs on the same cores.`,
      }),
      row({ what: "… RSS of the bot itself", unit: "MB", goal: plus(60, "MB"), floor: floor.rss, ours: ours.rss }),
    ];
  });
}

/** A stretch of requests at a steady rate; what it took the bot, in milliseconds of CPU. */
async function work(bot: Bot, ask: () => Promise<Response>): Promise<number> {
  const before = await bot.vitals();
  const begun = performance.now();
  const answers: Promise<void>[] = [];
  for (let at = 0; at < runsPerSecond * secondsPerTurn; at++) {
    await pause(Math.max(0, begun + (at * 1000) / runsPerSecond - performance.now()));
    answers.push(
      ask().then(async (response) => {
        const { text } = z.object({ text: z.string() }).parse(await response.json());
        if (text !== "All looked up.") throw new Error(`it answered: ${text}`);
      }),
    );
  }
  await Promise.all(answers);
  return (await bot.vitals()).cpuMs - before.cpuMs;
}

async function connected(bot: Bot, wanted: number): Promise<void> {
  const deadline = performance.now() + readyByMs;
  for (;;) {
    const { mcp } = Health.parse(await (await fetch(`${bot.url}/healthz`)).json());
    if (Object.values(mcp).filter(({ state }) => state === "connected").length >= wanted) return;
    if (performance.now() > deadline) throw new Error(`not connected: ${JSON.stringify(mcp)}`);
    await pause(10);
  }
}

async function startModel(): Promise<Model & Opened> {
  const script = fileURLToPath(new URL("../tools/model.ts", import.meta.url));
  const child = spawn(process.execPath, ["--import", "tsx", script], { stdio: ["ignore", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const { value } = await lines.next();
  const about: Model = JSON.parse(value);
  return {
    ...about,
    async stop() {
      const exited = once(child, "exit");
      child.kill("SIGTERM");
      const [code] = await exited;
      if (code !== 0) throw new Error("a rule of the model was broken");
    },
  };
}
