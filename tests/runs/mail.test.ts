import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Mail } from "../../src/runs/mail.ts";

let posted: string[][];
let mail: Mail<string>;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setImmediate", "clearImmediate", "setTimeout", "clearTimeout"] });
  posted = [];
  mail = new Mail((messages) => posted.push(messages));
});
afterEach(() => {
  vi.useRealTimers();
});

test("messages of one turn cross together, in their order", () => {
  for (const message of ["one", "two"]) mail.add(message);
  expect(posted).toEqual([]);
  vi.runAllTimers();
  expect(posted).toEqual([["one", "two"]]);
});

test("what is not in a hurry goes with what comes next, before it", () => {
  mail.addUnhurried("result of one");
  mail.addUnhurried("result of two");
  mail.add("result of the last");
  vi.advanceTimersByTime(0);
  expect(posted).toEqual([["result of one", "result of two", "result of the last"]]);
  vi.runAllTimers();
  expect(posted).toHaveLength(1);
});

test("what is not in a hurry crosses by itself soon", () => {
  mail.addUnhurried("result of one");
  vi.advanceTimersByTime(5);
  expect(posted).toEqual([]);
  vi.advanceTimersByTime(10);
  expect(posted).toEqual([["result of one"]]);
});

test("what is forgotten never crosses", () => {
  mail.addUnhurried("a result");
  mail.add("a ping");
  mail.drop();
  vi.runAllTimers();
  expect(posted).toEqual([]);
});
