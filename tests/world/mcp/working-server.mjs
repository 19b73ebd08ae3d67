// An MCP server over standard input and output whose tool `work` never ends; it says that it goes on whenever a file is
// changed, the one named first.
import { watch } from "node:fs";
import { send, speak } from "./speak.mjs";

const [file] = process.argv.slice(2);
let progressToken;
let progress = 0;
watch(file, () => {
  if (progressToken !== undefined)
    send({ method: "notifications/progress", params: { progressToken, progress: ++progress } });
});

const input = speak("working", {
  "tools/list": () => ({ tools: [{ name: "work", inputSchema: { type: "object" } }] }),
  "tools/call"({ _meta }) {
    progressToken = _meta.progressToken;
    console.error("working");
  },
});
input.on("line", (line) => line.includes('"notifications/cancelled"') && console.error("cancelled"));
