import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Connection, openConnection } from "../../src/store/connection.ts";

let dir: string;
let connection: Connection;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "bellhop-connection-"));
  connection = await openConnection(join(dir, "file.sqlite"), 100);
  await connection.query("CREATE TABLE things (name TEXT PRIMARY KEY, size INTEGER)");
});
afterEach(async () => {
  await connection.close().catch(() => {});
  await rm(dir, { recursive: true, force: true });
});

const add = "INSERT INTO things (name, size) VALUES (?, ?)";
const sizeOf = "SELECT size FROM things WHERE name = ?";

describe("a connection", () => {
  it("gives each of many who ask the same at once their own answer", async () => {
    await Promise.all(Array.from({ length: 50 }, (_, n) => connection.query(add, `n${n}`, n)));
    const sizes = await Promise.all(Array.from({ length: 50 }, (_, n) => connection.query(sizeOf, `n${n}`)));
    expect(sizes).toEqual(Array.from({ length: 50 }, (_, n) => [{ size: n }]));
  });

  it("takes values one by one or as a list", async () => {
    await connection.query(add, ["listed", 1]);
    expect(await connection.query(sizeOf, "listed")).toEqual([{ size: 1 }]);
  });

  it("goes on with a statement that failed", async () => {
    await connection.query(add, "once", 1);
    await expect(connection.query(add, "once", 2)).rejects.toThrow(/UNIQUE/);
    await connection.query(add, "twice", 2);
    expect(await connection.query(sizeOf, "once")).toEqual([{ size: 1 }]);
    expect(await connection.query(sizeOf, "twice")).toEqual([{ size: 2 }]);
  });

  it("refuses what is no SQL each time, and takes it once its table is there", async () => {
    for (const _ of [1, 2]) await expect(connection.query("SELECT * FROM later")).rejects.toThrow(/no such table/);
    await connection.query("CREATE TABLE later (name TEXT)");
    expect(await connection.query("SELECT * FROM later")).toEqual([]);
  });

  it("sees columns that were added since it first asked", async () => {
    await connection.query(add, "a", 1);
    const all = () => connection.query("SELECT * FROM things");
    expect(await all()).toEqual([{ name: "a", size: 1 }]);
    await connection.query("ALTER TABLE things ADD COLUMN colour TEXT");
    expect(await all()).toEqual([{ name: "a", size: 1, colour: null }]);
  });

  it("answers any number of different statements", async () => {
    const answers = await Promise.all(Array.from({ length: 500 }, (_, n) => connection.query(`SELECT ${n} AS n`)));
    expect(answers.map((rows) => rows[0])).toEqual(Array.from({ length: 500 }, (_, n) => ({ n })));
  });

  it("does what was asked before it closes, and refuses what is asked later", async () => {
    await connection.query(add, "first", 0);
    const asked = Promise.all(Array.from({ length: 20 }, (_, n) => connection.query(add, `n${n}`, n)));
    await connection.close();
    await asked;
    await expect(connection.query(sizeOf, "first")).rejects.toThrow(/closed/i);
    connection = await openConnection(join(dir, "file.sqlite"), 100);
    expect(await connection.query("SELECT COUNT(*) AS n FROM things")).toEqual([{ n: 21 }]);
  });
});
