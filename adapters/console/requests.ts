import type { IncomingMessage, ServerResponse } from "node:http";
import { z } from "zod";

const largestBody = 1024 * 1024;

const filled = (text: string) => text.trim() !== "";
const longest = z.string().max(40_000, "it is longer than 40,000 characters");
const text = longest.refine(filled, "there is nothing in it");
const as = z.templateLiteral(["console:", z.string()], "write it as console:ana");
const key = z.string().min(1).max(100).optional();
const languages = z.enum(["en", "zh-TW"]);

/** Something said, with files that were sent before, or a message passed on. The same `key` sent again is the same message. */
export const Saying = z
  .strictObject({
    channel: z.string(),
    thread: z.string().optional(),
    as,
    text: longest,
    files: z.array(z.string()).max(10, "a message may have at most 10 files").default([]),
    quotes: z.string().optional(),
    key,
  })
  .refine(({ text, files, quotes }) => filled(text) || files.length > 0 || quotes !== undefined, {
    path: ["text"],
    message: "there is nothing in it",
  });
/** A button pressed, named by its id, and by its value where several share an id. */
export const Pressing = z.strictObject({
  message: z.string(),
  button: z.string(),
  value: z.string().optional(),
  as,
  key,
});
/** A message of one's own that shall say something else. */
export const Editing = z.strictObject({ message: z.string(), as, text });
/** A message of one's own that shall be gone. */
export const Removing = z.strictObject({ message: z.string(), as });

/** A message picked out to have something done about it. */
export const Picking = z.strictObject({ message: z.string(), shortcut: z.string(), as, key });
/** A form filled in. */
export const Submitting = z.strictObject({ form: z.string(), as, values: z.record(z.string(), z.string()) });
/** A form closed without sending it off. */
export const Dismissing = z.strictObject({ form: z.string(), as });
/** An answer found good or bad. */
export const RatingOne = z.strictObject({ message: z.string(), as, rating: z.enum(["good", "bad"]) });
/** The language somebody wants to be spoken to in. */
export const Choosing = z.strictObject({ as, language: languages });
/** What the query of a GET, or of a file being sent, says. */
export const Looking = z.object({ as });
/** A file on its way, as its query says. */
export const Sending = z.object({ as, name: z.string().min(1, "say how the file is called") });
/** What shall be completed. */
export const Completing = z.object({
  as,
  field: z.enum(["agent", "when", "question"], "only agents, questions and when something runs can be completed"),
  typed: z.string().max(2000).default(""),
  channel: z.string(),
  thread: z.string().optional(),
});

/** A request that can't be done: the status, a word for programs, a sentence for people, and what else programs may want. */
export class Refusal extends Error {
  override name = "Refusal";
  status: number;
  code: string;
  details: Record<string, string> | undefined;
  constructor(status: number, code: string, message: string, details?: Record<string, string>) {
    super(message);
    this.status = status;
    this.code = code;
    this.details = details;
  }
}

/** Reads the query of a request. Contract: throws `Refusal` only. */
export function readQuery<Shape>(url: URL, shape: z.ZodType<Shape>): Shape {
  return fitting(Object.fromEntries(url.searchParams), shape);
}

/** Reads a JSON body of the shape asked for. Contract: rejects with `Refusal` only, or when the connection breaks. */
export async function readBody<Shape>(request: IncomingMessage, shape: z.ZodType<Shape>): Promise<Shape> {
  // Only JSON: a form on a foreign page can send other types without asking first.
  if (!/^application\/json\b/i.test(request.headers["content-type"] ?? ""))
    throw new Refusal(415, "not_json", "Send the body as application/json.");
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > largestBody) throw new Refusal(413, "too_large", "The body is larger than 1 MB.");
    chunks.push(chunk);
  }
  return fitting(parseJson(Buffer.concat(chunks).toString()), shape);
}

function fitting<Shape>(value: unknown, shape: z.ZodType<Shape>): Shape {
  const parsed = shape.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) =>
    path.length ? `${path.join(".")}: ${message}` : message,
  );
  throw new Refusal(400, "bad_request", `This can't be read: ${problems.join("; ")}.`);
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new Refusal(400, "bad_json", "The body is not JSON.");
  }
}

const localNames = new Set(["localhost", "127.0.0.1", "[::1]"]);

/**
 * Lets only this machine in, asking for this machine by name: a page of another site that has its name resolve here
 * still sends its own Host, and its own Origin.
 */
export function refuseStrangers(request: IncomingMessage): void {
  const from = request.socket.remoteAddress ?? "";
  const { host = "", origin } = request.headers;
  const why = !/^(::ffff:)?127\.|^::1$/.test(from)
    ? `you come from ${from || "an unknown place"}`
    : !localNames.has(hostname(`http://${host}`))
      ? `you asked for the host "${host}"`
      : origin !== undefined && origin !== `http://${host}`
        ? `the request comes from a page of ${origin}`
        : undefined;
  if (why === undefined) return;
  throw new Refusal(
    403,
    "not_local",
    `The console has no login yet, so it answers only on the machine it runs on (http://localhost or http://127.0.0.1); ${why}.`,
  );
}

function hostname(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname : "";
}

/** Answers with JSON. */
export function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, {
    "content-type": "application/json; charset=utf-8",
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
  });
  response.end(JSON.stringify(body));
}

/** Answers with an error, in the form all of Bellhop's HTTP has. */
export function refuse(response: ServerResponse, { status, code, message, details }: Refusal): void {
  // What is left of the body will not be read; the connection can't be used again.
  if (status === 413) response.setHeader("connection", "close");
  const timestamp = new Date().toISOString();
  answer(response, status, { error: { code, message, timestamp, ...(details && { details }) } });
}
