import type { Clock } from "./clock.ts";
import type { DueFaults } from "./faults.ts";
import { type Fields, isFields } from "./workspace.ts";

/** What Slack sends to an app, by the envelope types of Socket Mode. */
export type Kind = "events_api" | "slash_commands" | "interactive";

/** One sending of a payload. */
export interface Delivery {
  readonly kind: Kind;
  readonly payload: Fields;
  readonly retry?: { readonly attempt: number; readonly reason: string };
}

/** What became of a sending. `unreachable`: there was nobody to send it to. */
export type Outcome =
  | { readonly acked: true; readonly answer: unknown }
  | { readonly acked: false; readonly why: "timeout" | "http_error" | "unreachable" };

/** The way to the app: its sockets, or its request URL. */
export interface Transport {
  send(delivery: Delivery): Promise<Outcome>;
}

/** How long an app may take to acknowledge. */
export const ackMs = 3000;

// The three retries of an event: at once, a minute later, five minutes later.
const retryAfterMs = [0, 60_000, 300_000];
// Longer than this an event does not wait for somebody to connect.
const waitingMs = retryAfterMs.reduce((sum, ms) => sum + ms, 0);

/** Brings events and interactions to the app, with Slack's retries. */
export interface Deliveries {
  /** Sends an event, again if it is not acknowledged, later if nobody is connected. */
  event(payload: Fields): void;
  /** Sends a command or an interaction: once, now or never. */
  interaction(kind: "slash_commands" | "interactive", payload: Fields): Promise<Outcome>;
  /** Somebody is connected again: sends what was waiting for less than six minutes. */
  reconnected(): void;
  /** Events acknowledged by nobody, whatever was tried. */
  readonly lost: Fields[];
  /** Events sent or waiting, not yet acknowledged. */
  pending(): number;
}

interface Sending {
  readonly payload: Fields;
  readonly since: number;
  attempt: number;
  reason: string;
}

/** Deliveries over whichever transport is set at the time. */
export function createDeliveries(
  clock: Clock,
  faults: DueFaults,
  transport: () => Transport,
  changed: () => void,
): Deliveries {
  const lost: Fields[] = [];
  const unacknowledged = new Set<Sending>();
  let waiting: Sending[] = [];
  let heldBack: Sending[] = [];

  const settle = (sending: Sending) => {
    unacknowledged.delete(sending);
    changed();
  };
  const lose = (sending: Sending) => {
    lost.push(sending.payload);
    settle(sending);
  };
  const start = (payload: Fields): Sending => {
    const sending = { payload, since: clock.now(), attempt: 0, reason: "" };
    unacknowledged.add(sending);
    return sending;
  };

  const send = async (sending: Sending) => {
    const { payload, attempt, reason } = sending;
    const retry = attempt > 0 ? { retry: { attempt, reason } } : {};
    const outcome = await transport().send({ kind: "events_api", payload, ...retry });
    if (outcome.acked) return settle(sending);
    sending.attempt += 1;
    sending.reason = outcome.why === "unreachable" ? "timeout" : outcome.why;
    changed();
    if (outcome.why === "unreachable") waiting.push(sending);
    else {
      const pause = retryAfterMs[attempt];
      if (pause === undefined) lose(sending);
      else if (pause === 0) void send(sending);
      else clock.after(pause, () => void send(sending));
    }
  };

  const sendNow = (sending: Sending) => {
    void send(sending);
    const late = heldBack;
    heldBack = [];
    for (const one of late) void send(one);
  };

  return {
    lost,
    pending: () => unacknowledged.size,
    event(payload) {
      const type = isFields(payload.event) ? String(payload.event.type) : "";
      const fault = faults.event(type);
      const sending = start(payload);
      if (fault?.kind === "drop") lose(sending);
      else if (fault?.kind === "delay") clock.after(fault.ms, () => sendNow(sending));
      else if (fault?.kind === "reorder") heldBack.push(sending);
      else sendNow(sending);
      if (fault?.kind === "repeat") sendNow(start(payload));
    },
    interaction: (kind, payload) => transport().send({ kind, payload }),
    reconnected() {
      const now = clock.now();
      const due = waiting;
      waiting = [];
      for (const sending of due) {
        if (now - sending.since <= waitingMs) void send(sending);
        else lose(sending);
      }
    },
  };
}
