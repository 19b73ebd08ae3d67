import { type Signal, signal } from "@preact/signals";
import type { PersonId } from "../../../src/chat.ts";
import { send } from "./live.ts";

/** Words that could not be sent, kept until they are or until the writer gives them up. */
export type Unsent = { text: string; key: string; problem: string };

/** What one person has not yet said at one place: words begun, and words that would not go. */
export type Unsaid = { as: PersonId; begun: Signal<string>; unsent: Signal<Unsent[]> };

const everywhere = new Map<string, Unsaid>();

/** What this person has not yet said there. It waits while the reader looks elsewhere. */
export function unsaidAt(as: PersonId, channel: string, thread: string | undefined): Unsaid {
  const place = `${as} ${channel} ${thread ?? ""}`;
  const unsaid = everywhere.get(place) ?? { as, begun: signal(""), unsent: signal([]) };
  everywhere.set(place, unsaid);
  return unsaid;
}

/** Says it, under one key however often it is tried; gives the message's id once it is said. */
export async function say(
  { as, unsent }: Unsaid,
  where: { channel: string; thread?: string },
  text: string,
  key: string = crypto.randomUUID(),
): Promise<string | undefined> {
  const { id, problem } = await send("messages", { ...where, text, key }, as);
  const others = unsent.value.filter((other) => other.key !== key);
  unsent.value = problem ? [...others, { text, key, problem }] : others;
  return id;
}
