import { readFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { parseDocument } from "yaml";
import { configurationReference } from "../../src/config/reference.ts";
import { configFiles } from "../../src/config/schema.ts";
import { loadTexts } from "./load-texts.ts";

const root = new URL("../../", import.meta.url);
const page = readFileSync(new URL("docs/configuration.md", root), "utf8");

test("docs/configuration.md says what the schema says (npx tsx scripts/write-configuration-doc.mjs)", () => {
  expect(page.split(/^## Reference\n\n/m)[1]).toBe(configurationReference());
});

test("every setting is described, and says what it may be", () => {
  const rows = page.split("\n").filter((line) => line.startsWith("| `"));
  expect(rows.length).toBeGreaterThan(150);
  expect(rows.filter((row) => / \| anything \| /.test(row) || /\| *\|$/.test(row))).toEqual([]);
});

test("the examples load together, and settings without effect in them are few", async () => {
  const texts: Record<string, string> = {};
  for (const file of await readdir(new URL("config/", root))) {
    const [, name] = /^(\w+)\.example\.yaml$/.exec(file) ?? [];
    if (name !== undefined) texts[name] = await readFile(new URL(`config/${file}`, root), "utf8");
  }
  expect(Object.keys(texts).sort()).toEqual(["agents", "channels", "llm", "mcp_servers", "schedules"]);
  const { config, problems } = loadTexts(texts, { env: { OPENAI_API_KEY: "k", DEEPSEEK_API_KEY: "k" } });
  expect(problems.map(({ text }) => text)).toEqual([]);
  expect(config?.agents.map(({ name }) => name)).toEqual(["researcher", "ops"]);
});

test("YAML in the documentation loads", () => {
  for (const [, yaml = ""] of page.matchAll(/```yaml\n(.*?)```/gs)) {
    expect(parseDocument(yaml).errors).toEqual([]);
    const [, file = ""] = /^# config\/(\w+)\.yaml/.exec(yaml) ?? [];
    expect(Object.keys(configFiles)).toContain(file);
    expect(loadTexts({ [file]: yaml }).problems).toEqual([]);
  }
});

test("each piece of settings in docs/tools.md loads, with those before it", () => {
  const tools = readFileSync(new URL("docs/tools.md", root), "utf8");
  const texts: Record<string, string> = {};
  for (const [, piece = ""] of tools.matchAll(/```yaml\n(.*?)```/gs)) {
    const [, named, key = "mcp_servers"] = /^(?:# config\/(\w+)\.yaml\n)?(?:(\w+):\n)?/.exec(piece) ?? [];
    const file = named ?? key;
    texts[file] = written(texts[file] ?? "", piece);
    const { problems, config } = loadTexts(texts, { env: { GRAFANA_TOKEN: "k", NOTES_SECRET: "k" } });
    expect(problems).toEqual([]);
    expect(config).toBeDefined();
  }
  expect(Object.keys(texts)).toEqual(["mcp_servers", "agents", "channels"]);
  expect(texts.mcp_servers).toContain("scopes: [notes:read]");
});

/** A file with a piece of it: one more in its list, another line for one of the last, or the file anew. */
function written(before: string, piece: string): string {
  if (/^(?:#.*\n)? {2}- /.test(piece)) return before + piece;
  const [, key] = /^ {4}(\w+):/.exec(piece) ?? [];
  return key ? before.replace(new RegExp(`^ {4}${key}:.*\\n`, "m"), piece) : piece;
}
