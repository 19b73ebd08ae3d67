import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, it } from "vitest";

/** The rooms in their order: each may import those before it, never after. Leaves come first and know nobody. */
const order = [
  "src/chat.ts",
  "src/words",
  "src/config/schema",
  "src/store",
  "src/watch",
  "src/version.ts",
  "src/config",
  "src/agent",
  "src/access",
  "src/tools",
  "src/runs",
  "src/schedules",
  "src/simulation",
  "src/bot",
  "src/http",
  "src/app",
  "src/app.ts",
  "src/entrance",
];
/** The process: the only files that may read its environment, end it, and name the adapters. */
const entrance = ["src/main.ts", "src/cli.ts", "src/demo.ts", "src/simulate.ts"];

/** The rooms within the bot's, in their order; what stands beside them puts them together. */
const botRooms = [
  "desk",
  "asking-back",
  "briefing",
  "answers",
  "hearing",
  "questions",
  "prompts",
  "servers",
  "orders",
  "scheduling",
  "chat-toolbox",
];

const files = ["src", "adapters", "jobs"]
  .flatMap((folder) => sourcesIn(folder))
  .filter((file) => !file.includes("/web/"));

describe("the rooms", () => {
  for (const file of files) {
    const imports = importsOf(file);
    it(`${file} imports only what its room may`, () => {
      for (const target of imports) expect(mayImport(file, target), `${file} imports ${target}`).toBe(true);
    });
  }

  it("within the bot's import only those before them", () => {
    const place = (file: string) => {
      const [, room, inside] = /^src\/bot\/([^/]+)(\/)?/.exec(file) ?? [];
      return inside ? botRooms.indexOf(room ?? "") : botRooms.length;
    };
    const bots = files.filter((file) => file.startsWith("src/bot/"));
    for (const file of bots) {
      const room = place(file);
      expect(room, `${file} stands in none of them`).toBeGreaterThanOrEqual(0);
      const later = importsOf(file).filter((target) => target.startsWith("src/bot/") && place(target) > room);
      expect(later, `of ${file}`).toEqual([]);
    }
  });

  // In a worker `process.exit` ends the thread alone.
  it("keep the process's environment and its end at the entrance", () => {
    const elsewhere = files.filter(
      (file) =>
        !entrance.includes(file) &&
        !file.startsWith("jobs/") &&
        /process\.(env|exit)\b/.test(readFileSync(file, "utf8")),
    );
    expect(elsewhere).toEqual([]);
  });
});

function mayImport(file: string, target: string): boolean {
  if (target === "package.json") return file === "src/version.ts";
  const from = roomOf(file);
  const to = roomOf(target);
  if (from === to) return true;
  if (file.startsWith("jobs/")) return ["src/agent", "src/runs"].includes(to);
  if (target.startsWith("adapters/")) return entrance.includes(file);
  if (file.startsWith("adapters/")) return ["src/chat.ts", "src/words", "src/watch"].includes(to);
  const [here, there] = [order.indexOf(from), order.indexOf(to)];
  if (here < 0 || there < 0) return false;
  // The leaves stand side by side; only the bot's words are open to each of them.
  if (here <= order.indexOf("src/watch"))
    return to === "src/chat.ts" || (from === "src/config/schema" && to === "src/config");
  return there < here;
}

/** The room a file stands in: its folder, or itself where it is a room alone. */
function roomOf(file: string): string {
  if (entrance.includes(file)) return "src/entrance";
  if (file.startsWith("src/config/schema")) return "src/config/schema";
  const [first = "", second = ""] = file.split("/");
  return first === "jobs" ? "jobs" : `${first}/${second}`;
}

function importsOf(file: string): string[] {
  const source = readFileSync(file, "utf8");
  return [...source.matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)"/g)].map((match) =>
    normalize(join(dirname(file), match[1] ?? "")),
  );
}

function sourcesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((name) => /\.tsx?$/.test(name));
}
