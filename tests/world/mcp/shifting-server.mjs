// An MCP server over standard input and output whose tools stand in a file, named by its first argument: write the file
// anew, and the server says that its tools have changed.
import { readFileSync, watch } from "node:fs";
import { basename, dirname } from "node:path";
import { send, speak } from "./speak.mjs";

const [file = ""] = process.argv.slice(2);
let written = readFileSync(file, "utf8");

watch(dirname(file), (_event, name) => {
  if (name !== basename(file)) return;
  const now = readFileSync(file, "utf8");
  // While it is being written it is not whole.
  if (now === written || !now.endsWith("]")) return;
  written = now;
  send({ method: "notifications/tools/list_changed" });
});

const answers = {
  "tools/list": () => ({ tools: JSON.parse(written) }),
  "tools/call": ({ name }) => ({ content: [{ type: "text", text: `${name} was called` }] }),
};
// The watch alone would keep it alive.
speak("shifting", answers, { tools: { listChanged: true } }).on("close", () => process.exit());
