import { setTimeout as pause } from "node:timers/promises";
import type { ChatFile, PersonId, Suggested } from "../../../src/chat.ts";
import type { Events, Requests, State } from "../wire.ts";

type Posts = Exclude<Extract<keyof Requests, `POST ${string}`>, "POST /console/files">;

/** One event of the stream; `lost` and `back` tell of the stream itself. */
export type Told =
  | { [Name in keyof Events]: { event: Name; data: Events[Name]; id: string | undefined } }[keyof Events]
  | { event: "lost" | "back" };

/** The console said no, or nothing answers: a sentence for people, and what programs want to know. */
export class Refused extends Error {
  override name = "Refused";
  code: string;
  input: string | undefined;
  constructor(code: string, message: string, input?: string) {
    super(message);
    this.code = code;
    this.input = input;
  }
}

/** The console's wire, spoken as one person. */
export class Connection {
  readonly #url: string;
  readonly #as: PersonId;
  readonly #retryMs: number;

  constructor(url: string, as: PersonId, retryMs = 1_000) {
    this.#url = url;
    this.#as = as;
    this.#retryMs = retryMs;
  }

  state(): Promise<State> {
    return this.#get("/console/state", {});
  }

  lookAt(what: "home" | "direct"): Promise<unknown> {
    return this.#get(`/console/${what}`, {});
  }

  async suggest(field: Suggested, typed: string, place: { channel: string; thread?: string }): Promise<string[]> {
    const query = { field, typed, ...place };
    const { suggestions } = await this.#get<Requests["GET /console/suggestions"]["gives"]>(
      "/console/suggestions",
      query,
    );
    return suggestions.map(({ value }) => value);
  }

  async send<Path extends Posts>(
    path: Path,
    takes: Omit<Requests[Path]["takes"], "as">,
  ): Promise<Requests[Path]["gives"]> {
    return this.#ask(path.slice("POST ".length), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ ...takes, as: this.#as }),
    });
  }

  sendFile(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<ChatFile> {
    const query = new URLSearchParams({ as: this.#as, name });
    const headers = {
      "content-type": /\.(txt|md|csv|json|ya?ml|log)$/i.test(name) ? "text/plain" : "application/octet-stream",
    };
    return this.#ask(`/console/files?${query}`, { method: "POST", headers, body: bytes });
  }

  /** Where a file is to be had. */
  fileAt(ref: string): string {
    return `${this.#url}/console/files/${encodeURIComponent(ref)}?${new URLSearchParams({ as: this.#as })}`;
  }

  /** What happens after a cursor, for as long as the signal lets it; goes on by itself when the connection breaks. */
  async *follow(cursor: string, signal: AbortSignal): AsyncGenerator<Told> {
    let since = cursor;
    let lost = false;
    while (!signal.aborted) {
      const query = new URLSearchParams({ as: this.#as, since });
      const response = await fetch(`${this.#url}/console/events?${query}`, { signal }).catch(() => undefined);
      if (response?.ok && response.body) {
        if (lost) yield { event: "back" };
        lost = false;
        try {
          for await (const told of eventsOf(response.body)) {
            if ("id" in told && told.id) since = told.id;
            yield told;
          }
        } catch {
          // It broke off: the next attempt goes on from there.
        }
      }
      if (signal.aborted) return;
      if (!lost) yield { event: "lost" };
      lost = true;
      await pause(this.#retryMs, undefined, { signal }).catch(() => {});
    }
  }

  #get<Answer>(path: string, query: Record<string, string>): Promise<Answer> {
    return this.#ask(`${path}?${new URLSearchParams({ ...query, as: this.#as })}`, {});
  }

  async #ask<Answer>(path: string, request: RequestInit): Promise<Answer> {
    const response = await fetch(`${this.#url}${path}`, request).catch(() => undefined);
    if (!response) throw new Refused("unreachable", `Nothing answers at ${this.#url}.`);
    const answer = await response.json().catch(() => undefined);
    if (response.ok) return answer as Answer;
    const { code, message, details } = (answer as { error?: Failure } | undefined)?.error ?? {};
    throw new Refused(
      code ?? "failed",
      message ?? `${this.#url} answered with status ${response.status}.`,
      details?.input,
    );
  }
}

type Failure = { code?: string; message?: string; details?: { input?: string } };

async function* eventsOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Told> {
  const decoder = new TextDecoder();
  let buffer = "";
  for await (const chunk of body) {
    buffer += decoder.decode(chunk, { stream: true });
    for (let end = buffer.indexOf("\n\n"); end >= 0; end = buffer.indexOf("\n\n")) {
      const fields = new Map(
        buffer
          .slice(0, end)
          .split("\n")
          .map((line) => [line.slice(0, line.indexOf(": ")), line.slice(line.indexOf(": ") + 2)]),
      );
      buffer = buffer.slice(end + 2);
      const event = fields.get("event");
      if (event) yield { event, data: JSON.parse(fields.get("data") ?? "{}"), id: fields.get("id") } as Told;
    }
  }
}
