import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { transformSync } from "esbuild";
import { describe, expect, it } from "vitest";
import { refusals } from "../../adapters/console/refusals.ts";
import { en } from "../../src/words/en.ts";
import { zhTW } from "../../src/words/zh-tw.ts";

/** Sentences that may stand outside of the words, by file, each for a reason. */
const elsewhere: Record<string, string> = {
  "src/bot/briefing/context.ts": "what models are told, not people",
  "src/bot/hearing/order.ts": "what is understood, not said",
  "src/bot/scheduling/order.ts": "what is understood, not said",
  "src/bot/scheduling/read-wish.ts": "what is understood, not said",
  "src/bot/scheduling/task-time.ts": "what is understood, not said",
  "src/bot/scheduling/flags.ts": "examples of values, the same in every language",
  "adapters/console/terminal/find-console.ts":
    "what the command line says before there is a chat, in English as all of it",
  "adapters/console/refusals.ts": "beside the console's own English sentences, by their codes",
  "adapters/discord/connection.ts": "the adapter's state, for operators",
  "adapters/discord/identify-limit.ts": "the adapter's state, for operators",
  "adapters/discord/reactions.ts": "becomes errors, which models are told",
  "adapters/discord/refusals.ts": "becomes errors, for operators",
  "adapters/slack/manifest.ts": "how Slack lists the app, which it takes in one language",
  "adapters/slack/refusals.ts": "becomes errors, for operators",
  "adapters/slack/slack.ts": "the adapter's state, for operators",
  "adapters/slack/socket.ts": "the adapter's state, for operators",
  "src/bot/chat-toolbox/functions.ts": "what models are told of the tools",
  "src/bot/chat-toolbox/reach.ts": "results, which models are told",
  "src/bot/chat-toolbox/toolbox.ts": "results, which models are told",
};
/** Words that are no Chinese in Chinese, each for a reason. */
const untranslated: Record<string, string> = {
  saidBy: "a name, and what was said",
  "schedules.and": "names, and what joins them",
  "digest.comma": "what joins names",
  "digest.bracketed": "what stands in brackets is said elsewhere",
  "schedules.inZone": "a zone in brackets",
  "schedules.form.optionsHint": "what is typed",
  "tools.server": "a name, and how it is",
  "tools.named": "a name, and in brackets how it is",
};
/** Refusals of the console that need no Chinese: the page and the terminal never provoke them. */
const unprovoked = ["bad_json", "no_such_input", "no_such_shortcut", "not_built", "not_found", "not_json", "not_local"];

/** Those whose sentence comes in the person's language: from the terminal's own words, or from the bot. */
const inItsLanguage = ["no_such_channel", "will_not_do"];

