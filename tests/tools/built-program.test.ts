import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, expect, it } from "vitest";
import { z } from "zod";
import { type BellhopProcess, startBellhop } from "../world/bellhop-process.ts";
import { startOddHttpServer } from "../world/mcp/odd-http-server.ts";

const answering = fileURLToPath(new URL("../world/mcp/answering-server.mjs", import.meta.url));
const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** The program as people start it, with one agent that has these servers. */
async function start(servers: Record<string, unknown>[]): Promise<{ url: string; bellhop: BellhopProcess }> {
  const dir = await mkdtemp(join(tmpdir(), "bellhop-built-"));
  closing.push(() => rm(dir, { recursive: true, force: true }));
  const config = join(dir, "config");
  await mkdir(config);
  await writeFile(join(config, "mcp_servers.yaml"), JSON.stringify({ mcp_servers: servers }));
  const mcp_servers = servers.map(({ name }) => name);
  await writeFile(join(config, "agents.yaml"), JSON.stringify({ agents: [{ name: "ops", mcp_servers }] }));
  const bellhop = startBellhop({ BELLHOP_CONFIG: config, BELLHOP_DATA: join(dir, "data"), LOG_LEVEL: "info" });
  closing.push(() => bellhop.terminate());
  return { url: await bellhop.ready(), bellhop };
}

const Answer = z.object({ text: z.string() });

async function ask(url: string, text: string): Promise<string> {
  const response = await fetch(`${url}/api/v1/commands`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ text }),
  });
  return Answer.parse(await response.json()).text;
}

// What is loaded late is another thing in the bundle than in the sources that other tests run.
it("the built program calls tools of servers over the network, and holds results to what their tools say of them", async () => {
  const odd = await startOddHttpServer("http");
  closing.push(() => odd.stop());
  const { url } = await start([
    { name: "odd", url: odd.url },
    { name: "answering", command: process.execPath, args: [answering] },
  ]);
  expect(await ask(url, "ask ops odd__echo")).toContain("odd echo says: here");
  expect(await ask(url, 'ask ops answering__shaped {"how":"good"}')).toContain("answering shaped says:");
  expect(await ask(url, 'ask ops answering__shaped {"how":"wrong"}')).toContain("must be number");
});
