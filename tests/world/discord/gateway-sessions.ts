import type { Channel, Message } from "./entities.ts";
import type { JsonObject } from "./form.ts";
import { intents } from "./intents.ts";
import { may } from "./permissions.ts";
import { blanked } from "./wire-message.ts";
import type { Dispatch, World } from "./world.ts";

/** What can go wrong with one event on its way to the bot. */
export type EventFault = "repeat" | "drop" | "swap" | { delay: number };

/** One event as it was numbered for a session. */
export interface NumberedEvent {
  s: number;
  t: string;
  d: JsonObject;
}

/** A session outlives its connection: what happened meanwhile waits here to be replayed. */
export interface Session {
  id: string;
  intents: number;
  seq: number;
  sent: NumberedEvent[];
  deliver: ((event: NumberedEvent) => void) | undefined;
}

interface PlannedFault {
  event: string;
  fault: EventFault;
  left: number;
}

/** How many events are kept for replay. */
const replayLimit = 2000;

/** The sessions of the bot, and what each of them is told. */
export class GatewaySessions {
  readonly #world: World;
  readonly #sessions = new Map<string, Session>();
  readonly #planned: PlannedFault[] = [];
  readonly #held: (() => void)[] = [];

  constructor(world: World) {
    this.#world = world;
  }

  /** Opens a session; those without a connection are given up, as a bot of one shard does by identifying anew. */
  open(intentBits: number): Session {
    for (const session of this.#sessions.values()) if (!session.deliver) this.forget(session);
    const session: Session = { id: this.#world.secret(32), intents: intentBits, seq: 0, sent: [], deliver: undefined };
    this.#sessions.set(session.id, session);
    return session;
  }

  find(id: string): Session | undefined {
    return this.#sessions.get(id);
  }

  /** What a session has missed after `seq`; undefined when that is more than is kept. */
  since(session: Session, seq: number): NumberedEvent[] | undefined {
    const oldest = session.sent[0]?.s ?? 1;
    return seq + 1 < oldest ? undefined : session.sent.filter(({ s }) => s > seq);
  }

  forget(session: Session): void {
    this.#sessions.delete(session.id);
  }

  forgetAll(): void {
    this.#sessions.clear();
  }

  plan(event: string, fault: EventFault, times: number): void {
    this.#planned.push({ event, fault, left: times });
  }

  /** Tells every session that may hear of it; true when a connected one hears at once. */
  tell(dispatch: Dispatch): boolean {
    if (!this.#visible(dispatch)) return false;
    let heard = false;
    for (const session of this.#sessions.values()) {
      if (dispatch.intent !== 0 && !(session.intents & dispatch.intent)) continue;
      heard = this.#deliver(session, dispatch.name, this.#readable(session, dispatch)) || heard;
    }
    return heard;
  }

  /** Numbers an event and sends it; also used for READY and what follows it. */
  send(session: Session, t: string, d: JsonObject): void {
    session.seq += 1;
    const event = { s: session.seq, t, d };
    session.sent.push(event);
    if (session.sent.length > replayLimit) session.sent.shift();
    session.deliver?.(event);
  }

  #deliver(session: Session, name: string, data: JsonObject): boolean {
    const planned = this.#planned.find(({ event, left }) => left > 0 && event === name);
    if (planned) planned.left -= 1;
    const fault = planned?.fault;
    const send = () => this.send(session, name, data);
    if (fault === "swap") this.#held.push(send);
    if (typeof fault === "object") this.#world.clock.after(fault.delay, send);
    if (fault !== undefined && fault !== "repeat") return false;
    send();
    if (fault === "repeat") send();
    for (const held of this.#held.splice(0)) held();
    return session.deliver !== undefined;
  }

  #visible({ channel }: Dispatch): boolean {
    const { bot } = this.#world;
    if (!channel) return true;
    if (channel.server && !channel.server.hasBot) return false;
    return may(bot, channel, "ViewChannel");
  }

  #readable(session: Session, { name, data, channel }: Dispatch): JsonObject {
    if (!channel || (name !== "MESSAGE_CREATE" && name !== "MESSAGE_UPDATE")) return structuredClone(data);
    const message = messageIn(channel, data);
    const granted = (session.intents & intents.messageContent) !== 0;
    return structuredClone(message ? blanked(data, message, this.#world, granted) : data);
  }
}

function messageIn(channel: Channel, data: JsonObject): Message | undefined {
  return channel.messages.findLast((message) => message.id === data.id);
}
