import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it, vi } from "vitest";
import { loadConfig } from "../../src/config/load.ts";
import { McpServer } from "../../src/config/schema/mcp-server.ts";
import { connectMcpServer } from "../../src/tools/mcp/mcp.ts";
import { startOddHttpServer } from "../world/mcp/odd-http-server.ts";
import { closeAll, closeLater, isConnected, listen } from "./mcp-stage.ts";

const odd = fileURLToPath(new URL("../world/mcp/odd-server.mjs", import.meta.url));
const never = new AbortController().signal;
afterEach(() => {
  vi.useRealTimers();
  return closeAll();
});

/** Connects to all of them at once. */
function connectAll(servers: McpServer[]) {
  const { log, ...heard } = listen();
  const boxes = servers.map((server) => connectMcpServer(server, { log, env: process.env, random: () => 0.5 }));
  for (const box of boxes) closeLater(() => box.close());
  return { ...heard, boxes };
}

describe("servers that are connected at once", () => {
  it("do not wait for each other, nor fall with each other", async () => {
    const deaf = await startOddHttpServer("http", "deaf");
    closeLater(deaf.stop);
    const good = { command: process.execPath, args: [odd] };
    const { boxes } = connectAll([
      McpServer.parse({ name: "first", ...good }),
      McpServer.parse({ name: "deaf", url: deaf.url }),
      McpServer.parse({ name: "mute", command: process.execPath, args: [odd, "deaf"] }),
      McpServer.parse({ name: "crash", command: process.execPath, args: [odd, "crash"] }),
      McpServer.parse({ name: "missing", command: "no-such-program-anywhere" }),
      McpServer.parse({ name: "nowhere", url: "http://127.0.0.1:9/mcp" }),
      McpServer.parse({ name: "last", ...good }),
    ]);
    const ready = boxes.filter(({ name }) => name !== "deaf" && name !== "mute");
    await Promise.all(ready.map(({ tried }) => tried));
    expect(Object.fromEntries(boxes.map((box) => [box.name, box.state().state]))).toEqual({
      first: "connected",
      deaf: "connecting",
      mute: "connecting",
      crash: "waiting",
      missing: "waiting",
      nowhere: "waiting",
      last: "connected",
    });
    const [first, ...others] = boxes;
    const echo = first?.tools().find(({ name }) => name === "echo");
    expect(await echo?.run({ a: 1 }, never)).toEqual({ text: '{"a":1}' });
    expect(others.slice(0, -1).flatMap((box) => box.tools())).toEqual([]);
  });

  it.each([
    ["mcp_servers.yaml", (servers: object) => `mcp_servers: ${JSON.stringify(servers)}\n`],
    ["mcp_servers.json", (mcpServers: object) => JSON.stringify({ mcpServers })],
    ["mcp.json", (mcpServers: object) => JSON.stringify({ mcpServers }, null, 2)],
  ])("are those of %s", async (file, written) => {
    const far = await startOddHttpServer("http");
    const older = await startOddHttpServer("sse");
    closeLater(far.stop);
    closeLater(older.stop);
    const dir = await mkdtemp(join(tmpdir(), "bellhop-servers-"));
    closeLater(() => rm(dir, { recursive: true }));
    const servers = {
      near: { command: process.execPath, args: [`\${ODD}`], env: { NAMED: "yes" } },
      far: { type: "http", url: far.url, headers: { "X-Key": `\${KEY}` } },
      older: { type: "sse", url: older.url },
      off: { command: "no-such-program-anywhere", disabled: true },
    };
    await writeFile(join(dir, file), written(servers));
    const { config, problems } = await loadConfig(dir, { env: { ODD: odd, KEY: "key-for-far" } });
    expect(problems).toEqual([]);
    const { boxes } = connectAll((config?.mcp_servers ?? []).filter(({ enabled }) => enabled));
    await Promise.all(boxes.map(({ tried }) => tried));
    expect(boxes.map((box) => [box.name, box.state().state])).toEqual([
      ["near", "connected"],
      ["far", "connected"],
      ["older", "connected"],
    ]);
    for (const box of boxes) {
      const echo = box.tools().find(({ name }) => name === "echo");
      expect((await echo?.run({}, never))?.failed).toBeUndefined();
    }
    expect(far.headers.at(-1)?.["x-key"]).toBe("key-for-far");
  });
});

