import { describe, expect, it } from "vitest";
import type { Address } from "../../src/chat.ts";
import { createManualClock } from "../world/slack/clock.ts";
import { setSlackStage } from "./slack-stage.ts";

const clock = createManualClock();

describe("an answer on Slack that meets trouble", () => {
  const stage = setSlackStage();

  /** An answer that has begun to show in a channel of its own. */
  async function begun(options: { private?: boolean; stream?: boolean } = {}) {
    const channel = stage.slack.channel("team", { private: options.private ?? false }).id;
    if (!(options.stream ?? true)) {
      stage.slack.faults.always("chat.startStream", { kind: "refuse", error: "unknown_method" });
    }
    stage.slack.say(stage.ana, channel, "@Bellhop what time is it?");
    const message = await stage.inbox.message("what time is it?");
    const draft = stage.draft(message);
    draft.show({ text: "It is", lines: [] });
    await stage.shows(message.answerAt, "It is");
    return { channel, message, draft };
  }

  it.each([
    ["a streamed answer", true],
    ["an edited answer", false],
  ])("ends %s for good when the channel is archived meanwhile", async (_, stream) => {
    const { channel, draft } = await begun({ stream });
    stage.slack.archive(channel, stage.ana);
    draft.show({ text: "It is noon", lines: [] });
    const failed = await draft.end({ text: "It is noon." }).catch((error) => error);
    expect(failed).toMatchObject({ name: "DeliveryError", final: true });
    expect(failed.message).toContain("archived");
  });

  it.each([
    ["a streamed answer", true],
    ["an edited answer", false],
  ])("ends %s for good when the bot is thrown out of a private channel", async (_, stream) => {
    const { channel, draft } = await begun({ private: true, stream });
    stage.slack.kickBot(channel, stage.ana);
    draft.show({ text: "It is noon", lines: [] });
    const failed = await draft.end({ text: "It is noon." }).catch((error) => error);
    expect(failed).toMatchObject({ name: "DeliveryError", final: true });
  });

  it("is finished in a public channel that the bot was thrown out of", async () => {
    const { channel, message, draft } = await begun();
    stage.slack.kickBot(channel, stage.ana);
    await draft.end({ text: "It is noon." });
    expect(stage.ours(message.answerAt).map(({ shown }) => shown)).toEqual(["It is noon."]);
  });

  it("waits when Slack asks to in the middle of a stream, and is one whole stream all the same", async () => {
    const { message, draft } = await begun();
    const from = stage.slack.calls.length;
    stage.slack.faults.next("chat.appendStream", { kind: "rate limit", seconds: 1 });
    draft.show({ text: "It is about", lines: [] });
    await stage.slack.until(() => stage.slack.calls.some(({ status }) => status === 429));
    draft.show({ text: "It is about noon", lines: [] });
    await stage.shows(message.answerAt, "It is about noon");
    await draft.end({ text: "It is about noon, I think." });
    expect(stage.ours(message.answerAt)).toMatchObject([
      { shown: "It is about noon, I think.", streaming: "completed" },
    ]);
    expect(stage.calls(from).filter((method) => method === "chat.update")).toEqual([]);
    expect(stage.slack.calls.filter(({ status }) => status === 429)).toHaveLength(1);
  });

  it("ends whole though Slack asks to wait at its end", async () => {
    const { message, draft } = await begun();
    stage.slack.faults.next("chat.stopStream", { kind: "rate limit", seconds: 1 });
    await draft.end({ text: "It is noon.", footer: "ops" });
    expect(stage.ours(message.answerAt).map(({ shown }) => shown)).toEqual(["It is noon.\nops"]);
  });

  it("answers in the thread of a private channel, and privately there", async () => {
    const { channel, message, draft } = await begun({ private: true });
    expect(message.answerAt).toEqual({ adapter: "slack", channel, thread: message.id });
    await draft.end({ text: "It is noon." });
    const only = { person: `slack:${stage.ana}` } as const;
    await stage.adapter.post(message.answerAt, { text: "between us", only }, stage.key(message));
    expect(stage.slack.ephemerals(stage.ana, channel)).toMatchObject([{ shown: "between us", threadTs: message.id }]);
    expect(stage.slack.ephemerals(stage.tom, channel)).toEqual([]);
  });

  it("says private words in the channel where nobody has answered in the thread yet", async () => {
    const message = await stage.asked();
    const only = { person: `slack:${stage.ana}` } as const;
    await stage.adapter.post(message.answerAt, { text: "between us", only }, stage.key(message));
    const [whisper] = stage.slack.ephemerals(stage.ana, stage.general);
    expect(whisper?.shown).toBe("between us");
    expect(whisper).not.toHaveProperty("threadTs");
  });
});

describe("a stream on Slack that dies after five minutes", () => {
  const stage = setSlackStage({ workspace: { clock, limits: "off" } });
  const shownAt = (address: Address) => stage.ours(address).map(({ shown }) => shown);

  it("goes on as a message that is edited, everything whole", async () => {
    const message = await stage.asked();
    const draft = stage.draft(message);
    draft.show({ text: "one", lines: [] });
    await stage.shows(message.answerAt, "one");
    await stage.slack.until(() => stage.slack.pending() === 0);
    await clock.advance(5 * 60_000 + 1);
    expect(stage.ours(message.answerAt)).toMatchObject([{ streaming: "errored" }]);
    draft.show({ text: "one two", lines: [{ id: "1", title: "clock now", state: "running" }] });
    await stage.shows(message.answerAt, "one two");
    await draft.end({ text: "one two three", footer: "ops" });
    expect(shownAt(message.answerAt)).toEqual(["one two three\nops"]);
  });

  it("is made whole at its end when nothing was added after it died", async () => {
    const message = await stage.asked();
    const draft = stage.draft(message);
    draft.show({ text: "one", lines: [] });
    await stage.shows(message.answerAt, "one");
    await stage.slack.until(() => stage.slack.pending() === 0);
    await clock.advance(5 * 60_000 + 1);
    await draft.end({ text: "one two three" });
    expect(shownAt(message.answerAt)).toEqual(["one two three"]);
  });
});
