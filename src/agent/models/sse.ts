/**
 * The data of each server-sent event of a body, as it arrives. Comments and the other fields are of no use to us.
 * `heard` is called for every piece of the body, a comment too: whoever waits wants to know that the line is alive.
 */
export async function* eventData(body: AsyncIterable<Uint8Array>, heard: () => void): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  let data: string | undefined;
  for await (const bytes of body) {
    heard();
    rest += decoder.decode(bytes, { stream: true });
    let from = 0;
    for (let end = rest.indexOf("\n"); end !== -1; end = rest.indexOf("\n", from)) {
      const line = rest.slice(from, rest[end - 1] === "\r" && end > from ? end - 1 : end);
      from = end + 1;
      if (line === "") {
        if (data !== undefined) yield data;
        data = undefined;
      } else if (line.startsWith("data:")) {
        const value = line.slice(line[5] === " " ? 6 : 5);
        data = data === undefined ? value : `${data}\n${value}`;
      }
    }
    rest = rest.slice(from);
  }
  if (data !== undefined) yield data;
}
