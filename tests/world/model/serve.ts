import { parseArgs } from "node:util";
import { type DialectName, dialects } from "./dialect.ts";
import { createModel } from "./model.ts";

// A simulated model in a process of its own, for benches. Prints its address as one line of JSON, and on SIGTERM, or
// when its parent goes away, one line more: what it saw. `{user}` in the text stands for the last user message.
const { values } = parseArgs({
  options: {
    text: { type: "string" },
    /** Words of an answer made up, where no text is given. */
    tokens: { type: "string", default: "40" },
    "tokens-per-second": { type: "string" },
    "delay-ms": { type: "string" },
    dialect: { type: "string", default: "openai" },
    port: { type: "string", default: "0" },
  },
});

const model = await createModel({
  dialect: dialectNamed(values.dialect),
  port: number("port", values.port),
  keep: 100,
  ...(values["delay-ms"] === undefined ? {} : { delayMs: number("delay-ms", values["delay-ms"]) }),
  ...(values["tokens-per-second"] === undefined
    ? {}
    : { tokensPerSecond: number("tokens-per-second", values["tokens-per-second"]) }),
});
const text = values.text ?? wordsOf(number("tokens", values.tokens));
model.answer(text.includes("{user}") ? (request) => text.replaceAll("{user}", () => request.user) : text);
console.log(JSON.stringify({ baseUrl: model.baseUrl, key: model.key, model: model.model }));

for (const end of ["SIGTERM", "SIGINT", "disconnect"]) {
  process.once(end, async () => {
    const { answered, maxInFlight, aborted, violations } = model;
    console.log(JSON.stringify({ answered, maxInFlight, aborted: aborted.length, violations }));
    await model.stop();
    process.exit(0);
  });
}

/** So many pieces, each a word. */
function wordsOf(count: number): string {
  return Array.from({ length: count }, (_, index) => `word${index}`).join(" ");
}

function number(name: string, given: string): number {
  const value = Number(given);
  if (Number.isNaN(value)) throw new Error(`--${name} wants a number, not "${given}"`);
  return value;
}

function dialectNamed(name: string): DialectName {
  const known = Object.values(dialects).find((dialect) => dialect.name === name);
  if (known === undefined) throw new Error(`--dialect is one of ${Object.keys(dialects).join(", ")}, not "${name}"`);
  return known.name;
}
