import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openWholeResults, type WholeResults } from "../../src/runs/whole-results.ts";
import { openStore, type Store } from "../../src/store/store.ts";

let dir: string;
let store: Store;
let results: WholeResults;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "bellhop-results-"));
  store = await openStore(dir);
  results = await openWholeResults(store.query);
});
afterEach(async () => {
  await store.close();
  await rm(dir, { recursive: true, force: true });
});

const much = "長い text 😀 ".repeat(50_000);
const kept = (call: string, text = much) => ({ call, tool: "s__long", text });

describe("a result kept whole", () => {
  it("is read as it came, by its run and call", async () => {
    await results.keep({ id: "r1", at: 1 }, kept("c1"));
    await results.keep({ id: "r1", at: 1 }, kept("c2", "other"));
    expect(await results.read("r1", "c1")).toBe(much);
    expect(await results.read("r1", "c2")).toBe("other");
    expect(await results.read("r2", "c1")).toBeUndefined();
    expect(await results.of("r1")).toEqual([
      { call: "c1", tool: "s__long", length: much.length },
      { call: "c2", tool: "s__long", length: 5 },
    ]);
  });

  it("is told of while it is still being written", async () => {
    const writing = results.keep({ id: "r1", at: 1 }, kept("c1"));
    expect(await results.of("r1")).toHaveLength(1);
    await writing;
  });

  it("of a run that was begun again is that of the later attempt", async () => {
    await results.keep({ id: "r1", at: 1 }, kept("c1"));
    await results.keep({ id: "r1", at: 1 }, kept("c1", "later"));
    expect(await results.read("r1", "c1")).toBe("later");
  });

  it("takes little room on disk", async () => {
    await results.keep({ id: "r1", at: 1 }, kept("c1"));
    const [row] = await store.query<{ size: number }>("SELECT length(body) AS size FROM results");
    expect(row?.size).toBeLessThan(much.length / 20);
  });

  it("goes when its run is forgotten, even while it is being written", async () => {
    const writing = results.keep({ id: "r1", at: 1 }, kept("c1"));
    await results.keep({ id: "r2", at: 1 }, kept("c1"));
    await results.forget(["r1", "r3"]);
    await writing;
    expect(await results.of("r1")).toEqual([]);
    expect(await results.of("r2")).toHaveLength(1);
  });

  it("goes when it is old", async () => {
    await results.keep({ id: "r1", at: 1000 }, kept("c1"));
    await results.keep({ id: "r2", at: 2000 }, kept("c1"));
    await results.sweep(2000);
    expect(await results.of("r1")).toEqual([]);
    expect(await results.of("r2")).toHaveLength(1);
  });
});
