import fc from "fast-check";
import { expect, test } from "vitest";
import { eventData } from "../../../src/agent/models/sse.ts";

async function read(...pieces: Uint8Array[]): Promise<string[]> {
  async function* body() {
    yield* pieces;
  }
  const events: string[] = [];
  for await (const data of eventData(body(), () => {})) events.push(data);
  return events;
}

const bytes = (text: string) => new TextEncoder().encode(text);

test("events come out the same wherever the bytes were cut", async () => {
  const data = fc.string({ unit: "grapheme" }).map((text) => text.replace(/[\r\n]/g, ""));
  const stream = fc.record({
    events: fc.array(data, { maxLength: 8 }),
    newline: fc.constantFrom("\n", "\r\n"),
    comments: fc.boolean(),
    cuts: fc.array(fc.nat(400), { maxLength: 10 }),
  });
  await fc.assert(
    fc.asyncProperty(stream, async ({ events, newline, comments, cuts }) => {
      const comment = comments ? `: still here${newline}${newline}` : "";
      const whole = bytes(events.map((data) => `${comment}data: ${data}${newline}${newline}`).join(""));
      const at = [...new Set([0, ...cuts.filter((cut) => cut < whole.length), whole.length])].sort((a, b) => a - b);
      const pieces = at.slice(1).map((end, piece) => whole.slice(at[piece], end));
      expect(await read(...pieces)).toEqual(events);
    }),
  );
});

test("data over several lines is one event, the space behind the colon is optional, other fields are passed over", async () => {
  expect(await read(bytes("event: x\nid: 1\ndata: a\ndata:b\n\n"))).toEqual(["a\nb"]);
});

test("an event that the end of the stream cuts short is still told", async () => {
  expect(await read(bytes("data: a\n\ndata: b\n"))).toEqual(["a", "b"]);
});
