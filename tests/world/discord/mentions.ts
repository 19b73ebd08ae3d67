import type { Channel, Message, Person, Pings } from "./entities.ts";
import { may } from "./permissions.ts";

/** Who may be pinged: "default" is Discord's own (everybody named), as after leaving `allowed_mentions` out. */
export type Mentions = "default" | "none" | { parse: string[]; users: string[]; roles: string[]; repliedUser: boolean };

interface Said {
  content: string;
  mentions: Mentions;
  repliesTo?: { id: string; channel: Channel } | undefined;
}

/** Who a message notifies, given what it says, what its author allows and what its author may. */
export function pingsOf(author: Person, channel: Channel, said: Said): Pings {
  const { content, mentions } = said;
  const loud = content.replaceAll(/```[\s\S]*?```|`[^`\n]*`/g, "");
  const named = {
    users: ids(loud, /<@!?(\d{17,20})>/g).filter((id) => reachable(channel, id)),
    roles: ids(loud, /<@&(\d{17,20})>/g).filter((id) => channel.server?.roles.has(id)),
    everyone: /@(everyone|here)\b/.test(loud),
  };
  const broad = channel.server !== undefined && may(author, channel, "MentionEveryone");
  const roleAnswers = (id: string) => broad || channel.server?.roles.get(id)?.mentionable === true;
  const all = mentions === "default";
  const rules =
    mentions === "default" || mentions === "none" ? { parse: [], users: [], roles: [], repliedUser: all } : mentions;
  const users =
    all || rules.parse.includes("users") ? named.users : named.users.filter((id) => rules.users.includes(id));
  const roles =
    all || rules.parse.includes("roles") ? named.roles : named.roles.filter((id) => rules.roles.includes(id));
  const quoted = said.repliesTo && rules.repliedUser ? authorOf(said.repliesTo) : undefined;
  return {
    everyone: named.everyone && broad && (all || rules.parse.includes("everyone")),
    users: [...new Set([...users, ...(quoted ? [quoted.id] : [])])],
    roles: roles.filter(roleAnswers),
  };
}

/** Turns "@Ana hi" as a person types it into what the wire carries. */
export function typed(text: string, channel: Channel, people: Iterable<Person>): string {
  const names: [string, string][] = [...people].map((person) => [`@${person.name}`, `<@${person.id}>`]);
  for (const role of channel.server?.roles.values() ?? [])
    if (!role.managed && role.name !== "@everyone") names.push([`@${role.name}`, `<@&${role.id}>`]);
  names.sort(([one], [other]) => other.length - one.length);
  return names.reduce((written, [name, mention]) => replaceWord(written, name, mention), text);
}

/** The addresses in a text that would be shown as a preview: not those in <angle brackets>. */
export function previewedLinks(content: string): string[] {
  return [...content.matchAll(/(<)?(https?:\/\/[^\s<>]+)(>)?/g)].flatMap(([, open, url, close]) =>
    url && !(open && close) ? [url] : [],
  );
}

function replaceWord(text: string, name: string, mention: string): string {
  const escaped = name.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return text.replaceAll(new RegExp(`${escaped}(?![\\p{L}\\p{N}_])`, "giu"), mention);
}

function ids(content: string, pattern: RegExp): string[] {
  return [...new Set([...content.matchAll(pattern)].flatMap(([, id]) => id ?? []))];
}

function reachable(channel: Channel, id: string): boolean {
  return channel.server ? channel.server.members.has(id) : channel.recipients.some((person) => person.id === id);
}

function authorOf({ id, channel }: { id: string; channel: Channel }): Message["author"] | undefined {
  return channel.messages.find((message) => message.id === id)?.author;
}
