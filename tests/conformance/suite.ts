import { spawn } from "node:child_process";

const suitePackage = "@modelcontextprotocol/conformance@0.1.16";
/** The suite needs a newer Node than Bellhop does; it comes from npm as a package too. */
const nodePackage = "node@24.21.0";

/** What a program printed, both streams as they came, and how it ended. */
export type Ended = { code: number; said: string };

/** The conformance suite of MCP, fetched. */
export type Suite = {
  /** Names of its scenarios for clients or for servers. */
  scenarios(of: "client" | "server"): Promise<string[]>;
  /** Runs its command with these arguments. */
  run(...args: string[]): Promise<Ended>;
};

/** Fetches the suite from npm, once for a machine. */
export async function fetchSuite(): Promise<Suite> {
  const packages = ["-p", nodePackage, "-p", suitePackage];
  const found = await ran(
    "npx",
    "--yes",
    "--loglevel=error",
    ...packages,
    "-c",
    "command -v node && command -v conformance",
  );
  const [node, suite] = found.said.trim().split("\n").slice(-2);
  if (found.code !== 0 || !node || !suite) throw new Error(`the conformance suite could not be fetched: ${found.said}`);
  return {
    async scenarios(of) {
      const { said } = await ran(node, suite, "list", `--${of}`);
      return [...said.matchAll(/^ +- (\S+)/gm)].map(([, name = ""]) => name);
    },
    run: (...args) => ran(node, suite, ...args),
  };
}

function ran(command: string, ...args: string[]): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    child.stdout.on("data", (chunk) => {
      said += chunk;
    });
    child.stderr.on("data", (chunk) => {
      said += chunk;
    });
    child.on("error", reject);
    child.on("close", (code) => resolve({ code: code ?? 1, said }));
  });
}
