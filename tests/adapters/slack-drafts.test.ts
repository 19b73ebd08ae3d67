import { describe, expect, it } from "vitest";
import { wallClock } from "../../adapters/slack/clock.ts";
import { DeliveryError, type ToolLine } from "../../src/chat.ts";
import { setSlackStage } from "./slack-stage.ts";

const line = (state: ToolLine["state"], more: Partial<ToolLine> = {}): ToolLine => ({
  id: "1",
  title: "clock now",
  state,
  ...more,
});

describe("an answer growing on Slack", () => {
  const stage = setSlackStage();

  /** The only message of the bot at an address. */
  function only(address: Parameters<typeof stage.ours>[0]) {
    const all = stage.ours(address);
    expect(all).toHaveLength(1);
    return all[0];
  }

  it("streams natively: tool lines as tasks, text as it comes, footer and key at the end", async () => {
    const message = await stage.asked();
    const from = stage.slack.calls.length;
    const key = stage.key(message);
    const draft = stage.draft(message, key);
    draft.show({ text: "", lines: [line("running")] });
    await stage.shows(message.answerAt, "[in_progress] clock now");
    draft.show({ text: "It is", lines: [line("done", { ms: 80 })] });
    await stage.shows(message.answerAt, "It is");
    await draft.end({ text: "It is noon.", lines: [line("done", { ms: 80 })], footer: "ops · 1 tool" });
    const seen = only(message.answerAt);
    expect(seen?.shown).toBe("[complete] clock now 0.1 s\nIt is noon.\nops · 1 tool");
    expect(seen?.streaming).toBe("completed");
    expect(stage.calls(from).filter((method) => method.startsWith("chat."))).toEqual([
      "chat.startStream",
      "chat.appendStream",
      "chat.stopStream",
    ]);
    expect(stage.slack.messages(stage.general, message.id).at(-1)?.metadata).toMatchObject({
      event_payload: { key: key.id },
    });
  });

  it("is written anew when the text turned out differently from what was shown", async () => {
    const message = await stage.asked();
    const draft = stage.draft(message);
    draft.show({ text: "I think it is", lines: [line("running")] });
    await stage.shows(message.answerAt, "I think");
    draft.show({ text: "Let me look", lines: [] });
    await stage.shows(message.answerAt, "Let me look");
    await draft.end({ text: "It is noon." });
    expect(only(message.answerAt)?.shown).toBe("It is noon.");
  });

  it("shows at the end no tool line that is not there any more, and no half reference on the way", async () => {
    const message = await stage.asked();
    const draft = stage.draft(message);
    draft.show({ text: "<", lines: [] });
    draft.show({ text: "", lines: [line("running"), { ...line("running"), id: "2", title: "other tool" }] });
    await stage.shows(message.answerAt, "other tool");
    draft.show({ text: "ask <@U0", lines: [line("done")] });
    await stage.shows(message.answerAt, "ask ");
    expect(only(message.answerAt)?.shown).not.toContain("<");
    await draft.end({ text: "ask <@U0TOM>", lines: [line("done")] });
    expect(only(message.answerAt)?.shown).toBe("✓ clock now\nask @U0TOM");
  });

  it("loses nothing and shows nothing twice when the stream dies", async () => {
    const message = await stage.asked();
    const draft = stage.draft(message);
    draft.show({ text: "one", lines: [] });
    await stage.shows(message.answerAt, "one");
    stage.slack.faults.next("chat.appendStream", { kind: "refuse", error: "message_not_in_streaming_state" });
    draft.show({ text: "one two", lines: [] });
    await stage.shows(message.answerAt, "one two");
    await draft.end({ text: "one two three" });
    expect(only(message.answerAt)?.shown).toBe("one two three");
  });

  it.each(["chat.startStream", "chat.appendStream", "chat.stopStream"])(
    "is one whole message when the answer to %s is lost",
    async (method) => {
      const message = await stage.asked();
      stage.slack.faults.next(method, { kind: "lose" });
      const draft = stage.draft(message);
      draft.show({ text: "one", lines: [] });
      await stage.shows(message.answerAt, "one");
      draft.show({ text: "one two", lines: [] });
      await stage.shows(message.answerAt, "one two");
      await draft.end({ text: "one two three" });
      expect(only(message.answerAt)?.shown).toBe("one two three");
      expect(only(message.answerAt)?.streaming).toBe("completed");
    },
  );

  it.each(["chat.startStream", "chat.postMessage"])(
    "is one whole message when it ends while %s is lost",
    async (method) => {
      const message = await stage.asked();
      if (method === "chat.postMessage")
        stage.slack.faults.always("chat.startStream", { kind: "refuse", error: "unknown_method" });
      stage.slack.faults.next(method, { kind: "lose" });
      const draft = stage.draft(message);
      draft.show({ text: "one", lines: [] });
      await stage.slack.until(() => stage.slack.calls.some((call) => call.method === method));
      await draft.end({ text: "one two three" });
      expect(only(message.answerAt)?.shown).toBe("one two three");
    },
  );

  it("is a message that is edited where Slack does not stream", async () => {
    const message = await stage.asked();
    stage.slack.faults.always("chat.startStream", { kind: "refuse", error: "unknown_method" });
    const draft = stage.draft(message);
    draft.show({ text: "one", lines: [line("running")] });
    await stage.shows(message.answerAt, "… clock now\none");
    draft.show({ text: "one two", lines: [line("failed", { note: "no clock" })] });
    await stage.shows(message.answerAt, "✗ clock now — no clock\none two");
    await draft.end({ text: "one two three", lines: [line("failed")] });
    expect(only(message.answerAt)?.shown).toBe("✗ clock now\none two three");
    // It is not tried a second time.
    const from = stage.slack.calls.length;
    const next = stage.draft(await stage.asked("and now?"));
    next.show({ text: "one", lines: [] });
    await stage.slack.until(() => stage.calls(from).includes("chat.postMessage"));
    await next.end({ text: "one" });
    expect(stage.calls(from)).not.toContain("chat.startStream");
  });

  it("shows at the end what was too long to be streamed", async () => {
    const message = await stage.asked();
    const draft = stage.draft(message);
    const words = Array.from({ length: 4_000 }, (_, n) => `w${n}`).join(" ");
    draft.show({ text: words.slice(0, 15_000), lines: [] });
    await stage.shows(message.answerAt, "w100 ");
    await draft.end({ text: words });
    const shown = stage.ours(message.answerAt).map((one) => one.shown);
    expect(shown.length).toBeGreaterThan(1);
    expect(shown.join(" ").match(/w\d+/g)).toEqual(words.split(" "));
  });

  it("keeps what it has said so far when somebody presses Slack's stop", async () => {
    const message = await stage.asked();
    const draft = stage.draft(message);
    draft.show({ text: "one", lines: [] });
    await stage.slack.until(() => stage.slack.session(stage.general, message.id)?.status === "processing");
    stage.slack.stopSession(stage.ana, stage.general, message.id);
    expect((await stage.inbox.next("stop")).person.id).toBe(`slack:${stage.ana}`);
    await draft.end({ text: "one\n\n*Stopped by ana.*" });
    expect(only(message.answerAt)?.shown).toBe("one\n\n*Stopped by ana.*");
    await stage.slack.until(() => stage.slack.session(stage.general, message.id)?.status === "active");
  });

  it("stops trying to show itself growing where Slack refuses that, and is whole at the end", async () => {
    const message = await stage.asked();
    stage.slack.faults.always("chat.startStream", { kind: "refuse", error: "channel_type_not_supported" });
    stage.slack.faults.next("chat.postMessage", { kind: "refuse", error: "restricted_action" });
    const draft = stage.draft(message);
    draft.show({ text: "one", lines: [] });
    await stage.slack.until(() => stage.slack.calls.some(({ error }) => error === "restricted_action"));
    draft.show({ text: "one two", lines: [] });
    await stage.asked("and now?");
    await draft.end({ text: "one two three" });
    expect(only(message.answerAt)?.shown).toBe("one two three");
    expect(stage.calls().filter((method) => method === "chat.postMessage")).toHaveLength(2);
  });

  it("is posted anew when somebody deletes it while it grows", async () => {
    const message = await stage.asked();
    stage.slack.faults.always("chat.startStream", { kind: "refuse", error: "unknown_method" });
    const draft = stage.draft(message);
    draft.show({ text: "one", lines: [] });
    await stage.shows(message.answerAt, "one");
    stage.slack.delete(only(message.answerAt)?.ts ?? "");
    await draft.end({ text: "one two three" });
    expect(only(message.answerAt)?.shown).toBe("one two three");
  });

  it("can be ended again after its end could not be delivered", async () => {
    const message = await stage.asked();
    const draft = stage.draft(message);
    draft.show({ text: "one", lines: [] });
    await stage.shows(message.answerAt, "one");
    stage.slack.faults.next("chat.stopStream", { kind: "refuse", error: "is_archived" }, 2);
    stage.slack.faults.next("chat.update", { kind: "refuse", error: "is_archived" });
    const failed = await draft.end({ text: "one two" }).catch((error) => error);
    expect(failed).toBeInstanceOf(DeliveryError);
    expect(failed.message).toContain("archived");
    await draft.end({ text: "one two" });
    expect(only(message.answerAt)?.shown).toBe("one two");
  });

  it("is taken over by an ordinary post after its end could not be delivered", async () => {
    const message = await stage.asked();
    const key = stage.key(message);
    const draft = stage.draft(message, key);
    draft.show({ text: "one", lines: [] });
    await stage.shows(message.answerAt, "one");
    stage.slack.faults.next("chat.stopStream", { kind: "refuse", error: "is_archived" }, 2);
    stage.slack.faults.next("chat.update", { kind: "refuse", error: "is_archived" });
    await expect(draft.end({ text: "one two" })).rejects.toThrow(DeliveryError);
    await stage.adapter.post(message.answerAt, { text: "one two" }, { ...key, again: true });
    expect(only(message.answerAt)?.shown).toBe("one two");
  });

  it("leaves other answers in the thread alone when it takes over its own", async () => {
    const message = await stage.asked();
    const other = await stage.adapter.post(message.answerAt, { text: "another agent's answer" }, stage.key(message));
    const open = stage.draft(message);
    open.show({ text: "still being written", lines: [] });
    await stage.shows(message.answerAt, "still being");
    await stage.adapter.post(message.answerAt, { text: "mine" }, stage.key(message, { again: true }));
    await open.end({ text: "still being written, and done" });
    expect(stage.ours(message.answerAt).map(({ ts, shown }) => [ts === other.id, shown])).toEqual([
      [true, "another agent's answer"],
      [false, "still being written, and done"],
      [false, "mine"],
    ]);
  });

  it("says in a DM what it is doing, where Slack has no sign for it, and offers a stop button", async () => {
    const dm = stage.slack.dm(stage.ana);
    stage.slack.say(stage.ana, dm, "what time is it?");
    const message = await stage.inbox.message("what time is it?");
    const draft = stage.draft(message);
    const stop = { id: "stop", text: "Stop", value: "r1" };
    draft.show({ text: "", lines: [], status: "looking at the clock…", stop });
    await stage.shows(message.answerAt, "looking at the clock…");
    draft.show({ text: "It is", lines: [], stop });
    await stage.shows(message.answerAt, "It is");
    expect(only(message.answerAt)?.buttons).toEqual(["Stop"]);
    await draft.end({ text: "It is noon." });
    expect(only(message.answerAt)).toMatchObject({ shown: "It is noon.", buttons: [] });
  });

  it("streams in a DM's thread without naming a recipient", async () => {
    const dm = stage.slack.dm(stage.ana);
    const root = stage.slack.say(stage.ana, dm, "hello");
    stage.slack.say(stage.ana, dm, "what time is it?", { thread: root });
    const message = await stage.inbox.message("what time is it?");
    expect(message.answerAt.thread).toBe(root.ts);
    const draft = stage.draft(message);
    draft.show({ text: "It is", lines: [] });
    await stage.shows(message.answerAt, "It is");
    await draft.end({ text: "It is noon." });
    expect(only(message.answerAt)?.streaming).toBe("completed");
  });

  it("shows the older sign of work where Slack has no sessions", async () => {
    stage.slack.faults.always("agents.sessions.setStatus", { kind: "refuse", error: "unknown_method" });
    const message = await stage.asked();
    const draft = stage.draft(message);
    draft.show({ text: "", lines: [], status: "looking at the clock…" });
    await stage.slack.until(() => stage.slack.status(stage.general, message.id) === "looking at the clock…");
    await draft.drop();
    await stage.slack.until(() => stage.slack.status(stage.general, message.id) === undefined);
  });

  it("keeps 40 answers at once within Slack's limits, each whole", async () => {
    const channels = Array.from({ length: 40 }, (_, n) => stage.slack.channel(`team-${n}`).id);
    for (const [n, channel] of channels.entries()) stage.slack.say(stage.ana, channel, `@Bellhop question ${n}`);
    const messages = await Promise.all(channels.map((_, n) => stage.inbox.message(`question ${n}`)));
    const drafts = messages.map((message) => stage.draft(message));
    for (let step = 1; step <= 5; step++) {
      for (const draft of drafts) draft.show({ text: "word ".repeat(step), lines: [line("running")] });
      await stage.slack.until(() => messages.every((message) => stage.ours(message.answerAt).length === 1), 15_000);
    }
    await Promise.all(
      drafts.map((draft, n) => draft.end({ text: `${"word ".repeat(6)}${n}.`, lines: [line("done")] })),
    );
    for (const [n, message] of messages.entries()) {
      expect(only(message.answerAt)?.shown).toContain(`${"word ".repeat(6)}${n}.`);
    }
    expect(stage.slack.calls.filter(({ status }) => status === 429)).toEqual([]);
    expect(stage.calls().filter((method) => method === "chat.startStream").length).toBeGreaterThan(10);
  });
});

