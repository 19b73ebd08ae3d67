import { afterEach, describe, expect, it } from "vitest";
import { openAnywhere } from "./anywhere.ts";
import { leaveTowns } from "./town.ts";

afterEach(leaveTowns);

function agent(more: Record<string, unknown>) {
  return { agents: [{ name: "ops", llm_model: "main", system_prompt: "You are ops.", ...more }] };
}

const functionsIn = (body: { tools?: unknown } | undefined) =>
  [body?.tools ?? []].flat().map((tool): { name: string; parameters: unknown } => Object(tool).function);

describe("a toolbox of the program's own", () => {
  it("is filtered and preset like a server's", async () => {
    const preset = { now: { zone: "Asia/Taipei" } };
    const toolboxes = [
      { name: "clock", preset },
      { name: "schedules", tools: ["*_task*"], deny: ["cancel_*"] },
    ];
    const here = await openAnywhere("the console", { config: agent({ toolboxes }) });
    here.town.model.on(
      "time",
      [
        { call: "now", arguments: { zone: "Europe/Berlin" } },
        { call: "cancel_task", arguments: {} },
      ],
      [{ call: "now", arguments: {} }],
      "There you are.",
    );
    const talk = await here.open("ana", "@Bellhop what time is it?");
    await talk.answer("There you are.");
    const [first, second, third] = here.town.model.requests.map(({ body }) => body);
    const functions = functionsIn(first);
    expect(functions.map(({ name }) => name).sort()).toEqual([
      "create_scheduled_task",
      "list_tasks",
      "now",
      "update_task",
    ]);
    expect(JSON.stringify(functions.find(({ name }) => name === "now"))).not.toContain("zone");
    expect(JSON.stringify(second?.messages)).toContain('There is no tool called \\"cancel_task\\"');
    expect(JSON.stringify(third?.messages.at(-1))).toContain("Asia/Taipei");
  });

  it("is ruled like a server's, and why names what was refused", async () => {
    const here = await openAnywhere("the console", { config: agent({ approve: { "clock.*": "deny" } }) });
    here.town.model.on("time", [{ call: "now", arguments: {} }], "I can't say.");
    const talk = await here.open("ana", "@Bellhop what time is it?");
    await talk.answer("I can't say.");
    expect(JSON.stringify(here.town.model.requests[1]?.body.messages)).toContain("now is not allowed for this agent");
    await talk.say("ana", "@Bellhop why");
    await talk.answer("refused: now");
  });
});
