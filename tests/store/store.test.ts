import { spawn } from "node:child_process";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ChatEvent } from "../../src/chat.ts";
import { openStore, type Store } from "../../src/store/store.ts";

let dir: string;
let store: Store | undefined;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "bellhop-store-"));
});
afterEach(async () => {
  await store?.close();
  store = undefined;
  await rm(dir, { recursive: true, force: true });
});

const event = (key: string): ChatEvent => ({
  key,
  kind: "deleted",
  address: { adapter: "slack", channel: "C1" },
  message: key,
  at: 5,
});

describe("the journal", () => {
  it("hears an event once, however often and at once it is told", async () => {
    store = await openStore(dir);
    const { journal } = store;
    const told = await Promise.all(["a", "a", "b", "a"].map((key) => journal.hear(event(key), "slack", 5)));
    expect(told).toEqual([true, false, true, false]);
    expect(await journal.hear(event("a"), "slack", 5)).toBe(false);
  });

  it("owes an event until it is settled, also across a restart", async () => {
    store = await openStore(dir);
    await Promise.all(["a", "b"].map((key, at) => store?.journal.hear(event(key), "slack", at)));
    await store.journal.settle(["a"]);
    await store.close();
    store = await openStore(dir);
    expect((await store.journal.owed("slack")).map((one) => one.key)).toEqual(["b"]);
    expect(await store.journal.hear(event("a"), "slack", 9)).toBe(false);
  });

  it("knows until when each adapter was heard", async () => {
    store = await openStore(dir);
    await store.journal.hear(event("a"), "slack", 70);
    await store.journal.hear(event("b"), "slack", 30);
    expect(await store.journal.heardUntil("slack")).toBe(70);
    expect(await store.journal.heardUntil("discord")).toBeUndefined();
  });

  it("forgets what is settled and old, but not until when it heard", async () => {
    store = await openStore(dir);
    const { journal } = store;
    for (const [key, at] of [
      ["a", 10],
      ["b", 20],
      ["c", 30],
    ] as const)
      await journal.hear(event(key), "slack", at);
    await journal.settle(["a", "c"]);
    await journal.sweep(1000);
    expect(await journal.heardUntil("slack")).toBe(30);
    expect((await journal.owed("slack")).map((one) => one.key)).toEqual(["b"]);
    expect(await journal.hear(event("a"), "slack", 10)).toBe(true);
  });

  it("takes a thousand events at once and more rows than one statement holds", async () => {
    store = await openStore(dir);
    const { journal } = store;
    const told = await Promise.all(Array.from({ length: 7000 }, (_, n) => journal.hear(event(`e${n}`), "slack", n)));
    expect(told.every(Boolean)).toBe(true);
    expect(await journal.owed("slack")).toHaveLength(7000);
  });
});

describe("the outbox", () => {
  const letter = (id: string) => ({
    address: { adapter: "slack", channel: "C1", thread: "1.2" },
    post: { text: "hello" },
    key: { id, since: 1 },
  });

  it("keeps a letter until it is posted", async () => {
    store = await openStore(dir);
    await store.outbox.put(letter("r1"));
    await store.outbox.put(letter("r2"));
    const posted = { address: letter("r1").address, id: "9.9" };
    await store.outbox.posted("r1", posted);
    expect(await store.outbox.pending("slack")).toEqual([letter("r2")]);
    expect(await store.outbox.find("r1")).toEqual({ letter: letter("r1"), posted });
    expect(await store.outbox.has("r3")).toBe(false);
  });

  it("does not try again what can't be delivered, and remembers why", async () => {
    store = await openStore(dir);
    await store.outbox.put(letter("r1"));
    await store.outbox.undeliverable("r1", "the channel is archived");
    expect(await store.outbox.pending("slack")).toEqual([]);
    expect((await store.outbox.find("r1"))?.why).toBe("the channel is archived");
  });
});

