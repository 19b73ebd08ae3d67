import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readBlocks } from "../../adapters/slack/rich-text.ts";
import { harmless, readText, settled, shortened, toMrkdwn } from "../../adapters/slack/text.ts";

const bot = "U0BOT";
const names: Record<string, string> = { U0ANA: "ana" };
const read = (raw: string) => readText(raw, bot, (user) => names[user]);

describe("reading Slack's text", () => {
  it.each([
    ["plain words", "plain words"],
    ["1 &lt; 2 &amp;&amp; 3 &gt; 2", "1 < 2 && 3 > 2"],
    ["&amp;lt; was typed", "&lt; was typed"],
    ["ask <@U0ANA> or <@U0TOM>", "ask @ana or @U0TOM"],
    ["ask <@U0TOM|tom>", "ask @tom"],
    ["in <#C0GENERAL|general> and <#C0OPS>", "in #general and #C0OPS"],
    ["<!here> <!channel> <!subteam^S01|@oncall> <!subteam^S02>", "@here @channel @oncall @group"],
    ["<!date^1392734382^{date}|18 Feb 2014>", "18 Feb 2014"],
    ["see <https://example.com/a?b=1&amp;c=2>", "see https://example.com/a?b=1&c=2"],
    ["see <https://example.com|the page>", "see [the page](https://example.com)"],
    ["see <http://example.com|example.com>", "see example.com"],
    ["to <mailto:ana@example.com|ana@example.com>", "to ana@example.com"],
    ["a *bold* word, `x &lt; y`", "a *bold* word, `x < y`"],
  ])("reads %j as %j", (raw, text) => {
    expect(read(raw)).toMatchObject({ text, mention: false });
  });

  it("tells whom a text names, each once, as they are called in it", () => {
    expect(read("<@U0BOT> ask <@U0ANA>, <@U0TOM|tom> and <@U0ANA> in <#C0OPS|ops>, not <!here>").people).toEqual([
      { user: "U0ANA", name: "ana" },
      { user: "U0TOM", name: "tom" },
    ]);
  });

  it("tells which channels a text names, each once, as they are called in it", () => {
    expect(read("from <#C0OPS|ops> to <#C0GENERAL> and <#C0OPS|ops>").channels).toEqual([
      { id: "C0OPS", name: "ops" },
      { id: "C0GENERAL", name: "C0GENERAL" },
    ]);
  });

  it.each([
    ["<@U0BOT> hi", "hi"],
    ["<@U0BOT>: ops: why?", "ops: why?"],
    ["<@U0BOT|bellhop>, hi", "hi"],
    ["hey <@U0BOT>, why?", "hey, why?"],
    ["why, <@U0BOT>", "why,"],
    ["<@U0BOT>\nline one\nline two", "line one\nline two"],
    ["<@U0BOT>", ""],
  ])("takes the mention that calls the bot out of %j", (raw, text) => {
    expect(read(raw)).toEqual({ text, mention: true, people: [], channels: [] });
  });

  it("reads what other apps wrote from their blocks", () => {
    const blocks = [
      { type: "header", text: { type: "plain_text", text: "Deploy" } },
      { type: "section", text: { type: "mrkdwn", text: "done" }, fields: [{ type: "mrkdwn", text: "by ci" }] },
      {
        type: "rich_text",
        elements: [
          {
            type: "rich_text_section",
            elements: [
              { type: "text", text: "see ", style: {} },
              { type: "text", text: "this", style: { bold: true } },
              { type: "link", url: "https://example.com", text: "page" },
              { type: "user", user_id: "U0ANA" },
              { type: "emoji", name: "wave" },
              { type: "broadcast", range: "here" },
            ],
          },
          {
            type: "rich_text_list",
            style: "ordered",
            indent: 1,
            elements: [
              { type: "rich_text_section", elements: [{ type: "text", text: "one" }] },
              { type: "rich_text_section", elements: [{ type: "text", text: "two", style: { code: true } }] },
            ],
          },
          { type: "rich_text_quote", elements: [{ type: "text", text: "quoted\nwords" }] },
          { type: "rich_text_preformatted", elements: [{ type: "text", text: "x = 1" }] },
        ],
      },
      { type: "context", elements: [{ type: "mrkdwn", text: "a quiet line" }] },
      { type: "actions", elements: [] },
    ];
    expect(readBlocks(blocks, (user) => names[user])).toBe(
      "## Deploy\n\ndone\nby ci\n\nsee **this**[page](https://example.com)@ana:wave:@here\n  1. one\n  2. `two`\n> quoted\n> words\n```\nx = 1\n```",
    );
  });
});

