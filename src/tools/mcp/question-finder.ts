import type { RequestId } from "@modelcontextprotocol/sdk/types.js";

/** What is longer is not looked into: no question to people is so long. */
const longestEvent = 65_536;
const eventEnd = /\r\n\r\n|\n\n|\r\r/;
const lineEnd = /\r\n|\n|\r/;
const asking = /"elicitation\\?\/create"/;

/** Finds questions to people in a stream of events that comes in pieces; a piece is its bytes as latin1. `found` gets their ids. */
export function questionFinder(found: (id: RequestId) => void): (piece: string) => void {
  let begun = "";
  let isLong = false;
  return (piece) => {
    const events = (begun + piece).split(eventEnd);
    begun = events.pop() ?? "";
    for (const event of events) {
      const id = isLong || !asking.test(event) ? undefined : idIn(event);
      if (id !== undefined) found(id);
      isLong = false;
    }
    if (begun.length <= longestEvent) return;
    isLong = true;
    // Its end may be cut in two.
    begun = begun.slice(-3);
  };
}

function idIn(event: string): RequestId | undefined {
  const data = event.split(lineEnd).flatMap((line) => (line.startsWith("data:") ? [line.slice("data:".length)] : []));
  try {
    const { id, method } = JSON.parse(Buffer.from(data.join("\n"), "latin1").toString());
    return method === "elicitation/create" && (typeof id === "number" || typeof id === "string") ? id : undefined;
  } catch {
    return undefined;
  }
}
