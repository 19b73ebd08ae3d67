import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createPostman } from "../../../src/bot/desk/postman.ts";
import {
  type Address,
  type ChatAdapter,
  DeliveryError,
  type Post,
  type Posted,
  type PostKey,
} from "../../../src/chat.ts";
import type { Outbox } from "../../../src/store/outbox.ts";
import { openStore, type Store } from "../../../src/store/store.ts";
import { createLog } from "../../../src/watch/log.ts";

const log = createLog({ level: "silent", redact: (text) => text });
const address = { adapter: "paper", channel: "C1" };
const letter = { address, post: { text: "hello" }, key: { id: "r1", since: 1 } };

let dir: string;
let store: Store;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "bellhop-postman-"));
  store = await openStore(dir);
});
afterEach(async () => {
  await store.close();
  await rm(dir, { recursive: true });
});

/** An adapter that only takes post; each attempt goes as told. */
function paper(...outcomes: (Error | "posted")[]) {
  return paperOver(store.outbox, ...outcomes);
}

function paperOver(outbox: Outbox, ...outcomes: (Error | "posted")[]) {
  const attempts: PostKey[] = [];
  const adapter = {
    name: "paper",
    async post(at: Address, _post: Post, key: PostKey): Promise<Posted> {
      attempts.push(key);
      const outcome = outcomes.shift() ?? "posted";
      if (outcome !== "posted") throw outcome;
      return { address: at, id: "m1" };
    },
  } as unknown as ChatAdapter;
  const postman = createPostman({
    adapter: (name) => (name === "paper" ? adapter : undefined),
    outbox,
    shelf: store.shelf,
    log,
    now: Date.now,
    firstWaitMs: 1,
  });
  return { postman, attempts };
}

/** An outbox whose disk takes nothing so often. */
function fullAtFirst(times: number): Outbox {
  let left = times;
  return {
    ...store.outbox,
    put: (letter) => (left-- > 0 ? Promise.reject(new Error("SQLITE_FULL: disk is full")) : store.outbox.put(letter)),
  };
}

describe("a letter with files", () => {
  it("brings them as they lie on the shelf, beside its own, and says which are not there any more", async () => {
    const posts: Post[] = [];
    const adapter = {
      name: "paper",
      async post(at: Address, post: Post): Promise<Posted> {
        posts.push(post);
        if (posts.length === 1) throw new Error("no line");
        return { address: at, id: "m1" };
      },
    } as unknown as ChatAdapter;
    const postman = createPostman({
      adapter: () => adapter,
      outbox: store.outbox,
      shelf: store.shelf,
      log,
      now: Date.now,
      firstWaitMs: 1,
    });
    const own = { name: "own.txt", type: "text/plain", text: "own" };
    const [kept, gone] = [await store.shelf.put("r1", Buffer.from([1])), await store.shelf.put("r2", Buffer.from([2]))];
    const of = (name: string, ref: string) => ({ name, type: "image/png", size: 1, ref });
    await store.shelf.forget(["r2"]);
    const post = { text: "hello", files: [own], language: "zh-TW" as const };
    await postman.send({ ...letter, post, files: [of("a.png", kept), of("b.png", gone)] }).posted;
    expect(posts).toHaveLength(2);
    for (const { text, files } of posts) {
      expect(text).toBe("hello\n\n我無法附上：b.png。");
      expect(files).toEqual([own, { name: "a.png", type: "image/png", bytes: Buffer.from([1]) }]);
    }
    expect(JSON.stringify((await store.outbox.find("r1"))?.letter)).not.toContain("bytes");
    await postman.stop();
  });
});

describe("a letter", () => {
  it("is durable before it is posted, and known as posted after", async () => {
    const { postman } = paper();
    const { kept, posted } = postman.send(letter);
    await kept;
    expect(await store.outbox.has("r1")).toBe(true);
    expect(await posted).toEqual({ address, id: "m1" });
    await postman.stop();
    expect(await store.outbox.pending("paper")).toEqual([]);
  });

  it("that a full disk does not take is posted once there is room", async () => {
    const { postman, attempts } = paperOver(fullAtFirst(3));
    const { kept, posted } = postman.send(letter);
    await kept;
    expect(await store.outbox.has("r1")).toBe(true);
    expect(await posted).toEqual({ address, id: "m1" });
    expect(attempts).toHaveLength(1);
  });

  it("that a full disk does not take before the end is given up, and its sender told", async () => {
    const { postman, attempts } = paperOver(fullAtFirst(Number.POSITIVE_INFINITY));
    const { kept } = postman.send(letter);
    await postman.stop();
    await expect(kept).rejects.toThrow("disk is full");
    expect(attempts).toEqual([]);
  });

  it("is tried again until it is posted, looking each time for what the attempt before left", async () => {
    const { postman, attempts } = paper(new DeliveryError("cut", { final: false }), new Error("odd"));
    expect(await postman.send(letter).posted).toEqual({ address, id: "m1" });
    expect(attempts.map((key) => key.again === true)).toEqual([false, true, true]);
  });

  it("is not tried again where that will not help, and why is kept", async () => {
    const { postman, attempts } = paper(new DeliveryError("#team was archived", { final: true }));
    expect(await postman.send(letter).posted).toBeUndefined();
    expect(attempts).toHaveLength(1);
    expect((await store.outbox.find("r1"))?.why).toBe("#team was archived");
  });

  it("for a platform that is not connected any more is undeliverable", async () => {
    const { postman } = paper();
    expect(await postman.send({ ...letter, address: { adapter: "gone", channel: "C1" } }).posted).toBeUndefined();
    expect((await store.outbox.find("r1"))?.why).toContain("gone");
  });

  it("that could not be posted before the end is posted by the next process", async () => {
    const down = Array.from({ length: 1000 }, () => new DeliveryError("down", { final: false }));
    const first = paper(...down);
    const { kept, posted } = first.postman.send(letter);
    await kept;
    await first.postman.stop();
    expect(await posted).toBeUndefined();
    const second = paper();
    await second.postman.resume("paper");
    await second.postman.stop();
    expect(second.attempts).toEqual([{ id: "r1", since: 1, again: true }]);
    expect(await store.outbox.pending("paper")).toEqual([]);
  });
});
