import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { EventBatch } from "../../src/agent/event-batch.ts";
import type { RunEvent } from "../../src/agent/run-event.ts";

const text = (words: string, afresh?: true): RunEvent =>
  afresh ? { kind: "text", text: words, afresh } : { kind: "text", text: words };
const started: RunEvent = { kind: "tool-started", call: "c", tool: "t", input: "{}" };

let sent: RunEvent[][];
let batch: EventBatch;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setImmediate", "clearImmediate"] });
  sent = [];
  batch = new EventBatch((events) => sent.push(events));
});
afterEach(() => void vi.useRealTimers());

describe("words", () => {
  test("go within a few milliseconds when they are the first, together with what comes right behind", () => {
    batch.add(text("Hel"));
    batch.add(text("lo"));
    vi.advanceTimersByTime(3);
    expect(sent).toEqual([[text("Hello")]]);
  });

  test("go every fifty milliseconds from then on", () => {
    batch.add(text("a"));
    vi.advanceTimersByTime(3);
    for (let nth = 0; nth < 10; nth++) {
      batch.add(text("b"));
      vi.advanceTimersByTime(10);
    }
    expect(sent).toEqual([[text("a")], [text("bbbbb")], [text("bbbbb")]]);
  });

  test("that are void before they went do not travel", () => {
    batch.add(text("He"));
    batch.add(text("Hello", true));
    batch.add(text(" there"));
    batch.flush();
    expect(sent).toEqual([[text("Hello there", true)]]);
  });
});

test("a tool's start goes at once, behind the words that came before it", () => {
  batch.add(text("Look."));
  batch.add(started);
  vi.advanceTimersByTime(0);
  expect(sent).toEqual([[text("Look."), started]]);
});

test("thoughts are gathered like words, and neither swallows the other", () => {
  batch.add({ kind: "thought", text: "h" });
  batch.add({ kind: "thought", text: "m" });
  batch.add(text("Yes"));
  batch.add({ kind: "thought", text: "!" });
  batch.flush();
  expect(sent).toEqual([[{ kind: "thought", text: "hm" }, text("Yes"), { kind: "thought", text: "!" }]]);
});

test("nothing is sent twice, and nothing at all when there is nothing", () => {
  batch.flush();
  batch.add(started);
  batch.flush();
  vi.advanceTimersByTime(1000);
  expect(sent).toEqual([[started]]);
});
