import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import type { Go, RunInput, RunState } from "../../src/agent/run-input.ts";
import type { Running } from "../../src/runs/run-in-hand.ts";
import { createRunner, type Runner, type RunnerOptions } from "../../src/runs/runner.ts";
import { createLog } from "../../src/watch/log.ts";

const jobs = fileURLToPath(new URL("faulty-jobs", import.meta.url));
const log = createLog({ level: "silent", redact: (text) => text });

let runner: Runner | undefined;
let first: Running | undefined;
afterEach(async () => {
  await runner?.stop();
  runner = undefined;
});

function start(options: Partial<RunnerOptions> = {}): Runner {
  runner = createRunner({ jobs, count: 1, log, pingMs: 50, silenceMs: 600, withKey: (model) => model, ...options });
  return runner;
}

let made = 0;
function input(deed: string, timeoutMs = 60_000): RunInput {
  return {
    id: `run${++made}`,
    agent: "a",
    instructions: deed,
    models: [{ name: "m", provider: "offline", model: "m" }],
    turns: [],
    tools: [],
    maxSteps: 3,
    timeoutMs,
    contextTokens: 1000,
  };
}

const hooks = {
  checkpoint: async () => ({ kind: "go" as const, steers: [] }),
  event() {},
  call: async () => ({ text: "" }),
};
const people = { interactive: true };

it("a run may take longer than a timer can count", async () => {
  const month = 30 * 24 * 3_600_000;
  expect(await start().run(input("answer", month), hooks, people).ended).toMatchObject({ kind: "answered" });
});

describe("a worker that fails", () => {
  for (const [deed, why] of [
    ["throw", /a fault of its own/],
    ["reject", /a rejection nobody heard/],
    ["exit", /ended by itself/],
    ["spin", /did not answer for 1 s/],
  ] as const) {
    it(`(${deed}) loses its runs with the reason, and the next run finds a worker again`, async () => {
      const crew = start();
      const bystander = crew.run(input("never"), hooks, people);
      const culprit = crew.run(input(deed), hooks, people);
      for (const { ended } of [culprit, bystander]) {
        expect(await ended).toMatchObject({ kind: "failed", code: "worker", detail: expect.stringMatching(why) });
      }
      expect(await crew.run(input("answer"), hooks, people).ended).toMatchObject({ kind: "answered" });
    });
  }

  it("(out of memory) takes nobody with it", async () => {
    const crew = start({ heapLimitMb: 24 });
    expect(await crew.run(input("memory"), hooks, people).ended).toMatchObject({ kind: "failed", code: "worker" });
    expect(await crew.run(input("answer"), hooks, people).ended).toMatchObject({ kind: "answered" });
  });

  it("(printing without end) is heard no more than 64 KB a second, and still answers", async () => {
    let printed = 0;
    const counting = createLog({
      level: "info",
      redact: (line) => {
        printed += line.includes("a worker printed") ? line.length : 0;
        return "";
      },
    });
    const crew = start({ log: counting });
    expect(await crew.run(input("flood"), hooks, people).ended).toMatchObject({ kind: "answered" });
    expect(printed).toBeLessThan(400 * 1024);
  });

  it("(speaking nonsense) is not believed", async () => {
    expect(await start().run(input("nonsense"), hooks, people).ended).toMatchObject({ kind: "answered", text: "fine" });
  });
});

