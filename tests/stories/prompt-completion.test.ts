import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { libraryProgram } from "../tools/library.ts";
import { connected } from "./connected.ts";
import { leaveTowns, openTown, type Town } from "./town.ts";

const prompts = ["greet", "summarize service=", "compare from=", "talk", "long", "empty", "shy", "deaf", "leave"].map(
  (one) => `use library.${one}`,
);
const config = {
  mcp_servers: [{ name: "library", command: process.execPath, args: [libraryProgram] }],
  agents: [
    { name: "ops", aliases: ["oncall"], llm_model: "main", system_prompt: "You are ops.", mcp_servers: ["library"] },
    { name: "scribe", llm_model: "main", system_prompt: "You are scribe." },
  ],
};

describe("typing a question that uses a prompt, on Discord", () => {
  let town: Town;
  let ana: ReturnType<Town["discord"]["person"]>;
  let team: ReturnType<Town["discord"]["channel"]>;
  beforeAll(async () => {
    town = await connected(await openTown({ discord: true, config }));
    ana = town.discord.person("ana");
    team = town.discord.channel("team");
    await town.discord.until(() => town.discord.commands.length > 0);
  });
  afterAll(leaveTowns);

  const typed = async (text: string, others: Record<string, string> = {}) => {
    const { discord } = town;
    const choices = await discord.autocomplete(ana, team, "ask", "question", text, { others });
    for (const { name, value } of choices) expect(name).toBe(value);
    // Where nothing completes it, the question itself is all there is to choose.
    return choices.map(({ value }) => value).filter((value) => value !== text);
  };

  it("offers the prompts there are, those that fit what is typed, and none for any other question", async () => {
    expect(await typed("")).toEqual(prompts);
    expect(await typed("use ")).toEqual(prompts);
    expect(await typed("use lib.sum")).toEqual([]);
    expect(await typed("use sum")).toEqual(["use library.summarize service="]);
    expect(await typed("/library:g")).toEqual(["/library.greet"]);
    expect(await typed("why is checkout slow?")).toEqual([]);
  });

  it("offers the gaps that are open, and what the server says might fill one", async () => {
    expect(await typed("use library.compare from=monday ")).toEqual(["use library.compare from=monday to="]);
    expect(await typed("use library.summarize service=ch")).toEqual([
      "use library.summarize service=checkout",
      'use library.summarize service="checkout in Europe"',
    ]);
    expect(await typed("使用 library.summarize service=search ra")).toEqual([
      "使用 library.summarize service=search range=",
    ]);
    expect(await typed("use library.summarize service=search range=a w")).toEqual([]);
    expect(await typed('use library.summarize service=search range="a w')).toEqual([
      'use library.summarize service=search range="a week of search"',
    ]);
  });

  it("offers those of the agent that is named, and of one who has none nothing", async () => {
    expect(await typed("use library.gr", { agent: "oncall" })).toEqual(["use library.greet"]);
    expect(await typed("use library.gr", { agent: "scribe" })).toEqual([]);
    expect(await typed("ops: use library.gr")).toEqual(["ops: use library.greet"]);
    expect(await typed("scribe: use library.gr")).toEqual([]);
  });

  it("offers nothing where the server does not answer in time, or refuses", async () => {
    expect(await typed("use library.summarize service=deaf")).toEqual([]);
    expect(await typed("use library.compare from=mon")).toEqual([]);
  });
});

describe("typing a question that uses a prompt, in the console", () => {
  let town: Town;
  beforeAll(async () => {
    const team = { match: "console:general", agents: ["ops"], talkers: ["console:ana"] };
    town = await connected(await openTown({ console: true, config: { ...config, channels: [team] } }));
  });
  afterAll(leaveTowns);

  const Told = z.object({ suggestions: z.array(z.object({ value: z.string(), about: z.string().optional() })) });
  const typed = async (as: string, text: string) => {
    const query = new URLSearchParams({ field: "question", typed: text, channel: "general", as: `console:${as}` });
    return Told.parse(await (await fetch(`${town.url}/console/suggestions?${query}`)).json()).suggestions;
  };

  it("offers prompts with what they are about, to those alone who may use them there", async () => {
    expect(await typed("ana", "use library.su")).toEqual([
      { value: "use library.summarize service=", about: "Sums up how a service is doing." },
    ]);
    expect(await typed("tom", "use library.su")).toEqual([]);
    expect(await typed("tom", "use library.summarize service=ch")).toEqual([]);
  });
});
