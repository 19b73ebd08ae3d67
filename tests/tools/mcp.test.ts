import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { McpServer } from "../../src/config/schema/mcp-server.ts";
import { connectMcpServer, type McpToolbox } from "../../src/tools/mcp/mcp.ts";
import { timeAt, zoneOf } from "../../src/tools/zones.ts";
import { createLog } from "../../src/watch/log.ts";

const house = fileURLToPath(new URL("../../dist/src/tools/house-server.js", import.meta.url));
const log = createLog({ level: "silent", redact: (text) => text });
const never = new AbortController().signal;
const boxes: McpToolbox[] = [];
afterEach(async () => {
  await Promise.all(boxes.splice(0).map((box) => box.close()));
});

function connect(settings: Record<string, unknown>, env: Record<string, string | undefined> = process.env): McpToolbox {
  const box = connectMcpServer(
    McpServer.parse({ name: "house", command: process.execPath, args: [house], ...settings }),
    { log, env, random: () => 0 },
  );
  boxes.push(box);
  return box;
}

const tool = (box: McpToolbox, name: string) => {
  const found = box.tools().find((one) => one.name === name);
  if (!found) throw new Error(`no ${name}`);
  return found;
};

describe("an MCP server over stdio", () => {
  it("is connected and its tools can be called", async () => {
    const box = connect({});
    await box.tried;
    expect(box.state()).toEqual({ state: "connected", tools: 3 });
    expect(tool(box, "time").reads).toBe(true);
    expect((await tool(box, "time").run({ place: "Taipei" }, never)).text).toMatch(
      /^It is .* in Taipei \(Asia\/Taipei\)\.$/,
    );
    expect(await tool(box, "time").run({ place: "Nowhere" }, never)).toMatchObject({
      failed: true,
      text: expect.stringContaining("no time zone"),
    });
    expect((await tool(box, "days_until").run({ date: "2000-01-01" }, never)).text).toMatch(/days ago/);
    for (const date of ["soon", "2026-02-30"])
      expect(await tool(box, "days_until").run({ date }, never)).toMatchObject({ failed: true });
    expect((await tool(box, "roll_dice").run({ dice: 2 }, never)).text).toMatch(/^\d \+ \d = \d+$/);
  });

  it("offers only what its settings let through", async () => {
    const box = connect({ tools: ["t*", "roll*"], deny: ["roll_dice"] });
    await box.tried;
    expect(box.tools().map((one) => one.name)).toEqual(["time"]);
  });

  it("gets PATH, HOME, LANG and what the settings name, and nothing else of ours", async () => {
    const dir = await mkdtemp(join(tmpdir(), "bellhop-mcp-"));
    const file = join(dir, "env.json");
    const script = `require("fs").writeFileSync(${JSON.stringify(file)}, JSON.stringify(process.env)); import(${JSON.stringify(house)})`;
    const box = connect(
      { args: ["-e", script], env: { NAMED: "yes" } },
      { PATH: process.env.PATH, HOME: "/", SLACK_BOT_TOKEN: "planted" },
    );
    await box.tried;
    const { default: seen } = await import(file, { with: { type: "json" } });
    expect(seen).toMatchObject({ NAMED: "yes", HOME: "/" });
    expect(JSON.stringify(seen)).not.toContain("planted");
    await rm(dir, { recursive: true });
  });

  it("that can't be started is waited for, and says why", async () => {
    const box = connect({ command: "no-such-program-anywhere", args: [] });
    await box.tried;
    expect(box.state()).toMatchObject({
      state: "waiting",
      tools: 0,
      error: "the program no-such-program-anywhere was not found",
    });
    expect(box.tools()).toEqual([]);
  });

  it("that dies is started again, and a call meanwhile fails clearly", async () => {
    const dir = await mkdtemp(join(tmpdir(), "bellhop-mcp-"));
    const script = join(dir, "mortal.mjs");
    await writeFile(script, `process.on("SIGUSR2", () => process.exit(1)); await import(${JSON.stringify(house)});`);
    const box = connect({ args: [script] });
    await box.tried;
    const time = tool(box, "time");
    await new Promise<void>((resolve) => {
      const look = setInterval(() => {
        if (box.state().state !== "connected") {
          clearInterval(look);
          resolve();
        }
      }, 5);
      void time.run({ place: "Taipei" }, never).catch(() => {});
      void import("node:child_process").then(({ execFileSync }) => execFileSync("pkill", ["-USR2", "-f", script]));
    });
    await expect(time.run({ place: "Taipei" }, never)).resolves.toMatchObject({
      failed: true,
      text: expect.stringContaining("not connected"),
    });
    await new Promise<void>((resolve) => {
      const look = setInterval(() => {
        if (box.state().state === "connected") {
          clearInterval(look);
          resolve();
        }
      }, 20);
    });
    expect((await tool(box, "time").run({ place: "Berlin" }, never)).text).toContain("Berlin");
    await rm(dir, { recursive: true });
  });
});

describe("a place", () => {
  it("has a zone by its city, its zone's name, in either script", () => {
    expect(["Taipei", "new york", "Europe/Berlin", "台北", "san francisco", "Paris, France"].map(zoneOf)).toEqual([
      "Asia/Taipei",
      "America/New_York",
      "Europe/Berlin",
      "Asia/Taipei",
      "America/Los_Angeles",
      "Europe/Paris",
    ]);
    expect(zoneOf("Atlantis")).toBeUndefined();
    expect(timeAt("Asia/Taipei", new Date("2026-11-21T07:04:00Z"))).toBe("Saturday, 21 November 2026, 15:04");
  });
});
