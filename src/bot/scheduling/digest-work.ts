import type { Address, PersonId, Post, Posted } from "../../chat.ts";
import type { Run } from "../../runs/run.ts";
import { type Brief, brief } from "../../schedules/digest/brief.ts";
import { type Digest, type Past, placeKey } from "../../schedules/digest/digest.ts";
import {
  type Drawn,
  type DrawOptions,
  drawDigest,
  drawHeartbeat,
  isHeartbeatDue,
} from "../../schedules/digest/draw.ts";
import { gather, type Reader } from "../../schedules/digest/gather.ts";
import { type Items, openItems } from "../../schedules/digest/items.ts";
import { readDigest } from "../../schedules/digest/read.ts";
import type { Schedule } from "../../schedules/schedule.ts";
import type { SlotClaim } from "../../schedules/slot.ts";
import { nextAfter } from "../../schedules/when/next.ts";
import { wordsOf } from "../../words/words.ts";
import type { Desk } from "../desk/desk.ts";
import { createDigestConsent, type DigestConsent, type Unheeded } from "./digest-consent.ts";
import { placeName } from "./place-name.ts";

/** What a digest's run is to read, or why there is none. `heartbeat` is posted when there is nothing to say after all. */
export type DigestTask =
  | {
      kind: "read";
      brief: Brief;
      finish(output: unknown): Promise<DigestInHand | undefined>;
      heartbeat: Post | undefined;
    }
  | { kind: "nothing"; heartbeat: Post | undefined }
  /** What was said in a private place would be read by others. */
  | { kind: "private"; missing: Unheeded[] }
  | { kind: "unreadable"; why: string };

/** A digest that is being posted: kept until both of its posts stand and its items are settled. */
export type DigestInHand = { drawn: Drawn; digest: Pick<Digest, "past" | "until">; text: string };

/** Gathers what digests are made of, and keeps what they leave. */
export type Digests = {
  consent: DigestConsent;
  items(): Promise<Items>;
  /** `tester`: it is made for this person's eyes alone. */
  prepare(schedule: Schedule, slot: SlotClaim, signal: AbortSignal, tester?: PersonId): Promise<DigestTask>;
  /** Contract: durable before anything of it is posted. */
  hold(run: string, inHand: DigestInHand): Promise<void>;
  held(run: string): Promise<DigestInHand | undefined>;
  /** It was posted: its items are known from now on. */
  settle(schedule: Schedule, run: Run, inHand: DigestInHand): Promise<void>;
  /** It was said that it still watches. */
  beat(schedule: Schedule, at: number): Promise<void>;
};

const dayMs = 86_400_000;
const longestFirstMs = 31 * dayMs;
const heldForMs = 7 * dayMs;
const weeklyMs = 6 * dayMs;

