import { lexer, type Token, type Tokens } from "marked";
import type { ComponentChild, ComponentChildren } from "preact";
import { Code } from "./code.tsx";
import { safeLink } from "./links.ts";
import { words as says } from "./words.ts";

/**
 * Markdown as elements. Safe by construction: text only ever becomes text nodes, the elements are those below, and
 * HTML in the source is shown as it was written.
 */
export function Markdown({ text, names }: { text: string; names: string[] }) {
  const tokens = read(text);
  return <div class="markdown">{tokens ? blocks(tokens, names) : <p dir="auto">{text}</p>}</div>;
}

/** Quotes and lists within one another beyond this are meant to break something. */
const deepest = 40;

/** The text as tokens; nothing when it is nested too deep to be read or drawn. */
function read(text: string): Token[] | undefined {
  try {
    const tokens = lexer(text);
    return isDeep(tokens, deepest) ? undefined : tokens;
  } catch {
    return undefined;
  }
}

function isDeep(tokens: Token[], left: number): boolean {
  if (left === 0) return true;
  return tokens.some((token) => {
    const within: Token[][] = [
      token.type === "list" ? (token.items ?? []) : [],
      ("tokens" in token && token.tokens) || [],
    ];
    return within.some((inner) => inner.length > 0 && isDeep(inner, left - 1));
  });
}

function blocks(tokens: Token[], names: string[]): ComponentChild[] {
  return tokens.map((token) => block(token as MarkedToken, names));
}

// marked's `Token` also allows tokens of extensions, which are not used here.
type MarkedToken = Exclude<Token, Tokens.Generic> | Tokens.Generic;

function block(token: Token, names: string[]): ComponentChild {
  switch (token.type) {
    case "heading":
      // Headings of a message stand under the page's own; their look says their depth.
      return (
        <p class={`heading depth-${token.depth}`} dir="auto">
          {inline(token.tokens, names)}
        </p>
      );
    case "paragraph":
      return <p dir="auto">{inline(token.tokens, names)}</p>;
    case "list":
      return list(token as Tokens.List, names);
    case "blockquote":
      return <blockquote>{blocks(token.tokens ?? [], names)}</blockquote>;
    case "code":
      return <Code text={token.text} language={token.lang ?? ""} />;
    case "table":
      return table(token as Tokens.Table, names);
    case "hr":
      return <hr />;
    case "text":
      return token.tokens ? inline(token.tokens, names) : words(token.text, names);
    case "space":
    case "def":
      return null;
    default:
      return <p>{token.raw}</p>;
  }
}

function list({ ordered, start, items }: Tokens.List, names: string[]): ComponentChild {
  const children = items.map((item) => (
    <li dir="auto">
      {item.task && <input type="checkbox" checked={item.checked === true} disabled />}
      {blocks(item.tokens, names)}
    </li>
  ));
  return ordered ? <ol start={start === "" ? 1 : start}>{children}</ol> : <ul>{children}</ul>;
}

function table({ header, rows }: Tokens.Table, names: string[]): ComponentChild {
  const cell = (kind: "th" | "td") => (cell: Tokens.TableCell) => {
    const Cell = kind;
    return (
      <Cell dir="auto" style={{ textAlign: cell.align ?? "start" }}>
        {inline(cell.tokens, names)}
      </Cell>
    );
  };
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section class="table" aria-label={says.value.table} tabIndex={0}>
      <table>
        <thead>
          <tr>{header.map(cell("th"))}</tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr>{row.map(cell("td"))}</tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function inline(tokens: Token[] | undefined, names: string[]): ComponentChildren {
  return (tokens ?? []).map((token): ComponentChild => {
    switch (token.type) {
      case "strong":
        return <strong>{inline(token.tokens, names)}</strong>;
      case "em":
        return <em>{inline(token.tokens, names)}</em>;
      case "del":
        return <del>{inline(token.tokens, names)}</del>;
      case "codespan":
        return <code dir="auto">{token.text}</code>;
      case "br":
        return <br />;
      case "link":
      case "image":
        return link(token as Tokens.Link | Tokens.Image, names);
      case "escape":
        return token.text;
      case "text":
        return token.tokens ? inline(token.tokens, names) : words(token.text, names);
      default:
        return token.raw;
    }
  });
}

/** A link, or for a picture a link to it: a picture shown would tell its host that this was read. */
function link(token: Tokens.Link | Tokens.Image, names: string[]): ComponentChild {
  const safe = safeLink(token.href, token.text);
  if (!safe) return token.raw;
  const shown = token.tokens?.length ? inline(token.tokens, names) : token.text || token.href;
  return (
    <>
      <a href={safe.href} dir="auto" title={safe.href} target="_blank" rel="noopener noreferrer nofollow">
        {shown}
      </a>
      {safe.host && <span class="real-host"> ({safe.host})</span>}
    </>
  );
}

const entities: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: "\u00a0" };

/** Plain words, with those who are called by name set off. */
function words(escaped: string, names: string[]): ComponentChild {
  const text = escaped.replace(
    /&(amp|lt|gt|quot|apos|nbsp);|&#39;/g,
    (all, name) => entities[name] ?? (name ? all : "'"),
  );
  if (!text.includes("@")) return text;
  return text.split(/([@＠][\p{L}\p{N}_-]+)/u).map((part, n) => {
    const called = n % 2 === 1 && names.includes(part.slice(1).toLowerCase());
    return called ? (
      <span class="mention" dir="auto">
        {part}
      </span>
    ) : (
      part
    );
  });
}
