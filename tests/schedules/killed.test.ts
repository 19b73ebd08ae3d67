import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { botScopes } from "../../adapters/slack/manifest.ts";
import { openSlots } from "../../src/schedules/slots.ts";
import { openDatabase } from "../../src/store/database.ts";
import { type BellhopProcess, startBellhop } from "../world/bellhop-process.ts";
import { createModel, type ModelWorld } from "../world/model/model.ts";
import { createSlack } from "../world/slack/slack.ts";

/** Real processes on a machine that may be busy. */
const patience = 40_000;

type SlackWorld = Awaited<ReturnType<typeof createSlack>>;

let dir: string;
let slack: SlackWorld;
let model: ModelWorld;
let channel: ReturnType<SlackWorld["channel"]>;
let bellhop: BellhopProcess | undefined;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "bellhop-killed-"));
  [slack, model] = await Promise.all([createSlack({ scopes: botScopes }), createModel()]);
  const ana = slack.person("ana");
  channel = slack.channel("team", { members: [ana] });
  await mkdir(join(dir, "config"));
  const files = {
    "agents.yaml": "agents:\n  - { name: ops, llm_model: main }\n",
    "llm.yaml": `models:\n  - { name: main, provider: custom, base_url: "${model.baseUrl}", model: ${model.model}, api_key: ${model.key} }\n`,
    // One slot, a second after it was first read.
    "schedules.yaml": `schedules:\n  - { name: once, when: every second, max_runs: 1, catch_up: { mode: latest, window: 1h }, prompt: Ship it?, to: ["slack:${channel.id}"], owner: "slack:${ana.id}" }\n`,
  };
  for (const [name, written] of Object.entries(files)) await writeFile(join(dir, "config", name), written);
});
afterEach(async () => {
  await bellhop?.kill();
  await Promise.all([slack.stop(), model.stop()]);
  await rm(dir, { recursive: true, force: true });
});

async function start(): Promise<BellhopProcess> {
  bellhop = startBellhop({
    BELLHOP_CONFIG: join(dir, "config"),
    BELLHOP_DATA: join(dir, "data"),
    SLACK_BOT_TOKEN: slack.tokens.bot,
    SLACK_APP_TOKEN: slack.tokens.app,
    SLACK_API_URL: slack.apiUrl,
  });
  await bellhop.ready(patience);
  return bellhop;
}

const posts = () => slack.messages(channel).filter((one) => one.user === slack.bot.userId && !one.deleted);
const called = (method: string) => slack.calls.some((call) => call.method === method);

/** What became of the slots, as the next process finds it. */
async function outcomes(): Promise<(string | undefined)[]> {
  const { query, close } = await openDatabase(join(dir, "data"));
  const slots = await openSlots(query);
  const [schedule] = await query<{ id: string }>("SELECT id FROM schedules");
  const history = await slots.history(schedule?.id ?? "");
  await close();
  return history.map((slot) => slot.outcome);
}

/** Starts again, and waits until what was posted is also recorded. */
async function takenUp(): Promise<void> {
  const again = await start();
  await slack.until(() => posts().length > 0, patience);
  // It waits for what is going on.
  expect(await again.terminate()).toBe(0);
}

describe("the program, killed with a slot in hand,", { timeout: patience }, () => {
  it("between claim and run: does the work once, after it is back", async () => {
    // Whether its owner is still there is asked after the claim.
    slack.faults.always("users.info", { kind: "hang" });
    const first = await start();
    await slack.until(() => called("users.info"), patience);
    await first.kill();
    slack.faults.clear();
    expect(await outcomes()).toEqual([undefined]);
    expect(model.requests).toEqual([]);
    model.answer("Ship it.");
    await takenUp();
    expect(posts().map((one) => one.shown)).toEqual([expect.stringContaining("Ship it.")]);
    expect(model.requests).toHaveLength(1);
    expect(await outcomes()).toEqual(["posted"]);
  });

  it("between run and post: runs it again, and posts once", async () => {
    model.queue({ say: "Never said.", delayMs: 60_000 });
    const first = await start();
    await model.until(() => model.inFlight === 1, patience);
    await first.kill();
    expect(await outcomes()).toEqual([undefined]);
    model.answer("Ship it.");
    await takenUp();
    expect(posts().map((one) => one.shown)).toEqual([expect.stringContaining("Ship it.")]);
    expect(await outcomes()).toEqual(["posted"]);
  });

  it("between post and record: finds its post, and posts nothing more", async () => {
    model.answer("Ship it.");
    // Slack has it, but the program never hears so, and can't look.
    slack.faults.next("chat.postMessage", { kind: "lose" });
    slack.faults.always("conversations.history", { kind: "hang" });
    const first = await start();
    await slack.until(() => posts().length > 0, patience);
    await first.kill();
    slack.faults.clear();
    expect(await outcomes()).toEqual([undefined]);
    await takenUp();
    expect(posts()).toHaveLength(1);
    expect(model.requests).toHaveLength(1);
    expect(await outcomes()).toEqual(["posted"]);
  });
});
