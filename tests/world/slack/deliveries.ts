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
export const ACK_MS = 3000;

// The three retries of an event: at once, a minute later, five minutes later.
const RETRY_AFTER_MS = [0, 60_000, 300_000];
// Longer than this an event does not wait for somebody to connect.
const WAITING_MS = RETRY_AFTER_MS.reduce((sum, ms) => sum + ms, 0);

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

/** Deliveries over whichever transport is set at the time. */
export function createDeliveries(
  clock: Clock,
  faults: DueFaults,
  transport: () => Transport,
  changed: () => void,
): Deliveries {
  const lost: Fields[] = [];
  let waiting: { payload: Fields; since: number }[] = [];
  let heldBack: Fields[] = [];
  let inFlight = 0;

  const lose = (payload: Fields) => {
    lost.push(payload);
    changed();
  };

  const attempt = async (payload: Fields, number: number, reason: string) => {
    const retry = number > 0 ? { retry: { attempt: number, reason } } : {};
    inFlight += 1;
    const outcome = await transport().send({ kind: "events_api", payload, ...retry });
    inFlight -= 1;
    changed();
    if (outcome.acked) return;
    if (outcome.why === "unreachable") {
      waiting.push({ payload, since: clock.now() });
      return;
    }
    const pause = RETRY_AFTER_MS[number];
    if (pause === undefined) return lose(payload);
    const again = () => void attempt(payload, number + 1, outcome.why);
    if (pause === 0) again();
    else clock.after(pause, again);
  };

  const send = (payload: Fields) => {
    void attempt(payload, 0, "");
    const late = heldBack;
    heldBack = [];
    for (const one of late) void attempt(one, 0, "");
  };

  return {
    lost,
    pending: () => inFlight + waiting.length + heldBack.length,
    event(payload) {
      const type = isFields(payload.event) ? String(payload.event.type) : "";
      const fault = faults.event(type);
      if (!fault) return send(payload);
      if (fault.kind === "drop") lose(payload);
      else if (fault.kind === "delay") clock.after(fault.ms, () => send(payload));
      else if (fault.kind === "reorder") heldBack.push(payload);
      else {
        send(payload);
        send(payload);
      }
    },
    interaction: (kind, payload) => transport().send({ kind, payload }),
    reconnected() {
      const now = clock.now();
      const due = waiting;
      waiting = [];
      for (const { payload, since } of due) {
        if (now - since <= WAITING_MS) void attempt(payload, 1, "timeout");
        else lose(payload);
      }
    },
  };
}
