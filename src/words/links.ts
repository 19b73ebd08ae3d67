import { type Code, codeAt, codeFrom, codeIn } from "./code.ts";
import { showsOtherHost, webUrl } from "./hosts.ts";
import { decoded } from "./plain.ts";

const mostNested = 30;
const longestLabel = 1_000;
const longestHeld = 400;
const longestTarget = 200;
const longestMarks = 100;

const destination = String.raw`(?:<([^<>\n]*)>|((?!<)(?:[^\s()\\]|\\.|\((?:[^\s()\\]|\\.|\((?:[^\s()\\]|\\.)*\))*\))*))`;
const title = String.raw`(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\((?:[^()\\]|\\.)*\))`;
const inline = new RegExp(String.raw`\(\s*${destination}(?:\s+${title})?\s*\)`, "sy");
const definition = new RegExp(
  String.raw`:[ \t]*\n?[ \t>]*(?:<([^<>\n]*)>|([^\s<]\S*))(?:[ \t]*\n?[ \t]*${title})?[ \t]*(?=\n|$)`,
  "y",
);
const autolink = /<([a-z][a-z\d+.-]{1,31}:[^\s<>]*)>/iy;
const schemed = /^\s*<?[a-z][a-z\d+.-]*:/i;
const special = /[\\[\]<!\n]/g;
const emptyLine = /\n[ \t>]*\n/y;

type Link = { label: string; from: number; to: number; end: number; target: string; raw?: string };
type Definition = { key: string; target: string; end: number };
type Found = Link | Definition | "text" | "open" | "undecided";

/**
 * A Markdown text whose links can be trusted: words that show another host than the link's own are followed by the real
 * one, pictures are links, and only web and mail addresses are links at all. Links by reference stand in place, an open
 * code block is closed. Code stays as it is, unless readers could disagree that it is code.
 */
