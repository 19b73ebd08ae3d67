import { afterEach, describe, expect, it } from "vitest";
import { openAnywhere, platforms } from "./anywhere.ts";
import { holdTool } from "./held-tool.ts";
import { leaveTowns } from "./town.ts";

afterEach(leaveTowns);

describe.each(platforms)("a tool that says how far it is, on %s", (platform) => {
  it("has it shown on its line while it runs, and no more when it is done", async () => {
    const held = holdTool();
    const [look] = held.toolbox.tools();
    if (!look) throw new Error("no tool");
    const telling: typeof look = {
      ...look,
      run(input, signal, meanwhile) {
        meanwhile?.told?.({ done: 1, of: 4, message: "reading [page](http://x.example) 1" });
        return look.run(input, signal);
      },
    };
    const here = await openAnywhere(platform, {
      parts: { toolboxes: [{ ...held.toolbox, tools: () => [telling] }] },
      config: { agents: held.agents },
    });
    here.town.model.on("begin", [held.call], "It is done.");
    const talk = await here.open("ana", "@Bellhop begin");
    await talk.sight("25 % · reading page 1");
    held.release();
    expect((await talk.answer("It is done.")).text).not.toContain("25 %");
  });
});

it.each(["Discord", "the console"] as const)(
  "what a model calls though it is no tool is only words, on its line and in `why`, on %s",
  async (platform) => {
    const here = await openAnywhere(platform);
    const call = { call: "**Sign in** [here](https://evil.example/x)", arguments: {} };
    here.town.model.queue([call, call], "There is no such tool.");
    const talk = await here.open("ana", "@Bellhop begin");
    const answer = await talk.answer("There is no such tool.");
    await talk.say("ana", "@Bellhop why");
    const why = await talk.answer("answered (rule:");
    expect(why.text).toContain("used Sign in here ×2.");
    expect(answer.text).toContain("Sign in here");
    expect(answer.text + why.text).not.toMatch(/evil|\*\*Sign/);
  },
);
