import type { Address, ChatEvent } from "../../chat.ts";

/** Where and when an event happened, by the platform's clock. */
export function happeningOf(event: ChatEvent): { address: Address; at: number } {
  switch (event.kind) {
    case "message":
    case "edited":
      return event.message;
    case "command":
      return event.command;
    case "press":
      return event.press;
    case "shortcut":
      return { address: event.shortcut.message.address, at: event.shortcut.at };
    case "submit":
      return event.submit;
    default:
      return event;
  }
}

/**
 * Where an event takes its turn: with the conversation it belongs to. What is done about a message elsewhere has none, and
 * what is deleted may belong to two.
 */
export function placeOf(event: ChatEvent): Address | undefined {
  switch (event.kind) {
    case "message":
    case "edited":
      return event.message.answerAt;
    case "deleted":
    case "shortcut":
    case "submit":
      return undefined;
    default:
      return happeningOf(event).address;
  }
}

/** Ids of one channel sort by age: longer numbers are newer, else letter by letter. */
export function isOlder(id: string, than: string): boolean {
  return id.length === than.length ? id < than : id.length < than.length;
}
