import { describe, expect, it } from "vitest";
import { DeliveryError } from "../../src/chat.ts";
import { setSlackStage } from "./slack-stage.ts";

const stage = setSlackStage();

describe("a post to Slack", () => {
  it.each([
    ["its answer is lost", { kind: "lose" } as const],
    ["its answer is cut in the middle", { kind: "cut" } as const],
    ["Slack says 503 after carrying it out", { kind: "status", status: 503, applied: true } as const],
    ["Slack says 503 before carrying it out", { kind: "status", status: 503 } as const],
    ["Slack says that it may have failed", { kind: "refuse", error: "fatal_error" } as const],
  ])("is there once when %s", async (_, fault) => {
    const message = await stage.asked();
    stage.slack.faults.next("chat.postMessage", fault);
    const posted = await stage.adapter.post(message.answerAt, { text: "noon" }, stage.key(message));
    expect(stage.ours(message.answerAt).map(({ ts, shown }) => [ts, shown])).toEqual([[posted.id, "noon"]]);
  });

  it("is made whole by a later attempt when only its first message got through", async () => {
    const message = await stage.asked();
    const text = `${"first ".repeat(1_800)}\n\n${"second ".repeat(1_500)}`;
    const key = stage.key(message);
    stage.slack.faults.next("chat.postMessage", { kind: "delay", ms: 0 });
    stage.slack.faults.next("chat.postMessage", { kind: "refuse", error: "restricted_action" });
    await expect(stage.adapter.post(message.answerAt, { text }, key)).rejects.toThrow(DeliveryError);
    expect(stage.ours(message.answerAt)).toHaveLength(1);
    await stage.adapter.post(message.answerAt, { text }, { ...key, again: true });
    const shown = stage.ours(message.answerAt).map((one) => one.shown);
    expect(shown).toHaveLength(2);
    expect(shown.join("").replace(/\s/g, "")).toBe(text.replace(/\s/g, ""));
  });

  it("takes away what is too much when it is made again and has become shorter", async () => {
    const message = await stage.asked();
    const key = stage.key(message);
    await stage.adapter.post(message.answerAt, { text: "long ".repeat(5_000) }, key);
    expect(stage.ours(message.answerAt).length).toBeGreaterThan(1);
    await stage.adapter.post(message.answerAt, { text: "short" }, { ...key, again: true });
    expect(stage.ours(message.answerAt).map(({ shown }) => shown)).toEqual(["short"]);
  });

  it("is posted anew when somebody deleted what an earlier attempt left", async () => {
    const message = await stage.asked();
    const key = stage.key(message);
    const { id } = await stage.adapter.post(message.answerAt, { text: "noon" }, key);
    stage.slack.faults.next("chat.update", { kind: "refuse", error: "message_not_found" });
    stage.slack.delete(id);
    await stage.adapter.post(message.answerAt, { text: "noon" }, { ...key, again: true });
    expect(stage.ours(message.answerAt).map(({ shown }) => shown)).toEqual(["noon"]);
  });

  it.each([
    ["is_archived", "archived"],
    ["not_in_channel", "invite"],
    ["channel_not_found", "no such channel"],
    ["thread_not_found", "gone"],
    ["some_new_refusal", "some_new_refusal"],
  ])("that Slack refuses with %s fails for good, and says why in plain words", async (error, words) => {
    const message = await stage.asked();
    stage.slack.faults.next("chat.postMessage", { kind: "refuse", error });
    const failed = await stage.adapter.post(message.answerAt, { text: "noon" }, stage.key()).catch((why) => why);
    expect(failed).toBeInstanceOf(DeliveryError);
    expect(failed.final).toBe(true);
    expect(failed.message).toContain(words);
    expect(stage.calls().filter((method) => method === "chat.postMessage")).toHaveLength(1);
  });

  it("waits as long as Slack asks, and later posts wait with it", async () => {
    const message = await stage.asked();
    stage.slack.faults.next("chat.postMessage", { kind: "rate limit", seconds: 1 });
    const began = Date.now();
    await Promise.all(["one", "two"].map((text) => stage.adapter.post(message.answerAt, { text }, stage.key(message))));
    expect(Date.now() - began).toBeGreaterThanOrEqual(1_000);
    expect(stage.ours(message.answerAt).map(({ shown }) => shown)).toEqual(["one", "two"]);
    // Never a call before the time was over: the simulated Slack would object.
    expect(stage.slack.calls.filter(({ status }) => status === 429)).toHaveLength(1);
  });

  it("is delivered later, not given up, when Slack is only too busy", async () => {
    const message = await stage.asked();
    stage.slack.faults.next("chat.postMessage", { kind: "refuse", error: "messaging_processing_failed" });
    const post = stage.adapter.post(message.answerAt, { text: "noon" }, stage.key(message));
    await expect(post).rejects.toMatchObject({ final: false });
    stage.slack.faults.next("chat.postMessage", { kind: "status", status: 404 });
    const again = stage.adapter.post(message.answerAt, { text: "noon" }, stage.key(message));
    await expect(again).rejects.toMatchObject({ final: false });
  });

  it("keeps to one a second in a channel, whatever is thrown at it", async () => {
    const address = { adapter: "slack", channel: stage.general };
    const texts = Array.from({ length: 5 }, (_, n) => `post ${n}`);
    await Promise.all(texts.map((text) => stage.adapter.post(address, { text }, stage.key())));
    expect(stage.ours(address).map(({ shown }) => shown)).toEqual(texts);
    expect(stage.slack.calls.filter(({ status }) => status === 429)).toEqual([]);
  });

  it("can be edited into a longer one, and that into another", async () => {
    const message = await stage.asked();
    const posted = await stage.adapter.post(message.answerAt, { text: "soon" }, stage.key(message));
    for (const word of ["one", "two"]) {
      const text = `${word} `.repeat(4_000);
      await stage.adapter.edit(posted, { text });
      const shown = stage.ours(message.answerAt).map((one) => one.shown);
      expect(shown).toHaveLength(2);
      expect(shown.join("").replace(/\s/g, "")).toBe(text.replace(/\s/g, ""));
    }
  });

  it("is put right when Slack takes it for a stream that is still open", async () => {
    const message = await stage.asked();
    const key = stage.key(message);
    await stage.adapter.post(message.answerAt, { text: "noon" }, key);
    stage.slack.faults.next("chat.update", { kind: "refuse", error: "streaming_state_conflict" });
    await stage.adapter.post(message.answerAt, { text: "one" }, { ...key, again: true });
    expect(stage.ours(message.answerAt).map(({ shown }) => shown)).toEqual(["one"]);
  });

  it("tells where it can be seen", async () => {
    const message = await stage.asked();
    const { link } = await stage.adapter.post(message.answerAt, { text: "noon" }, stage.key(message));
    const [posted] = stage.ours(message.answerAt);
    expect(link).toBe(
      `https://${stage.slack.team.domain}.slack.com/archives/${stage.general}/p${posted?.ts.replace(".", "")}?thread_ts=${message.id}&cid=${stage.general}`,
    );
  });

  it("carries long fields whole, and every button under its own name", async () => {
    const message = await stage.asked();
    const value = "y".repeat(14_000);
    const buttons = [
      { id: "run", text: "Run A", value: "a" },
      { id: "run", text: "Run B", value: "b" },
    ];
    const card = { fields: [{ name: "Arguments", value }], buttons };
    const posted = await stage.adapter.post(message.answerAt, { text: "May I?", card }, stage.key(message));
    const all = stage.ours(message.answerAt);
    expect(
      all
        .map(({ shown }) => shown)
        .join("")
        .match(/y/g)?.length,
    ).toBeGreaterThanOrEqual(14_000);
    expect(posted.id).toBe(all.at(-1)?.ts);
    await stage.slack.press(stage.tom, posted.id, "Run B");
    expect((await stage.inbox.next("press")).press).toMatchObject({ id: "run", value: "b", message: posted.id });
    await stage.adapter.edit(posted, { text: "✓ run by tom" });
    expect(stage.ours(message.answerAt).flatMap((one) => one.buttons)).toEqual([]);
  });

  it("fits together with as much around it as Slack takes", async () => {
    const message = await stage.asked();
    const buttons = Array.from({ length: 25 }, (_, n) => ({ id: `b${n}`, text: `${n} ${"&".repeat(70)}` }));
    const fields = Array.from({ length: 4 }, (_, n) => ({ name: `field ${n}`, value: "<&>".repeat(60) }));
    const lines = Array.from({ length: 30 }, (_, n) => ({ id: `${n}`, title: "&".repeat(80), state: "done" as const }));
    const post = { text: "word ".repeat(2_400), lines, footer: "&".repeat(400), card: { buttons, fields } };
    await stage.adapter.post(message.answerAt, post, stage.key(message));
    const all = stage.ours(message.answerAt);
    expect(all.flatMap(({ shown }) => shown.match(/word/g) ?? [])).toHaveLength(2_400);
    expect(all.at(-1)?.buttons).toHaveLength(25);
  });

  it("shows many tool lines shortly, the newest at least", async () => {
    const message = await stage.asked();
    const lines = Array.from({ length: 60 }, (_, n) => ({
      id: `${n}`,
      title: `tool number ${n}`,
      state: "done" as const,
      ms: 1_234,
    }));
    await stage.adapter.post(message.answerAt, { text: "done", lines }, stage.key(message));
    const [one] = stage.ours(message.answerAt);
    expect(one?.shown).toContain("✓ tool number 59 1.2 s");
    expect(one?.shown).toMatch(/^\+\d+\n/);
  });

  it("has something to show even when there is nothing to say", async () => {
    const message = await stage.asked();
    await stage.adapter.post(message.answerAt, { text: "  " }, stage.key(message));
    await stage.adapter.post(message.answerAt, { text: "", footer: "ops · 1 s" }, stage.key(message));
    expect(stage.ours(message.answerAt).map(({ shown }) => shown)).toEqual(["…", "ops · 1 s"]);
  });

  it("never unfurls links", async () => {
    const message = await stage.asked();
    await stage.adapter.post(message.answerAt, { text: "see https://example.com" }, stage.key(message));
    const call = stage.slack.calls.find(({ method }) => method === "chat.postMessage");
    expect(call?.args).toMatchObject({ unfurl_links: "false", unfurl_media: "false" });
  });
});

