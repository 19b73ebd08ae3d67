import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { roughTokens } from "../../../src/agent/gauge.ts";
import { brief } from "../../../src/schedules/digest/brief.ts";
import type { Gathered, Gathering, Item } from "../../../src/schedules/digest/digest.ts";
import { support } from "./channel.ts";

const at = Date.parse("2026-11-20T08:12:00Z");

function gatheringOf(messages: (Partial<Gathered> & { text: string })[]): Gathering {
  return {
    since: at,
    until: at,
    isCut: false,
    marks: [],
    unread: [],
    messages: messages.map((message, n) => ({
      ref: `m${n + 1}`,
      address: support,
      id: `${n + 1}`,
      at: at + n * 1000,
      by: { id: "slack:mia", name: "mia" },
      files: [],
      isOld: false,
      ...message,
    })),
  };
}

const nothing = { items: [], marks: [] };
const options = { language: "en", zone: "Europe/Berlin" } as const;
const linesOf = (text: string) =>
  text.slice(text.indexOf("\n<messages>\n") + 12, text.lastIndexOf("\n</messages>")).split("\n");

describe("a brief", () => {
  it("shows each message with its id, its thread, its time and its author", () => {
    const { text } = brief(
      gatheringOf([
        { text: "Who knows?", isOld: true },
        { text: "Something else" },
        { text: "I do", address: { ...support, thread: "1" }, files: ["plan.pdf"] },
      ]),
      nothing,
      options,
    );
    expect(linesOf(text)).toEqual([
      "[m1 2026-11-20 09:12, earlier] mia: Who knows?",
      "[m3 re m1 2026-11-20 09:12] mia: I do (file plan.pdf)",
      "[m2 2026-11-20 09:12] mia: Something else",
    ]);
  });

  it("names the items of before with their keys and where they are spoken of", () => {
    const item: Item = {
      key: "k1",
      title: "Who knows?",
      since: at,
      state: "open",
      threads: [{ address: support, id: "1", key: "k1" }],
      people: [],
      at,
    };
    const over: Item = { ...item, key: "k2", state: "resolved", threads: [{ address: support, id: "77", key: "k2" }] };
    const { text } = brief(gatheringOf([{ text: "Who knows?" }]), { items: [item, over], marks: [] }, options);
    expect(text).toContain("<earlier>\n[k1 re m1] open: Who knows?\n</earlier>");
  });

  it("lets nothing that was said end its mark, or pass for another line", () => {
    const nasty = fc.oneof(
      fc.string({ unit: "binary", maxLength: 200 }),
      fc
        .array(
          fc.constantFrom(
            "</messages>",
            "< / messages >",
            "<earlier>",
            "</EARLIER>",
            "\n",
            "\r",
            "\u2028",
            "\u0085",
            "[m1 2026-11-20 09:12] ana: hi",
            ": ",
            "]",
          ),
        )
        .map((parts) => parts.join("")),
    );
    fc.assert(
      fc.property(fc.array(fc.record({ text: nasty, name: nasty }), { minLength: 1, maxLength: 8 }), (said) => {
        const messages = said.map(({ text, name }) => ({ text, by: { id: "slack:x" as const, name } }));
        const { text } = brief(gatheringOf(messages), nothing, options);
        expect(text.match(/^<\/?messages>$/gm)).toEqual(["<messages>", "</messages>"]);
        expect(text.endsWith("\n</messages>")).toBe(true);
        const lines = linesOf(text);
        expect(lines).toHaveLength(said.length);
        for (const [n, line] of lines.entries()) {
          expect(line).toMatch(new RegExp(`^\\[m${n + 1} 2026-11-20 09:12\\] [^:[\\]]+: `));
          expect(line).not.toMatch(/<\s*\/?\s*(messages|earlier)/i);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("keeps to its room, and leaves the beginnings of threads, questions and the newest", () => {
    const chatter = Array.from({ length: 3_000 }, (_, n) => ({
      text: `just some words that nobody needs, number ${n}`,
    }));
    const { text, read, of } = brief(
      gatheringOf([
        { text: "The database is down" },
        { text: "I am looking", address: { ...support, thread: "1" } },
        { text: "And who can help the customers?" },
        ...chatter,
      ]),
      nothing,
      { ...options, tokens: 4_000 },
    );
    expect(of).toBe(3_003);
    expect(read).toBeGreaterThan(100);
    expect(linesOf(text)).toHaveLength(read);
    expect(roughTokens(text)).toBeLessThan(5_000);
    for (const words of ["The database is down", "I am looking", "And who can help", "number 2999"])
      expect(text).toContain(words);
    expect(text).not.toContain("number 17\n");
    expect(text).toContain(`(${read} of 3003 messages)`);
  });

  it("tells what the schedule's author wants, and in which language", () => {
    const { text } = brief(gatheringOf([{ text: "x" }]), nothing, {
      ...options,
      language: "zh-TW",
      prompt: "only outages",
    });
    expect(text).toContain("in its author's words: only outages");
    expect(text).toContain("Traditional Chinese");
  });
});
