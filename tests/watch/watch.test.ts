import { existsSync, readdirSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { createLog } from "../../src/watch/log.ts";
import { createRedactor } from "../../src/watch/redact.ts";

const redact = createRedactor(() => ["correct horse battery", "abc"]);

it("takes out the values it was told and what looks like a token, wherever it stands", () => {
  const planted = [
    "correct horse battery",
    "xoxb-1234567890-abcdefghij",
    "xapp-1-A0123-4567-abcdef",
    "sk-proj-abcdefghijklmnop123456",
    "ghp_abcdefghijklmnopqrstuvwxyz012345",
    "AKIAIOSFODNN7EXAMPLE",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abcdefghijklmnop",
  ];
  for (const secret of planted) expect(redact(`before ${secret} after`), secret).toBe("before [redacted] after");
  expect(redact("Authorization: Bearer abcdefgh12345678")).toBe("Authorization: Bearer [redacted]");
  expect(redact("redis://user:hunter22@host")).toBe("redis://user:[redacted]@host");
});

it("takes no longer over text that is made to keep it busy", () => {
  const hostile = ["eyJ", "-----BEGIN PRIVATE KEY-----", "://a:", "xoxb", "sk-", "MNO-"];
  const began = performance.now();
  for (const part of hostile) redact(part.repeat(Math.ceil(64_000 / part.length)));
  // Without limits the first of them alone takes seconds.
  expect(performance.now() - began).toBeLessThan(1500);
});

it("leaves ordinary words alone, also those that a short secret would blank out", () => {
  expect(redact("the abc of task-running: ask sk8ers")).toBe("the abc of task-running: ask sk8ers");
});

it("logs no secret at any depth: fields, messages, stacks", async () => {
  const dir = await mkdtemp(join(tmpdir(), "bellhop-log-"));
  const file = join(dir, "bellhop.log");
  const errors: string[] = [];
  const log = createLog({ level: "info", file, redact, toStandardError: (line) => errors.push(line) });
  const error = new Error("refused correct horse battery", { cause: new Error("xoxb-1234567890-abcdefghij") });
  log.info({ deep: { deeper: [{ key: "correct horse battery" }] }, err: error }, "with correct horse battery");
  const text = await readFile(file, "utf8");
  expect(text).not.toMatch(/correct horse|xoxb-1/);
  expect(errors.join("")).toBe(text);
  expect(JSON.parse(text)).toMatchObject({ level: 30, deep: { deeper: [{ key: "[redacted]" }] } });
  await rm(dir, { recursive: true });
});

it("begins a new file at 10 MB and keeps five", async () => {
  const dir = await mkdtemp(join(tmpdir(), "bellhop-log-"));
  const file = join(dir, "bellhop.log");
  const log = createLog({ level: "info", file, redact: (text) => text, toStandardError() {} });
  const chunk = "x".repeat(1024 * 1024);
  for (let n = 0; n < 64; n++) log.info(chunk);
  expect(readdirSync(dir).sort()).toEqual(["bellhop.log", ...[1, 2, 3, 4].map((n) => `bellhop.log.${n}`)]);
  expect(existsSync(`${file}.5`)).toBe(false);
  await rm(dir, { recursive: true });
});

it("goes on telling standard error when the file can't be written any more, and the file once it can", async () => {
  const dir = await mkdtemp(join(tmpdir(), "bellhop-log-"));
  const [folder, file] = [join(dir, "logs"), join(dir, "logs", "bellhop.log")];
  await mkdir(folder);
  const errors: string[] = [];
  const log = createLog({ level: "info", file, redact: (text) => text, toStandardError: (line) => errors.push(line) });
  await rm(folder, { recursive: true });
  for (const word of ["one", "two"]) log.info(word);
  await mkdir(folder);
  log.info("three");
  const told = (lines: string) => [...lines.matchAll(/"msg":"(.+?)[":]/g)].map(([, said]) => said);
  expect(told(errors.join(""))).toEqual(["one", "the log file can't be written", "two", "three"]);
  expect(told(await readFile(file, "utf8"))).toEqual(["three"]);
  await rm(dir, { recursive: true });
});

it("says at once that a file can't be written", () => {
  const file = join(tmpdir(), "bellhop-no-such-folder", "bellhop.log");
  expect(() => createLog({ level: "info", file, redact: (text) => text })).toThrow("ENOENT");
});
