import { afterEach, expect, it } from "vitest";
import { type InCall, openAskingServer } from "../world/mcp/asking-server.ts";
import type { ModelRequest } from "../world/model/request.ts";
import { openAsked } from "./asked-place.ts";
import { leaveTowns } from "./town.ts";

const ends: (() => unknown)[] = [];
afterEach(async () => {
  await leaveTowns();
  for (const end of ends.splice(0)) await end();
});

const sure = (message: string): Parameters<InCall["ask"]>[0] => ({
  message,
  requestedSchema: { type: "object", properties: { ok: { type: "boolean", title: "Ok?" } }, required: ["ok"] },
});

/** A server with one tool, which asks whether it may. */
async function openServer(tool: string) {
  const server = await openAskingServer({ [tool]: ({ ask }) => ask(sure(`May I ${tool}?`)) });
  ends.push(() => server.close());
  return server.url;
}

it("two servers that ask in the middle of one answer are answered each by its own card, in any order", async () => {
  const servers = [
    { name: "desk", url: await openServer("book") },
    { name: "bank", url: await openServer("pay") },
  ];
  const agent = { name: "ops", llm_model: "main", system_prompt: "You are ops.", mcp_servers: ["desk", "bank"] };
  const place = await openAsked("Discord", {}, { config: { mcp_servers: servers, agents: [agent] } });
  ends.push(place.close);
  const calls = ["desk__book", "bank__pay"].map((call) => ({ call, arguments: {} }));
  place.town.model.on("both", calls, ({ body }: ModelRequest) =>
    ["Both gave:", ...body.messages.slice(-2).map(({ content }) => (typeof content === "string" ? content : ""))].join(
      " ",
    ),
  );
  const thread = await place.begin("ana", "both");
  const [book, pay] = [await thread.card(/May I book/), await thread.card(/May I pay/)];
  await thread.press("ana", pay, "Yes");
  await thread.press("ana", book, "No");
  expect((await thread.card(/Both gave/)).text).toMatch(/"ok":false.*"ok":true/);
});

it("a run that is stopped takes back what it still asks, and leaves what was answered", async () => {
  const place = await openAsked("the console", {
    book: async ({ ask }) => [await ask(sure("First?")), await ask(sure("Second?"))],
  });
  ends.push(place.close);
  const thread = await place.begin("ana", "book");
  await thread.press("ana", await thread.card(/First/), "Yes");
  await thread.card(/Second/);
  await thread.say("ana", "stop");
  await thread.card(/Stopped by ana/);
  await thread.card(/Second\?\n\n\*This question is no longer needed/);
  expect((await thread.card(/First/)).text).toContain("Answered by ana.");
  expect((await thread.all()).flatMap(({ buttons }) => buttons)).toEqual([]);
});
