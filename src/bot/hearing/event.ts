import type { Address, ChatEvent } from "../../chat.ts";

/** Where an event happened. */
export function addressOf(event: ChatEvent): Address {
  switch (event.kind) {
    case "message":
    case "edited":
      return event.message.address;
    case "command":
      return event.command.address;
    case "press":
      return event.press.address;
    case "shortcut":
      return event.shortcut.message.address;
    case "submit":
      return event.submit.address;
    default:
      return event.address;
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
      return addressOf(event);
  }
}

/** When it happened, by the platform's clock. */
export function timeOf(event: ChatEvent): number {
  switch (event.kind) {
    case "message":
    case "edited":
      return event.message.at;
    case "command":
      return event.command.at;
    case "press":
      return event.press.at;
    case "shortcut":
      return event.shortcut.at;
    case "submit":
      return event.submit.at;
    default:
      return event.at;
  }
}

/** Ids of one channel sort by age: longer numbers are newer, else letter by letter. */
export function isOlder(id: string, than: string): boolean {
  return id.length === than.length ? id < than : id.length < than.length;
}
