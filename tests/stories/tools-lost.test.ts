import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { startOddHttpServer } from "../world/mcp/odd-http-server.ts";
import { createOAuthWorld } from "../world/oauth/world.ts";
import { leaveTowns, openTown, type Town } from "./town.ts";

const answering = fileURLToPath(new URL("../world/mcp/answering-server.mjs", import.meta.url));
const odd = fileURLToPath(new URL("../world/mcp/odd-server.mjs", import.meta.url));
const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  await leaveTowns();
  for (const stop of stops.splice(0)) await stop();
});

const ops = { name: "ops", llm_model: "main", system_prompt: "You are ops.", toolboxes: [] };
const started = (name: string, ...args: string[]) => ({ name, command: process.execPath, args: [odd, ...args] });

const Health = z.object({ mcp: z.record(z.string(), z.looseObject({ state: z.string() })) });

/** Resolves once servers are so; nothing tells of that but the health that is asked for. */
async function become(town: Town, wanted: Record<string, string>): Promise<void> {
  for (;;) {
    const { mcp } = Health.parse(await (await fetch(`${town.url}/healthz`)).json());
    if (Object.entries(wanted).every(([name, state]) => mcp[name]?.state === state)) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** What somebody is answered in private. */
async function told({ console }: Town, person: string, order: string): Promise<string> {
  const answers = async () => {
    const { messages } = await console.state();
    return messages.filter(({ only }) => only === `console:${person}`).map(({ text }) => text);
  };
  const before = (await answers()).length;
  await console.say(person, order);
  return console.until(async () => (await answers())[before]);
}

/** Has the agent call a tool; what it is told. */
async function call(town: Town, tool: string): Promise<string> {
  const before = town.model.requests.length;
  town.model.queue([{ call: tool, arguments: {} }], "Done.");
  const asked = await town.console.say("ana", "@Bellhop please");
  await town.console.answer({ thread: asked.id });
  expect(town.model.requests.length).toBe(before + 2);
  return String(town.model.requests.at(-1)?.body.messages.at(-1)?.content ?? "");
}

describe("a server that is lost", () => {
  it("has nothing ready and nothing to read until it is back", async () => {
    const far = await startOddHttpServer("sse", "shelf");
    stops.push(far.stop);
    const town = await openTown({
      console: true,
      config: {
        agents: [{ ...ops, mcp_servers: ["far"] }],
        mcp_servers: [{ name: "far", url: far.url, transport: "sse" }],
      },
    });
    const agents = async (wanted: RegExp) => {
      // What it has besides tools may be listed a moment later.
      for (;;) if (wanted.test(await told(town, "ana", "/agents"))) return;
    };
    await agents(/tools · 1 prompt · 1 resource/);
    expect(await told(town, "ana", "/bellhop prompts")).toContain("use far.old");
    await far.stop();
    await become(town, { far: "waiting" });
    expect(await told(town, "ana", "/agents")).not.toMatch(/prompt|resource/);
    expect(await told(town, "ana", "/bellhop prompts")).toMatch(
      /^No agent here has a prompt ready.*\nThe server \*far\* is not connected\./,
    );
    await far.back();
    await become(town, { far: "connected" });
    await agents(/tools · 1 prompt · 1 resource/);
  });

  it.each(["http", "sse"] as const)(
    "over %s is told of to the agent and to people, and is back by itself",
    async (speaks) => {
      const far = await startOddHttpServer(speaks);
      stops.push(far.stop);
      const town = await openTown({
        console: true,
        config: {
          workspace: { admins: ["console:kim"] },
          agents: [{ ...ops, mcp_servers: ["far"] }],
          mcp_servers: [{ name: "far", url: far.url, transport: speaks }],
        },
      });
      await become(town, { far: "connected" });
      expect(await told(town, "ana", "/bellhop status")).toMatch(/Tools from: far \(connected, \d+ tools\)\./);
      expect(await call(town, "far__echo")).toBe("here");
      await far.stop();
      // Over streamable HTTP that is noticed by whoever calls, or else by a ping.
      if (speaks === "http") expect(await call(town, "far__echo")).toMatch(/^far (could not be reached|went away)/);
      await become(town, { far: "waiting" });
      expect(await told(town, "kim", "/bellhop status")).toMatch(
        /far \(lost \d+ s ago: `[^`]+`\. Tried again in \d+ s\)/,
      );
      expect(await told(town, "ana", "/agents")).toMatch(
        /0 tools · ⚠ MCP server "far" is not connected \(lost \d+ s ago\. Tried again in \d+ s\)$/m,
      );
      // A model that remembers the tool is told that there is none.
      expect(await call(town, "far__echo")).toBe('There is no tool called "far__echo". There are no tools.');
      await far.back();
      await become(town, { far: "connected" });
      expect(await told(town, "ana", "/agents")).toMatch(/ [1-9]\d* tools$/m);
      expect(await call(town, "far__echo")).toBe("here");
    },
  );

  it("since it died in a call is told of to the agent, started anew, and can be called", async () => {
    const town = await openTown({
      console: true,
      config: { agents: [{ ...ops, mcp_servers: ["near"] }], mcp_servers: [started("near")] },
    });
    await become(town, { near: "connected" });
    expect(await call(town, "near__die")).toBe(
      "near went away during the call. Whether it did what was asked is not known.",
    );
    await become(town, { near: "connected" });
    expect(await call(town, "near__echo")).toBe("{}");
  });
});

it("a server that nobody has signed in to yet is said to need it, and how", async () => {
  const world = await createOAuthWorld({});
  stops.push(() => world.stop());
  const town = await openTown({
    console: true,
    config: {
      agents: [{ ...ops, mcp_servers: ["notes"] }],
      mcp_servers: [{ name: "notes", url: world.resource, oauth: true }],
    },
  });
  await become(town, { notes: "needs sign-in" });
  expect(await told(town, "ana", "/bellhop status")).toContain("notes (needs sign-in: an admin says `connect`)");
  expect(await told(town, "ana", "/agents")).toMatch(
    /0 tools · ⚠ MCP server "notes" is not connected \(needs sign-in: an admin says `connect`\)$/m,
  );
});

describe("/agents", () => {
  it("names all servers of an agent that are away, and counts the tools that its settings let it have", async () => {
    const town = await openTown({
      console: true,
      config: {
        agents: [
          {
            ...ops,
            mcp_servers: [
              "gone",
              { name: "near", tools: ["die"] },
              "crash",
              { name: "twin", tools: ["e*", "h*"], deny: ["huge*"] },
            ],
          },
        ],
        mcp_servers: [started("near"), started("crash", "crash"), started("mute", "deaf"), started("twin")],
      },
    });
    await become(town, { near: "connected", crash: "waiting", mute: "connecting", twin: "connected" });
    expect(await told(town, "ana", "/agents")).toMatch(
      /\*\*ops\*\* · main · 3 tools · ⚠ MCP server "gone" is not set up · ⚠ MCP server "crash" is not connected \(lost [^)]+\)$/m,
    );
  });
});

describe("/bellhop tools", () => {
  it("names all tools of a server to admins, but for more than there is room for", async () => {
    const many = (more: number) => ({ name: `of_${more}`, command: process.execPath, args: [answering, String(more)] });
    const town = await openTown({
      console: true,
      config: {
        workspace: { admins: ["console:kim"] },
        mcp_servers: [many(40), many(400)],
        agents: [{ ...ops, mcp_servers: ["of_40", "of_400"] }],
      },
    });
    await become(town, { of_40: "connected", of_400: "connected" });
    const list = await told(town, "kim", "@Bellhop tools");
    expect(list).toMatch(/\*\*of_40\*\*.*\n`fail`, .*, `topic_39`, `forecast`\n/);
    expect(list).toMatch(/\*\*of_400\*\*.*\n`fail`, .*, `topic_99`, .* … and \d{3} more$/);
  });

  it("tells admins of filters, rules and presets that fit no tool of their server, or none of its arguments", async () => {
    const near = {
      ...started("near"),
      tools: ["e*", "progres"],
      deny: ["refuze", "delete_*"],
      preset: { ecco: { a: 1 } },
    };
    const wanted = { name: "near", tools: ["echo", "lost_*"], reads: ["hang"], preset: { echo: { a: 1 } } };
    const answers = { name: "answers", tools: ["shaped"], preset: { shaped: { how: "good", who: "ana" } } };
    const approve = { "near.ekko": "deny", "near.echo": "never", "near.drop_*": "deny" };
    const town = await openTown({
      console: true,
      config: {
        workspace: { admins: ["console:kim"] },
        agents: [{ ...ops, mcp_servers: [wanted, "far", answers], approve }],
        mcp_servers: [
          near,
          { ...started("far"), cache: { "*": "1m" }, deny: ["*_resource"] },
          { name: "answers", command: process.execPath, args: [answering] },
        ],
      },
    });
    await become(town, { near: "connected", far: "connected", answers: "connected" });
    const listed = await told(town, "kim", "/bellhop tools");
    expect(listed).toContain(
      [
        "**near** — connected, 1 tool",
        "`echo`",
        "⚠ The settings name tools or arguments that it does not have: `tools: progres`, `deny: refuze`, `preset: ecco`, `ops: tools: lost_*`, `ops: reads: hang`, `ops: approve: ekko`.",
        "**far** — connected",
      ].join("\n"),
    );
    expect(listed.match(/⚠/g)).toHaveLength(2);
    expect(listed).toContain(
      "⚠ The settings name tools or arguments that it does not have: `ops: preset: shaped.who`.",
    );
  });
});
