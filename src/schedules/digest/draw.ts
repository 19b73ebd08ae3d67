import type { Address, Button, Language, Post } from "../../chat.ts";
import { wordsOf } from "../../words/words.ts";
import type { Digest, Shown } from "./digest.ts";
import { dayIn, momentIn } from "./moments.ts";

export type DrawOptions = {
  schedule: string;
  language: Language;
  zone: string;
  now: number;
  /** What the sources are called, as `#support`. */
  sources: string[];
  nameOf(address: Address): string;
  /** It comes more often than once a week, and can be made to come less often. */
  canBeWeekly?: boolean;
};

/** A digest's two posts: the headline, and what stands in its thread. */
export type Drawn = { headline: Post; thread: Post };

/** The buttons under a digest; the value of the first two is `schedule:key`, of the others the schedule. */
export const digestButtons = {
  snooze: "digest-snooze",
  mute: "digest-mute",
  weekly: "digest-weekly",
  stop: "digest-stop",
  /** Takes a snooze or a mute back. */
  unhush: "digest-unhush",
} as const;

const mostWithButtons = 10;
const mostPeople = 4;
const longestValue = 30;

/** Draws a digest. */
export function drawDigest(digest: Digest, options: DrawOptions): Drawn {
  const { language, zone, now, sources } = options;
  const words = wordsOf(language).digest;
  const head = words.head({
    sources,
    since: momentIn(zone, digest.since, now, language),
    messages: digest.messages,
    people: digest.people,
    fresh: digest.fresh.length,
    open: digest.open.length + digest.moreOpen,
    resolved: digest.resolved.length,
  });
  let number = 0;
  const draw = (title: string, items: Shown[], withSince: boolean): string[] => {
    const lines = items.map((item) => `- **${++number}** ${lineOf(item, options, withSince)}`);
    return lines.length === 0 ? [] : [`**${title}**\n${lines.join("\n")}`];
  };
  const parts = [
    ...draw(words.fresh, digest.fresh, false),
    ...draw(words.open, digest.open, true),
    ...(digest.moreOpen > 0 ? [words.moreOpen(digest.moreOpen)] : []),
    ...draw(words.resolved, digest.resolved, false),
  ];
  const notes = [
    ...(digest.read >= digest.of ? [] : [words.read(digest.read, digest.of)]),
    ...(digest.isCut ? [words.cut] : []),
    ...digest.unread.map(({ source }) => words.unread(options.nameOf(source))),
  ];
  const buttons = buttonsOf([...digest.fresh, ...digest.open], options);
  return {
    headline: { text: head, language },
    thread: {
      text: parts.join("\n\n"),
      language,
      ...(notes.length > 0 ? { footer: notes.join(" ") } : {}),
      ...(buttons.length > 0 ? { card: { buttons } } : {}),
    },
  };
}

/** Says once a week that it still watches. */
export function drawHeartbeat(since: number, options: DrawOptions): Post {
  const { schedule: value, language, zone, now, sources, canBeWeekly } = options;
  const words = wordsOf(language).digest;
  const weekly = canBeWeekly ? [{ id: digestButtons.weekly, text: words.weekly, value }] : [];
  return {
    text: words.heartbeat(sources, dayIn(zone, since, now, language)),
    language,
    card: { buttons: [...weekly, { id: digestButtons.stop, text: words.stop, value }] },
  };
}

/** Which item a press is about. */
export function pressedItem(value: string | undefined): { schedule: string; key: string } | undefined {
  const found = /^(.+):([a-z\d]+)$/.exec(value ?? "");
  return found?.[1] === undefined || found[2] === undefined ? undefined : { schedule: found[1], key: found[2] };
}

const weekMs = 7 * 86_400_000;

/** Whether readers heard nothing for a week. `since`: when the schedule was made or changed. */
export function isHeartbeatDue(heard: { postedAt?: number; heartbeat?: number; since: number }, now: number): boolean {
  return now - Math.max(heard.postedAt ?? 0, heard.heartbeat ?? 0, heard.since) >= weekMs;
}

function lineOf(item: Shown, { language, zone, now }: DrawOptions, withSince: boolean): string {
  const words = wordsOf(language).digest;
  const when = withSince ? ` ${words.since(dayIn(zone, item.since, now, language))}` : "";
  const why = item.why === undefined ? "" : ` — ${item.why}`;
  const named = item.people.slice(0, mostPeople).join(words.comma);
  const rest = item.people.length > mostPeople ? ` +${item.people.length - mostPeople}` : "";
  const people = named === "" ? "" : ` — *${named}*${rest}`;
  const link = item.link === undefined ? [] : [`[${words.link}](${item.link})`];
  const where = [...link, ...(item.more > 0 ? [`+${item.more}`] : [])];
  return `${item.title}${when}${why}${people}${where.length === 0 ? "" : words.bracketed(where)}`;
}

function buttonsOf(items: Shown[], { schedule, language }: DrawOptions): Button[] {
  const words = wordsOf(language).digest;
  return items.slice(0, mostWithButtons).flatMap(({ key }, at): Button[] => {
    const value = `${schedule}:${key}`;
    if (value.length > longestValue) return [];
    return [
      { id: digestButtons.snooze, text: words.snooze(at + 1), value },
      { id: digestButtons.mute, text: words.mute(at + 1), value },
    ];
  });
}
