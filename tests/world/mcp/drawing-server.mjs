// An MCP server over standard input and output that gives a file, another one for each number it is asked for.
import { speak } from "./speak.mjs";

const draw = {
  name: "draw",
  description: "Draws a number.",
  inputSchema: { type: "object", properties: { number: { type: "number" } }, required: ["number"] },
  annotations: { readOnlyHint: true },
};

speak("drawing", {
  "tools/list": () => ({ tools: [draw] }),
  "tools/call": ({ arguments: { number } }) => {
    const blob = Buffer.alloc(20_000, `\0${number}\0`).toString("base64");
    const resource = { uri: `drawing://${number}.bin`, mimeType: "application/octet-stream", blob };
    return { content: [{ type: "resource", resource }] };
  },
});
