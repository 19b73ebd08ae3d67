import type { Channel, Fields, Person } from "./workspace.ts";

/** What Slack's composer makes of what someone typed. */
export interface Written {
  /** Escaped, with `<@U…>`, `<#C…|name>`, `<url|label>`. */
  readonly text: string;
  readonly blocks: Fields[];
}

interface Names {
  readonly people: Iterable<Person>;
  readonly channels: Iterable<Channel>;
}

type Style = "bold" | "italic" | "strike" | "code";
type Node = { style: Style; inside: Node[] } | { element: Fields; mrkdwn: string };

const stylesByMark: Record<string, Style> = { "*": "bold", _: "italic", "~": "strike" };

/** Turns text as people type it into Slack's text and rich_text blocks. */
export function write(typed: string, names: Names): Written {
  const inline = inlineReader(names);
  const elements: Fields[] = [];
  const lines: string[] = [];
  for (const part of typed.split(/(```[\s\S]*?```)/)) {
    if (part.startsWith("```") && part.length > 5) {
      const code = part.slice(3, -3).replace(/^\n|\n$/g, "");
      elements.push({ type: "rich_text_preformatted", elements: [{ type: "text", text: code }], border: 0 });
      lines.push(`\`\`\`${escapeText(code)}\`\`\``);
    } else if (part !== "") {
      for (const group of groupLines(part)) {
        const written = group.lines.map(inline);
        lines.push(written.map((nodes) => group.mark + nodes.map(toMrkdwn).join("")).join("\n"));
        elements.push(group.build(written.map((nodes) => nodes.flatMap((node) => toElements(node, [])))));
      }
    }
  }
  return { text: lines.join("\n"), blocks: [{ type: "rich_text", elements }] };
}

/** `& < >` as Slack writes them in text. */
export function escapeText(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}

interface Group {
  readonly mark: string;
  readonly lines: string[];
  build(lines: Fields[][]): Fields;
}

function groupLines(text: string): Group[] {
  const groups: Group[] = [];
  let last = "";
  for (const line of text.replace(/^\n|\n$/g, "").split("\n")) {
    const kind = /^> ?/.test(line)
      ? "quote"
      : /^[-•] /.test(line)
        ? "bullet"
        : /^\d+\. /.test(line)
          ? "ordered"
          : "section";
    const content = kind === "section" ? line : line.replace(/^(> ?|[-•] |\d+\. )/, "");
    const group = groups.at(-1);
    if (group && last === kind) group.lines.push(content);
    else groups.push(newGroup(kind, content));
    last = kind;
  }
  return groups;
}

function newGroup(kind: string, line: string): Group {
  const joined = (lines: Fields[][]) =>
    lines.flatMap((elements, at) => (at === 0 ? elements : [{ type: "text", text: "\n" }, ...elements]));
  if (kind === "quote") {
    return { mark: "&gt; ", lines: [line], build: (lines) => ({ type: "rich_text_quote", elements: joined(lines) }) };
  }
  if (kind === "section") {
    return { mark: "", lines: [line], build: (lines) => ({ type: "rich_text_section", elements: joined(lines) }) };
  }
  const items = (lines: Fields[][]) => lines.map((elements) => ({ type: "rich_text_section", elements }));
  return {
    mark: kind === "bullet" ? "• " : "1. ",
    lines: [line],
    build: (lines) => ({ type: "rich_text_list", style: kind, indent: 0, border: 0, elements: items(lines) }),
  };
}

function inlineReader(names: Names): (line: string) => Node[] {
  const people = new Map([...names.people].map((person) => [person.name.toLowerCase(), person]));
  const channels = new Map([...names.channels].filter((c) => c.name).map((c) => [c.name.toLowerCase(), c]));
  const anyOf = (keys: Iterable<string>) =>
    [...keys]
      .sort((a, b) => b.length - a.length)
      .map((key) => key.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
      .join("|") || "(?!)";
  const pattern = new RegExp(
    [
      "`(?<code>[^`\\n]+)`",
      `@(?<person>${anyOf(people.keys())})(?![\\p{L}\\p{N}_-])`,
      "@(?<range>here|channel|everyone)\\b",
      `#(?<channel>${anyOf(channels.keys())})(?![\\p{L}\\p{N}_-])`,
      "\\[(?<label>[^\\]\\n]+)\\]\\((?<target>https?://[^\\s)]+)\\)",
      "(?<url>https?://[^\\s<>]*[^\\s<>.,;:!?)'\"])",
      "(?<![\\w@.])(?<domain>(?:[a-z0-9-]+\\.)+(?:com|org|net|io|dev)(?:/[^\\s<>]*)?)(?![\\w@])",
      ":(?<emoji>[a-z0-9_+-]+):",
      "(?<![\\p{L}\\p{N}])(?<mark>[*_~])(?=\\S)(?<styled>[^\\n]*?\\S)\\k<mark>(?![\\p{L}\\p{N}])",
    ].join("|"),
    "giu",
  );

  const read = (line: string): Node[] => {
    const nodes: Node[] = [];
    let from = 0;
    const plain = (text: string) => {
      if (text) nodes.push({ element: { type: "text", text }, mrkdwn: escapeText(text) });
    };
    for (const match of line.matchAll(pattern)) {
      plain(line.slice(from, match.index));
      from = match.index + match[0].length;
      nodes.push(node(match.groups ?? {}));
    }
    plain(line.slice(from));
    return nodes;
  };

  const node = (found: Record<string, string | undefined>): Node => {
    const person = people.get((found.person ?? "").toLowerCase());
    if (person) return { element: { type: "user", user_id: person.id }, mrkdwn: `<@${person.id}>` };
    const channel = channels.get((found.channel ?? "").toLowerCase());
    if (channel)
      return { element: { type: "channel", channel_id: channel.id }, mrkdwn: `<#${channel.id}|${channel.name}>` };
    const { code, range, label, target, url, domain, emoji, mark, styled } = found;
    if (range) return { element: { type: "broadcast", range }, mrkdwn: `<!${range.toLowerCase()}>` };
    if (code) return { style: "code", inside: [{ element: { type: "text", text: code }, mrkdwn: escapeText(code) }] };
    if (label && target) return link(target, label);
    if (url) return link(url);
    if (domain) return link(`http://${domain}`, domain);
    if (emoji) return { element: { type: "emoji", name: emoji }, mrkdwn: `:${emoji}:` };
    return { style: stylesByMark[mark ?? ""] ?? "bold", inside: read(styled ?? "") };
  };
  return read;
}

function link(url: string, label?: string): Node {
  const element = { type: "link", url, ...(label ? { text: label } : {}) };
  return { element, mrkdwn: label ? `<${escapeText(url)}|${escapeText(label)}>` : `<${escapeText(url)}>` };
}

function toMrkdwn(node: Node): string {
  if ("element" in node) return node.mrkdwn;
  const mark = { bold: "*", italic: "_", strike: "~", code: "`" }[node.style];
  return mark + node.inside.map(toMrkdwn).join("") + mark;
}

function toElements(node: Node, styles: Style[]): Fields[] {
  if (!("element" in node)) return node.inside.flatMap((inner) => toElements(inner, [...styles, node.style]));
  if (styles.length === 0) return [node.element];
  return [{ ...node.element, style: Object.fromEntries(styles.map((style) => [style, true])) }];
}
