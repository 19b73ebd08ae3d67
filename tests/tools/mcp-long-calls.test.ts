import { appendFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, expect, it, vi } from "vitest";
import { closeAll, closeLater, connectTo, toolOf } from "./mcp-stage.ts";

const working = fileURLToPath(new URL("../world/mcp/working-server.mjs", import.meta.url));
afterEach(() => {
  vi.useRealTimers();
  return closeAll();
});

it("a call that says how far it is has its time begin anew, for ten minutes in all, and is then cancelled", async () => {
  const dir = await mkdtemp(join(tmpdir(), "bellhop-long-"));
  closeLater(() => rm(dir, { recursive: true }));
  const file = join(dir, "goes-on");
  await writeFile(file, "");
  const { box, hears } = await connectTo({ command: process.execPath, args: [working, file], timeout: "60s" });
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  let steps = 0;
  let told = () => {};
  const ends = vi.fn();
  const signal = new AbortController().signal;
  const call = toolOf(box, "work").run({}, signal, {
    told() {
      steps++;
      told();
    },
  });
  void call.then(ends);
  await hears(/working/);
  // Every 50 seconds, eleven times.
  while (steps < 11) {
    await vi.advanceTimersByTimeAsync(50_000);
    const heard = new Promise<void>((resolve) => {
      told = resolve;
    });
    await appendFile(file, ".");
    await heard;
  }
  await vi.advanceTimersByTimeAsync(49_000);
  expect(ends).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1000);
  expect(await call).toEqual({
    text: "odd did not answer within 600 s. Whether it did what was asked is not known.",
    failed: true,
  });
  await hears(/cancelled/);
});
