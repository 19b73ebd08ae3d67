import type { Address, Posted } from "../../chat.ts";
import { type Run, runIdFor } from "../../runs/run.ts";
import { type Place, type Wider, widerThan } from "../../schedules/digest/audience.ts";
import { type Brief, brief } from "../../schedules/digest/brief.ts";
import { type Digest, placeKey } from "../../schedules/digest/digest.ts";
import {
  type Drawn,
  type DrawOptions,
  drawDigest,
  drawHeartbeat,
  isHeartbeatDue,
} from "../../schedules/digest/draw.ts";
import { gather } from "../../schedules/digest/gather.ts";
import { type Items, openItems } from "../../schedules/digest/items.ts";
import { readDigest } from "../../schedules/digest/read.ts";
import type { Schedule } from "../../schedules/schedule.ts";
import type { SlotClaim } from "../../schedules/slot.ts";
import { wordsOf } from "../../words/words.ts";
import type { Desk } from "../desk.ts";

/** What a digest's run is to read, or why there is none. */
export type DigestTask =
  | { kind: "read"; brief: Brief; finish(output: unknown): Promise<Digest | undefined>; draw: DrawOptions }
  | { kind: "nothing"; heartbeat?: DrawOptions; since: number }
  /** What was said in a private place would be read by others. */
  | { kind: "private"; wider: Wider[] };

/** A digest that is being posted: kept until both of its posts stand and its items are settled. */
export type DigestInHand = { drawn: Drawn; digest: Pick<Digest, "past" | "until">; text: string };

/** Gathers what digests are made of, and keeps what they leave. */
export type Digests = {
  items(): Promise<Items>;
  prepare(schedule: Schedule, slot: SlotClaim, signal: AbortSignal): Promise<DigestTask>;
  /** Contract: durable before anything of it is posted. */
  hold(run: string, inHand: DigestInHand): Promise<void>;
  held(run: string): Promise<DigestInHand | undefined>;
  /** It was posted: its items are known from now on. */
  settle(schedule: Schedule, run: Run, inHand: DigestInHand): Promise<void>;
  drawn(digest: Digest, options: DrawOptions): DigestInHand;
  heartbeat(schedule: Schedule, at: number): Promise<void>;
  /** Asks those who read a private place, once, whether a digest of it may be posted elsewhere. */
  askToAllow(schedule: Schedule, wider: Wider[]): Promise<void>;
  /** A yes to posting what was said in a private place to a wider one. */
  allow(schedule: string, source: Address): Promise<boolean>;
};

const dayMs = 86_400_000;
const heldForMs = 7 * dayMs;
const askedForMs = 90 * dayMs;

/** The button that says yes to posting a private channel's digest elsewhere; its value is the schedule. */
export const digestAllow = "digest-allow";

