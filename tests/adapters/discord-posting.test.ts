import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Address, ChatMessage, PostKey } from "../../src/chat.ts";
import { wordsOf } from "../../src/words/words.ts";
import { type RecordingInbox, recordingInbox } from "./contract/recording-inbox.ts";
import { openDiscord, ours, untilAsync } from "./discord-platform.ts";

type Open = Awaited<ReturnType<typeof openDiscord>>;
const posts = "POST /channels/{channel_id}/messages";

describe("Discord posts", () => {
  let inbox: RecordingInbox;
  let open: Open;
  let keys = 0;
  beforeEach(async () => {
    inbox = recordingInbox();
    open = await openDiscord(inbox);
  });
  afterEach(() => open.close());

  const here = (): Address => ({ adapter: "discord", channel: open.general.id });
  const key = (answers?: ChatMessage): PostKey => {
    keys += 1;
    return { id: `run-${keys}`, since: Date.now(), ...(answers && { answers: answers.id }) };
  };
  const asked = (text: string, channel = open.general) => {
    open.discord.say(open.ana, channel, `@Bellhop ${text}`);
    return inbox.message(text);
  };
  const threadOf = (message: ChatMessage) => ours(open.discord, open.discord.threadOf(message.id));

  it("in a thread made from the question and named after it", async () => {
    const message = await asked("why is   checkout so slow\ntoday?");
    expect(open.discord.threadOf(message.id)).toBeUndefined();
    const posted = await open.adapter.post(message.answerAt, { text: "a deploy" }, key(message));
    expect(open.discord.threadOf(message.id)?.name).toBe("why is checkout so slow today?");
    expect(posted.address).toEqual(message.answerAt);
    expect(posted.link).toBe(`https://discord.com/channels/${open.general.server?.id}/${message.id}/${posted.id}`);
  });

  it("in the thread that somebody else was quicker to make", async () => {
    const message = await asked("who is quicker?");
    open.discord.gateway.fault("THREAD_CREATE", "drop");
    const from = open.general.messages.find(({ id }) => id === message.id);
    if (from) open.discord.thread(open.general, { from });
    await open.adapter.post(message.answerAt, { text: "you are" }, key(message));
    expect(threadOf(message).map(({ text }) => text)).toEqual(["you are"]);
  });

  it("as a reply in the channel where it may not make a thread any more", async () => {
    const message = await asked("still allowed?");
    open.discord.permit(open.general, { deny: ["CreatePublicThreads"] });
    const posted = await open.adapter.post(message.answerAt, { text: "no" }, key(message));
    expect(posted.address).toEqual(here());
    expect(ours(open.discord, open.general)).toMatchObject([{ text: "no", repliesTo: message.id }]);
  });

  it("as a reply to the question within a thread, and pings nobody by it", async () => {
    const { discord, ana, general, adapter } = open;
    const thread = discord.thread(general, { by: ana, name: "plans" });
    const message = await asked("and then?", thread);
    await adapter.post(message.answerAt, { text: "tomorrow" }, key(message));
    expect(ours(discord, thread)).toMatchObject([{ repliesTo: message.id, pings: { users: [], everyone: false } }]);
  });

  it("without previews of links, also after an edit", async () => {
    const posted = await open.adapter.post(here(), { text: "see https://example.com" }, key());
    await open.adapter.edit(posted, { text: "see https://example.org" });
    expect(ours(open.discord, open.general)).toMatchObject([{ previews: [] }]);
  });

  it("up to four messages, and a longer text whole in a file, said in the language it is in", async () => {
    const text = Array.from({ length: 120 }, (_, n) => `Paragraph ${n}: ${"word ".repeat(20)}`).join("\n\n");
    await open.adapter.post(here(), { text, footer: "ops", language: "zh-TW" }, key());
    const seen = ours(open.discord, open.general);
    expect(seen).toHaveLength(4);
    expect(seen[3]?.files.map(({ name }) => name)).toEqual(["answer.md"]);
    expect(seen[3]?.text).toContain("-# ops");
    const pointer = wordsOf("zh-TW").theRest("answer.md");
    expect(seen[3]?.text).toContain(pointer);
    expect(seen[3]?.files[0]?.text).toBe(text);
    const flat = (words: string) => words.replace(/\s+/g, " ").trim();
    const begun = flat(seen.map((message) => message.text.split(pointer)[0]).join("\n\n"));
    expect(begun.length).toBeGreaterThan(6_000);
    expect(flat(text).startsWith(begun)).toBe(true);
  });

  it("as many files as Discord takes, the whole of a long text among them; it names the others", async () => {
    const bytesOf = (name: string, size = 3) => ({ name, type: "application/octet-stream", bytes: Buffer.alloc(size) });
    const ten = Array.from({ length: 10 }, (_, n) => bytesOf(`f${n}.bin`));
    const { tooMuch } = wordsOf("en").filesLeft;
    await open.adapter.post(
      here(),
      { text: "Short.", files: [...ten.slice(1), bytesOf("big.bin", 10 * 1024 * 1024 + 1)] },
      key(),
    );
    await open.adapter.post(here(), { text: "Ten.", files: ten }, key());
    const text = Array.from({ length: 120 }, (_, n) => `Paragraph ${n}: ${"word ".repeat(20)}`).join("\n\n");
    await open.adapter.post(here(), { text, files: ten }, key());
    const seen = ours(open.discord, open.general);
    expect(seen[0]?.text).toContain(tooMuch(["big.bin"]));
    expect(seen.map(({ files }) => files.length)).toEqual([9, 10, 0, 0, 0, 10]);
    expect(seen[1]?.text).toBe("Ten.");
    expect(seen[5]?.text).toContain(tooMuch(["f9.bin"]));
    expect(seen[5]?.files[0]?.name).toBe("answer.md");
  });

  it("buttons in rows of five, their labels cut to what Discord takes", async () => {
    const buttons = Array.from({ length: 7 }, (_, n) => ({ id: `b${n}`, text: "x".repeat(100), value: `${n}` }));
    await open.adapter.post(here(), { text: "Pick", card: { buttons } }, key());
    const [seen] = ours(open.discord, open.general);
    expect(seen?.components).toHaveLength(2);
    expect(seen?.buttons[6]?.label).toHaveLength(80);
  });

  it("once, when Discord applied it and then said it was in trouble", async () => {
    open.discord.faults.plan(posts, { do: "error", status: 503, applied: true });
    await open.adapter.post(here(), { text: "noon" }, key());
    expect(ours(open.discord, open.general)).toHaveLength(1);
  });

  it("the missing part only, when an earlier attempt came half way before a restart", async () => {
    const message = await asked("tell me all");
    const text = Array.from({ length: 50 }, (_, n) => `Paragraph ${n}: ${"word ".repeat(20)}`).join("\n\n");
    const again = { ...key(message), again: true };
    await open.adapter.post(message.answerAt, { text }, again);
    const whole = threadOf(message).map((seen) => seen.text);
    expect(whole).toHaveLength(3);
    const thread = open.discord.threadOf(message.id);
    const last = thread?.messages.at(-1);
    await open.restart(() => {
      if (last) open.discord.delete(last);
      // Discord forgets nonces after a few minutes.
      open.moveOn(600_000);
    });
    await open.adapter.post(message.answerAt, { text }, again);
    expect(threadOf(message).map((seen) => seen.text)).toEqual(whole);
  });

  it("a scheduled text again only if it does not stand there already, and leaves other posts alone", async () => {
    const first = key();
    await open.adapter.post(here(), { text: "the other digest" }, key());
    await open.adapter.post(here(), { text: "the digest" }, first);
    await open.restart();
    await open.adapter.post(here(), { text: "the digest" }, { ...first, again: true });
    await open.adapter.post(here(), { text: "a third digest" }, { ...first, id: "run-x", again: true });
    const texts = ours(open.discord, open.general).map(({ text }) => text);
    expect(texts).toEqual(["the other digest", "the digest", "a third digest"]);
  });

  it("nothing over a card that followed the answer it takes over", async () => {
    const message = await asked("may I?");
    const answer = key(message);
    await open.adapter.post(message.answerAt, { text: "half" }, answer);
    await open.adapter.post(
      message.answerAt,
      { text: "ops wants to", card: { buttons: [{ id: "a", text: "A" }] } },
      key(),
    );
    await open.restart();
    await open.adapter.post(message.answerAt, { text: "whole" }, { ...answer, again: true });
    expect(threadOf(message).map(({ text }) => text)).toEqual(["whole", "ops wants to"]);
  });

  it.each([
    ["the channel is gone", () => open.discord.deleteChannel(open.general), /is gone/],
    ["it may not write there", () => open.discord.permit(open.general, { deny: ["SendMessages"] }), /may not write/],
    ["it can't see the channel", () => open.discord.permit(open.general, { deny: ["ViewChannel"] }), /can't see/],
  ])("or says for good why not, when %s", async (_, happen, words) => {
    happen();
    const post = open.adapter.post(here(), { text: "noon" }, key());
    await expect(post).rejects.toMatchObject({
      name: "DeliveryError",
      final: true,
      message: expect.stringMatching(words),
    });
  });

  it("or says that a locked thread takes nothing more", async () => {
    const { discord, ana, general, adapter } = open;
    const thread = discord.thread(general, { by: ana, name: "done" });
    const message = await asked("more?", thread);
    discord.lockThread(thread);
    discord.archiveThread(thread);
    const post = adapter.post(message.answerAt, { text: "noon" }, key(message));
    await expect(post).rejects.toMatchObject({ name: "DeliveryError", final: true });
  });

  it("or says that it may be tried again, when Discord stays in trouble", async () => {
    open.discord.faults.plan(posts, { do: "error", status: 500, applied: false }, 10);
    const post = open.adapter.post(here(), { text: "noon" }, key());
    await expect(post).rejects.toMatchObject({ name: "DeliveryError", final: false });
    open.discord.faults.clear();
  });

  it("a burst of posts without ever being told to slow down", async () => {
    const other = open.discord.channel("other");
    const to = (n: number) => (n % 2 ? here() : { adapter: "discord", channel: other.id });
    await Promise.all(Array.from({ length: 12 }, (_, n) => open.adapter.post(to(n), { text: `${n}` }, key())));
    expect(open.discord.calls.filter(({ status }) => status === 429)).toEqual([]);
    expect(ours(open.discord, open.general).map(({ text }) => text)).toEqual(["1", "3", "5", "7", "9", "11"]);
  });
});

describe("answers growing on Discord", () => {
  let inbox: RecordingInbox;
  let open: Open;
  beforeEach(async () => {
    inbox = recordingInbox();
    open = await openDiscord(inbox);
  });
  afterEach(() => open.close());

  async function begin() {
    open.discord.say(open.ana, open.general, "@Bellhop tell me");
    const message = await inbox.message("tell me");
    const key: PostKey = { id: "run-1", since: Date.now(), answers: message.id };
    const draft = open.adapter.draft(message.answerAt, key, { person: message.author.id, message: message.id });
    const seen = () => ours(open.discord, open.discord.threadOf(message.id));
    const shows = (text: string) => untilAsync(open.discord, async () => seen().some((one) => one.text.includes(text)));
    return { message, draft, seen, shows };
  }

  it("cost one thread and one post when they are there at once", async () => {
    const { draft, seen } = await begin();
    await draft.end({ text: "noon", footer: "ops" });
    const posted = open.discord.calls.filter(({ method }) => method === "POST");
    expect(posted.map(({ path }) => path.split("/").at(-1))).toEqual(["threads", "messages"]);
    expect(seen().map(({ text }) => text)).toEqual(["noon\n-# ops"]);
  });

  it("cost no more when their first words come right before the last", async () => {
    const { draft, seen } = await begin();
    draft.show({ text: "no", lines: [] });
    await draft.end({ text: "noon" });
    expect(seen().map(({ text, history }) => ({ text, history }))).toEqual([{ text: "noon", history: ["noon"] }]);
  });

  it("are edited at a pace that Discord bears, and end without delay", async () => {
    const { draft, seen, shows } = await begin();
    let text = "";
    let words = 0;
    const began = Date.now();
    const model = setInterval(() => {
      text += `word${words++} `;
      draft.show({ text, lines: [] });
    }, 50);
    await shows("word40");
    clearInterval(model);
    await draft.end({ text: `${text}end` });
    expect(seen()[0]?.text).toBe(`${text}end`);
    expect(seen()[0]?.history.length).toBeLessThanOrEqual((Date.now() - began) / 1_000 + 3);
    expect(open.discord.calls.filter(({ status }) => status === 429)).toEqual([]);
  });

  it("go on in a next message past 2,000 characters, the stop button moving along", async () => {
    const { draft, seen, shows } = await begin();
    const stop = { id: "stop", text: "Stop", value: "7f3k" };
    const text = "a sentence of some length. ".repeat(60);
    draft.show({ text, lines: [], stop });
    await shows("a sentence");
    draft.show({ text: `${text}\n\n${text}\n\nmore`, lines: [], stop });
    await shows("more");
    await untilAsync(open.discord, async () => seen()[0]?.buttons.length === 0);
    expect(seen().map(({ buttons }) => buttons.length)).toEqual([0, 1]);
    await draft.end({ text: `${text}\n\n${text}\n\nmore and done` });
    expect(seen().map(({ buttons }) => buttons.length)).toEqual([0, 0]);
    expect(seen()[1]?.text).toMatch(/more and done$/);
  });

  it("lose messages that they no longer need", async () => {
    const { draft, seen, shows } = await begin();
    draft.show({ text: "a sentence of some length. ".repeat(120), lines: [] });
    await shows("a sentence");
    await draft.end({ text: "In short: yes." });
    expect(seen().map(({ text }) => text)).toEqual(["In short: yes."]);
  });

  it("show tool lines as they resolve", async () => {
    const { draft, seen, shows } = await begin();
    draft.show({ text: "", lines: [{ id: "1", title: "clock now", state: "running" }] });
    await shows("clock now");
    const lines = [
      { id: "1", title: "clock now", state: "done" as const, ms: 94 },
      { id: "2", title: "web search", state: "failed" as const, note: "no network" },
    ];
    await draft.end({ text: "noon", lines });
    expect(seen()[0]?.text).toBe("-# ✓ clock now 0.1 s\n-# ✗ web search — no network\nnoon");
  });

  it("are said anew at the end when somebody deleted what was shown", async () => {
    const { message, draft, seen, shows } = await begin();
    draft.show({ text: "It is", lines: [] });
    await shows("It is");
    const first = open.discord.threadOf(message.id)?.messages.at(-1);
    if (first) open.discord.delete(first);
    await draft.end({ text: "It is noon." });
    expect(seen().map(({ text }) => text)).toEqual(["It is noon."]);
  });

  it("can be ended again when the end could not be delivered", async () => {
    const { draft, seen, shows } = await begin();
    draft.show({ text: "It is", lines: [] });
    await shows("It is");
    const edits = "PATCH /channels/{channel_id}/messages/{message_id}";
    open.discord.faults.plan(edits, { do: "error", status: 502, applied: false }, 4);
    await expect(draft.end({ text: "It is noon." })).rejects.toMatchObject({ final: false });
    await draft.end({ text: "It is noon." });
    expect(seen().map(({ text }) => text)).toEqual(["It is noon."]);
  });

  it("are given up at the first word that can't be posted, and say so at the end", async () => {
    const { draft } = await begin();
    open.discord.permit(open.general, { deny: ["SendMessages", "SendMessagesInThreads"] });
    for (let n = 0; n < 20; n++) {
      draft.show({ text: `word${n}`, lines: [] });
      await untilAsync(open.discord, async () => open.discord.calls.some(({ status }) => status === 403));
    }
    await expect(draft.end({ text: "never" })).rejects.toMatchObject({ final: true });
    expect(open.discord.calls.filter(({ status }) => status === 403).length).toBeLessThanOrEqual(4);
  });
});
