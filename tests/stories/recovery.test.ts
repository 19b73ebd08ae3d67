import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import type { Toolbox } from "../../src/agent/tool.ts";
import { leaveTowns, openTown } from "./town.ts";

afterEach(leaveTowns);

const faultyJobs = fileURLToPath(new URL("../runs/faulty-jobs", import.meta.url));

describe("ended in the middle of an answer", () => {
  it("answers after the restart, in the message it had begun", async () => {
    const { slack, model, restart } = await openTown({ slack: true });
    model.answer({ say: "one two three four five six seven eight nine ten", msPerDelta: 150 });
    const ana = slack.person("ana");
    const general = slack.channel("general", { members: [ana] });
    const root = slack.say(ana, general, "@Bellhop count");
    await slack.until(() => slack.messages(general, root.ts).some((one) => one.shown.includes("two")));
    await restart({ withinMs: 0 });
    await slack.until(
      () =>
        slack.messages(general, root.ts).some((one) => one.shown.includes("ten") && one.streaming !== "in_progress"),
      10_000,
    );
    expect(slack.messages(general, root.ts).filter((one) => one.user === slack.bot.userId)).toHaveLength(1);
    expect(model.requests).toHaveLength(2);
  });

  it("does not start over what was changing things, but says so and offers to", async () => {
    const box = waitingBox({ reads: false });
    const { console, model, restart } = await openTown({
      console: true,
      parts: { toolboxes: [box] },
      config: team("hands"),
    });
    model.queue([{ call: "hands__move", arguments: {} }], "Moved.");
    const root = await console.say("ana", "@Bellhop move it");
    await box.called;
    await restart({ withinMs: 0, config: team("hands") });
    const told = await console.answer({ thread: root.id });
    expect(told.text).toMatch(
      /^I couldn't finish: I was restarted while a tool that changes things was at work\. Something may have been changed already; look before you retry\. · run \w+$/,
    );
    expect(model.requests).toHaveLength(1);
    await console.press("ana", told.id, "retry");
    expect((await console.answer({ thread: root.id }, [told])).text).toBe("Moved.");
  });

  it("starts over what was only reading", async () => {
    const box = waitingBox({ reads: true });
    const { console, model, restart } = await openTown({
      console: true,
      parts: { toolboxes: [box] },
      config: team("hands"),
    });
    model.queue([{ call: "hands__move", arguments: {} }], "Looked.");
    const root = await console.say("ana", "@Bellhop look at it");
    await box.called;
    box.release();
    await restart({ withinMs: 0, config: team("hands") });
    expect((await console.answer({ thread: root.id })).text).toBe("Looked.");
  });

  it("finishes what is going on when told to stop, before it does", async () => {
    const { console, model, restart } = await openTown({ console: true });
    model.answer({ say: "Whole.", delayMs: 200 });
    const root = await console.say("ana", "@Bellhop finish this");
    await model.until(() => model.inFlight === 1);
    await restart();
    expect((await console.messages({ thread: root.id })).map((one) => one.text)).toEqual(["Whole."]);
    expect(model.requests).toHaveLength(1);
  });
});

describe("Retry", () => {
  it("pressed while the thread is busy waits its turn, and is done", async () => {
    const { console, model } = await openTown({ console: true });
    model.queue({ fault: { status: 400, message: "bad" } });
    const root = await console.say("ana", "@Bellhop one");
    const failed = await console.answer({ thread: root.id });
    model.queue({ say: "Two.", delayMs: 300 }, "One, after all.");
    await console.say("ana", "@Bellhop two", { thread: root.id });
    await model.until(() => model.inFlight === 1);
    await console.press("ana", failed.id, "retry");
    const two = await console.answer({ thread: root.id }, [failed]);
    const one = await console.answer({ thread: root.id }, [failed, two]);
    expect([two.text, one.text]).toEqual(["Two.", "One, after all."]);
  });

  it("pressed right before a crash is done after it", async () => {
    const { console, model, restart } = await openTown({ console: true });
    model.queue({ fault: { status: 400, message: "bad" } });
    const root = await console.say("ana", "@Bellhop one");
    const failed = await console.answer({ thread: root.id });
    model.answer({ say: "Done.", delayMs: 300 });
    await console.press("ana", failed.id, "retry");
    await model.until(() => model.inFlight === 1);
    await restart({ withinMs: 0 });
    expect((await console.answer({ thread: root.id }, [failed])).text).toBe("Done.");
  });
});

