import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { type BellhopProcess, startBellhop } from "../world/bellhop-process.ts";
import { closeAll, closeLater, connectTo } from "./mcp-stage.ts";
import { gone, isAlive } from "./strangers.ts";

const Health = z.object({ mcp: z.record(z.string(), z.looseObject({ state: z.string() })) });
const family = fileURLToPath(new URL("../world/mcp/family-server.mjs", import.meta.url));
afterEach(() => {
  vi.useRealTimers();
  return closeAll();
});

async function folder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "bellhop-orphans-"));
  closeLater(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

async function pidsIn(file: string): Promise<number[]> {
  return JSON.parse(await readFile(file, "utf8"));
}

describe.skipIf(process.platform === "win32")("what a server started", () => {
  it("ends with it when it is closed, however stubborn", async () => {
    const file = join(await folder(), "pids");
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const { box } = await connectTo({ command: process.execPath, args: [family, file] });
    const pids = await pidsIn(file);
    expect(pids.map(isAlive)).toEqual([true, true, true]);
    const closed = box.close();
    await vi.advanceTimersByTimeAsync(4000);
    await closed;
    vi.useRealTimers();
    for (const pid of pids) await gone(pid);
  });

  it.each([
    ["killed without a word", (bellhop: BellhopProcess) => bellhop.kill()],
    ["stopped", (bellhop: BellhopProcess) => bellhop.terminate()],
  ])("ends with the whole program when that is %s", async (_, end) => {
    const dir = await folder();
    const servers = ["one", "two"].map((name) => ({
      name,
      command: process.execPath,
      args: [family, join(dir, name), ...(name === "two" ? ["leaving"] : [])],
    }));
    await mkdir(join(dir, "config"));
    await writeFile(join(dir, "config/mcp_servers.json"), JSON.stringify({ mcp_servers: servers }));
    const bellhop = startBellhop({ BELLHOP_CONFIG: join(dir, "config"), BELLHOP_DATA: join(dir, "data") });
    closeLater(() => bellhop.kill());
    const url = await bellhop.ready();
    await connected(url);
    const [one, two] = [await pidsIn(join(dir, "one")), await pidsIn(join(dir, "two"))];
    const left = two.pop() ?? 0;
    closeLater(() => process.kill(left, "SIGKILL"));
    expect([...one, ...two, left].map(isAlive)).toEqual(Array(7).fill(true));
    await end(bellhop);
    for (const pid of [...one, ...two]) await gone(pid);
    // Whoever leaves its group and its session on purpose is not caught: that takes a container.
    expect(isAlive(left)).toBe(true);
  });
});

/** Resolves once all servers are connected. */
async function connected(url: string): Promise<void> {
  for (;;) {
    const { mcp } = Health.parse(await (await fetch(`${url}/healthz`)).json());
    if (Object.values(mcp).every(({ state }) => state === "connected")) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
