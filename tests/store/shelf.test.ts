import { mkdtemp, readdir, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openShelf } from "../../src/store/shelf.ts";

let dir: string;
let folder: string;
let time = 0;
const now = () => time;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "bellhop-shelf-"));
  folder = join(dir, "files");
  time = 1_000_000;
});
afterEach(() => rm(dir, { recursive: true }));

const bytes = (text: string) => Buffer.from(text);
const lying = () => readdir(folder).catch(() => []);

describe("the shelf", () => {
  it("gives back what was laid down, byte for byte, also to the next process", async () => {
    const all = Buffer.from(Array.from({ length: 256 }, (_, n) => n));
    const ref = await openShelf(folder, now).put("run1", all);
    expect(Buffer.compare(await openShelf(folder, now).read(ref), all)).toBe(0);
  });

  it("keeps the same bytes of one owner once, and those of another apart", async () => {
    const shelf = openShelf(folder, now);
    const [first, second, other] = await Promise.all([
      shelf.put("run1", bytes("tea")),
      shelf.put("run1", bytes("tea")),
      shelf.put("run2", bytes("tea")),
    ]);
    expect(second).toBe(first);
    expect(other).not.toBe(first);
    expect(await lying()).toHaveLength(2);
  });

  it("lets nobody else read the files", async () => {
    const ref = await openShelf(folder, now).put("run1", bytes("tea"));
    expect((await stat(join(folder, ref))).mode & 0o777).toBe(0o600);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
  });

  it("says so when a file is gone, damaged or none of its own", async () => {
    const shelf = openShelf(folder, now);
    const gone = await shelf.put("run1", bytes("gone"));
    const short = await shelf.put("run1", bytes("damaged"));
    await rm(join(folder, gone));
    await truncate(join(folder, short), 3);
    await expect(shelf.read(gone)).rejects.toThrow("is not there any more");
    await expect(shelf.read(short)).rejects.toThrow("is damaged");
    await expect(shelf.read("../bellhop.sqlite")).rejects.toThrow("names no file");
    await expect(shelf.put("../run1", bytes("x"))).rejects.toMatchObject({ name: "ShelfError" });
    expect(await shelf.put("run1", bytes("gone"))).toBe(gone);
    expect(String(await shelf.read(gone))).toBe("gone");
  });

  it("lays down what came behind something that failed, whatever comes meanwhile", async () => {
    const shelf = openShelf(folder, now);
    await shelf.put("run1", bytes("tea"));
    const failing = shelf.put("../run1", bytes("x"));
    const long = Buffer.alloc(20 * 1024 * 1024, "coffee");
    const underway = shelf.put("run1", long);
    await expect(failing).rejects.toMatchObject({ name: "ShelfError" });
    // Half of it lies there.
    while (!(await lying()).some((name) => name.endsWith(".part"))) await new Promise(setImmediate);
    const others = await Promise.all(["a", "b"].map((owner) => shelf.put(owner, bytes(owner))));
    expect((await shelf.read(await underway)).length).toBe(long.length);
    expect(await lying()).toHaveLength(2 + others.length);
  });

  it("forgets all of an owner, and nothing of others", async () => {
    const shelf = openShelf(folder, now);
    const [one, other] = [await shelf.put("run1", bytes("a")), await shelf.put("run11", bytes("a"))];
    await shelf.put("run1", bytes("b"));
    await shelf.forget(["run1", "unknown"]);
    expect(await lying()).toEqual([other]);
    await expect(shelf.read(one)).rejects.toMatchObject({ name: "ShelfError" });
  });

  it("sweeps what is older, by when it was last laid down", async () => {
    const shelf = openShelf(folder, now);
    await shelf.put("run1", bytes("old"));
    const renewed = await shelf.put("run1", bytes("renewed"));
    time += 10_000;
    const young = await shelf.put("run2", bytes("young"));
    await shelf.put("run1", bytes("renewed"));
    await openShelf(folder, now).sweep(time - 5_000);
    expect((await lying()).sort()).toEqual([renewed, young].sort());
  });

  it("makes room by the oldest when it is full, and takes nothing larger than itself", async () => {
    const shelf = openShelf(folder, now, { mostBytes: 10 });
    const refs: string[] = [];
    for (const text of ["aaaa", "bbbb", "cccc"]) {
      time += 1_000;
      refs.push(await shelf.put("run1", bytes(text)));
    }
    expect((await lying()).sort()).toEqual(refs.slice(1).sort());
    await expect(shelf.put("run1", bytes("eleven char"))).rejects.toThrow("more than fit");
    // Another process counts what lies there already.
    time += 1_000;
    const last = await openShelf(folder, now, { mostBytes: 10 }).put("run1", bytes("dddd"));
    expect((await lying()).sort()).toEqual([refs[2], last].sort());
  });

  it("throws away what an earlier process did not finish laying down", async () => {
    const ref = await openShelf(folder, now).put("run1", bytes("whole"));
    await writeFile(join(folder, "0b5.part"), "hal");
    await openShelf(folder, now).forget([]);
    expect(await lying()).toEqual([ref]);
  });
});
