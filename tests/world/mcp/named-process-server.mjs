// An MCP server over standard input and output that tells which process it is, so that it can be stopped in its tracks;
// with `stopping` it does so itself when it is asked for its tools.
import { writeSync } from "node:fs";
import { speak } from "./speak.mjs";

speak("named", {
  "tools/list": () => {
    if (process.argv[2] === "stopping") {
      writeSync(2, `asked for its tools: ${process.pid}`);
      process.kill(process.pid, "SIGSTOP");
    }
    return { tools: [{ name: "pid", inputSchema: { type: "object" } }] };
  },
  "tools/call": () => ({ content: [{ type: "text", text: String(process.pid) }] }),
});
