import { describe, expect, it } from "vitest";
import { ShownFiles } from "../../../src/bot/answers/shown-files.ts";
import type { Run } from "../../../src/runs/run.ts";
import { createLog } from "../../../src/watch/log.ts";
import { wordsOf } from "../../../src/words/words.ts";
import { fileOf } from "../../stories/given-files.ts";
import { png } from "../../world/model/png.ts";

const log = createLog({ level: "silent", redact: (text) => text });
const seeing = [{ name: "main", provider: "openai", model: "gpt-4o" } as const];

/** The files of a run that knows nothing else. */
function filesOf(
  put: (owner: string, bytes: Uint8Array) => Promise<string> = async (_, bytes) => String(bytes.length),
) {
  const run = { id: "r1" } as Run;
  return { run, files: new ShownFiles(run, { shelf: { put }, log }) };
}

describe("files that tools give in a run", () => {
  it("that can't be kept are named to the model and under the answer, and the answer stands", async () => {
    const { run, files } = filesOf(() => Promise.reject(new Error("ENOSPC")));
    const { text } = await files.take([fileOf("a.txt", "a")], seeing);
    expect(text).toBe("a.txt, text/plain, 1 bytes: people don't see it: it could not be kept.");
    expect(run.shown).toEqual([]);
    expect(files.under({ text: "Done." }, wordsOf("zh-TW")).text).toBe("Done.\n\n我無法附上：a.txt。");
  });

  it("are counted one after the other, though their calls run side by side", async () => {
    const { run, files } = filesOf(async (_, bytes) => {
      await Promise.resolve();
      return `r1.${bytes[0]}`;
    });
    const calls = Array.from({ length: 14 }, (_, n) => files.take([fileOf("a.bin", Buffer.from([n]))], seeing));
    await Promise.all(calls);
    expect(run.shown?.map(({ name }) => name)).toEqual([
      "a.bin",
      ...Array.from({ length: 9 }, (_, n) => `a-${n + 2}.bin`),
    ]);
    expect(run.unshown).toEqual([{ name: "a.bin", why: "tooMuch" }]);
  });

  it("that do not fit are named once each, and not all when they are very many", async () => {
    const { run, files } = filesOf();
    const big = fileOf("big.bin", Buffer.alloc(21 * 1024 * 1024));
    for (let n = 0; n < 30; n++) await files.take([{ ...big, name: `${n % 12}.bin` }], []);
    expect(run.unshown).toHaveLength(12);
    const { text } = files.under({ text: "" }, wordsOf("en"));
    expect(text).toMatch(/: 0\.bin, 1\.bin, .*, 9\.bin, …\.$/);
  });

  it("are seen by the model as long as they are few and small, and whole", async () => {
    const { files } = filesOf();
    const pictures = [1, 2, 3, 4, 5].map((side) => fileOf(`${side}.png`, png(side, side), "image/png"));
    const huge = fileOf("huge.png", png(9, 9, 5 * 1024 * 1024), "image/png");
    const first = await files.take([huge, fileOf("broken.png", "not one", "image/png"), ...pictures], seeing);
    expect(first.images).toHaveLength(4);
    expect(first.text.split("\n").map((line) => line.includes("You see it, too."))).toEqual([
      ...[false, false],
      ...[true, true, true, true, false],
    ]);
  });

  it("leave nothing when they are dropped", async () => {
    const { run, files } = filesOf();
    await files.take([fileOf("a.txt", "a"), fileOf("b.bin", Buffer.alloc(21 * 1024 * 1024))], []);
    files.drop();
    expect(run).toEqual({ id: "r1" });
    expect(files.under({ text: "Done." }, wordsOf("en"))).toEqual({ text: "Done." });
  });
});
