// An MCP server over standard input and output whose tools answer in many ways: with data that does or does not fit, with
// far too much, with failures, with what may be used again. Its first argument: how many more tools it has, of no interest.
import { speak } from "./speak.mjs";

const [more = "0"] = process.argv.slice(2);
const said = (text, rest = {}) => ({ content: [{ type: "text", text }], ...rest });

const reads = { annotations: { readOnlyHint: true } };
const weather = {
  $schema: "http://json-schema.org/draft-07/schema#",
  type: "object",
  properties: { degrees: { type: "number" }, sky: { $ref: "#/definitions/sky" } },
  required: ["degrees"],
  definitions: { sky: { enum: ["clear", "cloudy"] } },
};
const how = { type: "object", properties: { how: { type: "string" } } };
const tools = [
  { name: "fail", description: "It always fails.", inputSchema: how },
  { name: "long", description: "It says very much.", inputSchema: how, ...reads },
  { name: "count", description: "How often it was called.", inputSchema: how, ...reads },
  { name: "count_for_one", description: "The same, for one person.", inputSchema: how, ...reads },
  { name: "shaped", description: "The weather as data.", inputSchema: how, outputSchema: weather, ...reads },
  ...Array.from({ length: Number(more) }, (_, n) => ({
    name: `topic_${n}`,
    description: `Tells of topic ${n}. ${"It is told at length. ".repeat(20)}`,
    inputSchema: how,
    ...reads,
  })),
  {
    name: "forecast",
    description: `Tells the weather of the next days. 未來幾天的天氣預報。${" Anywhere in the world.".repeat(20)}`,
    inputSchema: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
    ...reads,
  },
];
let calls = 0;

speak("answering", {
  "tools/list": () => ({ tools }),
  "tools/call": ({ name, arguments: input = {} }) => answered(name, input),
});

function answered(name, input) {
  calls += 1;
  switch (name) {
    case "fail":
      return said("There is no such ticket.", { isError: true });
    case "long":
      return said(`begin ${"word ".repeat(20_000)}xoxb-1234567890-abcdef ${"word ".repeat(20_000)}end`);
    case "count":
      return said(`called ${calls} times`);
    case "count_for_one":
      return said(`called ${calls} times`, { ttlMs: 60_000, cacheScope: input.how ?? "private" });
    case "shaped":
      return said("It is fine.", shapes[input.how]);
    case "forecast":
      return said(`Rain in ${input.city}.`);
    default:
      return said(`${name} it is.`);
  }
}

const shapes = {
  good: { structuredContent: { degrees: 21, sky: "clear" } },
  wrong: { structuredContent: { degrees: "warm", sky: "green" } },
  none: {},
  failing: { isError: true },
};
