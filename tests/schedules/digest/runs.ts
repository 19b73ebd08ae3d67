import { complaintOf } from "../../../src/agent/complaint.ts";
import { offlineModel } from "../../../src/agent/models/offline.ts";
import type { PersonId } from "../../../src/chat.ts";
import { brief } from "../../../src/schedules/digest/brief.ts";
import type { Digest, Gathering } from "../../../src/schedules/digest/digest.ts";
import { drawDigest } from "../../../src/schedules/digest/draw.ts";
import { gather } from "../../../src/schedules/digest/gather.ts";
import type { Items } from "../../../src/schedules/digest/items.ts";
import { readDigest } from "../../../src/schedules/digest/read.ts";
import { ask } from "../../agent/models/asking.ts";
import { type Channel, link, support } from "./channel.ts";

export const schedule = "s-4k2";
export const ana: PersonId = "slack:ana";
const offline = offlineModel({ name: "offline", provider: "offline", model: "offline" });

/** What a model answers to a brief; the offline one, unless a test has words for it. */
export type Model = (text: string, gathering: Gathering) => unknown;

/** One run of a schedule's digest, from gathering to drawing; posting and settling is the caller's. */
export async function run(channel: Channel, items: Items, options: { model?: Model; language?: "en" | "zh-TW" } = {}) {
  const now = channel.pass(10_000);
  const { language = "en" } = options;
  const past = await items.past(schedule);
  const gathering = await gather(channel.knowing, { sources: [support], past, now, from: now - 86_400_000 });
  const briefed = brief(gathering, past, { language, zone: "Europe/Berlin" });
  const output = options.model?.(briefed.text, gathering) ?? (await offlineAnswer(briefed.text, briefed.output));
  const hushed = await items.hushed(schedule, now);
  const digest = await readDigest(output, { gathering, past, hushed, brief: briefed, link });
  return { digest, text: digest && drawn(digest, now, language), now, gathering, brief: briefed };
}

/** As `run`, and posted. */
export async function post(channel: Channel, items: Items, options: Parameters<typeof run>[2] = {}) {
  const done = await run(channel, items, options);
  if (done.digest !== undefined) await items.settle(schedule, done.digest);
  return done;
}

/** What the offline model answers, held to the schema as a run would hold it. */
export async function offlineAnswer(text: string, output: Record<string, unknown>): Promise<unknown> {
  const { text: said } = await ask(offline, { turns: [{ role: "user", text }], output });
  const value: unknown = JSON.parse(said);
  const complaint = await complaintOf(output, value);
  if (complaint !== undefined) throw new Error(complaint);
  return value;
}

export function drawn(digest: Digest, now: number, language: "en" | "zh-TW" = "en") {
  const { headline, thread } = drawDigest(digest, {
    schedule,
    language,
    zone: "Europe/Berlin",
    now,
    sources: ["#support"],
    nameOf: ({ channel }) => `#${channel}`,
  });
  return { head: headline.text, body: thread.text, footer: thread.footer, buttons: thread.card?.buttons ?? [] };
}
