import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, describe, expect, it, vi } from "vitest";
import { McpServer } from "../../src/config/schema/mcp-server.ts";
import { connectMcpServer } from "../../src/tools/mcp/mcp.ts";
import { startOddHttpServer } from "../world/mcp/odd-http-server.ts";
import { closeAll, closeLater, connectTo, isConnected, listen, toolOf } from "./mcp-stage.ts";
import { gone, isAlive } from "./strangers.ts";

const world = join(import.meta.dirname, "../world/mcp");
const named = join(world, "named-process-server.mjs");
const never = new AbortController().signal;
afterEach(() => {
  vi.useRealTimers();
  return closeAll();
});

const holdTime = () => vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });

describe.skipIf(process.platform === "win32")("a server that hangs", () => {
  it("and was started here is ended and started anew once a call to it took too long", async () => {
    const { box, run, forget, hears } = await connectTo({
      command: process.execPath,
      args: [named],
      timeout: "30s",
    });
    const pid = Number((await run("pid")).text);
    closeLater(() => isAlive(pid) && process.kill(pid, "SIGKILL"));
    process.kill(pid, "SIGSTOP");
    holdTime();
    const call = toolOf(box, "pid").run({}, never);
    await vi.advanceTimersByTimeAsync(30_000);
    expect((await call).text).toBe("odd did not answer within 30 s. Whether it did what was asked is not known.");
    expect(box.state().state).toBe("connected");
    await vi.advanceTimersByTimeAsync(9000);
    expect(box.state().state).toBe("connected");
    forget();
    await vi.advanceTimersByTimeAsync(1000);
    expect(box.state()).toMatchObject({
      state: "waiting",
      tools: 0,
      error: "it did not answer within 10 s",
      backIn: 1,
    });
    // Asked to end, it is given four seconds, and what is new is started meanwhile.
    await vi.advanceTimersByTimeAsync(5000);
    vi.useRealTimers();
    await hears(isConnected);
    expect(Number((await run("pid")).text)).not.toBe(pid);
    await gone(pid);
  });

  it("far away is lost by a ping within 40 seconds, and found when it is back", async () => {
    const far = spawn(process.execPath, [join(world, "second-line.mjs"), "http"], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    closeLater(() => far.kill("SIGKILL"));
    const { value: url } = await createInterface({ input: far.stdout })[Symbol.asyncIterator]().next();
    holdTime();
    const { box, run, forget, hears } = await connectTo({ url });
    far.kill("SIGSTOP");
    await vi.advanceTimersByTimeAsync(39_000);
    expect(box.state().state).toBe("connected");
    forget();
    await vi.advanceTimersByTimeAsync(1000);
    expect(box.state()).toMatchObject({
      state: "waiting",
      tools: 0,
      error: "it did not answer within 10 s",
      backIn: 1,
    });
    far.kill("SIGCONT");
    await vi.advanceTimersByTimeAsync(1000);
    await hears(isConnected);
    expect(await run("add", { a: 2, b: 3 })).toEqual({ text: "5" });
  });

  it("far away would be noticed at any time: it is looked after every 30 seconds", async () => {
    const server = await startOddHttpServer("http");
    closeLater(server.stop);
    holdTime();
    const { box, run } = await connectTo({ url: server.url });
    for (let pings = 0; pings < 3; pings++) {
      const pinged = server.told("ping");
      await vi.advanceTimersByTimeAsync(30_000);
      await pinged;
      // By then the answer to the ping has come, too.
      for (let calls = 0; calls < 3; calls++) await run("echo");
    }
    expect(box.state().state).toBe("connected");
  });

  it("when it is asked for its tools is given up on after 20 seconds", async () => {
    holdTime();
    const { log, hears } = listen();
    const command = { command: process.execPath, args: [named, "stopping"] };
    const box = connectMcpServer(McpServer.parse({ name: "odd", ...command }), {
      log,
      env: process.env,
      random: () => 0,
    });
    closeLater(async () => {
      holdTime();
      const closed = box.close();
      await vi.advanceTimersByTimeAsync(4000);
      await closed;
      vi.useRealTimers();
    });
    await hears(/asked for its tools/);
    await vi.advanceTimersByTimeAsync(19_999);
    expect(box.state()).toEqual({ state: "connecting", tools: 0 });
    await vi.advanceTimersByTimeAsync(1);
    expect(box.state()).toMatchObject({ state: "waiting", error: "it did not answer within 20 s", backIn: 1 });
  });

  it("when it is asked for its tools, and is closed meanwhile, is ended and not tried again", async () => {
    holdTime();
    const { log, hears, lines } = listen();
    const server = McpServer.parse({ name: "odd", command: process.execPath, args: [named, "stopping"] });
    const box = connectMcpServer(server, { log, env: process.env, random: () => 0 });
    const pid = Number(/asked for its tools: (\d+)/.exec(await hears(/asked for its tools/))?.[1]);
    closeLater(() => isAlive(pid) && process.kill(pid, "SIGKILL"));
    const closed = box.close();
    await vi.advanceTimersByTimeAsync(5000);
    await closed;
    while (isAlive(pid)) await new Promise((look) => setImmediate(look));
    await vi.advanceTimersByTimeAsync(120_000);
    expect(lines.filter((line) => /asked for its tools|mcp server lost/.test(line))).toHaveLength(1);
  });
});
