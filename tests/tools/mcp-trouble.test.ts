import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it, vi } from "vitest";
import { closeAll, closeLater, connectTo, isConnected, isListed } from "./mcp-stage.ts";

const odd = fileURLToPath(new URL("../world/mcp/odd-server.mjs", import.meta.url));
const connect = (habit = "good", settings: Record<string, unknown> = {}) =>
  connectTo({ command: process.execPath, args: [odd, habit], ...settings });
const never = new AbortController().signal;
afterEach(closeAll);

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
    expect(await hears(/cancelled \d+/)).toMatch(/cancelled \d+/);
  });

  it("dies in a call is started again; the call says that nothing is known", async () => {
    const { box, run, forget, hears } = await connect();
    expect(await run("die")).toEqual({
      text: "odd went away during the call. Whether it did what was asked is not known.",
      failed: true,
    });
    expect(box.state()).toMatchObject({ state: "waiting", tools: 0, error: "it ended with code 1" });
    forget();
    await hears(isConnected);
    expect(await run("echo")).toEqual({ text: "{}" });
  });

  it.skipIf(process.platform === "win32")(
    "ends, and leaves somebody behind who holds its output, has ended",
    async () => {
      const { box, run, forget, hears } = await connect();
      const call = run("leave");
      expect((await call).text).toContain("went away during the call");
      expect(box.state()).toMatchObject({ state: "waiting", error: "it ended with code 5" });
      forget();
      await hears(isConnected);
      expect(await run("echo")).toEqual({ text: "{}" });
    },
  );

  it("is sent more at once than it reads is sent all of it, and nobody is warned", async () => {
    const { run } = await connect();
    const warned = vi.fn();
    process.on("warning", warned);
    closeLater(() => process.off("warning", warned));
    const long = { long: "x".repeat(100_000) };
    const answers = await Promise.all(
      Array.from({ length: 40 }, () => run("echo", long, new AbortController().signal)),
    );
    expect(answers).toEqual(Array(40).fill({ text: JSON.stringify(long) }));
    expect(warned.mock.calls).toEqual([]);
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

  it("answers with what is no answer has the call told so, at once", async () => {
    const { run } = await connect();
    expect(await run("echo", { spoilt: true })).toEqual({
      text: "odd gave no answer that can be read: it is no message of MCP. Whether it did what was asked is not known.",
      failed: true,
    });
  });

  it("talks without end is listened to so fast and no faster, and loses nothing that it says", async () => {
    const { run } = await connect();
    const began = performance.now();
    expect(await run("echo", { talk: 4000 })).toEqual({ text: '{"talk":4000}' });
    // All of it takes a fraction of that to be read.
    expect(performance.now() - began).toBeGreaterThan(1000);
  });

  it("floods its output is ended, and started again", async () => {
    const { run, forget, hears } = await connect();
    expect((await run("flood")).text).toContain("went away during the call");
    forget();
    await hears(isConnected);
  });

  it("floods from the beginning is waited for, ever longer", async () => {
    const { box } = await connect("flood");
    expect(box.state()).toMatchObject({ state: "waiting", error: "it prints much that is no MCP message" });
  });

  it("ends while it is asked what else it has does not seem to be connected", async () => {
    const { box } = await connect("frail");
    expect(box.state()).toMatchObject({ state: "waiting", tools: 0, error: "it ended with code 4" });
  });

  it("ends at once has its last words told", async () => {
    const { box } = await connect("crash");
    expect(box.state()).toMatchObject({
      state: "waiting",
      error: "it ended with code 3, saying: no database at db.example",
    });
  });

  it("changes its tools has the new ones offered", async () => {
    const { box, run, forget, hears } = await connect();
    expect(box.tools()).toHaveLength(12);
    forget();
    await run("change");
    await hears(isListed);
    expect(box.tools().map(({ description }) => description)).toEqual(["It echoes otherwise."]);
  });

  it("describes some tools wrongly has the others offered", async () => {
    const { box, hears } = await connect();
    expect(await hears(/left out/)).toContain('"tools":["no-schema","array"]');
    expect(box.tools().map(({ name }) => name)).toContain("refuse");
  });

  it("lists empty pages without end is connected, with the tools that came before", async () => {
    const { box } = await connect("endless");
    expect(box.state()).toMatchObject({ state: "connected" });
    expect(box.tools().map(({ name }) => name)).toContain("echo");
  });

  it("has tools that say too much of themselves has the others offered, as far as all of it can be kept", async () => {
    const { box, hears } = await connect("huge");
    expect(await hears(/left out/)).toContain('"tools":["longest"]');
    expect(box.tools().map(({ name }) => name)).toEqual(Array.from({ length: 41 }, (_, n) => `long_${n}`));
  });

  it("changes its tools while they are listed for the first time has the new ones offered", async () => {
    const { box, hears } = await connect("restless");
    await hears(/"tools":1,/);
    expect(box.tools().map(({ description }) => description)).toEqual(["It echoes otherwise."]);
  });

  it("answers wrongly, or refuses, has the agent told", async () => {
    const { run } = await connect();
    expect((await run("odd-result")).failed).toBe(true);
    expect(await run("refuse")).toEqual({ text: "odd refused the call: refuse is not to be called", failed: true });
    expect(await run("echo")).toEqual({ text: "{}" });
  });

  it.each([-32_000, -32_001])("refuses by a number that our own client uses, %i, has said so", async (code) => {
    const { run } = await connect();
    expect(await run("refuse", { code })).toEqual({
      text: "odd refused the call: refuse is not to be called",
      failed: true,
    });
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
