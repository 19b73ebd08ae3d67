import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { brief } from "../../../src/schedules/digest/brief.ts";
import type { Past } from "../../../src/schedules/digest/digest.ts";
import { gather } from "../../../src/schedules/digest/gather.ts";
import { type ReadOptions, readDigest } from "../../../src/schedules/digest/read.ts";
import { plainLine } from "../../../src/words/plain-line.ts";
import { channelAt, link, support } from "./channel.ts";
import { drawn, offlineAnswer } from "./runs.ts";

const friday = Date.parse("2026-11-20T07:00:00Z");
const nothing: Past = { items: [], marks: [] };

/** A channel where something was said, ready to be read back. */
async function said(count: number, textOf: (n: number) => string = (n) => `the export failed for customer ${n}`) {
  const channel = channelAt(friday);
  const roots: string[] = [];
  for (let n = 0; n < count; n++) {
    const under = n % 3 === 2 ? roots.at(-1) : undefined;
    const id = channel.say(`p${n % 17}`, textOf(n), under === undefined ? {} : { in: under });
    if (under === undefined) roots.push(id);
  }
  const now = channel.now() + 5_000;
  const gathering = await gather(channel.knowing, { sources: [support], past: nothing, now, from: now - 8.64e7 * 9 });
  const options: ReadOptions = { gathering, past: nothing, hushed: [], brief: { read: count, of: count }, link };
  return { channel, now, gathering, options };
}

