import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { previewOf } from "../../adapters/slack/preview.ts";
import type { Address } from "../../src/chat.ts";
import { wordsOf } from "../../src/words/words.ts";
import { setSlackStage } from "./slack-stage.ts";

const stage = setSlackStage();

const row = (...cells: string[]) => `| ${cells.join(" | ")} |`;
const table = (rows: string[][]) =>
  [
    row(...(rows[0] ?? [])),
    row(...(rows[0] ?? []).map(() => "---")),
    ...rows.slice(1).map((cells) => row(...cells)),
  ].join("\n");
const small = table([
  ["Service", "p95"],
  ["checkout", "**1.9 s**"],
  ["login", ""],
]);

/** The bot's messages at an address, with their blocks. */
function posts(address: Address) {
  const all = stage.slack.messages(address.channel, address.thread);
  return all.filter(({ user, deleted }) => user === stage.slack.bot.userId && !deleted);
}
const typesIn = (message: { blocks: readonly unknown[] } | undefined) =>
  (message?.blocks ?? []).map((block) => (block as { type: string }).type);
const filesAt = (address: Address) =>
  posts(address)
    .flatMap(({ files }) => files)
    .map((id) => stage.slack.file(id));

describe("tables on Slack", () => {
  it("are Slack's own, between the words before and after them", async () => {
    const message = await stage.asked();
    const text = `Before:\n\n${small}\n\nAfter.`;
    await stage.adapter.post(message.answerAt, { text, footer: "ops" }, stage.key(message));
    const [post, ...more] = posts(message.answerAt);
    expect(more).toEqual([]);
    expect(typesIn(post)).toEqual(["markdown", "table", "markdown", "context"]);
    expect(post?.shown).toBe("Before:\n\n\nService | p95\ncheckout | 1.9 s\nlogin | \u00a0\n\n\nAfter.\nops");
  });

  it("are read again as they were written", async () => {
    const message = await stage.asked();
    const text = table([
      ["Service", "p95"],
      ["checkout", "**1.9 s**"],
      ["[docs](https://example.com)", "`a \\| b`"],
    ]);
    await stage.adapter.post(message.answerAt, { text: `Before:\n\n${text}` }, stage.key(message));
    const told = await stage.adapter.history(message.answerAt, { limit: 10 });
    expect(told.at(-1)?.text).toBe(`Before:\n\n\n\n${text}`);
  });

  it("keep links, code and people in their cells", async () => {
    const message = await stage.asked();
    const cells = ["[docs](https://example.com/a)", "`x | y`".replace("|", "\\|"), "@tom", "<!channel> & ~~no~~"];
    const text = table([["a", "b", "c", "d"], cells]);
    const people = [{ id: `slack:${stage.tom}`, name: "tom" } as const];
    await stage.adapter.post(message.answerAt, { text, people }, stage.key(message));
    const [post] = posts(message.answerAt);
    expect(post?.pings).toEqual([stage.tom]);
    expect(JSON.stringify(post?.blocks)).toContain('"url":"https://example.com/a"');
    expect(post?.shown).toContain(`docs | x | y | <@${stage.tom}> | @channel & no`);
  });

  it("are drawn in code after the first, for Slack shows one in a message", async () => {
    const message = await stage.asked();
    await stage.adapter.post(message.answerAt, { text: `${small}\n\nand\n\n${small}\n\nend` }, stage.key(message));
    const [post, ...more] = posts(message.answerAt);
    expect(more).toEqual([]);
    expect(typesIn(post)).toEqual(["table", "markdown"]);
    expect(post?.shown).toContain("and\n\n\n\n```\nService   p95\n");
    expect(post?.shown).toContain("end");
  });

  it("are drawn in code when Slack would find them too large, nothing of them lost", async () => {
    const message = await stage.asked();
    const rows = Array.from({ length: 130 }, (_, n) => [`row${n}`, `value${n}`]);
    const wide = [Array.from({ length: 21 }, (_, n) => `c${n}`), Array.from({ length: 21 }, (_, n) => `v${n}`)];
    const text = `${table([["name", "value"], ...rows])}\n\n${table(wide)}`;
    await stage.adapter.post(message.answerAt, { text }, stage.key(message));
    const shown = posts(message.answerAt).map((post) => post.shown);
    expect(shown.join("\n").match(/row\d+/g)).toHaveLength(130);
    for (let n = 0; n < 21; n++) expect(shown.join("\n")).toContain(`c${n}`);
    expect(posts(message.answerAt).flatMap(typesIn)).not.toContain("table");
  });

  it("wait in a growing answer until they are whole, are drawn then, and are Slack's own at the end", async () => {
    const message = await stage.asked();
    const draft = stage.draft(message);
    draft.show({ text: `Before:\n\n${small}`, lines: [] });
    await stage.shows(message.answerAt, "Before:");
    expect(posts(message.answerAt)[0]?.shown).not.toContain("Service");
    draft.show({ text: `Before:\n\n${small}\n\nAfter`, lines: [] });
    await stage.shows(message.answerAt, "After");
    expect(posts(message.answerAt)[0]?.shown).toContain("```\nService");
    await draft.end({ text: `Before:\n\n${small}\n\nAfter.`, footer: "ops" });
    const [post, ...more] = posts(message.answerAt);
    expect(more).toEqual([]);
    expect(typesIn(post)).toEqual(["markdown", "table", "markdown", "context"]);
  });
});

