import { afterEach, describe, expect, it } from "vitest";
import { createManualClock } from "../world/slack/clock.ts";
import type { Slack, SlackOptions } from "../world/slack/slack.ts";
import { holdTool } from "./held-tool.ts";
import { leaveTowns, openTown } from "./town.ts";

afterEach(leaveTowns);

const count = (text: string, word: string) => text.split(word).length - 1;

/** Whether a call of this method went wrong, as ordered. */
function struck(slack: Slack, method: string): boolean {
  return slack.calls.some((call) => call.method === method && call.status !== 200);
}

describe("in bad weather on Slack", () => {
  /** Ana is about to ask; an answer comes in two halves, the second when the story says so. */
  async function about(options: SlackOptions = {}) {
    const tool = holdTool();
    const town = await openTown({
      slack: options,
      parts: { toolboxes: [tool.toolbox] },
      config: { agents: tool.agents },
    });
    const { slack, model } = town;
    model.on("why is it slow", ["Let me look at it.", tool.call], "It is the disk.");
    model.on("are you there", "Still here.");
    const ana = slack.person("ana");
    const team = slack.channel("team", { members: [ana] });
    const ask = (text = "@Bellhop why is it slow?") => {
      const asked = slack.say(ana, team, text);
      const ours = () => slack.messages(team, asked.ts).filter(({ user }) => user === slack.bot.userId);
      const begun = () => slack.until(() => ours().find(({ shown }) => shown.includes("look")));
      const whole = (words = "It is the disk.") =>
        slack.until(() => ours().find(({ shown, streaming }) => shown.includes(words) && streaming !== "in_progress"));
      return { asked, ours, begun, whole };
    };
    /** One answer, whole, once: now and after all is done. */
    const expectOnce = async ({ ours }: ReturnType<typeof ask>, words = "It is the disk.") => {
      await town.close();
      expect(ours()).toHaveLength(1);
      expect(count(ours()[0]?.shown ?? "", words)).toBe(1);
    };
    return { town, slack, model, tool, ana, team, ask, expectOnce };
  }

  it("a stream that is asked to wait in its middle ends whole, once", async () => {
    const { slack, tool, ask, expectOnce } = await about();
    const talk = ask();
    await talk.begun();
    slack.faults.next("chat.appendStream", { kind: "rate limit", seconds: 1 });
    slack.faults.next("chat.stopStream", { kind: "rate limit", seconds: 1 });
    tool.release();
    await talk.whole();
    await expectOnce(talk);
  });

  it("a stream that died after five minutes is gone on with as a message, whole, once", async () => {
    const clock = createManualClock();
    const { slack, tool, ask, expectOnce } = await about({ clock, limits: "off" });
    const talk = ask();
    await talk.begun();
    await slack.until(() => slack.pending() === 0);
    await clock.advance(5 * 60_000 + 1);
    expect(talk.ours().map(({ streaming }) => streaming)).toEqual(["errored"]);
    tool.release();
    await slack.until(() => talk.ours().find(({ shown }) => shown.includes("It is the disk.")));
    await expectOnce(talk);
  });

  it.each(["chat.startStream", "chat.stopStream"])(
    "a streamed answer is there once although the response to %s was lost",
    async (method) => {
      const { slack, tool, ask, expectOnce } = await about();
      slack.faults.next(method, { kind: "lose" });
      const talk = ask();
      await talk.begun();
      tool.release();
      await talk.whole();
      await expectOnce(talk);
      expect(struck(slack, method)).toBe(true);
    },
  );

  it.each(["chat.postMessage", "chat.update"])(
    "an answer that is edited is there once although the response to %s was lost",
    async (method) => {
      const { slack, tool, ask, expectOnce } = await about();
      slack.faults.always("chat.startStream", { kind: "refuse", error: "unknown_method" });
      slack.faults.next(method, { kind: "lose" });
      const talk = ask();
      await talk.begun();
      tool.release();
      await slack.until(() => talk.ours().find(({ shown }) => shown.includes("ops · main")));
      await expectOnce(talk);
      expect(struck(slack, method)).toBe(true);
    },
  );

  it("a short answer is there once although the response to it was cut in the middle", async () => {
    const { slack, ask, expectOnce } = await about();
    slack.faults.next("chat.postMessage", { kind: "cut" });
    const talk = ask("@Bellhop are you there?");
    await talk.whole("Still here.");
    await expectOnce(talk, "Still here.");
    expect(struck(slack, "chat.postMessage")).toBe(true);
  });

  it.each([
    ["before it was applied", false],
    ["after it was applied", true],
  ])("a short answer is there once although Slack failed %s", async (_, applied) => {
    const { slack, ask, expectOnce } = await about();
    slack.faults.next("chat.postMessage", { kind: "status", status: 503, applied });
    const talk = ask("@Bellhop are you there?");
    await talk.whole("Still here.");
    await expectOnce(talk, "Still here.");
    expect(struck(slack, "chat.postMessage")).toBe(true);
  });

  it("a question delivered twice, and in another order, is answered once", async () => {
    const { slack, model, ask, expectOnce } = await about();
    slack.faults.nextEvent("app_mention", { kind: "repeat" });
    slack.faults.nextEvent("message", { kind: "repeat" });
    slack.faults.nextEvent("app_mention", { kind: "reorder" });
    const talk = ask("@Bellhop are you there?");
    await talk.whole("Still here.");
    await expectOnce(talk, "Still here.");
    expect(model.requests).toHaveLength(1);
  });

  it("a connection that Slack renews in the middle of an answer changes nothing", async () => {
    const { slack, tool, ask, expectOnce } = await about();
    const talk = ask();
    await talk.begun();
    slack.sockets.disconnect("refresh_requested");
    tool.release();
    await talk.whole();
    await expectOnce(talk);
  });

  it("a connection cut in the middle of an answer loses neither it nor the next question", async () => {
    const { slack, tool, ask, expectOnce } = await about();
    const talk = ask();
    await talk.begun();
    slack.sockets.disconnect("cut");
    const next = ask("@Bellhop are you there?");
    tool.release();
    await talk.whole();
    await next.whole("Still here.");
    await expectOnce(talk);
    expect(next.ours()).toHaveLength(1);
  });
});

