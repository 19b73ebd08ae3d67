import { signal } from "@preact/signals";
import type { ChatFile } from "../../../src/chat.ts";

/** What lies over the page now; one thing at a time. */
export type Overlay =
  | { kind: "switcher" }
  | { kind: "keys" }
  /** Where shall this message be passed on to? */
  | { kind: "pass-on"; message: string }
  | { kind: "removal"; message: string }
  | { kind: "picture"; file: ChatFile }
  | { kind: "document"; file: ChatFile };

/** What lies over the page. */
export const overlay = signal<Overlay | undefined>(undefined);

/** Takes away what lies over the page. */
export function closeOverlay(): void {
  overlay.value = undefined;
}
