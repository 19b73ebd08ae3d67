import type { Order, Sightings, Watch, Watched } from "./order.ts";
import type { Place } from "./place.ts";

type Mention = { saidAt: number; signAt?: number; wordsAt?: number; wholeAt?: number };

/** Has the crowd of a place say what was ordered, and watches what comes of it until all is answered. */
export async function obey(place: Place, order: Order): Promise<Sightings> {
  const { mentions: wanted, perSecond, atOnce = Number.POSITIVE_INFINITY, answer, deadlineMs } = order;
  const mentions = new Map<string, Mention>();
  const callsBefore = place.calls().length;
  const violationsBefore = place.violations().length;
  const began = performance.now();
  const firstWords = answer.slice(0, 5);
  let said = 0;
  let whole = 0;

  function say(): void {
    mentions.set(place.say(said), { saidAt: performance.now() });
    said++;
  }

  // Saying something is itself a change that is watched.
  let saying = false;
  function sayMore(): void {
    if (saying) return;
    saying = true;
    while (said < wanted && said - whole < atOnce) say();
    saying = false;
  }

  function watch(): boolean {
    for (const { mention: key, text, still } of place.look()) {
      const mention = mentions.get(key);
      if (!mention || mention.wholeAt !== undefined) continue;
      const now = performance.now();
      mention.signAt ??= now;
      if (text?.includes(firstWords)) mention.wordsAt ??= now;
      if (!still || !text?.includes(answer)) continue;
      mention.wholeAt = now;
      whole++;
    }
    if (perSecond === undefined) sayMore();
    return whole === wanted;
  }

  let late: NodeJS.Timeout | undefined;
  if (perSecond !== undefined) {
    // By the clock, not by the timer: a late one makes up for it.
    const due = () => {
      while (said < wanted && said <= ((performance.now() - began) / 1000) * perSecond) say();
      if (said < wanted) late = setTimeout(due, Math.max(1, began + (said / perSecond) * 1000 - performance.now()));
    };
    due();
  }
  // What is not whole by the deadline is counted as lost.
  await place.until(watch, deadlineMs).catch(() => {});
  clearTimeout(late);

  const calls = place.calls(callsBefore);
  const counted: Record<string, number> = {};
  for (const { name } of calls) counted[name] = (counted[name] ?? 0) + 1;
  const since = (at: "signAt" | "wordsAt" | "wholeAt") =>
    [...mentions.values()].flatMap((mention) => (mention[at] === undefined ? [] : [mention[at] - mention.saidAt]));
  return {
    mentions: said,
    whole,
    signMs: since("signAt"),
    wordsMs: since("wordsAt"),
    wholeMs: since("wholeAt"),
    tookMs: performance.now() - began,
    calls: counted,
    tooMany: calls.filter((call) => call.tooMany).length,
    violations: place.violations().slice(violationsBefore),
  };
}

/** Waits until the bot has posted so often of its own accord. */
export async function watch(place: Place, { posts, deadlineMs }: Watch): Promise<Watched> {
  const before = place.calls().length;
  const violationsBefore = place.violations().length;
  const began = performance.now();
  const made = () => place.calls(before);
  const posted = () => made().filter(({ name, tooMany }) => name === place.posting && !tooMany).length;
  await place.until(() => posted() >= posts, deadlineMs).catch(() => {});
  return {
    posts: posted(),
    tookMs: performance.now() - began,
    tooMany: made().filter(({ tooMany }) => tooMany).length,
    violations: place.violations().slice(violationsBefore),
  };
}
