import { afterEach, describe, expect, it } from "vitest";
import type { Message } from "../../adapters/console/wire.ts";
import type { Toolbox } from "../../src/agent/tool.ts";
import { configOf, leaveTowns, openTown, type Town, type Wish } from "./town.ts";

afterEach(leaveTowns);

const minuteMs = 60_000;
const price = { input: 1_000, output: 1_000 };

/** A town whose `ops` keeps what its model says for ten minutes, on a clock that can be moved. It is long before midnight. */
async function openCachingTown(wish: Wish = {}, cache: string | undefined = "10m") {
  const morning = Date.UTC(2026, 10, 21, 9) - Date.now();
  const clock = { ahead: 0 };
  const now = () => Date.now() + morning + clock.ahead;
  const town = await openTown({
    console: true,
    ...wish,
    config: { ...wish.config, ...team(cache) },
    parts: { now, ...wish.parts },
  });
  return Object.assign(town, { clock });
}

function team(cache: string | undefined) {
  const ops = { name: "ops", llm_model: "main", system_prompt: "You are ops.", mcp_servers: ["gauges"] };
  return { agents: [{ ...ops, ...(cache ? { cache } : {}) }] };
}

/** Asks in a thread of its own. */
async function ask({ console }: Town, text: string, by = "ana"): Promise<Message> {
  const { id } = await console.say(by, `@Bellhop ${text}`);
  return console.answer({ thread: id });
}

/** What `why` says in the thread of an answer. */
async function why({ console }: Town, answer: Message): Promise<string> {
  const thread = answer.thread ?? "";
  await console.say("ana", "@Bellhop why", { thread });
  return (await console.answer({ thread }, [answer])).text;
}

describe("an agent with a cache", () => {
  it("asked the same twice asks its model once, and `why` says so", async () => {
    const town = await openCachingTown();
    town.model.queue("Read page 3.", "Read page 4.");
    const first = await ask(town, "where is the runbook?");
    const second = await ask(town, "where is the runbook?");
    expect([first.text, second.text]).toEqual(["Read page 3.", "Read page 3."]);
    expect(town.model.requests).toHaveLength(1);
    expect(await why(town, first)).not.toContain("cache");
    expect(await why(town, second)).toContain("1 model call was answered from the cache, as an identical one before.");
  });

  it("says no cost where nothing was spent", async () => {
    const town = await openCachingTown();
    const { models } = configOf(town.model, team("10m"));
    town.app.use(configOf(town.model, { ...team("10m"), models: models.map((one) => ({ ...one, price })) }));
    const first = await ask(town, "where is the runbook?");
    const second = await ask(town, "where is the runbook?");
    expect(first.footer).toMatch(/^ops · main · [\w ]+ · \$\d/);
    expect(second.footer).toMatch(/^ops · main · [\w ]+$/);
  });

  it("asks its model again once the time is over", async () => {
    const town = await openCachingTown();
    town.model.queue("Page 3.", "Page 4.");
    await ask(town, "where is the runbook?");
    town.clock.ahead = 9 * minuteMs;
    expect((await ask(town, "where is the runbook?")).text).toBe("Page 3.");
    expect(town.model.requests).toHaveLength(1);
    town.clock.ahead = 11 * minuteMs;
    expect((await ask(town, "where is the runbook?")).text).toBe("Page 4.");
    expect(town.model.requests).toHaveLength(2);
  });

  it("asks its model when somebody else asks, or something else is asked", async () => {
    const town = await openCachingTown();
    town.model.queue("To ana.", "To tom.", "Something else.");
    await ask(town, "where is the runbook?");
    expect((await ask(town, "where is the runbook?", "tom")).text).toBe("To tom.");
    expect((await ask(town, "where is the run book?")).text).toBe("Something else.");
    expect(town.model.requests).toHaveLength(3);
  });

  it("remembers across a restart", async () => {
    const town = await openCachingTown();
    town.model.queue("Page 3.", "Page 4.");
    await ask(town, "where is the runbook?");
    await town.restart();
    expect((await ask(town, "where is the runbook?")).text).toBe("Page 3.");
    expect(town.model.requests).toHaveLength(1);
  });

  it("calls its tools anew, and asks its model only when they give something new", async () => {
    const gauges = toolbox(["80 %", "80 %", "90 %"]);
    const town = await openCachingTown({ parts: { toolboxes: [gauges] } });
    const read = [{ call: "gauges__read", arguments: {} }];
    town.model.queue(read, "It is at 80 %.", "It is at 90 %.");
    expect((await ask(town, "how full is the disk?")).text).toBe("It is at 80 %.");
    const second = await ask(town, "how full is the disk?");
    expect(second.text).toBe("It is at 80 %.");
    expect(second.lines?.map((line) => [line.title, line.state])).toEqual([["gauges read", "done"]]);
    expect([gauges.called, town.model.requests.length]).toEqual([2, 2]);
    expect(await why(town, second)).toContain("2 model calls were answered from the cache");
    const third = await ask(town, "how full is the disk?");
    expect(third.text).toBe("It is at 90 %.");
    expect([gauges.called, town.model.requests.length]).toEqual([3, 3]);
    expect(await why(town, third)).toContain("1 model call was answered from the cache");
  });

  it("asks its model anew when a failure is retried", async () => {
    const gauges = toolbox([]);
    const town = await openCachingTown({ parts: { toolboxes: [gauges] } });
    const { console, model } = town;
    const read = [{ call: "gauges__read", arguments: {} }];
    model.queue(read, read, read, "The gauge is broken.");
    const failed = await ask(town, "how full is the disk?");
    expect(failed.text).toMatch(/^I couldn't finish: /);
    await console.press("ana", failed.id, "retry");
    expect((await console.answer({ thread: failed.thread ?? "" }, [failed])).text).toBe("The gauge is broken.");
    expect([gauges.called, model.requests.length]).toEqual([3, 4]);
  });
});

it("an agent without a cache asks its model each time, from the moment the setting is gone", async () => {
  const town = await openCachingTown();
  town.model.queue("One.", "Two.", "Three.");
  await ask(town, "where is the runbook?");
  town.app.use(configOf(town.model, team(undefined)));
  expect((await ask(town, "where is the runbook?")).text).toBe("Two.");
  town.app.use(configOf(town.model, team("10m")));
  expect((await ask(town, "where is the runbook?")).text).toBe("One.");
  expect(town.model.requests).toHaveLength(2);
});

/** A toolbox whose one tool gives one thing after the other, then fails. */
function toolbox(readings: string[]): Toolbox & { called: number } {
  const box = {
    name: "gauges",
    called: 0,
    tools: () => [
      {
        name: "read",
        description: "Reads the gauge.",
        parameters: { type: "object", properties: {} },
        reads: true,
        async run() {
          const text = readings[box.called++];
          return text === undefined ? { text: "out of order", failed: true } : { text };
        },
      },
    ],
    async close() {},
  };
  return box;
}