describe("a very long answer on Slack", () => {
  const long = Array.from({ length: 9_000 }, (_, n) => `w${n}${n % 40 === 39 ? "\n\n" : " "}`).join("");

  it("is begun in four messages and brought whole as a file, which says so in the asker's language", async () => {
    const message = await stage.asked();
    const rating = { value: "r", good: "Good", bad: "Bad" };
    const post = { text: long, footer: "ops", rating, language: "zh-TW" as const };
    await stage.adapter.post(message.answerAt, post, stage.key(message));
    const all = posts(message.answerAt);
    expect(all).toHaveLength(5);
    expect(all[3]?.shown).toMatch(/answer\.md.*\nops\n\[Good\] \[Bad\]$/);
    expect(all[3]?.shown).toContain("完整");
    expect(filesAt(message.answerAt).map((file) => file?.name)).toEqual(["answer.md"]);
    expect(filesAt(message.answerAt)[0]?.content?.toString()).toBe(long);
    const begun = all
      .slice(0, 4)
      .map(({ shown }) => shown)
      .join(" ")
      .match(/w\d+/g);
    expect(long.match(/w\d+/g)?.slice(0, begun?.length)).toEqual(begun);
    expect(begun?.length).toBeGreaterThan(4_000);
  });

  it("is that too when it was streamed", async () => {
    const message = await stage.asked();
    const draft = stage.draft(message);
    draft.show({ text: long.slice(0, 2_000), lines: [] });
    await stage.shows(message.answerAt, "w100 ");
    await draft.end({ text: long });
    expect(posts(message.answerAt)).toHaveLength(5);
    expect(filesAt(message.answerAt)[0]?.content?.toString()).toBe(long);
  });

  it.each(["files.getUploadURLExternal", "files.completeUploadExternal"])(
    "brings its file once when the answer to %s is lost",
    async (method) => {
      const message = await stage.asked();
      stage.slack.faults.next(method, { kind: "lose" });
      const files = [{ name: "notes.md", type: "text/markdown", text: "# Notes" }];
      await stage.adapter.post(message.answerAt, { text: "Here.", files }, stage.key(message));
      expect(filesAt(message.answerAt)).toHaveLength(1);
    },
  );

  it("finds the file of an earlier attempt, takes it away when it is not wanted any more", async () => {
    const message = await stage.asked();
    const key = stage.key(message);
    const files = [{ name: "notes.md", type: "text/markdown", text: "# Notes" }];
    await stage.adapter.post(message.answerAt, { text: "Here.", files }, stage.key(message));
    await stage.adapter.post(message.answerAt, { text: "Here.", files }, key);
    const again = { ...key, again: true };
    await stage.adapter.post(message.answerAt, { text: "Here.", files }, again);
    expect(filesAt(message.answerAt)).toHaveLength(2);
    await stage.adapter.post(message.answerAt, { text: "Nothing." }, again);
    expect(filesAt(message.answerAt)).toHaveLength(1);
  });

  it("brings its file once when it was handed over and not shown yet", async () => {
    const message = await stage.asked();
    const files = [{ name: "a.png", type: "image/png", bytes: Buffer.from([0x89, 0, 255]) }];
    const key = stage.key(message);
    for (let n = 0; n < 5; n++)
      stage.slack.faults.next("files.completeUploadExternal", { kind: "status", status: 503 });
    await expect(stage.adapter.post(message.answerAt, { text: "Here.", files }, key)).rejects.toThrow("show the file");
    await stage.adapter.post(message.answerAt, { text: "Here.", files }, { ...key, again: true });
    expect(filesAt(message.answerAt).map((file) => file?.content)).toEqual([Buffer.from([0x89, 0, 255])]);
    expect(posts(message.answerAt).filter(({ shown }) => shown.includes("Here."))).toHaveLength(1);
  });

  it("goes along with nine files besides when it is long, and names the others", async () => {
    const message = await stage.asked();
    const files = Array.from({ length: 11 }, (_, n) => ({ name: `f${n}.bin`, type: "a/b", bytes: Buffer.from([n]) }));
    await stage.adapter.post(message.answerAt, { text: long, files }, stage.key(message));
    expect(filesAt(message.answerAt).map((file) => file?.name)).toEqual([
      "answer.md",
      ...files.slice(0, 9).map(({ name }) => name),
    ]);
    const shown = posts(message.answerAt)
      .map((post) => post.shown)
      .join("\n");
    expect(shown).toContain(wordsOf("en").filesLeft.tooMuch(["f9.bin", "f10.bin"]));
  });

  it("is all in messages where Slack takes no files, and for what one person sees alone", async () => {
    const message = await stage.asked();
    stage.slack.removeScope("files:write");
    const picture = { name: "a.png", type: "image/png", bytes: Buffer.from("png") };
    const files = [{ name: "notes.md", type: "text/markdown", text: "```js\nlet x;\n```" }, picture];
    await stage.adapter.post(message.answerAt, { text: long, files }, stage.key(message));
    const shown = posts(message.answerAt).map((post) => post.shown);
    expect(shown.slice(4).join("\n").match(/w\d+/g)).toEqual(long.match(/w\d+/g));
    expect(shown.join("\n")).toContain("let x;");
    expect(shown.join("\n")).toContain(wordsOf("en").filesLeft.notHere(["a.png"]));
    const only = { person: `slack:${stage.ana}` } as const;
    await stage.adapter.post(message.answerAt, { text: long, files, only }, stage.key(message));
    const whispers = stage.slack.ephemerals(stage.ana, stage.general).map((one) => one.shown);
    expect(whispers.join("\n").match(/w\d+/g)).toEqual(long.match(/w\d+/g));
    expect(whispers.join("\n")).toContain("let x;");
  });
});