describe("a whisper on Slack", () => {
  it("answers a command privately, goes on when the response address is used up, and keeps to its channel", async () => {
    await stage.slack.command(stage.ana, stage.general, "/agents");
    const { command } = await stage.inbox.next("command");
    for (let n = 1; n <= 7; n++) {
      await stage.adapter.post(command.address, { text: `whisper ${n}`, only: command.whisper }, stage.key());
    }
    expect(stage.slack.ephemerals(stage.ana, stage.general).map(({ shown }) => shown)).toEqual(
      Array.from({ length: 7 }, (_, n) => `whisper ${n + 1}`),
    );
    expect(stage.slack.ephemerals(stage.tom, stage.general)).toEqual([]);
    expect(stage.ours(command.address)).toEqual([]);
    expect(stage.calls().filter((method) => method === "chat.postEphemeral")).toHaveLength(2);
  });

  it("is an ordinary message in a DM, where nobody else reads", async () => {
    const dm = { adapter: "slack", channel: stage.slack.dm(stage.ana).id };
    await stage.adapter.post(dm, { text: "between us", only: { person: `slack:${stage.ana}` } }, stage.key());
    expect(stage.ours(dm).map(({ shown }) => shown)).toEqual(["between us"]);
  });

  it("whose files take many messages is one all the same: they go to the person's DM", async () => {
    const address = { adapter: "slack", channel: stage.general };
    const only = { person: `slack:${stage.ana}` } as const;
    const file = (length: number) => ({ name: "tools.diff.txt", type: "text/plain", text: "+ word\n".repeat(length) });
    await stage.adapter.post(address, { text: "Little.", files: [file(10)], only }, stage.key());
    await stage.adapter.post(address, { text: "Much.", files: [file(5000)], only }, stage.key());
    const whispers = () => stage.slack.ephemerals(stage.ana, stage.general).map(({ shown }) => shown);
    expect(whispers()).toHaveLength(2);
    expect(whispers()[0]).toContain("+ word");
    expect(whispers()[1]).toMatch(/^Much\.\s+I sent you this in a direct message: tools\.diff\.txt\.$/);
    const inDm = stage.slack.messages(stage.slack.dm(stage.ana)).flatMap(({ files }) => files);
    expect(inDm.map((id) => String(stage.slack.file(id)?.content))).toEqual([file(5000).text]);
    // Where Slack has no DM for them, all of it is said there.
    stage.slack.faults.next("chat.postMessage", { kind: "refuse", error: "messages_tab_disabled" });
    await stage.adapter.post(address, { text: "Much.", files: [file(5000)], only }, stage.key());
    expect(whispers().length).toBeGreaterThan(4);
    expect(whispers().slice(2).join("")).not.toContain("direct message");
  });

  it("changes the private card whose button was pressed", async () => {
    const address = { adapter: "slack", channel: stage.general };
    const card = { buttons: [{ id: "create", text: "Create" }] };
    const only = { person: `slack:${stage.ana}` } as const;
    const posted = await stage.adapter.post(address, { text: "Every day at 9?", card, only }, stage.key());
    await stage.slack.press(stage.ana, posted.id, "Create");
    const { press } = await stage.inbox.next("press");
    await stage.adapter.edit({ address, id: press.message }, { text: "Created.", only: press.whisper });
    const whispers = stage.slack.ephemerals(stage.ana, stage.general);
    expect(whispers.map(({ shown }) => shown)).toEqual(["Created."]);
    await expect(stage.adapter.edit({ address, id: "" }, { text: "no way" })).rejects.toThrow("private message");
  });

  it("goes nowhere but to Slack, whatever the response address says", async () => {
    const address = { adapter: "slack", channel: stage.general };
    const only = { person: `slack:${stage.ana}`, via: "https://evil.example/x" } as const;
    await stage.adapter.post(address, { text: "between us", only }, stage.key());
    expect(stage.slack.ephemerals(stage.ana, stage.general).map(({ shown }) => shown)).toEqual(["between us"]);
  });

  it("fails for good when the person is not there", async () => {
    const address = { adapter: "slack", channel: stage.general };
    const stranger = stage.slack.person("zoe").id;
    const post = { text: "psst", only: { person: `slack:${stranger}` } as const };
    await expect(stage.adapter.post(address, post, stage.key())).rejects.toMatchObject({ final: true });
  });
});
