import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, expect, it } from "vitest";
import { McpServer } from "../../src/config/schema/mcp-server.ts";
import { openStore } from "../../src/store/store.ts";
import { createMcpServers } from "../../src/tools/mcp-servers.ts";
import { createPins } from "../../src/tools/pins.ts";
import { closeAll, closeLater, listen } from "./mcp-stage.ts";
import { gone } from "./strangers.ts";

const named = fileURLToPath(new URL("../world/mcp/named-process-server.mjs", import.meta.url));
afterEach(closeAll);

it("settings that change close what is gone, start anew what is otherwise, and leave the rest alone", async () => {
  const { log, until } = listen();
  const dir = await mkdtemp(join(tmpdir(), "bellhop-reload-"));
  closeLater(() => rm(dir, { recursive: true }));
  const store = await openStore(dir);
  closeLater(() => store.close());
  const pins = createPins(store.kv("tool-pins"));
  const check = async () => undefined;
  const servers = createMcpServers({ log, env: process.env, pins, check, onHeld: () => {} });
  closeLater(() => servers.close());
  const server = (name: string, more: object = {}) =>
    McpServer.parse({ name, command: process.execPath, args: [named], ...more });
  const use = async (...wanted: McpServer[]) => {
    servers.use(wanted);
    await until(() => servers.report().every(({ state }) => state === "connected"));
  };
  const pidOf = async (name: string) => {
    const [tool] =
      servers
        .toolboxes()
        .find((box) => box.name === name)
        ?.tools() ?? [];
    return Number((await tool?.run({}, new AbortController().signal))?.text);
  };

  await use(server("same"), server("other"), server("gone"), server("off"));
  const [same, other, left, off] = await Promise.all(["same", "other", "gone", "off"].map(pidOf));
  await use(
    server("same"),
    server("other", { env: { NAMED: "yes" } }),
    server("off", { enabled: false }),
    server("new"),
  );
  expect(servers.report().map(({ name }) => name)).toEqual(["same", "other", "new"]);
  expect(await pidOf("same")).toBe(same);
  expect(await pidOf("other")).not.toBe(other);
  for (const pid of [other, left, off]) await gone(pid ?? 0);
});