describe("claims", () => {
  it("give a thing to exactly one of many who ask at once, and to nobody later", async () => {
    store = await openStore(dir);
    const { claims } = store;
    const won = await Promise.all(Array.from({ length: 50 }, () => claims.claim("slot", 1)));
    expect(won.filter(Boolean)).toHaveLength(1);
    await store.close();
    store = await openStore(dir);
    expect(await store.claims.claim("slot", 2)).toBe(false);
  });
});

describe("small values", () => {
  it("are kept by namespace and forgotten when asked", async () => {
    store = await openStore(dir);
    const one = store.kv("one");
    await one.set("a", { deep: [1] });
    await store.kv("two").set("a", 2);
    expect(await one.get("a")).toEqual({ deep: [1] });
    await one.delete("a");
    expect(await one.get("a")).toBeUndefined();
    expect(await store.kv("two").get("a")).toBe(2);
  });

  it("leave the disk once their time is over, though nobody asks for them", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    try {
      store = await openStore(dir);
      const { query } = store;
      const kv = store.kv("one");
      await kv.set("brief", "b", 1000);
      await kv.set("long", "l", 3000);
      await kv.set("ever", { expires: 1 });
      const names = async () =>
        (await query<{ key: string }>("SELECT key FROM keyv ORDER BY key")).map(({ key }) => key);
      await store.sweepExpired();
      expect(await names()).toEqual(["one:brief", "one:ever", "one:long"]);
      vi.setSystemTime(Date.now() + 2000);
      await store.sweepExpired();
      expect(await names()).toEqual(["one:ever", "one:long"]);
      expect(await kv.get("long")).toBe("l");
    } finally {
      vi.useRealTimers();
    }
  });
});

describe("a full disk", () => {
  it("rejects writes in plain words, loses nothing, and goes on once there is room", async () => {
    store = await openStore(dir);
    const { journal, query } = store;
    await journal.hear(event("before"), "slack", 1);
    // SQLite's own way to be full: it may not grow by another page.
    const [pages] = await query<{ page_count: number }>("PRAGMA page_count");
    await query(`PRAGMA max_page_count = ${pages?.page_count}`);
    const long = event("x".repeat(100_000));
    await expect(journal.hear(long, "slack", 2)).rejects.toThrow(/disk that holds .* is full/);
    await query("PRAGMA max_page_count = 1000000");
    expect(await journal.hear(long, "slack", 2)).toBe(true);
    expect(await journal.owed("slack")).toHaveLength(2);
  });
});

describe("the data folder", () => {
  it("is refused to a second owner, naming the first", async () => {
    store = await openStore(dir);
    const other = await inAnotherProcess(dir);
    expect(other).toContain(`process ${process.pid} on`);
    expect(other).toContain("BELLHOP_DATA");
  });

  it("is refused when the file is damaged, and left as it was", async () => {
    await writeFile(
      join(dir, "bellhop.sqlite"),
      "this is no database, and long enough to be read as a header".repeat(40),
    );
    await expect(openStore(dir)).rejects.toThrow(/is damaged .*Put back a backup/);
    expect(await readdir(dir)).toContain("bellhop.sqlite");
  });

  it("is refused when it is no folder one can write to", async () => {
    await writeFile(join(dir, "a-file"), "");
    await expect(openStore(join(dir, "a-file"))).rejects.toThrow(/must be writable.*BELLHOP_DATA/);
  });
});

/** Opens the same folder from another process and gives back what it says. */
function inAnotherProcess(folder: string): Promise<string> {
  const script = `import("./src/store/store.ts").then((m) => m.openStore(process.argv[1])).then(() => console.log("opened"), (e) => console.log(e.message))`;
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ["--import", "tsx", "-e", script, folder], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let out = "";
    child.stdout.on("data", (chunk) => {
      out += chunk;
    });
    child.on("exit", () => resolve(out));
  });
}
