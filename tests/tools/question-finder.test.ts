import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { questionFinder } from "../../src/tools/mcp/question-finder.ts";

const question = (id: unknown, message = "Who are you, 小安?") =>
  JSON.stringify({ method: "elicitation/create", params: { message }, jsonrpc: "2.0", id });
const event = (data: string, end = "\n") => `event: message${end}data: ${data}${end}${end}`;

/** What is found where a stream comes in these pieces of its bytes. */
function foundIn(pieces: readonly Buffer[]): unknown[] {
  const found: unknown[] = [];
  const take = questionFinder((id) => found.push(id));
  for (const piece of pieces) take(piece.toString("latin1"));
  return found;
}

describe("questions in a stream", () => {
  it("are found, however lines end and slashes are written, and what only speaks of one is none", () => {
    const stream = [
      event(question(1)),
      event(question("two"), "\r\n"),
      event(question(3).replace("/", "\\/"), "\r"),
      `data: {"method":"elicitation/create",\ndata: "jsonrpc":"2.0","id":4}\n\n`,
      event(JSON.stringify({ jsonrpc: "2.0", id: 5, result: { text: '"elicitation/create"' } })),
      event(JSON.stringify({ jsonrpc: "2.0", method: "notifications/message", params: { of: "elicitation/create" } })),
      event(question({ no: "id" })),
      `: "elicitation/create"\n\ndata: {"elicitation/create"\n\n`,
      event(question(6)),
    ].join("");
    expect(foundIn([Buffer.from(stream)])).toEqual([1, "two", 3, 4, 6]);
  });

  it("are found however the stream is cut", () => {
    const end = fc.constantFrom("\n", "\r\n", "\r");
    const one = fc.tuple(fc.string({ unit: "grapheme" }), end);
    fc.assert(
      fc.property(fc.array(one, { maxLength: 5 }), fc.array(fc.nat(400), { maxLength: 12 }), (events, cuts) => {
        const bytes = Buffer.from(events.map(([message, end], at) => event(question(at, message), end)).join(""));
        const places = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)).sort((a, b) => a - b), bytes.length];
        const pieces = places.slice(1).map((place, at) => bytes.subarray(places[at], place));
        expect(foundIn(pieces)).toEqual(events.map((_, at) => at));
      }),
    );
  });

  it("are found after what is too long to be one, of which nothing is kept", () => {
    const long = Buffer.from(event(question(1, "x".repeat(200_000))));
    const pieces = Array.from({ length: 40 }, (_, at) => long.subarray(at * 8192, (at + 1) * 8192));
    expect(foundIn([...pieces, Buffer.from(event(question(2)))])).toEqual([2]);
  });
});