describe("what an answer on Slack may do", () => {
  it("calls those it may call, once, and nobody in code or by another name", async () => {
    const message = await stage.asked();
    const tommy = stage.slack.person("tommy");
    const people = [{ id: `slack:${stage.tom}`, name: "tom" } as const];
    const text = `@tom: ask @tommy, <@${tommy.id}> and @ana; \`@tom\`\n\n\`\`\`\n@tom <@${tommy.id}>\n\`\`\``;
    await stage.adapter.post(message.answerAt, { text, people }, stage.key(message));
    const [post] = posts(message.answerAt);
    expect(post?.pings).toEqual([stage.tom]);
    expect(post?.text).toContain("@tom: ask @tommy");
    expect(post?.shown.match(new RegExp(`<@${stage.tom}>`, "g"))).toHaveLength(1);
  });

  it("notifies those it calls when it is streamed, for it waits before their name until the end", async () => {
    const message = await stage.asked("tell @tom and @ana what time it is");
    const people = [{ id: `slack:${stage.tom}`, name: "tom" } as const];
    const draft = stage.draft(message);
    draft.show({ text: "Mail a@b.example: ", lines: [] });
    await stage.shows(message.answerAt, "Mail a@b.example");
    const text = "Mail a@b.example: @tom, it is noon; @ana too.";
    draft.show({ text: text.slice(0, 20), lines: [] });
    draft.show({ text: text.slice(0, 30), lines: [{ id: "1", title: "clock now", state: "running" }] });
    await stage.shows(message.answerAt, "clock now");
    expect(posts(message.answerAt)[0]?.shown).not.toContain("@to");
    await draft.end({ text, people, lines: [{ id: "1", title: "clock now", state: "done" }] });
    expect(posts(message.answerAt)).toMatchObject([{ notified: [stage.tom], pings: [stage.tom] }]);
    expect(posts(message.answerAt)[0]?.shown).toContain(`<@${stage.tom}>, it is noon; @ana too.`);
  });

  it("hides no address, wherever it puts it", async () => {
    const message = await stage.asked();
    const link = "[bank.example](https://evil.example/x)";
    const post = {
      text: `${link} and <https://evil.example/y|bank.example>\n\n${table([["a"], [link]])}`,
      footer: link,
      card: { fields: [{ name: "see", value: link }] },
    };
    await stage.adapter.post(message.answerAt, post, stage.key(message));
    const written = JSON.stringify(posts(message.answerAt)[0]?.blocks);
    expect(written.match(/evil\.example/g)?.length).toBeGreaterThanOrEqual(5);
    expect(written).not.toMatch(/\|bank\.example>|\[bank\.example\]\(|"text":"bank\.example"/);
  });

  it("keeps headings, lists and code as they are written", async () => {
    const message = await stage.asked();
    const text =
      "# One\n\n- a\n  1. b\n- [ ] c\n\n```ts\nif (a < b && c > d) x = `y`;\n```\n\n> said\n\n**bold** _it_ ~~no~~";
    await stage.adapter.post(message.answerAt, { text }, stage.key(message));
    expect(posts(message.answerAt)[0]?.shown).toBe(text);
  });
});

describe("a growing answer on Slack", () => {
  const pieces = [
    ...["word ", "\n", "\n\n", "```\n", "`code` ", "- item\n", "# Title\n", "a < b "],
    ...["[docs](https://example.com) ", "[bank.example](https://evil.example) ", "<@U0TOM> ", "<!channel> "],
  ];
  const texts = (from: string[]) =>
    fc.array(fc.constantFrom(...from), { maxLength: 14 }).map((parts) => parts.join(""));

  it("is shown as the longer text will begin", () => {
    fc.assert(
      fc.property(texts(pieces), fc.nat(150), (whole, at) => {
        expect(previewOf(whole).startsWith(previewOf(whole.slice(0, at)))).toBe(true);
      }),
      { numRuns: 1500 },
    );
  });

  it("is one stream from its first words to its last, with links, lists and code in it", async () => {
    const message = await stage.asked();
    const text =
      "See [the docs](https://example.com/a_(b)):\n\n- `arr[0]` and [x]\n- <https://example.com>\n\n```ts\nf[0](1);\n```\n\nThat is [all](https://example.com/c).";
    const from = stage.slack.calls.length;
    const draft = stage.draft(message);
    for (const part of [20, 60, 100]) {
      draft.show({ text: text.slice(0, part), lines: [] });
      await stage.shows(
        message.answerAt,
        text
          .slice(0, part - 20)
          .split("\n")
          .at(-1) ?? "",
      );
    }
    await draft.end({ text });
    expect(posts(message.answerAt).map(({ shown }) => shown)).toEqual([text]);
    expect(stage.calls(from)).not.toContain("chat.update");
  });

  it("shows tables between paragraphs once they are whole, and then leaves them", () => {
    const paragraphs = texts(["word\n\n", `${small}\n\n`, "`a | b`\n\n", "```\n| a |\n| - |\n```\n\n", "x | y\n\n"]);
    fc.assert(
      fc.property(paragraphs, fc.nat(400), (whole, at) => {
        const early = previewOf(whole.slice(0, at));
        expect(previewOf(`${whole}\n\n`).startsWith(early.trimEnd())).toBe(true);
      }),
      { numRuns: 1500 },
    );
  });
});
