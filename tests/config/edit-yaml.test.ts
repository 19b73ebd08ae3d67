import fc from "fast-check";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { type Edit, editYaml } from "../../src/config/edit-yaml.ts";
import { valueAt } from "../../src/config/problem.ts";

const team = `# The team's agents.
agents:
  # Looks things up.
  - name: researcher            # called most
    role: research assistant
    mcp_servers: [filesystem,   web-search]   # both are needed

    llm_model: main   # see llm.yaml
  - name: ops
    system_prompt: |
      You keep things running.
      Say what you changed.
    aliases:
      - oncall   # the rota
      - sre
    memory: { turns: 40,  compress: true }
# the end
`;

/** The lines that are only in the one, and only in the other. */
function changedLines(before: string, after: string): [string[], string[]] {
  const [old, fresh] = [before.split("\n"), after.split("\n")];
  return [old.filter((line) => !fresh.includes(line)), fresh.filter((line) => !old.includes(line))];
}

test("setting a value changes its own characters only", () => {
  const after = editYaml(team, { do: "set", path: ["agents", 0, "llm_model"], value: "cheap" });
  expect(after).toBe(team.replace("llm_model: main   #", "llm_model: cheap   #"));
});

test("a value inside { } is set without touching what stands beside it", () => {
  const after = editYaml(team, { do: "set", path: ["agents", 1, "memory", "turns"], value: 12 });
  expect(after).toBe(team.replace("turns: 40,  compress", "turns: 12,  compress"));
});

test("a new setting is put after the last one of its map", () => {
  const after = editYaml(team, { do: "set", path: ["agents", 0, "temperature"], value: 0.2 });
  expect(after).toBe(team.replace("# see llm.yaml\n", "# see llm.yaml\n    temperature: 0.2\n"));
});

test("a setting in a map that is not there yet makes the map", () => {
  const after = editYaml(team, { do: "set", path: ["agents", 0, "budget", "per_day"], value: 5 });
  expect(changedLines(team, after)).toEqual([[], ["    budget:", "      per_day: 5"]]);
});

test("a text of several lines is written as a block", () => {
  const after = editYaml(team, { do: "set", path: ["agents", 1, "system_prompt"], value: "One.\n\n  Two.\n" });
  expect(parse(after).agents[1].system_prompt).toBe("One.\n\n  Two.\n");
  expect(changedLines(team, after)[1]).toEqual(["      One.", "        Two."]);
});

test("an item is added to a block list, with the list's indentation", () => {
  const after = editYaml(team, { do: "append", path: ["agents", 1, "aliases"], value: "night" });
  expect(after).toBe(team.replace("      - sre\n", "      - sre\n      - night\n"));
});

test("an item is added to a list in brackets", () => {
  const after = editYaml(team, { do: "append", path: ["agents", 0, "mcp_servers"], value: "grafana" });
  expect(after).toBe(team.replace("web-search]", "web-search, grafana]"));
});

test("an item that is a map is added to a list of maps, before the comment at the end", () => {
  const after = editYaml(team, { do: "append", path: ["agents"], value: { name: "scribe", aliases: ["notes"] } });
  expect(changedLines(team, after)).toEqual([[], ["  - name: scribe", "      - notes"]]);
  expect(after.endsWith("# the end\n")).toBe(true);
  expect(parse(after).agents[2]).toEqual({ name: "scribe", aliases: ["notes"] });
});

test("an item added to a list that is not there makes the list", () => {
  expect(editYaml("a: 1 # one\n", { do: "append", path: ["b"], value: 2 })).toBe("a: 1 # one\nb:\n  - 2\n");
  expect(editYaml("agents: []   # none yet\n", { do: "append", path: ["agents"], value: "x" })).toBe(
    "agents: [x]   # none yet\n",
  );
  expect(parse(editYaml("", { do: "append", path: ["agents"], value: { name: "x" } }))).toEqual({
    agents: [{ name: "x" }],
  });
  expect(parse(editYaml("agents:   # none yet\n", { do: "append", path: ["agents"], value: "x" }))).toEqual({
    agents: ["x"],
  });
});

test("a setting or an item is deleted with its own lines only", () => {
  expect(editYaml(team, { do: "delete", path: ["agents", 0, "role"] })).toBe(
    team.replace("    role: research assistant\n", ""),
  );
  expect(editYaml(team, { do: "delete", path: ["agents", 1, "aliases", 1] })).toBe(team.replace("      - sre\n", ""));
  expect(editYaml(team, { do: "delete", path: ["agents", 0, "mcp_servers", 0] })).toBe(
    team.replace("[filesystem,   web-search]", "[web-search]"),
  );
  const rest = editYaml(team, { do: "delete", path: ["agents", 1] });
  expect(parse(rest).agents).toHaveLength(1);
  expect(rest).toContain("# see llm.yaml");
});

test("the first setting of a list's entry can be deleted", () => {
  const after = editYaml(team, { do: "delete", path: ["agents", 0, "name"] });
  expect(parse(after).agents[0]).not.toHaveProperty("name");
  expect(after).toContain("# Looks things up.");
  expect(after).toContain("# see llm.yaml");
});

test("deleting what is not there, and setting inside a text, are refused", () => {
  expect(() => editYaml(team, { do: "delete", path: ["agents", 7] })).toThrow("nothing to delete");
  expect(() => editYaml(team, { do: "set", path: ["agents", 0, "name", "first"], value: 1 })).toThrow();
});

test("texts that look like something else stay texts", () => {
  for (const value of [
    "yes",
    "null",
    "12",
    "1e3",
    "- a",
    "a: b",
    "# no comment",
    "*x",
    "&x",
    "!x",
    "{",
    "[a",
    "'",
    '"',
    "",
    " a ",
    "a\tb",
    "@x",
    "%y",
    "`",
  ]) {
    for (const path of [
      ["agents", 0, "role"],
      ["agents", 1, "memory", "kind"],
      ["agents", 1, "aliases", 0],
    ]) {
      const after = editYaml(team, { do: "set", path, value });
      expect(valueAt(parse(after), path)).toBe(value);
      expect(after).toContain("# the end");
    }
  }
});

const word = fc.oneof(fc.constantFrom("a", "b", "name", "x y", "1", "true", "é", "中文"), fc.string({ maxLength: 6 }));
const scalar = fc.oneof(
  word,
  fc.integer(),
  fc.boolean(),
  fc.constantFrom("two\nlines", "end\n", `\${VAR}`, "a # b", "a: b", "x, y"),
);
const value = fc.letrec<{ any: unknown }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 2, withCrossShrink: true },
    scalar,
    fc.array(tie("any"), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom("a", "b", "c", "d e"), tie("any"), { maxKeys: 3 }),
  ),
})).any;

const paths = [
  ["agents", 0, "role"],
  ["agents", 0, "fresh"],
  ["agents", 0, "mcp_servers", 1],
  ["agents", 1, "system_prompt"],
  ["agents", 1, "memory", "turns"],
  ["agents", 1, "memory", "fresh"],
  ["agents", 1, "fresh", "deep", "deeper"],
  ["top"],
];

test("whatever is set is read back, and every comment stays", () => {
  const comments = team.match(/# .*/g) ?? [];
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom(...paths), value), { minLength: 1, maxLength: 4 }), (edits) => {
      let text = team;
      for (const [path, value] of edits) {
        const edit: Edit = { do: "set", path, value };
        text = editYaml(text, edit);
        expect(valueAt(parse(text), path)).toEqual(value);
      }
      for (const comment of comments) expect(text).toContain(comment);
    }),
    { numRuns: 150 },
  );
});
