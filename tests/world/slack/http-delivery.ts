import { createHmac } from "node:crypto";
import type { Clock } from "./clock.ts";
import { ackMs, type Delivery, type Outcome, type Transport } from "./deliveries.ts";
import type { Ids } from "./ids.ts";
import { describe } from "./sockets.ts";

/** One request as it was sent to the app's request URL. */
export interface SentRequest {
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** How a forged request differs from a real one. */
export interface Forgery {
  /** Signed with another secret. */
  readonly secret?: string;
  /** Seconds the timestamp is off, negative for the past. */
  readonly offBy?: number;
  /** Headers to leave out. */
  readonly without?: readonly ("x-slack-signature" | "x-slack-request-timestamp")[];
}

/** Sending to a request URL instead of a socket, and what an attacker could send there. */
export interface RequestUrl {
  /** Everything sent so far, for replays. */
  readonly sent: readonly SentRequest[];
  /** Posts an event body with a bad signature, a stale timestamp …; the answer is the HTTP status. */
  forge(payload: unknown, forgery: Forgery): Promise<number>;
  /** Sends an earlier request once more, byte by byte. */
  replay(request: SentRequest): Promise<number>;
}

interface RequestUrlParts {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly url: string;
  readonly signingSecret: string;
  violate(what: string): void;
}

/** The transport of an app with a request URL; fails unless the URL proves itself first, as Slack demands. */
export async function createRequestUrl(
  parts: RequestUrlParts,
): Promise<RequestUrl & { readonly transport: Transport }> {
  const { clock, url, violate } = parts;
  const sent: SentRequest[] = [];

  const sign = (secret: string, at: number, body: string) =>
    `v0=${createHmac("sha256", secret).update(`v0:${at}:${body}`).digest("hex")}`;
  const seal = (body: string, contentType: string, forgery: Forgery = {}): SentRequest => {
    const at = Math.floor(clock.now() / 1000) + (forgery.offBy ?? 0);
    const headers: Record<string, string> = {
      "content-type": contentType,
      "user-agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
      "x-slack-request-timestamp": String(at),
      "x-slack-signature": sign(forgery.secret ?? parts.signingSecret, at, body),
    };
    for (const name of forgery.without ?? []) delete headers[name];
    return { headers, body };
  };
  const post = (request: SentRequest, signal?: AbortSignal) =>
    fetch(url, { method: "POST", redirect: "manual", ...request, ...(signal ? { signal } : {}) });

  const challenge = parts.ids.secret(40);
  const verification = seal(JSON.stringify({ type: "url_verification", challenge }), "application/json");
  const proof = await (await post(verification)).text();
  if (!proof.includes(challenge))
    throw new Error(`the request URL did not answer Slack's challenge: ${proof.slice(0, 200)}`);

  const encode = ({ kind, payload }: Delivery): [string, string] => {
    if (kind === "events_api") return [JSON.stringify(payload), "application/json"];
    const fields =
      kind === "slash_commands"
        ? Object.entries(payload).map(([key, value]): [string, string] => [key, String(value)])
        : [["payload", JSON.stringify(payload)] satisfies [string, string]];
    return [new URLSearchParams(fields).toString(), "application/x-www-form-urlencoded"];
  };

  const transport: Transport = {
    async send(delivery): Promise<Outcome> {
      const sealed = seal(...encode(delivery));
      const { retry } = delivery;
      const extra = retry
        ? {
            "x-slack-retry-num": String(retry.attempt),
            "x-slack-retry-reason": retry.reason.replace(/^timeout$/, "http_timeout"),
          }
        : {};
      const request = { ...sealed, headers: { ...sealed.headers, ...extra } };
      sent.push(request);
      const hangUp = new AbortController();
      const cancel = clock.after(ackMs, () => hangUp.abort());
      try {
        const response = await post(request, hangUp.signal);
        const text = await response.text();
        if (response.status === 200) return { acked: true, answer: answerOf(text) };
        violate(`${describe(delivery)} answered with HTTP ${response.status}`);
        // The app may ask Slack not to try again.
        if (response.headers.get("x-slack-no-retry") === "1") return { acked: true, answer: undefined };
        return { acked: false, why: "http_error" };
      } catch {
        if (!hangUp.signal.aborted) return { acked: false, why: "http_error" };
        violate(`${describe(delivery)} not acknowledged within ${ackMs / 1000} s`);
        return { acked: false, why: "timeout" };
      } finally {
        cancel();
      }
    },
  };

  const statusOf = async (request: SentRequest) => {
    const response = await post(request);
    await response.text();
    return response.status;
  };
  return {
    transport,
    sent,
    forge: (payload, forgery) => statusOf(seal(JSON.stringify(payload), "application/json", forgery)),
    replay: statusOf,
  };
}

function answerOf(text: string): unknown {
  if (text === "") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