describe("writing for Slack", () => {
  const pieces = fc.constantFrom("<", ">", "@", "!", "#", "|", "U0ANA", "here", "x", " ", "\n", "https://a.b", "&");
  const nasty = fc.array(pieces, { maxLength: 40 }).map((parts) => parts.join(""));

  it("leaves nothing in a text that Slack would take for a person, a group or a hidden link", () => {
    fc.assert(
      fc.property(nasty, (text) => {
        expect(harmless(text)).not.toMatch(/<[@!#][^<>\n]*>|<https?:[^<>|\s]+\|[^<>\n]*>/);
      }),
      { numRuns: 2000 },
    );
  });

  it("leaves ordinary text as it is", () => {
    const code = "if (a < b && c > d) return vector<int>{}; // <b>bold</b>, <https://example.com>";
    expect(harmless(code)).toBe(code);
  });

  it("keeps the words of what it takes out", () => {
    expect(harmless("hi <@U0ANA>, <@U0TOM|tom>, <!channel>, <#C0OPS|ops>")).toBe("hi @U0ANA, tom, @channel, ops");
    expect(harmless("<https://evil.example|https://bank.example>")).toBe(
      "[https://bank.example](https://evil.example)",
    );
  });

  it("never shows the half of a reference that may still be finished", () => {
    fc.assert(
      fc.property(nasty, fc.nat(40), (text, at) => {
        expect(settled(harmless(text.slice(0, at)))).not.toMatch(/<[@!#][^<>\n]*$/);
      }),
      { numRuns: 2000 },
    );
  });

  it("shows of a growing text what the whole will begin with", () => {
    const words = fc.constantFrom("hi ", "a < b ", "<@U0ANA>", "<!channel>", "<!subteam^S1|@team>", "\n", "x>y", "<b>");
    const text = fc.array(words, { maxLength: 12 }).map((parts) => parts.join(""));
    fc.assert(
      fc.property(text, fc.nat(80), (whole, at) => {
        expect(harmless(whole).startsWith(settled(harmless(whole.slice(0, at))))).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it("escapes for the places that take Slack's own markup", () => {
    expect(toMrkdwn("**ops** said 1 < 2 & <!here>, [link](https://example.com/?a=1&b=2)")).toBe(
      "*ops* said 1 &lt; 2 &amp; @here, <https://example.com/?a=1&amp;b=2|link>",
    );
  });

  it("lets an address in angle brackets lead where it says, and no other markup through with it", () => {
    expect(toMrkdwn("the rest: <https://acme.slack.com/archives/C1/p1?a=1&b=2> — ops")).toBe(
      "the rest: <https://acme.slack.com/archives/C1/p1?a=1&amp;b=2> — ops",
    );
    expect(toMrkdwn("write to <mailto:ana@example.com>, not <ana>")).toBe(
      "write to <mailto:ana@example.com>, not &lt;ana&gt;",
    );
    expect(toMrkdwn("<https://evil.example|https://example.com> <https://a.example <!channel>>")).not.toMatch(
      /\||<!|<https:\/\/a\.example [^>]/,
    );
  });

  it("shortens without halving a character", () => {
    expect(shortened("abc", 3)).toBe("abc");
    expect(shortened("abcd", 3)).toBe("ab…");
    expect(shortened("a🙂b", 3)).toBe("a…");
  });
});
