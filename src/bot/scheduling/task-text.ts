import type { Schedule } from "../../schedules/schedule.ts";
import type { TaskWish } from "../../tools/schedule-functions.ts";
import { type Field, quoted, sayFlags } from "./flags.ts";

/** What an agent wants scheduled, in the words that are read of people: every part in a field of its own. */
export function textOfTask({ task_prompt, channel, timezone }: TaskWish, when: string): string {
  return textOf({ when, timezone, prompt: task_prompt, to: placeOf(channel) });
}

/** A schedule in the same words, with what an agent wants otherwise. */
export function textOfChange(
  schedule: Schedule,
  { task_prompt, channel }: TaskWish,
  when: string,
  zone: string,
): string {
  const { name, digest, from, to, prompt } = schedule;
  const fields = textOf({
    when,
    timezone: zone,
    name,
    prompt: task_prompt || prompt,
    to: placeOf(channel) ?? placesOf(to),
    ...(digest ? { digest: "true", from: placesOf(from) } : {}),
  });
  return [fields, ...sayFlags(schedule)].join(" ");
}

function textOf(fields: Partial<Record<Field, string | undefined>>): string {
  return Object.entries(fields)
    .flatMap(([field, value]) => (value ? [`--${field} ${quoted(value)}`] : []))
    .join(" ");
}

/** A channel as people write it; models leave out the sign. */
function placeOf(channel = ""): string | undefined {
  if (channel === "" || /^#?(?:here|this channel|這裡)$/i.test(channel)) return undefined;
  return /^[#＃]|^[a-z]+:/.test(channel) ? channel : `#${channel}`;
}

function placesOf(addresses: Schedule["to"]): string {
  return addresses.map(({ adapter, channel }) => `${adapter}:${channel}`).join(", ");
}
