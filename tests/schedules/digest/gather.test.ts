import { describe, expect, it } from "vitest";
import type { Past } from "../../../src/schedules/digest/digest.ts";
import { countOf, gather } from "../../../src/schedules/digest/gather.ts";
import { channelAt, support } from "./channel.ts";

const friday = Date.parse("2026-11-20T07:00:00Z");
const nothing: Past = { items: [], marks: [] };

const texts = (gathering: Awaited<ReturnType<typeof gather>>) => gathering.messages.map(({ text }) => text);

describe("gathering", () => {
  it("takes what people said, in threads too, and leaves out bots and its own posts", async () => {
    const channel = channelAt(friday);
    const asked = channel.say("mia", "Who knows?");
    channel.say("ci", "build 7 passed", { bot: true });
    channel.say("bellhop", "my own digest", { ours: true });
    channel.say("tom", "I do", { in: asked });
    channel.say("tom", "", { files: ["plan.pdf"] });
    for (const reader of [channel.reader, channel.knowing]) {
      const gathering = await gather(reader, {
        sources: [support],
        past: nothing,
        now: channel.now() + 5_000,
        from: friday,
      });
      expect(texts(gathering)).toEqual(["Who knows?", "I do", ""]);
      expect(gathering.messages.at(-1)?.files).toEqual(["plan.pdf"]);
      expect(countOf(gathering)).toEqual({ messages: 3, people: 2 });
      expect(gathering.messages.map(({ ref }) => ref)).toEqual(["m1", "m2", "m3"]);
    }
  });

  it("takes edits as they stand, and nothing that was deleted", async () => {
    const channel = channelAt(friday);
    const edited = channel.say("mia", "wrnog");
    const gone = channel.say("mia", "secret");
    channel.edit(edited, "right");
    channel.remove(gone);
    const gathering = await gather(channel.reader, {
      sources: [support],
      past: nothing,
      now: channel.now() + 5_000,
      from: friday,
    });
    expect(texts(gathering)).toEqual(["right"]);
  });

  it("reads on where the posted digest ended, with what a thread needs to be understood", async () => {
    const channel = channelAt(friday);
    const asked = channel.say("mia", "Who knows?");
    channel.say("tom", "Something else");
    const first = await gather(channel.knowing, {
      sources: [support],
      past: nothing,
      now: channel.now() + 5_000,
      from: friday,
    });
    channel.pass(60_000);
    channel.say("kim", "I do", { in: asked });
    channel.say("kim", "Later");
    const past = { items: [], marks: first.marks, postedAt: first.until };
    const second = await gather(channel.knowing, {
      sources: [support],
      past,
      now: channel.now() + 5_000,
      from: friday,
    });
    expect(second.messages.map(({ text, isOld }) => [text, isOld])).toEqual([
      ["Who knows?", true],
      ["I do", false],
      ["Later", false],
    ]);
    expect(second.since).toBe(first.until);
    expect(countOf(second)).toEqual({ messages: 2, people: 1 });
  });

  it("has what was said around the last digest once, also what that read too early to see", async () => {
    const channel = channelAt(friday);
    const asked = channel.say("mia", "Who knows?");
    channel.say("tom", "I do", { in: asked });
    const now = channel.now() + 1_000;
    const first = await gather(channel.knowing, { sources: [support], past: nothing, now, from: friday });
    expect(texts(first)).toEqual(["Who knows?", "I do"]);
    channel.pass(-75_000);
    channel.say("kim", "Written before, seen after", { in: asked });
    const second = await gather(channel.knowing, {
      sources: [support],
      past: { items: [], marks: first.marks },
      now: now + 600_000,
      from: friday,
    });
    expect(second.messages.filter(({ isOld }) => !isOld).map(({ text }) => text)).toEqual([
      "Written before, seen after",
    ]);
  });

  it("looks into the threads of open items even where the platform can't tell which have news", async () => {
    const channel = channelAt(friday);
    const asked = channel.say("mia", "Who knows?");
    const first = await gather(channel.reader, {
      sources: [support],
      past: nothing,
      now: channel.now() + 5_000,
      from: friday,
    });
    channel.pass(60_000);
    channel.say("tom", "solved", { in: asked });
    const item = {
      key: "k1",
      title: "Who knows?",
      since: friday,
      state: "open" as const,
      threads: [{ address: support, id: asked, key: "k1" }],
      people: ["mia"],
      at: friday,
    };
    const past = { items: [item], marks: first.marks };
    const second = await gather(channel.reader, { sources: [support], past, now: channel.now() + 5_000, from: friday });
    expect(texts(second)).toEqual(["Who knows?", "solved"]);
  });

  it("reads the newest of what is too much, and says that there was more", async () => {
    const channel = channelAt(friday);
    for (let n = 0; n < 5_100; n++) channel.say(`p${n % 40}`, `message ${n}`);
    const reader = { history: channel.reader.history, threads: async () => [] };
    const sources = [support, { ...support, thread: "none" }];
    const now = channel.now() + 5_000;
    const all = await gather(reader, { sources, past: nothing, now, from: friday });
    expect(all.messages).toHaveLength(5_000);
    expect(all.isCut).toBe(true);
    expect(all.messages.at(-1)?.text).toBe("message 5099");
    // Only what is older than asked for was left out.
    const some = await gather(reader, { sources, past: nothing, now, from: now - 86_400_000 });
    expect(some.messages).toHaveLength(1_440);
    expect(some.isCut).toBe(false);
  });

  it("asks for the threads of which the platform tells news, the newest five hundred", async () => {
    const channel = channelAt(friday);
    const roots = Array.from({ length: 520 }, (_, n) => channel.say("mia", `message ${n}`));
    for (const root of roots) channel.say("tom", "an answer", { in: root });
    const now = channel.now() + 5_000;
    const options = { sources: [support], past: nothing, now, from: friday };
    const gathering = await gather(channel.knowing, options);
    const asked = channel.asked.flatMap(({ thread }) => thread ?? []);
    expect(new Set(asked)).toEqual(new Set(roots.slice(20)));
    expect(gathering.messages).toHaveLength(520 + 500);
    expect(gathering.isCut).toBe(true);
  });

  it("looks into the threads of what is open for more than a week, of which nobody tells news", async () => {
    const channel = channelAt(friday);
    const old = channel.say("mia", "Who knows why?");
    const young = channel.say("mia", "And who knows this?");
    const now = channel.pass(20 * 86_400_000);
    const item = { title: "x", state: "open" as const, people: [], at: friday };
    const past = {
      items: [
        { ...item, key: "k1", since: friday, threads: [{ address: support, id: old, key: "k1" }] },
        { ...item, key: "k2", since: now - 86_400_000, threads: [{ address: support, id: young, key: "k2" }] },
      ],
      marks: [{ source: support, at: now - 3_600_000 }],
    };
    const reader = { history: channel.reader.history, threads: async () => [] };
    await gather(reader, { sources: [support], past, now, from: friday });
    expect(channel.asked.flatMap(({ thread }) => thread ?? [])).toEqual([old]);
  });

  it("asks blindly for thirty threads at most", async () => {
    const channel = channelAt(friday);
    for (let n = 0; n < 300; n++) channel.say("mia", `message ${n}`);
    await gather(channel.reader, { sources: [support], past: nothing, now: channel.now() + 5_000, from: friday });
    expect(channel.asked.filter(({ thread }) => thread !== undefined)).toHaveLength(30);
  });

  it("goes on without a source it can't read, names it, and reads it from where it was later", async () => {
    const channel = channelAt(friday);
    channel.say("mia", "Who knows?");
    const other = { adapter: "slack", channel: "C2" };
    const gathering = await gather(channel.reader, {
      sources: [other, support],
      past: nothing,
      now: channel.now() + 5_000,
      from: friday,
    });
    expect(texts(gathering)).toEqual(["Who knows?"]);
    expect(gathering.unread).toEqual([{ source: other, why: "channel_not_found" }]);
    expect(gathering.marks.map(({ source }) => source)).toEqual([support]);
    const alone = gather(channel.reader, { sources: [other], past: nothing, now: friday, from: friday });
    await expect(alone).rejects.toThrow("channel_not_found");
  });

  it("ends when it is told to", async () => {
    const channel = channelAt(friday);
    const signal = AbortSignal.abort(new Error("enough"));
    const gathering = gather(channel.reader, { sources: [support], past: nothing, now: friday, from: friday, signal });
    await expect(gathering).rejects.toThrow("enough");
  });

  it("reads a source that is named twice once", async () => {
    const channel = channelAt(friday);
    channel.say("mia", "Who knows?");
    const gathering = await gather(channel.reader, {
      sources: [support, { ...support }],
      past: nothing,
      now: channel.now() + 5_000,
      from: friday,
    });
    expect(gathering.marks).toHaveLength(1);
  });
});
