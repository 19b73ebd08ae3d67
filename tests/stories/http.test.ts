import { once } from "node:events";
import { request } from "node:http";
import { json } from "node:stream/consumers";
import { pino } from "pino";
import { afterEach, describe, expect, it } from "vitest";
import { slackManifest } from "../../adapters/slack/manifest.ts";
import { createSlackAdapter } from "../../adapters/slack/slack.ts";
import { createSlack, type Slack } from "../world/slack/slack.ts";
import { leaveTowns, openTown } from "./town.ts";

const slacks: Slack[] = [];
afterEach(async () => {
  await leaveTowns();
  for (const slack of slacks.splice(0)) await slack.stop();
});

describe("/healthz and /readyz", () => {
  it("tell how everything is, and that everything is connected", async () => {
    const { url } = await openTown({ console: true });
    expect(await get(`${url}/healthz`)).toEqual({
      status: 200,
      body: {
        status: "ok",
        adapters: { console: { state: "connected" } },
        models: { main: { state: "untried" } },
        mcp: {},
        runs: { workers: 1, open: 1, running: 0, waiting: 0 },
        schedules: { kept: 0, running: 0, waiting: 0 },
        config: { ok: true, problems: [] },
      },
    });
    expect(await get(`${url}/readyz`)).toEqual({ status: 200, body: { ready: true, waiting: [] } });
  });

  it("count the runs that go on", async () => {
    const { url, console, model } = await openTown({ console: true });
    let release = (): void => {};
    model.answer(
      () =>
        new Promise<string>((resolve) => {
          release = () => resolve("Done.");
        }),
    );
    const root = await console.say("ana", "@Bellhop take your time");
    await model.until(() => model.inFlight === 1);
    expect((await get(`${url}/healthz`)).body).toMatchObject({ runs: { running: 1, waiting: 0 } });
    release();
    await console.answer({ thread: root.id });
    expect((await get(`${url}/healthz`)).body).toMatchObject({
      runs: { running: 0 },
      models: { main: { state: "ok" } },
    });
  });

  it("say what is wrong with the config while the old one is in use", async () => {
    const town = await openTown({ console: true });
    town.app.broken(["agents.yaml:3:5 agents[0].tiemout: no setting named that"]);
    expect((await get(`${town.url}/healthz`)).body).toMatchObject({
      status: "degraded",
      config: { ok: false, problems: [expect.stringContaining("tiemout")] },
    });
    expect((await get(`${town.url}/readyz`)).status).toBe(200);
  });

  it("tell why only programs of this machine, and whoever has the key", async () => {
    const town = await openTown({
      console: true,
      parts: { apiKey: "key-of-this-test" },
      config: {
        mcp_servers: [{ name: "wiki", command: "/srv/no-such-program" }],
        agents: [{ name: "ops", llm_model: "main", mcp_servers: ["wiki"] }],
      },
    });
    town.app.broken(["agents.yaml:3:5 agents[0].tiemout: no setting named that"]);
    town.model.queue({ fault: { status: 401 } });
    const asked = await town.console.say("ana", "@Bellhop hello");
    await town.console.answer({ thread: asked.id });
    const told = async (headers: Record<string, string>) => (await get(`${town.url}/healthz`, headers)).body;
    // The server is tried for the first time beside all that.
    for (;;) if (/no-such-program/.test(JSON.stringify(await told({})))) break;
    const whole = {
      models: { main: { state: "failing", error: expect.any(String) } },
      mcp: { wiki: { state: "waiting", error: expect.stringContaining("no-such-program") } },
      config: { problems: [expect.stringContaining("tiemout")] },
    };
    expect(await told({})).toMatchObject(whole);
    const far = { host: "bot.example.com" };
    expect(await told({ ...far, authorization: "Bearer key-of-this-test" })).toMatchObject(whole);
    for (const headers of [far, { ...far, authorization: "Bearer guessed" }, { origin: "https://evil.example" }]) {
      const body = await told(headers);
      expect(body).toMatchObject({
        status: "degraded",
        models: { main: { state: "failing" } },
        mcp: { wiki: { state: "waiting", tools: 0 } },
        config: { ok: false, problems: ["…"] },
      });
      expect(JSON.stringify(body)).not.toMatch(/error|no-such-program|tiemout/);
    }
  });
});

