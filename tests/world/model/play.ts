import type { ServerResponse } from "node:http";
import { setTimeout as passed } from "node:timers/promises";
import type { Quirks } from "./quirks.ts";
import type { Fault, Pace } from "./reply.ts";
import type { Script } from "./script.ts";
import { sendJson } from "./wire.ts";

const tick = 5;

/** Streams a script at its pace, with its quirks, as far as its fault lets it. */
export async function playScript(
  response: ServerResponse,
  script: Script,
  pace: Pace,
  quirks: Quirks,
  fault: Fault | undefined,
): Promise<void> {
  const frame = framing(quirks);
  response.writeHead(200, {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-cache",
  });
  const opening = script.opening.map(frame).join("");
  if (fault !== undefined && "endless" in fault) return playEndless(response, opening, script, pace, frame);

  const deltas = script.deltas.slice(0, soundDeltas(fault)).map(frame);
  const ms = msPerDelta(pace);
  if (ms === 0) {
    await write(response, opening + deltas.join("") + endOf(script, fault, frame), quirks);
  } else {
    await write(response, opening, quirks);
    await playPaced(response, deltas, ms, quirks);
    await write(response, endOf(script, fault, frame), quirks);
  }
  if (fault !== undefined && "stallAfter" in fault) return;
  if (fault !== undefined && "cutAfter" in fault) response.socket?.destroy();
  else response.end();
}

/** Sends an answer that is no stream, as far as its fault lets it: a stall or an endless one never comes. */
export function playWhole(response: ServerResponse, json: string, fault: Fault | undefined): void {
  if (response.destroyed) return;
  if (fault === undefined) {
    sendJson(response, 200, json);
  } else if ("errorEventAfter" in fault) {
    sendJson(response, 500, serverError);
  } else if ("brokenJsonAfter" in fault) {
    sendJson(response, 200, json.slice(0, -3));
  } else if ("cutAfter" in fault) {
    response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(json) });
    response.write(json.slice(0, json.length / 2), () => response.socket?.destroy());
  }
}

/** Milliseconds between two pieces; 0: as fast as it goes. */
export function msPerDelta(pace: Pace): number {
  if (pace.msPerDelta !== undefined) return pace.msPerDelta;
  return pace.tokensPerSecond === undefined ? 0 : 1000 / pace.tokensPerSecond;
}

/** Waits; never keeps the process alive. */
export async function wait(ms: number): Promise<void> {
  if (ms <= 0) return;
  await passed(ms, undefined, { ref: false });
}

function soundDeltas(fault: Fault | undefined): number | undefined {
  if (fault === undefined) return undefined;
  if ("stallAfter" in fault) return fault.stallAfter;
  if ("cutAfter" in fault) return fault.cutAfter;
  if ("brokenJsonAfter" in fault) return fault.brokenJsonAfter;
  if ("errorEventAfter" in fault) return fault.errorEventAfter;
  return undefined;
}

function endOf(script: Script, fault: Fault | undefined, frame: (data: string) => string): string {
  const closing = script.closing.map(frame).join("");
  if (fault === undefined) return closing;
  if ("stallAfter" in fault || "cutAfter" in fault) return "";
  if ("brokenJsonAfter" in fault) return frame((script.deltas[0] ?? "{}{}").slice(0, -3)) + closing;
  if ("errorEventAfter" in fault) return frame(serverError);
  return closing;
}

const serverError = JSON.stringify({
  error: {
    message: "The server had an error while processing your request. Sorry about that!",
    type: "server_error",
    param: null,
    code: null,
  },
});

/** What is due is sent together, so a busy machine falls no further behind. */
async function playPaced(response: ServerResponse, deltas: string[], ms: number, quirks: Quirks): Promise<void> {
  const begun = performance.now();
  let sent = 0;
  while (sent < deltas.length && !response.destroyed) {
    const due = Math.floor((performance.now() - begun) / ms) + 1;
    if (due > sent) {
      await write(response, deltas.slice(sent, due).join(""), quirks);
      sent = due;
    }
    if (sent < deltas.length) await wait(Math.max(1, begun + sent * ms - performance.now()));
  }
}

/** Says its pieces over and over until the client has had enough. */
async function playEndless(
  response: ServerResponse,
  opening: string,
  script: Script,
  pace: Pace,
  frame: (data: string) => string,
): Promise<void> {
  response.write(opening);
  const frames = script.deltas.map(frame);
  for (let turn = 0; !response.destroyed && frames.length > 0; turn += 1) {
    response.write(frames[turn % frames.length]);
    await wait(msPerDelta(pace) || tick);
  }
}

function framing(quirks: Quirks): (data: string) => string {
  const line = quirks.crlf ? "\r\n" : "\n";
  const comment = quirks.keepAliveComments ? `: keep-alive${line}${line}` : "";
  return (data) => `${comment}data: ${data}${line}${line}`;
}

/** Resolves once the bytes are with the kernel. */
async function write(response: ServerResponse, text: string, quirks: Quirks): Promise<void> {
  if (text === "" || response.destroyed) return;
  if (!quirks.splitUtf8) {
    await new Promise<void>((written) => response.write(text, () => written()));
    return;
  }
  for (const piece of splitInCharacters(Buffer.from(text))) {
    await new Promise<void>((written) => response.write(piece, () => written()));
    await wait(1);
  }
}

/** Cuts bytes after the first byte of every character that has several. */
function splitInCharacters(bytes: Buffer): Buffer[] {
  const pieces: Buffer[] = [];
  let from = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    if ((bytes[at] ?? 0) < 0xc0) continue;
    pieces.push(bytes.subarray(from, at + 1));
    from = at + 1;
  }
  pieces.push(bytes.subarray(from));
  return pieces;
}
