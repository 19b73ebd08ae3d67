import { createHash } from "node:crypto";
import { z } from "zod";
import type { Address } from "../../chat.ts";
import { plainLine } from "../../words/plain-line.ts";
import type { Brief } from "./brief.ts";
import {
  type Digest,
  type Gathered,
  type Gathering,
  type Item,
  type Mark,
  type Past,
  placeKey,
  rootOf,
  type Shown,
} from "./digest.ts";
import { countOf, threadKey } from "./gather.ts";
import type { Hushed } from "./items.ts";

const Answer = z.object({
  key: z.string().optional().catch(undefined),
  title: z.string(),
  state: z.enum(["new", "open", "resolved"]),
  why: z.string().optional().catch(undefined),
  messages: z.array(z.unknown()).catch([]),
});
type Answer = z.infer<typeof Answer>;

export type ReadOptions = {
  gathering: Gathering;
  past: Past;
  hushed: Hushed[];
  brief: Pick<Brief, "read" | "of">;
  /** Where a message can be looked at, if the platform can tell. */
  link(address: Address, id: string): string | undefined | Promise<string | undefined>;
};

const mostRead = 100;
const mostShown = 20;
const mostOpen = 10;
const mostThreads = 20;
const mostKept = 200;
const keptMs = 30 * 86_400_000;
const longestTitle = 140;
const longestWhy = 120;

/** One matter that was spoken of since the last digest. */
type Matter = { item: Item; isNew: boolean; wasOpen: boolean; state: Answer["state"]; said: Gathered[] };

/**
 * A run's output as a digest; undefined when it holds nothing new. Nothing of it is trusted: messages nobody gathered are
 * dropped, and matters without messages; keys, links and people come from what was said.
 */
export async function readDigest(output: unknown, options: ReadOptions): Promise<Digest | undefined> {
  const { gathering, past, hushed } = options;
  const { since, until } = gathering;
  const quiet = new Map(hushed.map((one) => [one.key, one]));
  const hushOf = ({ key, threads }: Item) =>
    quiet.get(key) ?? threads.map((thread) => quiet.get(thread.key)).find((one) => one !== undefined);
  const matters = mattersIn(output, gathering, past);
  const fresh: Matter[] = [];
  const open: Matter[] = [];
  const resolved: Matter[] = [];
  const items = new Map(past.items.map((item) => [item.key, item]));

  for (const matter of matters) {
    const { item, isNew, wasOpen } = matter;
    const isOver = matter.state === "resolved";
    const hush = hushOf(item);
    const next: Item = { ...item, state: isOver ? "resolved" : "open" };
    delete next.isUntold;
    if (hush !== undefined) {
      // Nobody heard of it yet: it waits for the end of its snooze. What is muted is never told.
      if (isOver && wasOpen && hush.until !== undefined) next.isUntold = true;
      items.set(item.key, next);
      continue;
    }
    // It was told to be over already.
    if (isOver && !isNew && !wasOpen) {
      items.set(item.key, next);
      continue;
    }
    const list = isOver ? resolved : isNew ? fresh : open;
    // What is not shown is not kept as told: it may come again.
    if (list.length >= mostShown && isNew) continue;
    list.push({ ...matter, item: next });
    items.set(item.key, next);
  }
  const spoken = new Set(matters.map(({ item }) => item.key));
  const late = past.items.filter((item) => item.isUntold && !spoken.has(item.key) && hushOf(item) === undefined);
  if (fresh.length + open.length + resolved.length + late.length === 0) return undefined;

  for (const matter of [...fresh, ...open, ...resolved]) await give(matter, options);
  for (const matter of [...fresh, ...open, ...resolved]) items.set(matter.item.key, matter.item);
  for (const item of late) items.set(item.key, withoutUntold(item));
  const carried = past.items.filter(
    (item) => item.state === "open" && !spoken.has(item.key) && hushOf(item) === undefined && until - item.at < keptMs,
  );
  const stillOpen = [
    ...open.map((one) => shown(one.item, others(one, gathering))),
    ...carried.map((item) => shown(item, 0)),
  ];
  const { messages, people } = countOf(gathering);
  return {
    since,
    until,
    messages,
    people,
    fresh: fresh.map((one) => shown(one.item, others(one, gathering))),
    open: stillOpen.slice(0, mostOpen),
    resolved: [
      ...resolved.map((one) => shown(one.item, others(one, gathering))),
      ...late.map((item) => shown(item, 0)),
    ],
    moreOpen: Math.max(0, stillOpen.length - mostOpen),
    read: options.brief.read,
    of: options.brief.of,
    isCut: gathering.isCut,
    unread: gathering.unread,
    past: { items: keptOf([...items.values()], until), marks: merged(past.marks, gathering.marks), postedAt: until },
  };
}