describe("a request that can't be answered", () => {
  it("gets an error in one form, without a word of what runs here", async () => {
    const { url } = await openTown({ console: true });
    for (const [method, path] of [
      ["GET", "/nowhere"],
      ["POST", "/healthz"],
      ["GET", "/api/v1/commands"],
      ["GET", "/api/v1/runs"],
      ["POST", "/slack/events"],
    ] as const) {
      const response = await fetch(url + path, { method });
      expect({ status: response.status, body: await response.json() }).toEqual({
        status: 404,
        body: {
          error: {
            code: "not_found",
            message: `There is nothing at ${method} ${path}.`,
            timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
          },
        },
      });
      expect(response.headers.get("x-powered-by")).toBeNull();
    }
  });

  it("gets no stack when its path is no path", async () => {
    const { url } = await openTown({});
    const response = await fetch(`${url}/%E0%A4%A`);
    expect(response.status).toBeGreaterThanOrEqual(400);
    expect(response.status).toBeLessThan(500);
    expect(await response.json()).toEqual({ error: expect.objectContaining({ code: expect.any(String) }) });
  });
});

describe("Slack over HTTP, on the bot's own port", () => {
  it("proves itself to Slack, and answers a mention", async () => {
    const { slack, model, listen } = await openHttpTown();
    await listen();
    model.answer("Because of the deploy.");
    const ana = slack.person("ana");
    const general = slack.channel("general");
    const root = slack.say(ana, general, "@Bellhop why?");
    await slack.until(() =>
      slack.messages(general, root.ts).find((one) => one.shown.includes("Because of the deploy.")),
    );
    expect(slack.sockets.opened).toBe(0);
    expect(slack.violations).toEqual([]);
  });

  it("hears a slash command, and a button", async () => {
    const { slack, model, listen } = await openHttpTown();
    await listen();
    model.queue({ fault: { status: 401 } });
    const ana = slack.person("ana");
    const general = slack.channel("general");
    await slack.command(ana, general, "/ask", "scribe note this");
    const shown = await slack.until(() => slack.messages(general)[0]);
    const failed = await slack.until(() =>
      slack.messages(general, shown.ts).find((one) => one.buttons.includes("Retry")),
    );
    model.answer("Noted.");
    await slack.press(ana, failed, "Retry");
    await slack.until(() => slack.messages(general, shown.ts).find((one) => one.shown.includes("Noted.")));
    expect(slack.violations).toEqual([]);
  });

  it("answers once what is sent again, also after a restart", async () => {
    const { slack, model, town, listen } = await openHttpTown();
    const before = await listen();
    const ana = slack.person("ana");
    const general = slack.channel("general");
    const root = slack.say(ana, general, "@Bellhop once");
    const answers = () =>
      slack.messages(general, root.ts).filter((one) => one.byApp && one.shown.includes("ops · main")).length;
    await slack.until(() => answers() === 1);
    const sent = [...before.sent];
    expect(sent.length).toBeGreaterThan(0);
    for (const request of sent) expect(await before.replay(request)).toBe(200);
    await town.restart();
    const after = await listen();
    for (const request of sent) expect(await after.replay(request)).toBe(200);
    slack.say(ana, general, "@Bellhop twice", { thread: root });
    await slack.until(() => answers() === 2);
    expect(model.requests).toHaveLength(2);
    expect(slack.violations).toEqual([]);
  });

  it("takes nothing that Slack did not sign just now", async () => {
    const { slack, model, listen } = await openHttpTown();
    const requests = await listen();
    const ana = slack.person("ana");
    const general = slack.channel("general");
    const event = {
      type: "message",
      channel: general.id,
      user: ana.id,
      text: `<@${slack.bot.userId}> hi`,
      ts: "1.000100",
    };
    const payload = { type: "event_callback", event };
    expect(await requests.forge(payload, { secret: "guessed" })).toBe(401);
    expect(await requests.forge(payload, { offBy: -600 })).toBe(401);
    expect(await requests.forge(payload, { without: ["x-slack-signature"] })).toBe(401);
    const root = slack.say(ana, general, "@Bellhop hello");
    await slack.until(() => slack.messages(general, root.ts).find((one) => one.shown.includes("ops · main")));
    expect(model.requests).toHaveLength(1);
  });
});

/** Asks with headers that `fetch` would not let be written, such as that of the host. */
async function get(url: string, headers: Record<string, string> = {}): Promise<{ status: number; body: unknown }> {
  const [response] = await once(request(url, { headers }).end(), "response");
  return { status: response.statusCode, body: await json(response) };
}

/** A town whose Slack sends requests to the bot's port, once told to `listen`. */
async function openHttpTown() {
  const slack = await createSlack({ manifest: slackManifest() });
  slacks.push(slack);
  const { bot: botToken, signingSecret } = slack.tokens;
  const log = pino({ level: "silent" });
  const town = await openTown({
    parts: { adapters: () => [createSlackAdapter({ botToken, signingSecret, apiUrl: slack.apiUrl, log })] },
  });
  const url = () => `${town.app.url}/slack/events`;
  return { slack, town, model: town.model, listen: () => slack.deliverTo(url()) };
}