/** What stands before a slash that begins a pattern; after anything else it divides. */
const beginsPattern = /(?:[(,=:[!&|?{};\n>]|(?<![.\w$])(?:return|typeof|case|await|yield|in|of))\s*$/;
const han = /\p{Script=Han}/u;

const chineseFiles = sourcesIn("src/words").flatMap(({ file }) => (file.endsWith("zh-tw.ts") ? [file] : []));

/** The bot's words, and those that what runs apart from it has of its own. */
const pages = sourcesIn("adapters").flatMap(({ file }) => (file.endsWith("/words.ts") ? [file] : []));
const books = [
  { file: "src/words", en, zhTW, zhSource: chineseFiles.flatMap(literalsIn) },
  ...(await Promise.all(pages.map(wordsIn))),
];
const users = sourcesIn("src", "adapters", "jobs").filter(
  ({ file }) => !pages.includes(file) && !/^src\/words\/(?:en|zh-tw|.*-(?:en|zh-tw))\.ts$/.test(file),
);

describe.each(books)("the words of $file", ({ en, zhTW, zhSource }) => {
  const [english, chinese] = [entriesOf(en), entriesOf(zhTW)];

  it("are the same in both languages, with as many arguments", () => {
    const shape = (entries: Entry[]) => entries.map(({ path, value }) => `${path}(${arityOf(value)})`).sort();
    expect(shape(chinese)).toEqual(shape(english));
  });

  it("are Chinese in Chinese, and have none in English", () => {
    const told = (entry: Entry) => (typeof entry.value === "function" ? String(entry.value) : entry.value);
    const missing = chinese.filter((entry) => !han.test(told(entry)) && !(entry.path in untranslated));
    expect(missing.map(({ path }) => path)).toEqual([]);
    expect(english.filter((entry) => han.test(told(entry))).map(({ path }) => path)).toEqual([]);
  });

  it("have full-width punctuation in Chinese", () => {
    expect(zhSource.filter(({ text }) => hasHalfWidth(text)).map(({ text }) => text)).toEqual([]);
  });

  it("are all said somewhere", () => {
    const unsaid = english.filter(({ path }) => !isAsked(path.split(".")));
    expect(unsaid.map(({ path }) => path)).toEqual([]);
  });
});

describe("what the console refuses", () => {
  const told = Object.entries(refusals["zh-TW"]).map(([code, text = ""]) => ({ code, text }));
  const codes = sourcesIn("adapters/console").flatMap(({ code }) =>
    [...code.matchAll(/new Refus(?:al|ed)\((?:\s*\d+,\s*)?"(\w+)"|\bcode: "([a-z_]+)"|\bcode \?\? "(\w+)"/g)].map(
      ([, ...found]) => found.find((one) => one !== undefined) ?? "",
    ),
  );

  it("is said in Chinese too, and nothing that it never refuses", () => {
    const provoked = codes.filter((code) => !unprovoked.includes(code) && !inItsLanguage.includes(code));
    expect(told.map(({ code }) => code).sort()).toEqual([...new Set(provoked)].sort());
    expect([...unprovoked, ...inItsLanguage].filter((code) => !codes.includes(code))).toEqual([]);
  });

  it("has Chinese words and full-width punctuation", () => {
    expect(told.filter(({ text }) => !han.test(text) || hasHalfWidth(text))).toEqual([]);
  });
});

describe("sentences", () => {
  const found = sourcesIn("src/bot", "adapters")
    .filter(({ file }) => !pages.includes(file))
    .map(({ file }) => ({
      file,
      sentences: literalsIn(file)
        .filter(isSaid)
        .map(({ text }) => text),
    }))
    .filter(({ sentences }) => sentences.length > 0);

  it("stand nowhere but among the words, where they are translated", () => {
    expect(found.filter(({ file }) => !(file in elsewhere))).toEqual([]);
  });

  it("that may stand elsewhere still do", () => {
    const files = found.map(({ file }) => file);
    expect(Object.keys(elsewhere).filter((file) => !files.includes(file))).toEqual([]);
  });

  it("are found, errors, logs and comments are not", () => {
    const source = [
      'post({ text: "Your answer is here" }); // Not this one',
      ["button(ready ? `Try $", '{what} again` : "停止");'].join(""),
      'throw new Error("Nobody reads this"); log.warn({ a }, "Nor this one");',
      'const kind = "text/plain"; const name = "Bellhop"; const quiet = "is lower case";',
      'function find(text) { return /["`/]{2}[/"]"/.exec(text) }',
      "const ask = (text) => /'\\//.test(text); let half = size / 2 / 3;",
      'say("It is found behind patterns");',
    ].join("\n");
    expect(
      literals(source, "ts")
        .filter(isSaid)
        .map(({ text }) => text),
    ).toEqual(["Your answer is here", "Try … again", "停止", "It is found behind patterns"]);
  });
});

type Entry = { path: string; value: string | ((...args: never[]) => unknown) };
type Literal = { text: string; before: string };

/** Every word with the path to it. */
function entriesOf(words: object, above = ""): Entry[] {
  return Object.entries(words).flatMap(([key, value]): Entry[] => {
    const path = above + key;
    return typeof value === "object" && value !== null ? entriesOf(value, `${path}.`) : [{ path, value }];
  });
}

function arityOf(value: Entry["value"]): number | "text" {
  return typeof value === "function" ? value.length : "text";
}

/** The words of a page are its own, so they are read from its source. */
async function wordsIn(file: string) {
  const code = plainSource(readFileSync(file, "utf8"), "ts");
  const chinese = code.indexOf("const zhTW = {");
  const end = code.indexOf("\n};", chinese);
  if (chinese < 0 || end < 0) throw new Error(`${file} is not written as this test reads it`);
  const both = `${code.slice(0, end).replace(/^import .*;$/gm, "")}\n};\nexport { en, zhTW };`;
  const read: { en: object; zhTW: object } = await import(`data:text/javascript,${encodeURIComponent(both)}`);
  return { file, ...read, zhSource: literals(`${code.slice(chinese, end)}\n};`, "ts") };
}

function sourcesIn(...folders: string[]): { file: string; code: string }[] {
  return folders
    .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => join(folder, name)))
    .filter((file) => /\.tsx?$/.test(file) && !file.endsWith("/vite.config.ts"))
    .map((file) => ({ file, code: readFileSync(file, "utf8") }));
}

function literalsIn(file: string): Literal[] {
  return literals(readFileSync(file, "utf8"), file.endsWith("x") ? "tsx" : "ts");
}

/** TypeScript without its types, its texts in double quotes. */
function plainSource(source: string, loader: "ts" | "tsx"): string {
  return transformSync(source, { loader, jsx: "automatic", charset: "utf8" }).code;
}

/** The texts in a source, what is put into them as `…`, with what stands before them in their statement. */
function literals(source: string, loader: "ts" | "tsx"): Literal[] {
  const code = plainSource(source, loader);
  const found: Literal[] = [];
  const read = (from: number, until: string): number => {
    for (let at = from; at < code.length; at++) {
      const sign = code.charAt(at);
      if (sign === until) return at;
      if (sign === "{") at = read(at + 1, "}");
      else if (code.startsWith("//", at)) at = endOf("\n", at);
      else if (code.startsWith("/*", at)) at = endOf("*/", at) + 1;
      else if (sign === "/" && beginsPattern.test(code.slice(Math.max(0, at - 20), at))) at = endOfPattern(at);
      else if (/["'`]/.test(sign)) {
        const before =
          code
            .slice(Math.max(0, at - 2_000), at)
            .split(/;\n|[{}]\n/)
            .at(-1) ?? "";
        let text = "";
        for (at++; code.charAt(at) !== sign; at++) {
          if (at >= code.length) throw new Error("a text has no end");
          if (code.startsWith("${", at) && sign === "`") {
            text += "…";
            at = read(at + 2, "}");
          } else if (code.charAt(at) === "\\") {
            text += code.slice(at, at + 2) === "\\n" ? "\n" : code.charAt(at + 1);
            at++;
          } else text += code.charAt(at);
        }
        found.push({ text, before });
      }
    }
    return code.length;
  };
  const endOfPattern = (from: number): number => {
    let within = false;
    for (let at = from + 1; at < code.length; at++) {
      const sign = code.charAt(at);
      if (sign === "\\") at++;
      else if (sign === "[" || sign === "]") within = sign === "[";
      else if (sign === "/" && !within) return at;
      else if (sign === "\n") break;
    }
    throw new Error("a pattern has no end");
  };
  const endOf = (sign: string, from: number): number => {
    const end = code.indexOf(sign, from);
    return end < 0 ? code.length : end;
  };
  if (read(0, "") < code.length) throw new Error("a source ended early");
  return found;
}

/** Does a text read like something said to people, and is it neither an error nor a log line? */
function isSaid({ text, before }: Literal): boolean {
  if (/\bthrow\b|\bnew \w*(?:Error|Refusal|TooLarge)\(|\blog\w*\.\w+\(|\breject\(/.test(before)) return false;
  if (/^[A-Z]+ \//.test(text)) return false;
  return han.test(text) || /^(?:\p{Lu}[\p{L}'’]+|[AI])\P{L}.*\s?\p{L}{2}/su.test(text);
}

/** Half-width punctuation in a Chinese text; code, addresses and numbers keep theirs. */
function hasHalfWidth(text: string): boolean {
  const said = text.replace(/`[^`]*`|https?:\/\/\S+|\d[.:,]\d|[\w-]+\.\w+/g, "");
  return /[,;?!]/.test(said) || (han.test(text) && /:|\p{Script=Han}[.()]|[().]\p{Script=Han}/u.test(said));
}

/** Is a word asked for by name, or it or its group by what is found out at run time? */
function isAsked(path: string[]): boolean {
  const key = path.at(-1) ?? "";
  const group = path.at(-2);
  const some = (pattern: RegExp) => users.some(({ code }) => pattern.test(code));
  if (group === undefined) {
    const named = new RegExp(`\\.${key}\\b|[{,]\\s*${key}\\s*[,:}]`);
    return some(named) || (some(/\bwords(?:\(\)|\.value)?\[/) && some(new RegExp(`"${key}"`)));
  }
  const within = new RegExp(`\\b${group}\\)?\\??(?:\\.${key}\\b|\\[)`);
  const passed = new RegExp(`\\b${group}\\b(?!\\s*[.[:?(])`);
  return some(within) || users.some(({ code }) => passed.test(code) && new RegExp(`\\.${key}\\b`).test(code));
}