/** What the output speaks of, each matter once, the most important first. */
function mattersIn(output: unknown, gathering: Gathering, past: Past): Matter[] {
  const list = z.object({ items: z.array(z.unknown()) }).safeParse(output);
  const byRef = new Map(gathering.messages.map((message) => [message.ref, message]));
  const known = new Map(past.items.flatMap((item) => item.threads.map((thread) => [thread.key, item])));
  const byKey = new Map(past.items.map((item) => [item.key, item]));
  const matters = new Map<string, Matter>();
  const taken = new Map<string, string>();
  for (const one of (list.data?.items ?? []).slice(0, mostRead)) {
    const answer = Answer.safeParse(one).data;
    const refs = new Set((answer?.messages ?? []).filter((ref) => typeof ref === "string"));
    const said = [...refs].flatMap((ref) => byRef.get(ref) ?? []).sort((one, other) => one.at - other.at);
    const first = said[0];
    if (answer === undefined || first === undefined || said.every(({ isOld }) => isOld)) continue;
    const title = plainLine(answer.title, longestTitle);
    const threads = threadsIn(said);
    const item =
      threads.map(({ key }) => known.get(key)).find((found) => found !== undefined) ?? byKey.get(answer.key ?? "");
    const key =
      item?.key ?? threads.map((thread) => taken.get(thread.key)).find((found) => found !== undefined) ?? keyOf(first);
    const before = matters.get(key);
    if (before !== undefined) {
      // The same matter twice: what was said of it belongs together, the first one's words stand.
      before.said = [...new Set([...before.said, ...said])].sort((one, other) => one.at - other.at);
      before.item.threads = joined(before.item.threads, threads);
      before.item.at = Math.max(before.item.at, ...said.map(({ at }) => at));
    } else if (title !== "" || item !== undefined) {
      const why = plainLine(answer.why ?? "", longestWhy);
      const { why: _, ...old } = item ?? { title, since: gathering.until, people: [], threads: [] };
      matters.set(key, {
        item: {
          ...old,
          key,
          state: "open",
          ...(why === "" ? {} : { why }),
          threads: joined(item?.threads ?? [], threads),
          at: Math.max(item?.at ?? 0, ...said.map(({ at }) => at)),
        },
        isNew: item === undefined,
        wasOpen: item?.state === "open" || item?.isUntold === true,
        state: answer.state,
        said,
      });
    }
    for (const thread of threads) taken.set(thread.key, key);
  }
  return [...matters.values()];
}

/** People and link, from the messages alone. */
async function give({ item, said, state, isNew }: Matter, { link }: ReadOptions): Promise<void> {
  const news = said.filter(({ isOld }) => !isOld);
  const telling = isNew && state !== "resolved" ? news[0] : news.at(-1);
  const names = [...new Map(news.map(({ by }) => [by.id, plainLine(by.name, 40)])).values()].filter(
    (name) => name !== "",
  );
  if (names.length > 0) item.people = names;
  const url = telling && webAddress(await Promise.resolve(link(telling.address, telling.id)).catch(() => undefined));
  if (url !== undefined) item.link = url;
  else delete item.link;
}

/** How much else was said of it: in its messages, and in their threads. */
function others({ said }: Matter, { messages }: Gathering): number {
  const threads = new Set(said.map((message) => threadKey(message)));
  const news = messages.filter((message) => !message.isOld && threads.has(threadKey(message)));
  return Math.max(0, news.length - 1);
}

function threadsIn(said: Gathered[]): Item["threads"] {
  const threads = new Map<string, Item["threads"][number]>();
  for (const message of said) {
    const key = keyOf(message);
    const { thread: _, ...address } = message.address;
    threads.set(key, { address, id: rootOf(message), key });
  }
  return [...threads.values()];
}

function joined(known: Item["threads"], more: Item["threads"]): Item["threads"] {
  return [...new Map([...known, ...more].map((thread) => [thread.key, thread])).values()].slice(-mostThreads);
}

/** The same for all that is said in one thread, today and tomorrow. */
function keyOf(message: Gathered): string {
  const hash = createHash("sha256").update(threadKey(message)).digest();
  return hash.readBigUInt64BE(0).toString(36).padStart(10, "0").slice(-10);
}

function shown({ key, title, why, link, people, since }: Item, more: number): Shown {
  return {
    key,
    title,
    people,
    since,
    more,
    ...(why === undefined ? {} : { why }),
    ...(link === undefined ? {} : { link }),
  };
}

function withoutUntold({ isUntold: _, ...item }: Item): Item {
  return item;
}

/** What is to be known again: not what has been quiet for a month. */
function keptOf(items: Item[], now: number): Item[] {
  const recent = items.filter(({ at }) => now - at < keptMs);
  return recent.sort((one, other) => other.at - one.at).slice(0, mostKept);
}

function merged(old: Mark[], fresh: Mark[]): Mark[] {
  return [...new Map([...old, ...fresh].map((mark) => [placeKey(mark.source), mark])).values()];
}

function webAddress(link: string | undefined): string | undefined {
  if (link === undefined || !URL.canParse(link)) return undefined;
  const url = new URL(link);
  return url.protocol === "https:" || url.protocol === "http:"
    ? url.href.replaceAll("(", "%28").replaceAll(")", "%29")
    : undefined;
}
