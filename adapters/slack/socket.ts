import { SocketModeReceiver, type webApi } from "@slack/bolt";
import type { Logger } from "pino";
import { boltLogger } from "./bolt-log.ts";
import { type Clock, pause } from "./clock.ts";
import { type Fields, isFields } from "./fields.ts";
import type { Receive } from "./receiver.ts";
import { refusalOf, tokenRefusal } from "./refusals.ts";

/** What becomes of the connection. */
export type LineEvents = {
  /** Connected; `gap` is how long nobody was, in milliseconds: undefined the first time. */
  connected(gap: number | undefined): void;
  /** Not connected now; it goes on trying. */
  lost(why: string): void;
  /** The app token is refused; it has stopped trying. */
  refused(why: string): void;
};

type Client = SocketModeReceiver["client"];

const helloWithin = 15_000;
const firstWait = 500;
const longestWait = 30_000;
const longHeld = 5_000;
const lastAcksWithin = 1_000;
const goodbyeWithin = 50;
const farewell = /"type"\s*:\s*"disconnect"/;

/**
 * One line to Slack's Socket Mode, renewed for ever. The library's own reconnecting is left off: it can wait for twenty
 * minutes and can end the process; and told to refresh, it is without a line for ten seconds where this has two for one.
 */
export function createSocketLine(options: {
  appToken: string;
  clientOptions: webApi.WebClientOptions;
  receive: Receive;
  events: LineEvents;
  log: Logger;
  clock: Clock;
}): { start(): void; stop(): Promise<void> } {
  const { receive, events, log, clock } = options;
  const stopping = new AbortController();
  const stopped = new Promise<string>((resolve) => {
    stopping.signal.addEventListener("abort", () => resolve("stopping"), { once: true });
  });
  const clients = new Set<Client>();
  const taking = new Set<Promise<void>>();
  let running: Promise<void> = Promise.resolve();
  let lostAt: number | undefined;

  /** Opens one connection; resolves when Slack greets it. `over` resolves when another one is needed. */
  async function connect(): Promise<{ over: Promise<string> }> {
    const { client } = new SocketModeReceiver({
      appToken: options.appToken,
      autoReconnectEnabled: false,
      logger: boltLogger(log),
      installerOptions: { clientOptions: { ...options.clientOptions } },
    });
    clients.add(client);
    const over = new Promise<string>((resolve) => {
      client.on("disconnected", () => {
        clients.delete(client);
        resolve("the connection was lost");
      });
      guard(client, () => resolve("Slack renews the connection"));
    });
    client.on("slack_event", (envelope: unknown) => {
      if (!isFields(envelope) || stopping.signal.aborted) return;
      const taken = take(envelope).finally(() => taking.delete(taken));
      taking.add(taken);
    });
    try {
      await within(client.start(), helloWithin);
    } catch (error) {
      clients.delete(client);
      void close(client);
      throw error;
    }
    return { over };
  }

  /** The library's listener rejects on envelopes it does not expect, and nobody catches that; it does not tell of renewals. */
  function guard(client: Client, renewing: () => void): void {
    const listeners = client.listeners("ws_message");
    client.removeAllListeners("ws_message");
    client.on("ws_message", (data: unknown, binary: unknown) => {
      if (typeof data === "string" && data.length < 1_000 && farewell.test(data)) renewing();
      for (const listen of listeners) {
        Promise.resolve(listen(data, binary))
          .catch(() => takeOdd(client, String(data)))
          .catch((error) => log.debug({ err: error }, "Slack's socket brought something odd"));
      }
    });
  }

  /** What the library stumbles over is taken in all the same, and acknowledged: Slack would only send it again. */
  function takeOdd(client: Client, data: string): void {
    const envelope: unknown = JSON.parse(data);
    if (!isFields(envelope)) return;
    const ack = () => client.websocket?.send(JSON.stringify({ envelope_id: envelope.envelope_id }), () => {});
    void take({ body: envelope.payload, ack });
  }

  async function take(envelope: Fields): Promise<void> {
    const { ack, body } = envelope;
    if (!isFields(body) || typeof ack !== "function") return;
    const attempt = typeof envelope.retry_num === "number" ? envelope.retry_num : 0;
    const retry = attempt > 0 ? { number: attempt, reason: String(envelope.retry_reason) } : undefined;
    try {
      const answer = await receive(body, retry);
      await ack(isFields(answer) || typeof answer === "string" ? answer : undefined);
    } catch (error) {
      // Unacknowledged, it comes again.
      log.warn({ err: error }, "an event from Slack was not taken in; Slack will send it again");
    }
  }

  async function keep(): Promise<void> {
    let wait = firstWait;
    while (!stopping.signal.aborted) {
      let connectedAt: number | undefined;
      try {
        const { over } = await connect();
        if (stopping.signal.aborted) return;
        connectedAt = clock.now();
        events.connected(lostAt === undefined ? undefined : connectedAt - lostAt);
        const why = await Promise.race([over, stopped]);
        log.debug(`Slack: ${why}`);
        if (clients.size === 0 && !stopping.signal.aborted) events.lost(why);
        lostAt = clock.now();
      } catch (error) {
        const refusal = tokenRefusal(refusalOf(error));
        if (refusal) return events.refused(refusal);
        lostAt ??= clock.now();
        events.lost(error instanceof Error ? error.message : String(error));
      }
      // What held for a while is renewed at once; what did not (too many connections, say) is not asked for in a hurry.
      const held = connectedAt !== undefined && clock.now() - connectedAt > longHeld;
      if (!held) await pause(clock, wait * (0.75 + Math.random() / 2), stopping.signal);
      wait = held ? firstWait : Math.min(wait * 2, longestWait);
    }
  }

  /** Slack may never answer the closing of a connection: asked twice, the library cuts it. */
  async function close(client: Client): Promise<void> {
    await Promise.race([client.disconnect(), pause(clock, goodbyeWithin)]).catch(() => {});
    await Promise.race([client.disconnect(), pause(clock, goodbyeWithin)]).catch(() => {});
  }

  function within<T>(work: Promise<T>, ms: number): Promise<T> {
    return new Promise((resolve, reject) => {
      const cancel = clock.after(ms, () => reject(new Error(`Slack did not say hello within ${ms / 1000} s`)));
      work.then(resolve, reject).finally(cancel);
    });
  }

  return {
    start() {
      running = keep();
    },
    async stop() {
      stopping.abort();
      // What is being journalled is still acknowledged.
      await Promise.race([Promise.all(taking), pause(clock, lastAcksWithin)]);
      await Promise.all([...clients].map(close));
      await running;
    },
  };
}
