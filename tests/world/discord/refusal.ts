import type { JsonObject } from "./form.ts";

const known = {
  10003: [404, "Unknown Channel"],
  10004: [404, "Unknown Guild"],
  10007: [404, "Unknown Member"],
  10008: [404, "Unknown Message"],
  10013: [404, "Unknown User"],
  10014: [400, "Unknown Emoji"],
  10015: [404, "Unknown Webhook"],
  10062: [404, "Unknown interaction"],
  10063: [404, "Unknown application command"],
  20012: [403, "You are not authorized to perform this action on this application"],
  30003: [400, "Maximum number of pins reached for the channel (250)"],
  30010: [400, "Maximum number of reactions reached (20)"],
  30034: [400, "Max number of daily application command creates has been reached (200)"],
  40005: [413, "Request entity too large"],
  40060: [400, "Interaction has already been acknowledged."],
  40333: [403, "internal network error"],
  50001: [403, "Missing Access"],
  50003: [403, "Cannot execute action on a DM channel"],
  50005: [403, "Cannot edit a message authored by another user"],
  50006: [400, "Cannot send an empty message"],
  50007: [403, "Cannot send messages to this user"],
  50013: [403, "Missing Permissions"],
  50021: [400, "Cannot execute action on a system message"],
  50024: [400, "Cannot execute action on this channel type"],
  50027: [401, "Invalid Webhook Token"],
  50033: [400, "Invalid Recipient(s)"],
  50041: [400, "Invalid API version specified"],
  50083: [400, "Thread is archived"],
  50109: [400, "The request body contains invalid JSON."],
  160002: [400, "Cannot reply without permission to read message history"],
  160004: [400, "A thread has already been created for this message"],
  160005: [403, "This thread is locked"],
} as const satisfies Record<number, readonly [number, string]>;

/** A code the simulator can refuse with. */
export type RefusalCode = keyof typeof known;

/** What Discord answers when it says no: HTTP status, its own code, and for forms the nested errors. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: number;
  readonly errors: JsonObject | undefined;

  constructor(status: number, code: number, message: string, errors?: JsonObject) {
    super(message);
    this.name = "Refusal";
    this.status = status;
    this.code = code;
    this.errors = errors;
  }

  /** The JSON body as it goes over the wire. */
  get body(): JsonObject {
    const body: JsonObject = { message: this.message, code: this.code };
    if (this.errors) body.errors = this.errors;
    return body;
  }
}

/** The refusal Discord documents under this code. */
export function refusal(code: RefusalCode): Refusal {
  const [status, message] = known[code];
  return new Refusal(status, code, message);
}

/** A bare HTTP refusal ("404: Not Found"), code 0. */
export function plainRefusal(status: number, reason: string): Refusal {
  return new Refusal(status, 0, `${status}: ${reason}`);
}