describe("in bad weather on Discord", () => {
  const post = "POST /channels/{channel_id}/messages";
  const edit = "PATCH /channels/{channel_id}/messages/{message_id}";

  async function about() {
    const tool = holdTool();
    const config = { agents: tool.agents };
    const town = await openTown({ discord: true, parts: { toolboxes: [tool.toolbox] }, config });
    const { discord, model } = town;
    model.on("why is it slow", ["Let me look at it.", tool.call], "It is the disk.");
    model.on("are you there", "Still here.");
    const ana = discord.person("ana");
    const team = discord.channel("team");
    const ask = (text = "@Bellhop why is it slow?") => {
      const asked = discord.say(ana, team, text);
      const ours = () => {
        const thread = discord.threadOf(asked);
        return thread ? discord.messages(thread).filter(({ author }) => author.id === discord.bot.id) : [];
      };
      const begun = () => discord.until(() => ours().find(({ text: said }) => said.includes("look")));
      const whole = (words = "It is the disk.") =>
        discord.until(() => ours().find(({ text: said }) => said.includes(words) && said.includes("· main")));
      return { asked, ours, begun, whole };
    };
    const expectOnce = async ({ ours }: ReturnType<typeof ask>, words = "It is the disk.") => {
      await town.close();
      expect(ours()).toHaveLength(1);
      expect(count(ours()[0]?.text ?? "", words)).toBe(1);
    };
    return { town, discord, model, tool, ana, team, ask, expectOnce };
  }

  it.each([
    ["is limited", { do: "limit", retryAfter: 0.3 }],
    ["fails with 502, unapplied", { do: "error", status: 502, applied: false }],
    ["fails with 503, applied", { do: "error", status: 503, applied: true }],
    ["loses its response", { do: "lose" }],
  ] as const)("an answer is whole and there once although an edit of it %s", async (_, fault) => {
    const { discord, tool, ask, expectOnce } = await about();
    const talk = ask();
    await talk.begun();
    discord.faults.plan(edit, fault);
    tool.release();
    await talk.whole();
    await expectOnce(talk);
    expect(discord.calls.some(({ status }) => status >= 400 || status === 0)).toBe(true);
  });

  it.each([
    ["is limited", { do: "limit", retryAfter: 0.3 }],
    ["fails with 500, unapplied", { do: "error", status: 500, applied: false }],
    ["fails with 503, applied", { do: "error", status: 503, applied: true }],
    ["loses its response", { do: "lose" }],
    ["never reaches Discord", { do: "refuse" }],
  ] as const)("an answer is there once although its post %s", async (_, fault) => {
    const { discord, ask, expectOnce } = await about();
    discord.faults.plan(post, fault);
    const talk = ask("@Bellhop are you there?");
    await talk.whole("Still here.");
    await expectOnce(talk, "Still here.");
    expect(discord.calls.some(({ status }) => status >= 400 || status === 0)).toBe(true);
  });

  it("an answer is there once, in one thread, although the response to making the thread was lost", async () => {
    const { discord, ask, expectOnce } = await about();
    discord.faults.plan("POST /channels/{channel_id}/messages/{message_id}/threads", { do: "lose" });
    const talk = ask("@Bellhop are you there?");
    await talk.whole("Still here.");
    await expectOnce(talk, "Still here.");
  });

  it("a question delivered twice is answered once", async () => {
    const { discord, model, ask, expectOnce } = await about();
    discord.gateway.fault("MESSAGE_CREATE", "repeat");
    const talk = ask("@Bellhop are you there?");
    await talk.whole("Still here.");
    await expectOnce(talk, "Still here.");
    expect(model.requests).toHaveLength(1);
  });

  it("a connection cut in the middle of an answer loses neither it nor the next question", async () => {
    const { discord, tool, ask, expectOnce } = await about();
    const talk = ask();
    await talk.begun();
    discord.gateway.disconnect(4000);
    const next = ask("@Bellhop are you there?");
    tool.release();
    await talk.whole();
    await next.whole("Still here.");
    await expectOnce(talk);
    expect(next.ours()).toHaveLength(1);
  });

  it("a session that Discord declares over loses no question", async () => {
    const { discord, ask, expectOnce } = await about();
    const first = ask("@Bellhop are you there?");
    await first.whole("Still here.");
    discord.gateway.reconnect();
    const next = ask("@Bellhop are you there, still?");
    await next.whole("Still here.");
    await expectOnce(next, "Still here.");
    expect(first.ours()).toHaveLength(1);
  });
});