/** Digests over the desk. */
export function createDigests(desk: Desk): Digests {
  const { adapter, store, access, people } = desk;
  let opened: Promise<Items> | undefined;
  const items = () => (opened ??= openItems(store.query));
  const inHand = store.kv("digests-in-hand");
  const consent = createDigestConsent(desk);

  /** The first source that whoever tries it out may not read. */
  async function closedTo(tester: PersonId, sources: Address[]): Promise<Address | undefined> {
    const isAdmin = access.authorize(await people.who(tester, { roles: true }), "administer", {}).allowed;
    const platform = tester.slice(0, tester.indexOf(":"));
    for (const source of sources) {
      // Of another platform than their own nobody can say.
      const reads =
        platform === source.adapter ? await adapter(platform)?.canRead(tester, source) : isAdmin || platform === "api";
      if (!reads) return source;
    }
    return undefined;
  }

  const reader: Reader = {
    async history(address, range) {
      const there = adapter(address.adapter);
      if (!there) throw new Error(`${address.adapter} is not connected`);
      return there.history(address, { ...range, patient: true });
    },
    threads: async (channel, since) => adapter(channel.adapter)?.threads?.(channel, since),
  };

  async function drawOptions(schedule: Schedule, sources: Address[], now: number): Promise<DrawOptions> {
    const names = new Map(
      await Promise.all(sources.map(async (at) => [placeKey(at), await placeName(desk, at)] as const)),
    );
    const nameOf = (at: Address) => names.get(placeKey(at)) ?? at.channel;
    const { id, language, zone } = schedule;
    const next = nextAfter(schedule.when, schedule, now);
    const isWeekly = next === undefined || next - now >= weeklyMs;
    const canBeWeekly = !isWeekly && schedule.origin !== "config";
    return { schedule: id, language, zone, now, sources: sources.map(nameOf), nameOf, canBeWeekly };
  }

  return {
    consent,
    items,

    async prepare(schedule, slot, signal, tester) {
      const { id, zone, language } = schedule;
      const [here] = schedule.place ? [schedule.place] : schedule.to;
      const sources = schedule.from.length > 0 ? schedule.from : here ? [here] : [];
      const closed = tester && (await closedTo(tester, sources));
      if (closed) {
        const why = wordsOf(language).schedules.cantRead(await placeName(desk, closed));
        return { kind: "unreadable", why };
      }
      const missing = tester ? [] : await consent.missing(schedule, sources);
      if (missing.length > 0) return { kind: "private", missing };

      const kept = await items();
      const [past, hushed, beat] = await Promise.all([kept.past(id), kept.hushed(id, slot.due), kept.heartbeat(id)]);
      const from = slot.due - firstStretch(schedule, slot.due);
      const gathering = await gather(reader, { sources, past, now: desk.now(), from, signal }).catch(
        (error: unknown) => {
          if (signal.aborted) throw error;
          return error instanceof Error ? error.message : String(error);
        },
      );
      if (typeof gathering === "string") {
        const names = await Promise.all(sources.map((source) => placeName(desk, source)));
        return { kind: "unreadable", why: wordsOf(language).digest.unreadable(names, gathering) };
      }
      const draw = await drawOptions(schedule, sources, slot.due);
      const heartbeat = heartbeatOf(schedule, past, beat, draw);
      if (gathering.messages.every((message) => message.isOld)) return { kind: "nothing", heartbeat };
      const prompt = schedule.prompt ? { prompt: schedule.prompt } : {};
      const task = brief(gathering, past, { language, zone, ...prompt });
      const link = (at: Address, message: string) => adapter(at.adapter)?.link?.(at, message);
      return {
        kind: "read",
        brief: task,
        heartbeat,
        async finish(output) {
          const digest = await readDigest(output, { gathering, past, hushed, brief: task, link });
          return digest && inHandOf(digest, draw);
        },
      };
    },

    hold: (run, one) => inHand.set(run, one, heldForMs),
    held: (run) => inHand.get<DigestInHand>(run),
    async settle(schedule, run, { digest }) {
      await (await items()).settle(schedule.id, digest);
      await inHand.delete(run.id);
    },
    async beat(schedule, at) {
      await (await items()).beat(schedule.id, at);
    },
  };
}

/** Where the second post of a digest stands: under the first. */
export function underHeadline(posted: Posted): Address {
  return { ...posted.address, thread: posted.address.thread ?? posted.id };
}

function inHandOf(digest: Digest, options: DrawOptions): DigestInHand {
  const drawn = drawDigest(digest, options);
  const text = `${drawn.headline.text}\n\n${drawn.thread.text}`;
  return { drawn, digest: { past: digest.past, until: digest.until }, text };
}

/** The weekly word that it still watches, when that is due. */
function heartbeatOf(
  { since }: Schedule,
  { postedAt }: Past,
  heartbeat: number | undefined,
  options: DrawOptions,
): Post | undefined {
  const heard = {
    since,
    ...(postedAt === undefined ? {} : { postedAt }),
    ...(heartbeat === undefined ? {} : { heartbeat }),
  };
  return isHeartbeatDue(heard, options.now) ? drawHeartbeat(postedAt ?? since, options) : undefined;
}

/** How far back the first digest reads: one period, and a day at least. */
function firstStretch(schedule: Schedule, due: number): number {
  const next = nextAfter(schedule.when, schedule, due) ?? due;
  return Math.min(Math.max(next - due, dayMs), longestFirstMs);
}
