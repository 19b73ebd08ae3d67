import { afterEach, describe, expect, it } from "vitest";
import { openAnywhere, type Platform, platforms } from "./anywhere.ts";
import { holdTool } from "./held-tool.ts";
import { leaveTowns, openTown, type Wish } from "./town.ts";

afterEach(leaveTowns);

const adapters = { Slack: "slack", Discord: "discord", "the console": "console" } as const;

/** A town in which the answer to “begin” is held by a tool until the story lets it go on. */
async function withHeldAnswer(platform: Platform, overlap: "steer" | "queue", wish: Wish = {}) {
  const tool = holdTool();
  const channels = [{ match: `${adapters[platform]}:*`, overlap }];
  const here = await openAnywhere(platform, {
    ...wish,
    parts: { toolboxes: [tool.toolbox] },
    config: { agents: tool.agents, channels, ...wish.config },
  });
  const { model } = here.town;
  model.on("begin", [tool.call], "The first is done.");
  const talk = await here.open("ana", "@Bellhop begin");
  await model.until(() => model.requests.length === 1);
  /** All that was said before is heard: what was asked after it, elsewhere, is answered. */
  const heard = async () => {
    model.on("meanwhile", "Here already.");
    await (await here.open("ana", "@Bellhop meanwhile?")).answer("Here already.");
  };
  return { here, model, tool, talk, heard };
}

describe.each(platforms)("what is said while an answer is written on %s", (platform) => {
  it("is taken in at the next step, and one answer covers both", async () => {
    const { model, tool, talk, heard } = await withHeldAnswer(platform, "steer");
    model.on("also the second", "Both are done.");
    await talk.say("tom", "@Bellhop also the second, please");
    await heard();
    tool.release();
    await talk.answer("Both are done.");
    expect(await talk.ours()).toHaveLength(1);
    expect(model.requests.at(-1)?.user).toBe("tom: also the second, please");
  });

  it("waits its turn where the channel says so; who waits is told after how many, and all are answered in order", async () => {
    const { model, tool, talk } = await withHeldAnswer(platform, "queue");
    model.on("the second", "The second is done.");
    model.on("the third", "The third is done.");
    await talk.say("tom", "@Bellhop the second");
    await talk.answer("tom, I'm on it after 1 other here.");
    await talk.say("ana", "@Bellhop the third");
    await talk.answer("ana, I'm on it after 2 others here.");
    expect(model.requests).toHaveLength(1);
    tool.release();
    await talk.answer("The third is done.");
    const order = (await talk.ours()).flatMap(({ text }) => /The (\w+) is done/.exec(text)?.[1] ?? []);
    expect(order).toEqual(["first", "second", "third"]);
    expect(model.maxInFlight).toBe(1);
  });

  it("to another agent waits until the first has answered", async () => {
    const { model, tool, talk } = await withHeldAnswer(platform, "steer");
    model.on({ system: "You are scribe" }, "Written down.");
    await talk.say("tom", "@Bellhop scribe: write it down");
    await talk.answer("after 1 other here");
    tool.release();
    await talk.answer("Written down.");
    const texts = (await talk.ours()).map(({ text }) => text);
    expect(texts.findIndex((text) => text.includes("The first is done."))).toBeLessThan(
      texts.findIndex((text) => text.includes("Written down.")),
    );
  });

  it("in another thread waits for nothing", async () => {
    const { here, model, tool, talk } = await withHeldAnswer(platform, "queue");
    model.on("meanwhile", "Here already.");
    const other = await here.open("tom", "@Bellhop meanwhile?");
    await other.answer("Here already.");
    expect((await talk.ours()).filter(({ text }) => text.includes("done"))).toEqual([]);
    tool.release();
    await talk.answer("The first is done.");
  });

  it("and is taken back before its turn is not answered", async () => {
    const { model, tool, talk, heard } = await withHeldAnswer(platform, "queue");
    model.on("the second", "The second is done.");
    const second = await talk.say("tom", "@Bellhop the second");
    await talk.answer("tom, I'm on it after 1 other here.");
    await second.remove();
    await heard();
    tool.release();
    await talk.answer("The first is done.");
    model.on("the third", "The third is done.");
    await talk.say("ana", "@Bellhop the third");
    await talk.answer("The third is done.");
    expect((await talk.ours()).filter(({ text }) => text.includes("second"))).toEqual([]);
  });
});

describe("a channel that asks very much at once", () => {
  it("does not keep another waiting: they take turns", async () => {
    const { app, console, model } = await openTown({
      console: true,
      config: { limits: { mentions_per_minute: 1000 } },
    });
    const held: (() => void)[] = [];
    let isOver = false;
    model.answer(async () => {
      if (!isOver) await new Promise<void>((resolve) => held.push(resolve));
      return "Done.";
    });
    // All the worker's seats are taken, and ten more wait.
    for (let n = 0; n < 74; n++) await console.say("ana", `@Bellhop question ${n}`);
    await model.until(() => model.requests.length === 64, 10_000);
    const asked = await console.say("tom", "@Bellhop one question", { channel: "team" });
    await console.until(async () => app.report().runs.waiting === 11 || undefined);
    for (const turn of [1, 2]) {
      held[turn]?.();
      await model.until(() => model.requests.length === 64 + turn);
    }
    expect(model.requests.slice(64).map(({ user }) => user)).toContain("tom: one question");
    isOver = true;
    for (const release of held) release();
    expect((await console.answer({ channel: "team", thread: asked.id })).text).toBe("Done.");
  });
});
