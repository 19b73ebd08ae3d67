// How the small servers here speak over standard input and output: what each method answers, and nothing they don't have.
import { createInterface } from "node:readline";

/** Says something that nobody asked for, or in answer to a request. */
export const send = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);

/** Answers requests, each method by what it gives for its parameters; where that is nothing, it never does. */
export function speak(name, answers, capabilities = { tools: {} }) {
  const serverInfo = { name, version: "1" };
  const all = {
    initialize: ({ protocolVersion }) => ({ protocolVersion, capabilities, serverInfo }),
    ping: () => ({}),
    ...answers,
  };
  const input = createInterface({ input: process.stdin });
  input.on("line", (line) => {
    const { id, method, params = {} } = JSON.parse(line);
    if (id === undefined || method === undefined) return;
    const answer = all[method];
    if (!answer) return send({ id, error: { code: -32601, message: `no method ${method}` } });
    const result = answer(params);
    if (result !== undefined) send({ id, result });
  });
  return input;
}
