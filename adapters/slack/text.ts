import type { NamedChannel } from "../../src/chat.ts";
import { honestLinks } from "../../src/words/links.ts";

/** How people are called, as far as it is known without asking Slack. */
export type NameOf = (user: string) => string | undefined;

const entities: Record<string, string> = { "&lt;": "<", "&gt;": ">", "&amp;": "&" };
const broadcasts = new Set(["here", "channel", "everyone"]);

/** What stands in a text: its words, whether it calls the bot, and whom and which channels else it names. */
export type Words = {
  text: string;
  mention: boolean;
  people: { user: string; name: string }[];
  channels: NamedChannel[];
};

/** Slack's text as people read it; the mention that calls the bot is taken out and reported. */
export function readText(raw: string, bot: string, nameOf: NameOf): Words {
  if (!raw.includes("<") && !raw.includes("&")) return { text: raw.trim(), mention: false, people: [], channels: [] };
  const call = `<@${bot}>`;
  const labelled = `<@${bot}|`;
  const mention = raw.includes(call) || raw.includes(labelled);
  const rest = mention ? withoutCall(raw, bot) : raw;
  const named = new Map<string, string>();
  const channels = new Map<string, string>();
  const text = rest
    .replace(/<([^<>]+)>/g, (_, inside: string) => {
      const words = readReference(inside, nameOf);
      const [user] = /^@[A-Z][A-Z0-9]+/.exec(inside) ?? [];
      const [channel] = /^#[A-Z][A-Z0-9]+/.exec(inside) ?? [];
      if (channel) channels.set(channel.slice(1), words.slice(1));
      if (user && !named.has(user.slice(1))) named.set(user.slice(1), words.slice(1));
      return words;
    })
    .replace(/&(?:lt|gt|amp);/g, (entity) => entities[entity] ?? entity);
  return {
    text: text.trim(),
    mention,
    people: [...named].map(([user, name]) => ({ user, name })),
    channels: [...channels].map(([id, name]) => ({ id, name })),
  };
}

/** "@Bellhop: ops, why?" is "ops, why?"; elsewhere the mention leaves no double space. */
function withoutCall(raw: string, bot: string): string {
  const call = `<@${bot}(?:\\|[^<>]*)?>`;
  return raw.replace(new RegExp(`^\\s*${call}[ \\t]*[:,]?\\s*`), "").replace(new RegExp(`[ \\t]*${call}`, "g"), "");
}

/** What stands between Slack's angle brackets: a person, a channel, a group, a date or a link. */
function readReference(inside: string, nameOf: NameOf): string {
  const bar = inside.indexOf("|");
  const target = bar < 0 ? inside : inside.slice(0, bar);
  const label = bar < 0 ? "" : inside.slice(bar + 1);
  const id = target.slice(1);
  if (target.startsWith("@")) return `@${label || nameOf(id) || id}`;
  if (target.startsWith("#")) return `#${label || id}`;
  if (target.startsWith("!")) return label || `@${broadcasts.has(id) ? id : "group"}`;
  // Slack makes links of bare hosts and addresses; what was typed is the label then.
  if (!label || target === label || target.replace(/^(?:https?:\/\/|mailto:)/, "") === label) return label || target;
  return `[${label}](${target})`;
}

const reference = /<([@!#])([^<>|\n]*)(?:\|([^<>\n]*))?>/g;
const slackLink = /<((?:https?|mailto):[^<>|\s]+)\|([^<>\n]*)>/g;

/** Markdown that calls nobody and hides no link, whatever wrote it. */
export function harmless(markdown: string): string {
  let text = markdown;
  // Taking one reference out can bring another to light: `<<!x|@>U1>`.
  while (text.includes("<")) {
    const next = text
      .replace(
        reference,
        (_, sigil: string, id: string, label?: string) => label || `${sigil === "#" ? "#" : "@"}${id}`,
      )
      .replace(slackLink, "[$2]($1)");
    if (next === text) break;
    text = next;
  }
  return text;
}

/** Markdown as it may stand in a message: it calls nobody, and links lead where they seem to lead. */
export function calm(markdown: string): string {
  const honest = honestLinks(harmless(markdown));
  // What was taken out may bring something to light.
  const again = harmless(honest);
  return again === honest ? honest : harmless(honestLinks(again));
}

const unfinished = /(?:<(?:[@!#hm][^<>\n]{0,200})?)+$/;

/** As much of a growing, harmless text as can be shown already: a reference that may still be closed is held back. */
export function settled(text: string): string {
  return text.replace(unfinished, "");
}

/** Characters that mean something to Slack, as mere characters. */
export function escaped(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}

/** Slack's own markup from a short Markdown text, for the places that take no Markdown: footers, fields, fallbacks. */
export function toMrkdwn(markdown: string): string {
  return escaped(calm(markdown))
    .replace(/&lt;((?:https?:\/\/|mailto:)[^\s|<>]+?)&gt;/g, "<$1>")
    .replace(/\[([^\]\n]+)\]\((https?:\/\/[^\s)|]+)\)/g, "<$2|$1>")
    .replace(/\*\*([^*\n]+)\*\*/g, "*$1*");
}

/** At most so many characters, with an ellipsis where something was left out; never half a character. */
export function shortened(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const cut = text.slice(0, limit - 1);
  return `${/[\uD800-\uDBFF]$/.test(cut) ? cut.slice(0, -1) : cut}…`;
}