/** Digests over the desk. */
export function createDigests(desk: Desk): Digests {
  const { adapter, store } = desk;
  let opened: Promise<Items> | undefined;
  const items = () => (opened ??= openItems(store.query));
  const inHand = store.kv("digests-in-hand");
  const allowed = store.kv("digests-allowed");
  const asked = store.kv("digests-asked");

  async function placeOf(address: Address): Promise<Place> {
    const there = await adapter(address.adapter)?.place?.(address);
    // Where nobody can tell, it counts as private to read from, and as open to post to.
    return { address, private: there?.private ?? true };
  }

  async function nameOf(address: Address): Promise<string> {
    const there = await adapter(address.adapter)
      ?.place?.(address)
      .catch(() => undefined);
    return there?.name ? `#${there.name}` : address.channel;
  }

  /** What would be shown to others, and nobody who reads it has said yes to. */
  async function widerOf(schedule: Schedule, sources: Address[]): Promise<Wider[]> {
    const [from, to] = await Promise.all([sources, schedule.to].map((some) => Promise.all(some.map(placeOf))));
    const wider = widerThan(from ?? [], to ?? []);
    const agreed = await Promise.all(wider.map((one) => allowed.get<true>(yesKey(schedule.id, one))));
    return wider.filter((_, n) => !agreed[n]);
  }

  return {
    items,
    async prepare(schedule, slot, signal) {
      const [fallback] = schedule.place ? [schedule.place] : schedule.to;
      const sources = schedule.from.length > 0 ? schedule.from : fallback ? [fallback] : [];
      const wider = await widerOf(schedule, sources);
      if (wider.length > 0) return { kind: "private", wider };
      const { id, zone, language } = schedule;
      const kept = await items();
      const [past, hushed, beat] = await Promise.all([kept.past(id), kept.hushed(id, slot.due), kept.heartbeat(id)]);
      const history = async (address: Address, range: { since?: string; limit: number }) => {
        const there = adapter(address.adapter);
        if (!there) throw new Error(`${address.adapter} is not connected`);
        return there.history(address, range);
      };
      const from = Math.max(schedule.since - dayMs, slot.due - dayMs);
      const gathering = await gather({ history }, { sources, past, now: desk.now(), from, signal });
      const names = new Map(await Promise.all(sources.map(async (at) => [at.channel, await nameOf(at)] as const)));
      const draw: DrawOptions = {
        schedule: id,
        language,
        zone,
        now: slot.due,
        sources: sources.map((at) => names.get(at.channel) ?? at.channel),
        nameOf: (at) => names.get(at.channel) ?? at.channel,
      };
      if (gathering.messages.every((message) => message.isOld)) {
        const since = past.postedAt ?? schedule.since;
        const heard = { since: schedule.since, ...(past.postedAt ? { postedAt: past.postedAt } : {}) };
        const due = isHeartbeatDue({ ...heard, ...(beat === undefined ? {} : { heartbeat: beat }) }, slot.due);
        return { kind: "nothing", since, ...(due ? { heartbeat: draw } : {}) };
      }
      const prompt = schedule.prompt ? { prompt: schedule.prompt } : {};
      const task = brief(gathering, past, { language, zone, ...prompt });
      return {
        kind: "read",
        brief: task,
        draw,
        finish: (output) =>
          readDigest(output, { gathering, past, hushed, brief: task, link: (at, message) => linkOf(at, message) }),
      };
    },
    hold: (run, one) => inHand.set(run, one, heldForMs),
    held: (run) => inHand.get<DigestInHand>(run),
    async settle(schedule, run, { digest }) {
      await (await items()).settle(schedule.id, digest);
      await inHand.delete(run.id);
    },
    drawn(digest, options) {
      const drawn = drawDigest(digest, options);
      return {
        drawn,
        digest: { past: digest.past, until: digest.until },
        text: `${drawn.headline.text}\n\n${drawn.thread.text}`,
      };
    },
    async heartbeat(schedule, at) {
      await (await items()).beat(schedule.id, at);
    },
    async askToAllow(schedule, wider) {
      const words = wordsOf(schedule.language).scheduled;
      for (const source of new Map(wider.map((one) => [placeKey(one.source), one.source])).values()) {
        const targets = wider.filter((one) => placeKey(one.source) === placeKey(source)).map((one) => one.target);
        const key = `digest-ask:${schedule.id}:${placeKey(source)}:${targets.map(placeKey).join(",")}`;
        if (!(await store.claims.claim(key, desk.now()))) continue;
        await asked.set(`${schedule.id}:${placeKey(source)}`, targets, askedForMs);
        const names = await Promise.all(targets.map(nameOf));
        const buttons = [{ id: digestAllow, value: schedule.id, text: words.allow, style: "primary" as const }];
        const post = { text: words.mayPost(schedule.name, names), language: schedule.language, card: { buttons } };
        await desk.postman.send({ address: source, post, key: { id: runIdFor(key), since: desk.now() } }).kept;
      }
    },
    async allow(schedule, source) {
      const { thread: _, ...channel } = source;
      const targets = await asked.get<Address[]>(`${schedule}:${placeKey(channel)}`);
      for (const target of targets ?? []) await allowed.set(yesKey(schedule, { source: channel, target }), true);
      return targets !== undefined;
    },
  };

  async function linkOf(address: Address, message: string): Promise<string | undefined> {
    return adapter(address.adapter)?.link?.(address, message);
  }
}

/** The weekly word that a digest still watches. */
export function heartbeatPost(since: number, options: DrawOptions) {
  return drawHeartbeat(since, options);
}

/** Where the second post of a digest stands: under the first. */
export function underHeadline(posted: Posted): Address {
  return { ...posted.address, thread: posted.address.thread ?? posted.id };
}

function yesKey(schedule: string, { source, target }: Wider): string {
  return [schedule, source.adapter, source.channel, target.adapter, target.channel].join(":");
}
