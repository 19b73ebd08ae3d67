import type { ChatEvent } from "../../chat.ts";
import type { Desk } from "../desk/desk.ts";
import { happeningOf, placeOf } from "./event.ts";

/** Takes events in: each is journalled, and handled once, in the turn of its conversation. */
export type Intake = {
  /** Contract: resolves once the event is journalled, or known. */
  take(event: ChatEvent): Promise<void>;
  /** What an earlier process left undone is handled as if just heard. */
  takeUp(event: ChatEvent): void;
  /** Done beside: nobody waits for it to acknowledge anything, and it is lost with the process. */
  aside(work: Promise<void>, event: string): void;
  /** Whether this process has heard an event as a new one, and is at it. */
  isOurs(event: string): Promise<boolean>;
  /** Whether an earlier process had heard an event: what came of it may stand already. */
  wasLeft(event: string): boolean;
  /** What is heard from an adapter waits until this is called. */
  open(adapter: string): void;
  /** Resolves once an adapter is open. */
  opened(adapter: string): Promise<void>;
  /** Resolves once what was under way is handled. */
  idle(): Promise<void>;
};

/** An intake over the desk, for these adapters; `act` does what an event asks for, `failed` says that it could not be done. */
export function createIntake(
  { conversations, store, log }: Pick<Desk, "conversations" | "store" | "log">,
  adapters: Iterable<string>,
  parts: { act(event: ChatEvent): Promise<void>; failed(event: ChatEvent, error: unknown): Promise<void> },
): Intake {
  /** Events this process is hearing or handling, and whether each was new; those owed besides were left by an earlier one. */
  const ours = new Map<string, Promise<boolean>>();
  /** Kept also when it is their turn only later. */
  const left = new Set<string>();
  const handling = new Set<Promise<void>>();
  const doors = new Map([...adapters].map((name) => [name, createDoor()]));

  const opened = (adapter: string) => doors.get(adapter)?.opened ?? Promise.resolve();

  async function act(event: ChatEvent): Promise<void> {
    await opened(happeningOf(event).address.adapter);
    const place = placeOf(event);
    await (place ? conversations.inOrder(place, () => parts.act(event)) : parts.act(event));
  }

  function note(work: Promise<void>): void {
    handling.add(work);
    void work.finally(() => handling.delete(work));
  }

  function handle(event: ChatEvent): void {
    const acted = act(event).catch((error: unknown) => parts.failed(event, error));
    note(acted.finally(() => ours.delete(event.key)));
  }

  return {
    async take(event) {
      const told = ours.get(event.key);
      if (told) return void (await told);
      const { address, at } = happeningOf(event);
      const isNew = store.journal.hear(event, address.adapter, at);
      ours.set(event.key, isNew);
      try {
        if (await isNew) return handle(event);
      } catch (error) {
        ours.delete(event.key);
        throw error;
      }
      ours.delete(event.key);
    },
    takeUp(event) {
      left.add(event.key);
      handle(event);
    },
    aside(work, event) {
      note(work.catch((error: unknown) => log.warn({ err: error, event }, "what was heard could not be acted on")));
    },
    isOurs: async (event) => (await ours.get(event)) ?? false,
    wasLeft: (event) => left.has(event),
    open: (adapter) => doors.get(adapter)?.open(),
    opened,
    async idle() {
      await Promise.allSettled(handling);
    },
  };
}

/** Shut until it is opened; what waits goes on then. */
function createDoor(): { opened: Promise<void>; open(): void } {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}
