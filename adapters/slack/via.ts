import type { Address } from "../../src/chat.ts";
import { isFields, textIn } from "./fields.ts";
import { addressOf } from "./messages.ts";

/** What Slack hands out with an interaction: where to answer privately, what opens a form, and where it happened. */
export type Via = { respond?: string; trigger?: string; at?: Address };

/** The whisper's `via`, as this adapter understands it. */
export function packVia({ respond, trigger, at }: Via): string | undefined {
  if (!respond && !trigger) return undefined;
  return JSON.stringify({
    ...(respond && { respond }),
    ...(trigger && { trigger }),
    ...(at && { channel: at.channel, ...(at.thread && { thread: at.thread }) }),
  });
}

/** What a whisper's `via` holds; one that was written down by an earlier version is an address alone. */
export function readVia(via: string | undefined): Via {
  if (!via) return {};
  if (!via.startsWith("{")) return { respond: via };
  const fields = parsed(via);
  const [respond, trigger, channel] = ["respond", "trigger", "channel"].map((key) => textIn(fields, key));
  return {
    ...(respond && { respond }),
    ...(trigger && { trigger }),
    ...(channel && { at: addressOf(channel, textIn(fields, "thread")) }),
  };
}

/** The JSON object in a text that travelled through Slack; an empty one when there is none. */
export function parsed(text: string) {
  try {
    const value: unknown = JSON.parse(text);
    return isFields(value) ? value : {};
  } catch {
    return {};
  }
}
