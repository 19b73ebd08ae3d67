import { execFileSync } from "node:child_process";

/** Builds once before the tests: workers need JavaScript on Node 20. */
export default function build(): void {
  execFileSync(process.execPath, ["scripts/build.mjs", "--if-changed"], { stdio: "inherit" });
}
