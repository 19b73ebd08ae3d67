import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import type { DocumentFile, DocumentText } from "../../src/agent/documents/document.ts";
import type { RunInput } from "../../src/agent/run-input.ts";
import { createRunner, type Runner, type RunnerOptions } from "../../src/runs/runner.ts";
import { createLog } from "../../src/watch/log.ts";
import { pdf } from "../agent/a-pdf.ts";

const faulty = fileURLToPath(new URL("faulty-jobs", import.meta.url));
const built = fileURLToPath(new URL("../../dist/jobs", import.meta.url));
const log = createLog({ level: "silent", redact: (text) => text });
const patient = new AbortController().signal;

let runner: Runner | undefined;
afterEach(async () => {
  await runner?.stop();
  runner = undefined;
});

function start(options: Partial<RunnerOptions> = {}): Runner {
  const usual = { jobs: faulty, count: 1, log, pingMs: 50, silenceMs: 600, withKey: <T>(model: T) => model };
  runner = createRunner({ ...usual, ...options });
  return runner;
}

const text = (name: string, words = "words") => ({ name, type: "text/plain", bytes: Buffer.from(words) });
const aPdf = (name: string) => ({ name, type: "application/pdf", bytes: pdf(["Hello"]) });

describe("a file is read", () => {
  it("by the workers of the built program, whatever it is", async () => {
    const crew = start({ jobs: built, silenceMs: 10_000 });
    const big5 = { ...text("a.txt"), bytes: Buffer.from("bdd0b0dda175a5bbb3f8a176a141c1c2c1c2a143", "hex") };
    const found = await Promise.all([
      crew.read(text("a.txt", "plain words"), patient),
      crew.read(big5, patient),
      crew.read({ ...text("b.txt"), bytes: Buffer.from("504b030414000000", "hex") }, patient),
      crew.read(aPdf("a.pdf"), patient),
      crew.read({ ...aPdf("b.txt"), bytes: pdf(["Secret"], { password: "sesame" }) }, patient),
    ]);
    expect(found).toEqual([
      { text: "plain words" },
      { text: "請問「本報」，謝謝。" },
      { skipped: "not-text" },
      { text: "[page 1]\nHello" },
      { skipped: "encrypted" },
    ]);
    expect(crew.load()).toMatchObject({ workers: 1 });
  });

  it("by a worker that runs agents, or, a PDF, by one of its own", async () => {
    const crew = start();
    expect(await crew.read(text("who"), patient)).toMatchObject({ text: expect.stringMatching(/^agent-1 /) });
    expect(await crew.read(aPdf("who"), patient)).toMatchObject({ text: expect.stringMatching(/^reader-1 /) });
  });

  it("with all its bytes: a text's are copied, a PDF's are handed over", async () => {
    const crew = start();
    const plain = text("size", "x".repeat(50_000));
    const document = aPdf("size");
    const { length } = document.bytes;
    expect(await crew.read(plain, patient)).toEqual({ text: "50000" });
    expect(await crew.read(document, patient)).toEqual({ text: String(length) });
    expect(plain.bytes.length).toBe(50_000);
    const own = { ...aPdf("size"), bytes: new Uint8Array(pdf(["Hello"])) };
    await crew.read(own, patient);
    expect(own.bytes.length).toBe(0);
  });
});

describe("a worker that is lost over a file", () => {
  it("is followed by another that reads it", async () => {
    const folder = mkdtempSync(join(tmpdir(), "reading-"));
    try {
      const found = await start({ count: 2 }).read(text(`once ${join(folder, "mark")}`), patient);
      expect(found).toEqual({ text: "read by the second" });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it("twice, gives the file up", async () => {
    const crew = start({ count: 2 });
    expect(await crew.read(text("exit"), patient)).toEqual({ skipped: "damaged" });
    expect(await crew.read(text("size"), patient)).toEqual({ text: "5" });
  });

  it("takes no run with it when it is a PDF, and the PDFs behind it are read", async () => {
    const crew = start();
    const bystander = crew.run(input("never"), hooks, { interactive: true });
    const [spun, left, behind] = await Promise.all([
      crew.read(aPdf("spin"), patient),
      crew.read(aPdf("exit"), patient),
      crew.read(aPdf("who"), patient),
    ]);
    expect(spun).toEqual({ skipped: "damaged" });
    expect(left).toEqual({ skipped: "damaged" });
    expect(behind).toMatchObject({ text: expect.stringContaining("reader-1") });
    expect(crew.load().running).toBe(1);
    bystander.stop();
    expect(await bystander.ended).toMatchObject({ kind: "stopped", text: "so far" });
  });
});

describe("nobody waits for ever", () => {
  for (const [kind, file] of [
    ["text", text],
    ["PDF", aPdf],
  ] as const) {
    it(`for a ${kind} that is never read; the next one is`, async () => {
      const crew = start({ readingMs: 300 });
      expect(await crew.read(file("never"), patient)).toEqual({ skipped: "too-slow" });
      expect(await readAtLast(crew, () => file("who"))).toMatchObject({ text: expect.any(String) });
    });

    it(`for a ${kind} that nobody wants any more; the next one is read`, async () => {
      const crew = start();
      await crew.read(file("who"), patient);
      const aborter = new AbortController();
      const gone = crew.read(file("never"), aborter.signal);
      const behind = crew.read(file("who"), patient);
      aborter.abort(new Error("deleted"));
      await expect(gone).rejects.toThrow("deleted");
      expect(await behind).toMatchObject({ text: expect.any(String) });
      await expect(crew.read(file("who"), aborter.signal)).rejects.toThrow("deleted");
    });

    it(`for a ${kind} when all is stopped`, async () => {
      const crew = start();
      await crew.ready();
      const waiting = crew.read(file("never"), patient);
      await crew.stop();
      expect(await waiting).toEqual({ skipped: "damaged" });
      expect(await crew.read(file("who"), patient)).toEqual({ skipped: "damaged" });
    });
  }

  it("for files before there is a worker: they are read once there is", async () => {
    const crew = start();
    expect(crew.load().open).toBe(0);
    expect(await crew.read(text("size"), patient)).toEqual({ text: "5" });
  });
});

it("the worker for PDFs ends when none came for a while, and starts again with the next", async () => {
  const crew = start({ readerIdleMs: 1 });
  const first = await crew.read(aPdf("who"), patient);
  // Timers of one length go off in the order they were set.
  await new Promise((resolve) => setTimeout(resolve, 1));
  const second = await crew.read(aPdf("who"), patient);
  expect(second).toMatchObject({ text: expect.stringMatching(/^reader-1 /) });
  expect(second).not.toEqual(first);
});

/** A reader may have to be started first, which takes longer than some tests here let anybody wait. */
async function readAtLast(crew: Runner, file: () => DocumentFile): Promise<DocumentText> {
  for (let tries = 0; tries < 20; tries++) {
    const found = await crew.read(file(), patient);
    if ("text" in found) return found;
  }
  throw new Error("it was never read");
}

let made = 0;
function input(deed: string): RunInput {
  return {
    id: `run${++made}`,
    agent: "a",
    instructions: deed,
    models: [{ name: "m", provider: "offline", model: "m" }],
    turns: [],
    tools: [],
    maxSteps: 3,
    timeoutMs: 60_000,
    contextTokens: 1000,
  };
}

const hooks = {
  checkpoint: async () => ({ kind: "go" as const, steers: [] }),
  event() {},
  call: async () => ({ text: "" }),
};
