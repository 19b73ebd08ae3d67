import type { Address, ChatEvent } from "../chat.ts";

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

/** Where an event takes its turn: with the conversation it belongs to. What is done about a message elsewhere has none. */
export function placeOf(event: ChatEvent): Address | undefined {
  if (event.kind === "message" || event.kind === "edited") return event.message.answerAt;
  return event.kind === "shortcut" || event.kind === "submit" ? undefined : addressOf(event);
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
