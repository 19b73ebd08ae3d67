import type { Address, PersonId } from "../chat.ts";

/** A question to an agent, wherever it came from. */
export type Ask = {
  /** The key of the event that brought it. */
  event: string;
  at: number;
  /** Where the answer belongs. */
  address: Address;
  /** The message it stands in, if it is one. */
  message?: string;
  asker: { id: PersonId; name: string };
  text: string;
  /** Its thread existed before it: there may be something to read up on. */
  inThread: boolean;
  agent: string;
  rule: string;
};