describe("an answer on Slack that is quick", () => {
  const stage = setSlackStage({ clock: wallClock });

  it("is one post and nothing else when it ends at once", async () => {
    const message = await stage.asked();
    const from = stage.slack.calls.length;
    const draft = stage.draft(message);
    draft.show({ text: "no", lines: [] });
    await draft.end({ text: "noon", footer: "ops" });
    expect(stage.calls(from)).toEqual(["chat.postMessage"]);
  });

  it("shows its first words in a DM at once, however it had meant to wait", async () => {
    const dm = stage.slack.dm(stage.ana);
    stage.slack.say(stage.ana, dm, "what time is it?");
    const message = await stage.inbox.message("what time is it?");
    const from = stage.slack.calls.length;
    const draft = stage.draft(message);
    draft.show({ text: "", lines: [], status: "thinking…" });
    await new Promise(setImmediate);
    draft.show({ text: "It is", lines: [] });
    await stage.shows(message.answerAt, "It is");
    await draft.end({ text: "It is noon." });
    expect(stage.calls(from)).toEqual(["chat.postMessage", "chat.update"]);
  });

  it("shows no sign of work when the answer is quick, and takes it away when there is nothing to say", async () => {
    const message = await stage.asked();
    await stage.draft(message).end({ text: "noon" });
    expect(stage.calls()).not.toContain("agents.sessions.setStatus");
    const draft = stage.draft(await stage.asked("and now?"));
    draft.show({ text: "", lines: [], status: "thinking…" });
    await stage.slack.until(() => stage.calls().includes("agents.sessions.setStatus"));
    const thread = stage.inbox.heard.flatMap((one) => (one.kind === "message" ? one.message.id : [])).at(-1) ?? "";
    await draft.drop();
    await stage.slack.until(() => stage.slack.session(stage.general, thread)?.status === "active");
  });
});