describe("the runner", () => {
  it("gives workers an empty environment", async () => {
    process.env.BELLHOP_TEST_SECRET = "planted";
    expect(await start().run(input("secrets"), hooks, people).ended).toMatchObject({ text: "{}" });
  });

  it("gives up a run that does not end at its deadline", async () => {
    const crew = start({ graceMs: 10 });
    expect(await crew.run(input("never", 50), hooks, people).ended).toMatchObject({ kind: "failed", code: "timeout" });
  });

  it("does not give up a run whose person is asked something", async () => {
    const crew = start({ graceMs: 10 });
    const asking = crew.run(input("never", 50), hooks, people);
    let isOver = false;
    void asking.ended.then(() => {
      isOver = true;
    });
    await crew.ready();
    const release = asking.hold();
    const again = asking.hold();
    await crew.run(input("never", 60), hooks, people).ended;
    release();
    await crew.run(input("never", 60), hooks, people).ended;
    expect(isOver).toBe(false);
    again();
    expect(await asking.ended).toMatchObject({ kind: "failed", code: "timeout" });
  });

  it("stops a run under way, and one that waits", async () => {
    const crew = start({ perWorker: 1 });
    const first = crew.run(input("never"), hooks, people);
    const second = crew.run(input("answer"), hooks, people);
    await crew.ready();
    second.stop();
    expect(await second.ended).toMatchObject({ kind: "stopped" });
    first.stop();
    expect(await first.ended).toMatchObject({ kind: "stopped", text: "so far" });
  });

  it("hands a run over with what its first checkpoint is answered with", async () => {
    const states: unknown[] = [];
    const steers = [{ role: "user" as const, text: "and quickly" }];
    const checkpoint = async (state: RunState) => {
      states.push(state);
      return { kind: "go" as const, steers };
    };
    const { ended } = start().run(input("go"), { ...hooks, checkpoint }, people);
    expect(await ended).toMatchObject({ text: JSON.stringify({ kind: "go", steers }) });
    expect(states).toEqual([{ turns: [], step: 0, usage: { input: 0, output: 0 }, pending: [], speaking: 0 }]);
  });

  it("leaves a run that goes on to ask for itself", async () => {
    const state = { turns: [], step: 1, usage: { input: 0, output: 0 }, pending: [], speaking: 0 };
    const checkpoint = () => Promise.reject(new Error("nobody asked yet"));
    const { ended } = start().run({ ...input("go"), state }, { ...hooks, checkpoint }, people);
    expect(await ended).toMatchObject({ text: '"none"' });
  });

  it("does not hand over a run whose first checkpoint can't be answered", async () => {
    const checkpoint = () => Promise.reject(new Error("the disk is full"));
    const { ended } = start().run(input("go"), { ...hooks, checkpoint }, people);
    expect(await ended).toMatchObject({ kind: "failed", code: "worker", detail: "its progress could not be kept" });
  });

  it("stops a run while its first checkpoint is being answered", async () => {
    let answer = (_go: Go) => {};
    const asked = new Promise<void>((resolve) => {
      const checkpoint = () => {
        resolve();
        return new Promise<Go>((given) => {
          answer = given;
        });
      };
      first = start().run(input("never"), { ...hooks, checkpoint }, people);
    });
    await asked;
    first?.stop();
    answer({ kind: "go", steers: [] });
    expect(await first?.ended).toMatchObject({ kind: "stopped" });
  });

  it("takes people's runs before others", async () => {
    const crew = start({ perWorker: 1 });
    const order: string[] = [];
    const note = (name: string) => (ended: Promise<unknown>) => ended.then(() => order.push(name));
    const all = [
      note("schedule")(crew.run(input("answer"), hooks, { interactive: false }).ended),
      note("person")(crew.run(input("answer"), hooks, people).ended),
    ];
    await Promise.all(all);
    expect(order).toEqual(["person", "schedule"]);
  });

  it("puts the key in at dispatch, not before", async () => {
    const given = input("never");
    let asked = 0;
    const crew = start({
      withKey: (model) => {
        asked++;
        return { ...model, key: "the-key" };
      },
    });
    expect(asked).toBe(0);
    const { ended } = crew.run(given, hooks, people);
    await crew.ready();
    expect(asked).toBe(1);
    expect(JSON.stringify(given)).not.toContain("the-key");
    await runner?.stop();
    expect(await ended).toMatchObject({ kind: "failed", code: "worker" });
  });

  it("renews a worker after enough runs, without losing one", async () => {
    const crew = start({ count: 2, renewAfterRuns: 3 });
    const endings = await Promise.all(Array.from({ length: 40 }, () => crew.run(input("answer"), hooks, people).ended));
    expect(endings.every((ending) => ending.kind === "answered")).toBe(true);
  });
});

describe("calls made together", () => {
  it("get their results together, and may all listen for the end of the run", async () => {
    const warnings: Error[] = [];
    const note = (warning: Error) => warnings.push(warning);
    process.on("warning", note);
    const call = async (_call: unknown, signal: AbortSignal) => {
      signal.addEventListener("abort", () => {});
      return { text: "found" };
    };
    const { ended } = start().run(input("calls"), { ...hooks, call }, people);
    const ending = await ended;
    process.off("warning", note);
    if (ending.kind !== "answered") throw new Error(`it ended otherwise: ${ending.kind}`);
    const sizes = ending.text.split(" ").map(Number);
    expect(sizes.reduce((sum, size) => sum + size)).toBe(30);
    expect(sizes.length).toBeLessThan(5);
    expect(warnings).toEqual([]);
  });

  it("are all given up when their run drops them", async () => {
    const given: string[] = [];
    let done = () => {};
    const all = new Promise<void>((resolve) => {
      done = resolve;
    });
    const call = ({ id }: { id: string }, signal: AbortSignal) =>
      new Promise<{ text: string }>((resolve) => {
        signal.addEventListener("abort", () => {
          given.push(id);
          resolve({ text: "given up" });
          if (given.length === 30) done();
        });
      });
    const running = start().run(input("drop"), { ...hooks, call }, people);
    await all;
    running.stop();
    await running.ended;
    expect(new Set(given).size).toBe(30);
  });
});