export function honestLinks(markdown: string): string {
  if (!/[[<]/.test(markdown)) return markdown;
  const codes = codeIn(markdown);
  const last = codes.at(-1);
  if (!last?.closer) return new Rewriting(markdown, codes, false).all();
  const text = `${markdown}${markdown.endsWith("\n") ? "" : "\n"}${last.closer}`;
  last.end = text.length;
  return new Rewriting(text, codes, false).all();
}

/**
 * As much of a growing text as can be shown already, with honest links. Contract: what it makes of a text begins with what
 * it made of the text's beginnings. It goes by what is certain then, so the end may be written otherwise.
 */
export function honestSoFar(markdown: string): string {
  return /[[\]!\\]/.test(markdown) ? new Rewriting(markdown, [], true).all() : markdown;
}

class Rewriting {
  readonly #text: string;
  readonly #sure: Code[];
  readonly #unsure: Code[];
  readonly #growing: boolean;
  readonly #targets = new Map<string, string>();
  readonly #used = new Set<string>();
  /** A bracket stands open in this paragraph: readers may take more for a link's words than is seen here. */
  #tangled = false;
  #held = false;

  constructor(text: string, codes: Code[], growing: boolean) {
    this.#text = text;
    this.#sure = codes.filter((code) => code.sure);
    this.#unsure = codes.filter((code) => !code.sure);
    this.#growing = growing;
  }

  all(): string {
    if (!this.#growing) this.#define();
    return this.#rewrite(0, this.#text.length);
  }

  #define(): void {
    for (const { index } of this.#text.matchAll(/\[/g)) {
      if (!this.#beginsLine(index) || codeAt(this.#sure, index)) continue;
      const found = this.#definitionAt(index, this.#close(index, this.#text.length));
      if (found && webUrl(found.target) && !this.#targets.has(found.key)) this.#targets.set(found.key, found.target);
    }
  }

  #rewrite(from: number, to: number): string {
    const text = this.#text;
    let out = "";
    let at = from;
    while (at < to && !this.#held) {
      const code = codeFrom(this.#sure, at);
      special.lastIndex = at;
      const plain = Math.min(special.exec(text)?.index ?? to, code?.start ?? to);
      const next = Math.min(to, code && code.start <= at ? code.end : plain);
      if (next > at) {
        out += text.slice(at, next);
        at = next;
        continue;
      }
      const picture = text.startsWith("![", at);
      const step = text.charAt(at) === "[" || picture ? this.#linkAt(at, to, picture, out) : this.#signAt(at, to);
      out += step.said;
      at = step.end;
    }
    return out;
  }

  /** What becomes of a sign that begins no link. */
  #signAt(at: number, to: number): { said: string; end: number } {
    const text = this.#text;
    const sign = text.charAt(at);
    const last = at + 1 >= to;
    switch (sign) {
      case "\n":
        emptyLine.lastIndex = at;
        if (emptyLine.test(text)) this.#tangled = false;
        return { said: sign, end: at + 1 };
      case "\\":
        if (last) return this.#hold(at, to, sign);
        // Not every reader knows that an escaped bracket ends no link.
        if (text.charAt(at + 1) !== "]") return { said: text.slice(at, at + 2), end: at + 2 };
        return this.#closingAt(at + 1, at, to);
      case "!":
        return last ? this.#hold(at, to, sign) : { said: sign, end: at + 1 };
      case "]":
        return this.#closingAt(at, at, to);
      default: {
        autolink.lastIndex = at;
        const [whole, target = ""] = autolink.exec(text) ?? [];
        if (whole === undefined || this.#mayBeCode(at)) return { said: sign, end: at + 1 };
        if (webUrl(target)) return { said: whole.replace(/[[\]]/g, encodeURIComponent), end: at + whole.length };
        return { said: "\\<", end: at + 1 };
      }
    }
  }

  /** A closing bracket: what would make it the end of a link whose beginning is unclear is set apart. */
  #closingAt(close: number, at: number, to: number): { said: string; end: number } {
    const text = this.#text;
    const said = text.slice(at, close + 1);
    const rest = /^\]\(\s*<?([^\s)<>]*)/.exec(text.slice(close, close + longestHeld));
    if (rest && /[:&\\]/.test(rest[1] ?? "")) return { said: `${said} `, end: close + 1 };
    const isEnd = close + (rest?.[0].length ?? 1) >= to;
    if (isEnd && this.#hold(at, to, said).said === "") return { said: "", end: at };
    return { said, end: close + 1 };
  }

  /** A growing text waits here; a whole one goes on. */
  #hold(at: number, to: number, said: string): { said: string; end: number } {
    this.#held = this.#growing && to === this.#text.length;
    return this.#held ? { said: "", end: at } : { said, end: at + 1 };
  }

  #linkAt(at: number, to: number, picture: boolean, before: string): { said: string; end: number } {
    const open = picture ? at + 1 : at;
    const sign = this.#text.slice(at, open + 1);
    const found = this.#findAt(open, to);
    if (found === "undecided") return this.#hold(at, to, sign);
    if (found === "open") this.#tangled = true;
    if (found === "open" || found === "text") return { said: sign, end: open + 1 };
    if ("key" in found && this.#used.has(found.key)) {
      return { said: "", end: found.end + (this.#text.charAt(found.end) === "\n" ? 1 : 0) };
    }
    // What leads nowhere is left alone in what may be code; elsewhere it is no link.
    if (this.#mayBeCode(at) && !schemed.test(found.target)) return { said: sign, end: open + 1 };
    if ("key" in found || !/[./#:]/.test(found.target)) return { said: `${sign.slice(0, -1)}\\[`, end: open + 1 };
    const said = this.#saying(found);
    return { said: said.startsWith("[") && before.endsWith("!") ? ` ${said}` : said, end: found.end };
  }

  #findAt(open: number, to: number): Found {
    const text = this.#text;
    const close = this.#close(open, to);
    if (close === undefined) return this.#growing && to === text.length ? "undecided" : "open";
    if (close < 0) return "open";
    const [from, label] = [open + 1, text.slice(open + 1, close)];
    const next = text.charAt(close + 1);
    if (this.#growing && close + 1 >= to && to === text.length) return "undecided";
    if (next === "(") {
      inline.lastIndex = close + 1;
      const match = inline.exec(text);
      if (match && inline.lastIndex <= to) {
        const target = decoded(unescaped(match[1] ?? match[2] ?? ""));
        return { label, from, to: close, end: inline.lastIndex, target, raw: match[0] };
      }
      const rest = text.slice(close + 1, close + 1 + 2 * longestLabel);
      const waits = this.#growing && close + 1 + rest.length >= text.length && !rest.includes("\n");
      return waits ? "undecided" : "text";
    }
    const defined = this.#growing ? this.#definedSoFar(open, close) : this.#definitionAt(open, close);
    if (defined) return defined;
    return this.#referenceAt(label, from, close, to) ?? "text";
  }

  #referenceAt(label: string, from: number, close: number, to: number): Link | undefined {
    const second = (this.#text.charAt(close + 1) === "[" && this.#close(close + 1, to)) || -1;
    const named = keyOf(this.#text.slice(close + 2, Math.max(second, close + 2)));
    const key = this.#targets.has(named) ? named : keyOf(label);
    const target = this.#targets.get(key);
    if (!target) return undefined;
    this.#used.add(key);
    const isWhole = second > 0 && (named === "" || named === key);
    return { label, from, to: close, end: (isWhole ? second : close) + 1, target };
  }

  /** A link as people may see it. */
  #saying({ label, from, to, target, raw = "" }: Link): string {
    const url = webUrl(target);
    const words = this.#rewrite(from, to);
    if (!url) {
      const told = target.length > longestTarget ? `${target.slice(0, longestTarget)}…` : target;
      const address = told.replace(/[[\]<>`\\\s]/g, encodeURIComponent);
      return isUnseen(words) || words === address ? address : `${words} (${address})`;
    }
    const address = addressOf(url, target);
    const isOpen = words === label && !/\]\(|<\w+:/.test(label) && !this.#tangled;
    if (isUnseen(words)) return `<${address}>`;
    if (words === `<${address}>`) return words;
    if (!isOpen || showsOtherHost(label, url)) return `${words} (<${address}>)`;
    return `[${label}]${raw === `(<${address}>)` ? raw : `(${address})`}`;
  }

  #mayBeCode(at: number): boolean {
    return this.#growing || codeAt(this.#unsure, at) !== undefined;
  }

  /** Where the bracket that is opened here is closed; -1 when it never is, undefined when the text is too short to tell. */
  #close(open: number, to: number): number | undefined {
    const text = this.#text;
    const end = open + (this.#growing ? longestHeld : longestLabel);
    let depth = 0;
    for (let at = open; at < to; at++) {
      const code = codeAt(this.#sure, at);
      const sign = text.charAt(at);
      emptyLine.lastIndex = at;
      if (code) at = code.end - 1;
      else if (sign === "\\") at++;
      else if (sign === "[") depth++;
      else if (sign === "]") depth--;
      else if (sign === "\n" && emptyLine.test(text)) return -1;
      if (depth === 0) return at;
      if (depth > mostNested || at >= end) return -1;
    }
    return undefined;
  }

  #beginsLine(at: number): boolean {
    const before = this.#text.slice(Math.max(0, at - longestMarks), at);
    return /^[\s>*+\-\d.)]*$/.test(before.slice(before.lastIndexOf("\n") + 1));
  }

  #definitionAt(open: number, close: number | undefined): Definition | undefined {
    if (close === undefined || close < 0 || this.#text.charAt(close + 1) !== ":" || !this.#beginsLine(open))
      return undefined;
    definition.lastIndex = close + 1;
    const match = definition.exec(this.#text);
    const key = keyOf(this.#text.slice(open + 1, close));
    if (!match || !key) return undefined;
    return { target: decoded(unescaped(match[1] ?? match[2] ?? "")), key, end: definition.lastIndex };
  }

  #definedSoFar(open: number, close: number): Found | undefined {
    const rest = this.#text.slice(close + 1, close + 1 + longestHeld);
    if (!rest.startsWith(":") || !this.#beginsLine(open)) return undefined;
    const begun = /^:[ \t]*\n?[ \t>]*(<?[a-z\d+.-]*[:&\\]?)/i.exec(rest);
    if (!begun) return undefined;
    if (/[:&\\]$/.test(begun[1] ?? "")) return { target: "any:", key: "", end: close };
    return begun[0].length === rest.length && rest.length < longestHeld ? "undecided" : undefined;
  }
}

function keyOf(label: string): string {
  return label.trim().replace(/\s+/g, " ").toLowerCase();
}

function unescaped(text: string): string {
  return text.replace(/\\([!-/:-@[-`{-~])/g, "$1");
}

/** An address as it is written, unless something in it would mislead, or be read differently. */
function addressOf(url: URL, target: string): string {
  const bare = new URL(url);
  bare.username = "";
  bare.password = "";
  const isPlain = /^[!-;=?-Z_a-z~]+$/.test(target) && !/&(?:#|\w+;)/.test(target) && !url.username && !url.password;
  const address = isPlain ? target : bare.href.replace(/[[\]`\\]/g, encodeURIComponent);
  const isBalanced = address.split("(").length === address.split(")").length;
  return isBalanced ? address : address.replace(/\(/g, "%28").replace(/\)/g, "%29");
}

function isUnseen(words: string): boolean {
  return /^[\s\p{Default_Ignorable_Code_Point}]*$/u.test(words);
}
