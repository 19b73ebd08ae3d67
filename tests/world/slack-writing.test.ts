import { expect, test } from "vitest";
import { wallClock } from "./slack/clock.ts";
import { write } from "./slack/rich-text.ts";
import { createChannel, type Person } from "./slack/workspace.ts";

const person = (id: string, name: string): Person => ({
  id,
  team: "T1",
  name,
  tz: "UTC",
  locale: "en-US",
  guest: false,
  deactivated: false,
});
const channel = createChannel(wallClock, {
  id: "C1",
  name: "general",
  kind: "channel",
  creator: "U1",
  members: new Set(),
});
const names = {
  people: [person("U1", "ana"), person("U2", "Ana Maria"), person("U9", "Bellhop")],
  channels: [channel],
};
const text = (typed: string) => write(typed, names).text;
const elements = (typed: string) => write(typed, names).blocks[0]?.elements;

test.each([
  ["@Bellhop hi", "<@U9> hi"],
  ["@bellhop: hi", "<@U9>: hi"],
  ["@Ana Maria and @ana", "<@U2> and <@U1>"],
  ["mail ana@example.com or @nobody", "mail ana@example.com or @nobody"],
  ["a < b && c > d", "a &lt; b &amp;&amp; c &gt; d"],
  ["in #general, not #generally", "in <#C1|general>, not #generally"],
  ["@here look", "<!here> look"],
  ["see https://example.com/a?b=1&c=2.", "see <https://example.com/a?b=1&amp;c=2>."],
  ["see example.com", "see <http://example.com|example.com>"],
  ["see [the page](https://example.com)", "see <https://example.com|the page>"],
  ["*bold @ana* _it_ ~no~ `a < b`", "*bold <@U1>* _it_ ~no~ `a &lt; b`"],
  ["2 * 3 * 4 and snake_case_name", "2 * 3 * 4 and snake_case_name"],
  ["one\ntwo", "one\ntwo"],
])("%j is sent as %j", (typed, sent) => {
  expect(text(typed)).toBe(sent);
});

test("the blocks say the same as the text", () => {
  expect(elements("*hi* @Bellhop see https://example.com :wave:")).toEqual([
    {
      type: "rich_text_section",
      elements: [
        { type: "text", text: "hi", style: { bold: true } },
        { type: "text", text: " " },
        { type: "user", user_id: "U9" },
        { type: "text", text: " see " },
        { type: "link", url: "https://example.com" },
        { type: "text", text: " " },
        { type: "emoji", name: "wave" },
      ],
    },
  ]);
});

test("code, quotes and lists become blocks of their own", () => {
  const typed = "look:\n- one\n- two\n> said\n```\na < b\n```";
  expect(elements(typed)).toMatchObject([
    { type: "rich_text_section" },
    {
      type: "rich_text_list",
      style: "bullet",
      elements: [{ type: "rich_text_section" }, { type: "rich_text_section" }],
    },
    { type: "rich_text_quote" },
    { type: "rich_text_preformatted", elements: [{ type: "text", text: "a < b" }] },
  ]);
  expect(text(typed)).toBe("look:\n• one\n• two\n&gt; said\n```a &lt; b```");
});