describe("a call that waits for a person", () => {
  for (const restarted of [false, true]) {
    it(`parks the run without holding a worker, and goes on when the answer comes${restarted ? ", also after a restart" : ""}`, async () => {
      const box = waitingBox({ reads: false, parks: true });
      const town = await openTown({ console: true, parts: { toolboxes: [box] }, config: team("hands") });
      const { console, model } = town;
      model.queue([{ call: "hands__move", arguments: {}, id: "call_1" }], "Moved, as allowed.");
      const root = await console.say("ana", "@Bellhop move it");
      await box.called;
      await until(() => town.log.some((line) => line.includes("a run is parked")));
      expect(town.app.report().runs.running).toBe(0);
      if (restarted) await town.restart({ withinMs: 0 });
      const run = /"run":"(\w+)"/.exec(town.log.find((line) => line.includes("a run is parked")) ?? "")?.[1] ?? "";
      expect(await town.app.resume(run, [{ call: "call_1", result: { text: "done" } }])).toBe(true);
      expect((await console.answer({ thread: root.id })).text).toBe("Moved, as allowed.");
      expect(model.requests.at(-1)?.body.messages.at(-1)).toMatchObject({ role: "tool", content: "done" });
      expect(await town.app.resume(run, [])).toBe(false);
    });
  }
});

describe("a worker that fails", () => {
  for (const deed of ["throw", "exit", "spin"]) {
    it(`(${deed}) has its run taken up again, then failing visibly; the chat goes on meanwhile`, async () => {
      const { console } = await openTown({
        console: true,
        parts: { jobs: faultyJobs, workers: 2, watchWorkers: { pingMs: 50, silenceMs: 400 } },
        config: { agents: [agent("bad", deed), agent("good", "answer")] },
      });
      const bad = await console.say("ana", "@Bellhop bad: go");
      const good = await console.say("tom", "@Bellhop good: go");
      expect((await console.answer({ thread: good.id })).text).toBe("fine");
      const told = await console.answer({ thread: bad.id });
      expect(told.text).toMatch(
        /^I couldn't finish: the part of me that was working on it failed\. Nothing was changed\. · run \w+$/,
      );
      expect(told.card?.buttons?.map((button) => button.text)).toEqual(["Retry"]);
    });
  }
});

function team(server: string) {
  return { agents: [{ name: "ops", llm_model: "main", system_prompt: "You are ops.", mcp_servers: [server] }] };
}

function agent(name: string, deed: string) {
  return { name, llm_model: "main", system_prompt: deed };
}

/** A toolbox whose one tool is slow: it answers when released; or parks. */
function waitingBox({
  reads,
  parks = false,
}: {
  reads: boolean;
  parks?: boolean;
}): Toolbox & { called: Promise<void>; release(): void } {
  let release = (): void => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  let note = (): void => {};
  const called = new Promise<void>((resolve) => {
    note = resolve;
  });
  let times = 0;
  return {
    name: "hands",
    called,
    release,
    tools: () => [
      {
        name: "move",
        description: "Moves it.",
        parameters: { type: "object", properties: {} },
        reads,
        async run() {
          note();
          if (parks) return { text: "", parked: true };
          if (times++ === 0) await held;
          return { text: "moved" };
        },
      },
    ],
    async close() {},
  };
}

async function until(is: () => boolean): Promise<void> {
  while (!is()) await new Promise((resolve) => setTimeout(resolve, 5));
}
