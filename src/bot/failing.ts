import type { Address, ChatEvent, PersonId, Whisper } from "../chat.ts";
import { runIdFor } from "../runs/run.ts";
import { type Desk, reply, wordsFor } from "./desk/desk.ts";
import { happeningOf, placeOf } from "./hearing/event.ts";

/** Says of what could not be handled that it could not: what was accepted is not dropped in silence. */
export type Failing = {
  failed(event: string, at: Address, error: unknown, who: PersonId, whisper?: Whisper): Promise<void>;
  failedEvent(event: ChatEvent, error: unknown): Promise<void>;
};

/** Over the desk. */
export function createFailing(desk: Desk): Failing {
  const { log, store } = desk;

  async function failed(event: string, at: Address, error: unknown, who: PersonId, whisper?: Whisper): Promise<void> {
    log.error({ err: error, event }, "an event could not be handled");
    const words = await wordsFor(desk, who, at);
    const text = words.failed({ why: words.why.worker, changed: false, soFar: "", run: runIdFor(event) });
    await reply(desk, event, at, { text, ...(whisper ? { only: whisper } : {}) }).catch((fault: unknown) =>
      log.error({ err: fault, event }, "its failure could not be told"),
    );
  }

  async function failedEvent(event: ChatEvent, error: unknown): Promise<void> {
    const at = placeOf(event) ?? happeningOf(event).address;
    switch (event.kind) {
      case "message":
      case "edited":
        return failed(event.key, at, error, event.message.author.id);
      case "command":
        return failed(event.key, at, error, event.command.person.id, event.command.whisper);
      case "press":
        return failed(event.key, at, error, event.press.person.id, event.press.whisper);
      case "shortcut":
        return failed(event.key, at, error, event.shortcut.person.id, event.shortcut.whisper);
      case "submit":
        return failed(event.key, at, error, event.submit.person.id, event.submit.whisper);
      default:
        log.error({ err: error, event: event.key }, "an event could not be handled");
        store.journal.settle([event.key]);
    }
  }

  return { failed, failedEvent };
}