describe("a server that can't be connected", () => {
  const settings = { name: "odd", url: "http://127.0.0.1:9/mcp" };
  const wait = (line: string): number => JSON.parse(line).retryInMs;

  async function waitsOf(chance: number): Promise<number[]> {
    const { log, hears, forget } = listen();
    const box = connectMcpServer(McpServer.parse(settings), { log, env: {}, random: () => chance });
    closeLater(() => box.close());
    const waits: number[] = [];
    for (let tries = 0; tries < 8; tries++) {
      waits.push(wait(await hears(/mcp server lost/)));
      forget();
      vi.advanceTimersByTime(waits.at(-1) ?? 0);
    }
    return waits;
  }

  it("is tried again after 1, 2, 4, 8, 16, 32 seconds, then every minute", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    expect(await waitsOf(0.5)).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]);
  });

  it.each([
    [0, [1000, 1500, 3000, 6000, 12_000, 24_000, 45_000, 45_000]],
    [1, [1250, 2500, 5000, 10_000, 20_000, 40_000, 60_000, 60_000]],
  ])(
    "waits a quarter more or less, so that many do not come at once, but a minute at most (%s)",
    async (chance, ms) => {
      vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
      expect(await waitsOf(chance)).toEqual(ms);
    },
  );

  it("begins to wait shortly again once it was there for a minute", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const { log, hears, forget } = listen();
    const clock = { now: 0 };
    const box = connectMcpServer(McpServer.parse({ name: "odd", command: process.execPath, args: [odd] }), {
      log,
      env: process.env,
      random: () => 0,
      now: () => clock.now,
    });
    closeLater(() => box.close());
    await box.tried;
    const die = () =>
      box
        .tools()
        .find(({ name }) => name === "die")
        ?.run({}, never);
    const waits: number[] = [];
    for (const heldMs of [1000, 1000, 61_000]) {
      clock.now += heldMs;
      forget();
      await die();
      waits.push(wait(await hears(/mcp server lost/)));
      vi.advanceTimersByTime(waits.at(-1) ?? 0);
      await hears(isConnected);
    }
    expect(waits).toEqual([1000, 1500, 1000]);
  });

  it.each(["http", "sse"])(
    "is given up on after 20 seconds where it takes the connection and says nothing, over %s",
    async (transport) => {
      vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
      const { log, hears } = listen();
      const mute = createServer(() => {}).listen(0, "127.0.0.1");
      await once(mute, "listening");
      closeLater(() => mute.close());
      const address = mute.address();
      const port = address !== null && typeof address === "object" ? address.port : 0;
      const reached = once(mute, "connection");
      const box = connectMcpServer(McpServer.parse({ name: "odd", url: `http://127.0.0.1:${port}/mcp`, transport }), {
        log,
        env: {},
        random: () => 0,
      });
      closeLater(() => box.close());
      const [socket] = await reached;
      closeLater(() => socket.destroy());
      expect(box.state()).toEqual({ state: "connecting", tools: 0 });
      vi.advanceTimersByTime(20_000);
      expect(await hears(/mcp server lost/)).toContain("it did not answer within 20 s");
      expect(box.state()).toMatchObject({ state: "waiting", backIn: 1 });
    },
  );

  it("has a minute where it is started, since it may have to be fetched first; what it printed is told", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const { log, hears } = listen();
    const program = 'console.log("Which database? "); setInterval(() => {}, 1000);';
    const box = connectMcpServer(McpServer.parse({ name: "odd", command: process.execPath, args: ["-e", program] }), {
      log,
      env: {},
      random: () => 0,
    });
    closeLater(() => box.close());
    await hears(/mcp server printed/);
    vi.advanceTimersByTime(59_999);
    expect(box.state()).toEqual({ state: "connecting", tools: 0 });
    vi.advanceTimersByTime(1);
    expect(await hears(/mcp server lost/)).toContain("it did not answer within 60 s; it printed: Which database?");
  });
});
