import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { codeIn } from "../../src/words/code.ts";
import { type Anywhere, openAnywhere, type Platform, platforms } from "./anywhere.ts";
import { leaveTowns } from "./town.ts";

afterAll(leaveTowns);

const table = "| 服務 | p95 |\n|---|--:|\n| 結帳 | 1.9 s |\n| login | 0.2 s |";
const paragraphs = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, n) => `w${from + n} ${"and so on ".repeat(12).trim()}`).join("\n\n");
const marks = (text: string) => [...text.matchAll(/\bw(\d+)\b/g)].map((found) => Number(found[1]));

/** Opens a town before the tests of the surrounding suite; asks, and resolves with what was answered. */
function setPlatform(platform: Platform) {
  let here: Anywhere;
  beforeAll(async () => {
    here = await openAnywhere(platform);
  });
  return async (answer: string, end: string, question = "@Bellhop tell me") => {
    here.town.model.answer(answer);
    const talk = await here.open("ana", question);
    const last = await talk.answer(end);
    return { town: here.town, talk, last, all: await talk.ours() };
  };
}

describe.each(platforms)("an answer on %s", (platform) => {
  const asked = setPlatform(platform);

  it("with a table shows every cell of it", async () => {
    const { last } = await asked(`Here:\n\n${table}\n\nThat is all.`, "That is all.");
    for (const cell of ["服務", "p95", "結帳", "1.9 s", "login", "0.2 s"]) expect(last.text).toContain(cell);
  });

  it("of many paragraphs says all of them, in their order, once", async () => {
    const { talk, all } = await asked(paragraphs(0, 40), "w39");
    const said = all.flatMap(({ text }) => marks(text));
    expect(said).toEqual(Array.from({ length: 40 }, (_, n) => n));
    expect(await talk.inChannel()).toBe(1);
  });

  it("whose code is longer than a message has its fences closed and opened again", async () => {
    const code = Array.from({ length: 260 }, (_, n) => `const w${n} = ${n};`).join("\n");
    const { all } = await asked(`The code:\n\n\`\`\`js\n${code}\n\`\`\`\n\nDone w260.`, "w260");
    for (const { text } of all) expect(codeIn(text).every((one) => one.closer === undefined)).toBe(true);
    expect(all.flatMap(({ text }) => marks(text))).toEqual(Array.from({ length: 261 }, (_, n) => n));
  });
});

describe.each(["Slack", "Discord"] as const)("an answer on %s", (platform) => {
  const asked = setPlatform(platform);

  it("of more than four messages is attached whole, with its beginning said", async () => {
    const length = platform === "Slack" ? 480 : 160;
    const { talk } = await asked(`${paragraphs(0, length)}\n\n${table}`, "answer.md");
    const file = await talk.file();
    expect(marks(file)).toEqual(Array.from({ length }, (_, n) => n));
    expect(file).toContain(table);
    const all = await talk.ours();
    expect(all.flatMap(({ files }) => files)).toHaveLength(1);
    expect(all.length).toBeLessThanOrEqual(5);
    expect(marks(all[0]?.text ?? "")[0]).toBe(0);
  });

  it("with a link that shows another address says where it leads", async () => {
    const { last } = await asked("See [docs.example.com](https://evil.example/x) now.", "now.");
    expect(last.text).toContain("evil.example");
    expect(last.text).not.toContain("[docs.example.com](https://evil.example/x)");
  });

  it("calls tom when the asker named tom, and nobody else", async () => {
    const { last } = await asked("I would ask @tom, not @ana. So be it.", "So be it.", "@Bellhop shall I ask @tom?");
    expect(last.text).toMatch(/ask <@[A-Z0-9]+>, not @ana/);
    expect(last.pings.length).toBe(platform === "Slack" ? 1 : 0);
  });

  it("calls nobody whom the asker did not name, whatever it writes", async () => {
    const { last } = await asked("Ask @tom, <@U123ABC456>, @everyone. So be it.", "So be it.", "@Bellhop whom?");
    expect(last.pings).toEqual([]);
    expect(last.text).toContain("@tom");
  });

  it("shows no preview of its links", async () => {
    const { last } = await asked("See https://example.com/page for more. So be it.", "So be it.");
    expect(last.previews).toEqual([]);
  });
});

describe("a table in an answer", () => {
  describe("on Slack", () => {
    const asked = setPlatform("Slack");
    it("is one of the platform's own on Slack", async () => {
      const { talk, town } = await asked(`Here:\n\n${table}`, "結帳");
      expect(await talk.ours()).toHaveLength(1);
      const written = town.slack.calls.filter(({ method }) => /^chat\.(postMessage|update)$/.test(method));
      expect(JSON.stringify(written.at(-1)?.args)).toMatch(/type\W+table\b/);
      expect((await talk.ours())[0]?.text).toContain("結帳 | 1.9 s");
    });
  });

  describe("on Discord", () => {
    const asked = setPlatform("Discord");
    it("stands in columns on Discord, Chinese counted as two", async () => {
      const { last } = await asked(`Here:\n\n${table}`, "結帳");
      expect(last.text).toContain("```\n服務     p95\n─────  ─────\n結帳   1.9 s\nlogin  0.2 s\n```");
    });
  });
});
