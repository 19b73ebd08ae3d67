import sqlite3 from "sqlite3";
import { afterEach, beforeEach, expect, it } from "vitest";
import { leaveTowns, openTown } from "./town.ts";

const { Database } = sqlite3;
const opened: sqlite3.Database[] = [];

beforeEach(() => {
  sqlite3.Database = new Proxy(Database, {
    construct(made, about: ConstructorParameters<typeof Database>) {
      const database = new made(...about);
      if (about[0].endsWith("bellhop.sqlite")) opened.push(database);
      return database;
    },
  });
});
afterEach(async () => {
  await leaveTowns();
  sqlite3.Database = Database;
  opened.length = 0;
});

/** The data file may not grow beyond so many pages: SQLite's own way to be on a full disk. Gives the number in force. */
function limit(pages: number): Promise<number> {
  return new Promise((resolve, reject) => {
    opened
      .at(-1)
      ?.get<{ max_page_count: number }>(`PRAGMA max_page_count = ${pages}`, (error, row) =>
        error ? reject(error) : resolve(row?.max_page_count ?? 0),
      );
  });
}

it("an answer that comes while the disk is full is posted once there is room, once", async () => {
  const { console, model, log, app } = await openTown({ console: true });
  model.answer({ say: `Here it is: ${"long ".repeat(20_000)}`, delayMs: 300 });
  const root = await console.say("ana", "@Bellhop tell me all");
  await model.until(() => model.inFlight === 1);
  // It never goes below what there is.
  await limit(1);
  await until(() => log.some((line) => line.includes("a letter could not be kept")));
  expect(log.some((line) => /The disk that holds .* is full/.test(line))).toBe(true);
  expect(app.report().status).toBe("ok");
  await limit(1_000_000);
  expect((await console.answer({ thread: root.id })).text).toContain("Here it is");
  const all = (await console.messages({ thread: root.id })).map(({ text }) => text.slice(0, 11));
  expect(all).toEqual(["Here it is:"]);
  expect(model.requests).toHaveLength(1);
});

async function until(is: () => boolean): Promise<void> {
  while (!is()) await new Promise((resolve) => setTimeout(resolve, 5));
}
