// An MCP server over standard input and output that ignores SIGTERM and has started others: one that stays its child, one
// whose parent is gone, and, with `leaving`, one that left its group and session on purpose. Their ids stand in the file
// named first, its own before them.
import { execFileSync, spawn } from "node:child_process";
import { renameSync, writeFileSync } from "node:fs";
import { speak } from "./speak.mjs";

const [file, leaving] = process.argv.slice(2);
const long = ["1000"];
process.on("SIGTERM", () => {});
setInterval(() => {}, 1000);
const child = spawn("sleep", long, { stdio: "ignore" });
const orphan = execFileSync("/bin/sh", ["-c", "sleep 1000 >/dev/null 2>&1 & echo $!"]);
const gone = leaving ? [spawn("sleep", long, { stdio: "ignore", detached: true }).pid] : [];
writeFileSync(`${file}.part`, JSON.stringify([process.pid, child.pid, Number(orphan), ...gone]));
renameSync(`${file}.part`, file);

speak("family", { "tools/list": () => ({ tools: [] }) });
