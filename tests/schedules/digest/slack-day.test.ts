import { afterEach, describe, expect, it } from "vitest";
import { createSlackAdapter } from "../../../adapters/slack/slack.ts";
import type { ChatAdapter } from "../../../src/chat.ts";
import { brief } from "../../../src/schedules/digest/brief.ts";
import { countOf, gather } from "../../../src/schedules/digest/gather.ts";
import { readDigest } from "../../../src/schedules/digest/read.ts";
import { recordingInbox } from "../../adapters/contract/recording-inbox.ts";
import { silent } from "../../adapters/slack-platform.ts";
import { createManualClock } from "../../world/slack/clock.ts";
import { createSlack, type Slack } from "../../world/slack/slack.ts";
import { offlineAnswer } from "./runs.ts";

const clock = createManualClock(Date.parse("2026-11-20T08:00:00Z"));
const aDay = 5_000;
const inThreads = 1_200;
const threads = 150;
const nothing = { items: [], marks: [] };

let slack: Slack;
let adapter: ChatAdapter | undefined;
afterEach(async () => {
  if (adapter) await going(adapter.stop());
  await slack?.stop();
});

/** A day of a busy channel: threads, files, edits, deletions, bots and joins among what people say. */
async function busyDay() {
  slack = await createSlack({ clock });
  const people = Array.from({ length: 40 }, (_, n) => slack.person(`p${n}`));
  const robot = slack.person("robot", { bot: true });
  const support = slack.channel("support", { members: [...people, robot], botIsMember: false });
  const who = (n: number) => people[n % people.length] ?? robot;
  const roots: { ts: string }[] = [];
  // Four of them are always late: a robot speaks in their turn.
  let [humans, replies] = [0, 0];
  for (let n = 0; n < aDay; n++) {
    if (n % 20 === 0) await clock.advance(340_000);
    const isReply = n > threads && n % Math.floor(aDay / inThreads) === 0;
    const root = isReply ? roots[replies++ % threads] : undefined;
    const isRobot = n % 10 === 3;
    const files = n % 50 === 7 ? [{ name: `log-${n}.txt`, content: "x" }] : [];
    const text = `Export number ${n} failed with error ${n % 91}, can somebody look at it?`;
    const said = slack.say(isRobot ? robot : who(n), support, text, { files, ...(root ? { thread: root } : {}) });
    if (!isRobot) humans += 1;
    if (!isReply && !isRobot) roots.push(said);
    if (n % 100 === 11) slack.edit(said, `Export number ${n} works again`);
    if (n % 100 === 47 && n > 2 * threads) {
      slack.delete(said);
      if (!isRobot) humans -= 1;
    }
    if (n % 500 === 21) slack.join(slack.person(`late ${n}`), support);
  }
  // Its replies stay, under a stone.
  slack.delete(roots[0] ?? "");
  humans -= 1;
  slack.inviteBot(support, who(0));
  return { support, humans };
}

describe("a channel with 5,000 messages a day on Slack", () => {
  it("is read whole within Slack's limits, counted right, and digested", async () => {
    const { support, humans } = await busyDay();
    const { bot, app } = slack.tokens;
    const there = createSlackAdapter({ botToken: bot, appToken: app, apiUrl: slack.apiUrl, log: silent, clock });
    adapter = there;
    await going(there.start(recordingInbox(), new AbortController().signal));
    const source = { adapter: "slack", channel: support.id };
    const from = slack.calls.length;
    const began = clock.now();
    const reader = {
      history: (at: typeof source, range: { since?: string; limit: number }) =>
        there.history(at, { ...range, patient: true }),
      threads: async (at: typeof source, since: number) => there.threads?.(at, since),
    };
    const now = clock.now();
    const gathering = await going(gather(reader, { sources: [source], past: nothing, now, from: now - 86_400_000 }));
    const { messages, people } = countOf(gathering);
    expect(messages).toBe(humans);
    expect(people).toBe(36);
    expect(gathering.isCut).toBe(false);
    expect(gathering.messages.filter(({ files }) => files.length > 0).length).toBeGreaterThan(50);
    expect(gathering.messages.filter(({ text }) => text.endsWith("works again")).length).toBeGreaterThan(20);

    const briefed = brief(gathering, nothing, { language: "en", zone: "UTC" });
    const output = await offlineAnswer(briefed.text, briefed.output);
    const digest = await readDigest(output, { gathering, past: nothing, hushed: [], brief: briefed, link: () => "" });
    expect(digest?.fresh.length).toBeGreaterThan(0);

    const calls = slack.calls.slice(from);
    expect(calls.filter(({ error, status }) => error === "ratelimited" || status === 429)).toEqual([]);
    expect(slack.violations).toEqual([]);
    const minutes = (clock.now() - began) / 60_000;
    expect(calls.length).toBeLessThan(2 * (aDay / 999 + 2) + threads + 10);
    expect(minutes).toBeLessThan(10);
    // Others could ask as well meanwhile.
    expect(calls.length / minutes).toBeLessThan(50);
  });
});

/** Time passes while it goes on. */
async function going<Value>(work: Promise<Value>): Promise<Value> {
  let isOver = false;
  const over = work.finally(() => {
    isOver = true;
  });
  over.catch(() => {});
  while (!isOver) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    await clock.advance(500);
  }
  return over;
}