describe("reading what a model made of it", () => {
  it("drops messages nobody said, and items without any", async () => {
    const { options } = await said(3);
    const digest = await readDigest(
      {
        items: [
          { title: "real", state: "new", messages: ["m1", "m99", 7, null] },
          { title: "made up", state: "new", messages: ["m99"] },
          { title: "empty", state: "resolved", messages: [] },
          { title: "made up, of before", key: "0123456789", state: "open", messages: [] },
        ],
      },
      options,
    );
    expect(digest?.fresh.map(({ title }) => title)).toEqual(["real"]);
    expect([digest?.open, digest?.resolved]).toEqual([[], []]);
  });

  it("takes links and people from the messages alone", async () => {
    const { options, channel } = await said(3);
    const title =
      "see [here](https://evil.example/x), https://evil.example/y or www.evil.example <https://evil.example> @everyone";
    const digest = await readDigest(
      { items: [{ title, state: "new", why: "[x](https://evil.example)", messages: ["m1"], people: ["the boss"] }] },
      options,
    );
    expect(digest?.fresh[0]?.people).toEqual(["p0"]);
    const { body } = drawn(digest as NonNullable<typeof digest>, channel.now());
    expect(body).not.toContain("evil.example/");
    expect(body).not.toContain("www.");
    expect(body).not.toContain("the boss");
  });

  it("makes one item of a matter that is told twice", async () => {
    const { options } = await said(3);
    const digest = await readDigest(
      {
        items: [
          { title: "first", state: "new", messages: ["m2"] },
          { title: "second", state: "new", messages: ["m3"] },
        ],
      },
      options,
    );
    expect(digest?.fresh.map(({ title }) => title)).toEqual(["first"]);
  });

  it("says nothing of an item that nobody spoke of since", async () => {
    const { options, gathering } = await said(3);
    for (const message of gathering.messages) message.isOld = true;
    const output = { items: [{ title: "old", state: "resolved", messages: ["m1", "m2"] }] };
    expect(await readDigest(output, options)).toBeUndefined();
  });

  it("goes without a link where the platform gives none, or fails to, or gives what is none", async () => {
    const { options, channel } = await said(3);
    const output = { items: [{ title: "matter", state: "new", messages: ["m1"] }] };
    const links = [
      async () => Promise.reject(new Error("down")),
      () => undefined,
      () => "javascript:alert(1)",
      () => "no link",
    ];
    for (const link of links) {
      const digest = await readDigest(output, { ...options, link });
      expect(digest?.fresh[0]).not.toHaveProperty("link");
      expect(digest && drawn(digest, channel.now()).body).toBe("**New**\n- **1** matter — *p0*");
    }
  });

  it("stays whole whatever a model answers", async () => {
    const { options, channel, gathering } = await said(30);
    const refs = gathering.messages.map(({ ref }) => ref);
    const links = new Set(gathering.messages.map(({ address, id }) => link(address, id)));
    const words = fc.oneof(
      fc.string({ unit: "binary", maxLength: 300 }),
      fc.constantFrom(
        "[a](https://evil.example)",
        "](https://evil.example)",
        "<https://evil.example|x>",
        "`",
        "**",
        "",
        "\n# x",
      ),
      fc.webUrl(),
    );
    const item = fc.record(
      {
        key: fc.oneof(words, fc.constantFrom(1, null)),
        title: words,
        state: fc.constantFrom("new", "open", "resolved", "nonsense"),
        why: fc.oneof(words, fc.constant(null)),
        messages: fc.oneof(fc.array(fc.oneof(fc.constantFrom(...refs), words)), fc.anything()),
        people: fc.anything(),
      },
      { requiredKeys: ["title", "state", "messages"] },
    );
    const answer = fc.oneof(
      { weight: 8, arbitrary: fc.record({ items: fc.array(item, { maxLength: 60 }) }) },
      { weight: 1, arbitrary: fc.record({ items: fc.anything() }) },
      { weight: 1, arbitrary: fc.anything() },
    );
    await fc.assert(
      fc.asyncProperty(answer, async (output) => {
        const digest = await readDigest(output, options);
        if (digest === undefined) return;
        const { body, head, buttons } = drawn(digest, channel.now());
        for (const [url] of `${head} ${body}`.matchAll(/[a-z][a-z\d+.-]*:\/\/[^\s)]+/gi)) expect(links).toContain(url);
        for (const [, target] of body.matchAll(/\]\(([^)]*)\)/g)) expect(links).toContain(target);
        expect(body.split("\n").filter((line) => line.startsWith("- "))).toHaveLength(
          digest.fresh.length + digest.open.length + digest.resolved.length,
        );
        expect(buttons.length).toBeLessThanOrEqual(25);
        for (const { id, value = "" } of buttons) expect(id.length <= 60 && value.length <= 30).toBe(true);
        const keys = digest.past.items.map(({ key }) => key);
        expect(new Set(keys).size).toBe(keys.length);
        // Told once, it is not new again.
        const again = await readDigest(output, { ...options, past: digest.past });
        const fresh = new Set(digest.fresh.map(({ key }) => key));
        expect(again?.fresh.filter(({ key }) => fresh.has(key)) ?? []).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it("draws 60 matters within what every platform shows", async () => {
    const { options, channel, gathering } = await said(300);
    const output = {
      items: gathering.messages.map(({ ref }) => ({ title: `matter ${ref}`, state: "new", messages: [ref] })),
    };
    const digest = await readDigest(output, options);
    expect(digest?.fresh).toHaveLength(20);
    expect(digest && drawn(digest, channel.now()).buttons).toHaveLength(20);
  });

  it("gathers, briefs, reads and draws 5,000 messages within a second", async () => {
    const channel = channelAt(friday);
    const roots: string[] = [];
    const said = new Map<string, Awaited<ReturnType<typeof channel.reader.history>>>();
    for (let n = 0; n < 5_000; n++) {
      const under = n % 4 === 3 ? roots[(n * 7) % Math.min(roots.length, 400)] : undefined;
      const id = channel.say(
        `p${n % 60}`,
        `The export number ${n} failed with error ${n % 91}, can somebody look at it?`,
        under === undefined ? {} : { in: under },
      );
      if (under === undefined) roots.push(id);
    }
    const all = await channel.reader.history(support, { limit: 9_999 });
    const replies = await Promise.all(
      roots.map((thread) => channel.reader.history({ ...support, thread }, { limit: 200 })),
    );
    for (const [at, root] of roots.entries()) said.set(root, replies[at] ?? []);
    const now = channel.now() + 5_000;
    const started = performance.now();
    const gathering = await gather(
      {
        history: async ({ thread }) => (thread === undefined ? all : (said.get(thread) ?? [])),
        threads: async () => roots.filter((root) => (said.get(root)?.length ?? 0) > 1),
      },
      { sources: [support], past: nothing, now, from: now - 8.64e7 * 9 },
    );
    const briefed = brief(gathering, nothing, { language: "en", zone: "Europe/Berlin" });
    const took = performance.now() - started;
    const output = await offlineAnswer(briefed.text, briefed.output);
    const again = performance.now();
    const digest = await readDigest(output, { gathering, past: nothing, hushed: [], brief: briefed, link });
    const { footer } = drawn(digest as NonNullable<typeof digest>, now);
    expect(took + performance.now() - again).toBeLessThan(1_000);
    expect(gathering.messages).toHaveLength(5_000);
    expect(briefed.read).toBeGreaterThan(300);
    expect(footer).toMatch(/^I read \d{3} of 5,000 messages/);
    expect(digest?.fresh.length).toBeGreaterThan(0);
  });
});

describe("a plain line", () => {
  it.each([
    ["Refunds fail for PayPal", "Refunds fail for PayPal"],
    ["`main_loop` breaks *all* of __it__", "'main_loop' breaks all of it"],
    ["a [link](https://x.example/1) and https://x.example/2 end", "a link and … end"],
    ["# heading\nand more", "heading and more"],
    ["1 < 2 > 0", "1 ‹ 2 › 0"],
    ["一二三四五", "一二三四五"],
  ])("%j is %j", (text, line) => expect(plainLine(text, 100)).toBe(line));

  it("is no longer than it may be, and cuts no sign in two", () => {
    expect(plainLine("😀".repeat(50), 10)).toBe(`${"😀".repeat(9)}…`);
  });
});
