import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { SealError, sealedKv } from "../../src/store/sealed.ts";
import { openSecretKey } from "../../src/store/secret-key.ts";
import { openStore, type Store } from "../../src/store/store.ts";

let dir: string;
let store: Store;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "bellhop-sealed-"));
  store = await openStore(dir);
});
afterEach(async () => {
  await store.close();
  await rm(dir, { recursive: true, force: true });
});

const [one, other] = ["a1".repeat(32), "b2".repeat(32)];

it("a sealed value comes back whole, and nothing of it can be read where it lies", async () => {
  const sealed = sealedKv(store.kv("accounts"), await openSecretKey(dir, one), "accounts");
  await sealed.set("grafana", { token: "hush-hush-token", n: 7 });
  expect(await sealed.get("grafana")).toEqual({ token: "hush-hush-token", n: 7 });
  expect(await sealed.get("nobody")).toBeUndefined();
  const rows = JSON.stringify(await store.query("SELECT * FROM keyv"));
  expect(rows).toContain("accounts:grafana");
  expect(rows).not.toContain("hush-hush");
  await sealed.delete("grafana");
  expect(await sealed.get("grafana")).toBeUndefined();
});

it("two sealings of one value look different", async () => {
  const kv = store.kv("accounts");
  const sealed = sealedKv(kv, await openSecretKey(dir, one), "accounts");
  await sealed.set("a", "same");
  const first = JSON.stringify(await kv.get("a"));
  await sealed.set("a", "same");
  expect(JSON.stringify(await kv.get("a"))).not.toBe(first);
});

it("another key opens nothing, and is told which is wanted", async () => {
  await sealedKv(store.kv("accounts"), await openSecretKey(dir, one), "accounts").set("a", "x");
  const wrong = sealedKv(store.kv("accounts"), await openSecretKey(dir, other), "accounts");
  await expect(wrong.get("a")).rejects.toThrow(/accounts:a was sealed with another key .*set BELLHOP_SECRET_KEY/);
});

it("a value that was changed, moved to another name or never sealed opens for nobody", async () => {
  const kv = store.kv("accounts");
  const sealed = sealedKv(kv, await openSecretKey(dir, one), "accounts");
  await sealed.set("mallory", "mine");
  await kv.set("ana", await kv.get("mallory"));
  await expect(sealed.get("ana")).rejects.toThrow(SealError);
  const kept = (await kv.get<Record<string, string>>("mallory")) ?? {};
  await kv.set("mallory", { ...kept, data: Buffer.from("other").toString("base64") });
  await expect(sealed.get("mallory")).rejects.toThrow("was changed since it was sealed");
  await kv.set("mallory", { ...kept, tag: (kept.tag ?? "").slice(0, 8) });
  await expect(sealed.get("mallory")).rejects.toThrow("was changed since it was sealed");
  await kv.set("plain", { token: "x" });
  await expect(sealed.get("plain")).rejects.toThrow("is not sealed");
});

it("without a key one is made once in the data folder, for its owner alone", async () => {
  const made = await openSecretKey(dir);
  expect(made).toHaveLength(32);
  expect(await openSecretKey(dir)).toEqual(made);
  const path = join(dir, "secret.key");
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect((await readFile(path, "utf8")).trim()).toBe(made.toString("hex"));
  await writeFile(path, "oops");
  await expect(openSecretKey(dir)).rejects.toThrow("holds no key: wanted 64 hex digits");
});
