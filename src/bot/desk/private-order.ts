import type { Address, Author, Whisper } from "../../chat.ts";

/** Somebody orders something: by which event, and where. It is answered to them alone. */
export type PrivateOrder = { event: string; at: Address; by: Author; whisper: Whisper };
