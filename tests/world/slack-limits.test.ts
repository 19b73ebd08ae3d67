import { webApi } from "@slack/bolt";
import { afterEach, expect, test } from "vitest";
import { createManualClock } from "./slack/clock.ts";
import { createSlack, type SlackOptions } from "./slack/slack.ts";

const open: { stop(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.stop();
});

async function setUp(options: SlackOptions = {}) {
  const clock = createManualClock();
  const slack = await createSlack({ clock, ...options });
  open.push(slack);
  const web = new webApi.WebClient(slack.tokens.bot, {
    slackApiUrl: slack.apiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: 1000,
  });
  const ana = slack.person("ana");
  const general = slack.channel("general");
  return { slack, clock, web, ana, general };
}

/** `ok`, the seconds to wait, or the kind of failure. */
async function outcome(call: Promise<webApi.WebAPICallResult>): Promise<string | number> {
  try {
    await call;
    return "ok";
  } catch (error) {
    const { retryAfter, data, code, statusCode } = error as {
      retryAfter?: number;
      data?: { error: string };
      code?: string;
      statusCode?: number;
    };
    return retryAfter ?? data?.error ?? statusCode ?? code ?? "failed";
  }
}

const tiers: [string, number, Record<string, unknown>][] = [
  ["conversations.list", 20, {}],
  ["users.conversations", 50, {}],
  ["users.info", 100, { user: "U0NOBODY" }],
  ["auth.test", 600, {}],
];

test.each(tiers)("%s may be called %i times a minute", async (method, perMinute, args) => {
  const { slack, clock, web } = await setUp();
  for (let count = 0; count < perMinute; count += 1) {
    expect(await outcome(web.apiCall(method, args))).not.toBeTypeOf("number");
  }
  await clock.advance(20_000);
  expect(await outcome(web.apiCall(method, args))).toBe(40);
  await clock.advance(40_000);
  expect(await outcome(web.apiCall(method, args))).not.toBeTypeOf("number");
  expect(slack.violations).toEqual([]);
});

test("a channel takes one post a second, and a short burst", async () => {
  const { slack, clock, web, general } = await setUp();
  const post = (channel = general.id) => outcome(web.chat.postMessage({ channel, text: "hi" }));
  for (let count = 0; count < 4; count += 1) expect(await post()).toBe("ok");
  expect(await post(slack.channel("other").id)).toBe("ok");
  expect(await post()).toBe(1);
  expect(slack.violations).toEqual([expect.stringContaining("more than one post a second")]);
  for (let count = 0; count < 20; count += 1) {
    await clock.advance(1000);
    expect(await post()).toBe("ok");
  }
  expect(slack.violations).toHaveLength(1);
});

test("a call before Retry-After is over is refused again and noted", async () => {
  const { slack, clock, web } = await setUp();
  slack.faults.next("team.info", { kind: "rate limit", seconds: 30 });
  expect(await outcome(web.team.info({}))).toBe(30);
  await clock.advance(10_000);
  expect(await outcome(web.team.info({}))).toBe(20);
  expect(slack.violations).toEqual(["team.info called 20000 ms before the Retry-After of a 429 was over"]);
  await clock.advance(20_000);
  expect(await outcome(web.team.info({}))).toBe("ok");
});

test("limits can be switched off", async () => {
  const { slack, web, general } = await setUp({ limits: "off" });
  for (let count = 0; count < 30; count += 1) {
    expect(await outcome(web.chat.postMessage({ channel: general.id, text: "hi" }))).toBe("ok");
  }
  expect(slack.violations).toEqual([]);
});

test("a lost or cut answer leaves the post behind; a hang or an early 503 does not", async () => {
  const { slack, web, general } = await setUp({ limits: "off" });
  const post = () => outcome(web.chat.postMessage({ channel: general.id, text: "hi" }));
  const left = async (fault: Parameters<typeof slack.faults.next>[1]) => {
    const before = slack.messages(general).length;
    slack.faults.next("chat.postMessage", fault);
    const answer = await post();
    return [answer, slack.messages(general).length - before];
  };
  expect(await left({ kind: "lose" })).toEqual(["slack_webapi_request_error", 1]);
  expect(await left({ kind: "cut" })).toEqual([expect.any(String), 1]);
  expect(await left({ kind: "hang" })).toEqual(["slack_webapi_request_error", 0]);
  expect(await left({ kind: "status", status: 503 })).toEqual([503, 0]);
  expect(await left({ kind: "status", status: 502, applied: true })).toEqual([502, 1]);
  expect(await left({ kind: "refuse", error: "internal_error" })).toEqual(["internal_error", 0]);
  slack.faults.always("*", { kind: "refuse", error: "fatal_error" });
  expect([await post(), await outcome(web.auth.test())]).toEqual(["fatal_error", "fatal_error"]);
  slack.faults.clear();
  expect(await post()).toBe("ok");
});

test("an answer can be held back", async () => {
  const { slack, clock, web, general } = await setUp();
  slack.faults.next("chat.postMessage", { kind: "delay", ms: 500 });
  const posting = outcome(web.chat.postMessage({ channel: general.id, text: "hi" }));
  await slack.until(() => slack.calls.length === 1);
  expect(slack.messages(general)).toEqual([]);
  await clock.advance(500);
  expect(await posting).toBe("ok");
});
