import type { Worker } from "node:worker_threads";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { WorkerMessage } from "../../src/runs/crossing.ts";
import type { Seat, Workers, WorkersOptions } from "../../src/runs/workers.ts";
import { createLog } from "../../src/watch/log.ts";
import { builtJobs, lendWorker } from "./warm-workers.ts";

const log = createLog({ level: "silent", redact: (text) => text });
const usual: WorkersOptions = { jobs: builtJobs, count: 1, called: "lent", log };

let born = 0;
const note = (_: Worker) => void born++;
beforeAll(() => void process.on("worker", note));
afterAll(() => void process.off("worker", note));

it("a worker goes to the next town when it is at nothing, and one left in the middle of something to nobody", async () => {
  const first = await rent();
  expect(born).toBe(1);
  first.read("one");
  expect(await first.heard).toMatchObject({ kind: "text", id: "one" });
  await first.workers.stop();
  expect(first.seat.open).toBe(false);

  const second = await rent();
  expect(born).toBe(1);
  first.read("too late");
  second.read("two");
  expect(await second.heard).toMatchObject({ kind: "text", id: "two" });
  second.read("left");
  await second.workers.stop();

  const third = await rent();
  expect(born).toBe(2);
  third.read("three");
  expect(await third.heard).toMatchObject({ kind: "text", id: "three" });
  await third.workers.stop();
});

it("who wants another kind of worker has it alone, and it ends with it", async () => {
  const before = born;
  for (const special of [{ pingMs: 500 }, { heapLimitMb: 64 }]) await (await rent(special)).workers.stop();
  expect(born).toBe(before + 2);
});

type Rented = { workers: Workers; seat: Seat; heard: Promise<WorkerMessage>; read(id: string): void };

/** A worker as a town has it, once it is open, and the first it says. */
async function rent(special: Partial<WorkersOptions> = {}): Promise<Rented> {
  let hear = (_: WorkerMessage): void => {};
  const heard = new Promise<WorkerMessage>((resolve) => {
    hear = resolve;
  });
  let workers: Workers | undefined;
  const seat = await new Promise<Seat>((opened, lost) => {
    workers = lendWorker({ ...usual, ...special }, { opened, said: (_, message) => hear(message), lost });
  });
  if (!workers) throw new Error("there are no workers");
  return {
    workers,
    seat,
    heard,
    read: (id) =>
      seat.tell({
        kind: "read",
        id,
        file: { name: "a.txt", type: "text/plain", bytes: new TextEncoder().encode("hello") },
      }),
  };
}
