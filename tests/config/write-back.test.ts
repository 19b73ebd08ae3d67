// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are the texts under test
import { chmod, lstat, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeEach, expect, test } from "vitest";
import { loadConfig } from "../../src/config/load.ts";
import { writeBack } from "../../src/config/write-back.ts";

const agents = `# Ours.
agents:
  - name: ops   # on call
    role: keeps things running
    system_prompt: Use \${TOOL:-grafana}.
`;
const options = { env: { SECRET: "the-secret" } };
const folders: string[] = [];
let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "bellhop-write-"));
  folders.push(folder);
  await writeFile(join(folder, "agents.yaml"), agents);
});
afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true });
});
const onDisk = () => readFile(join(folder, "agents.yaml"), "utf8");
const role = (value: unknown) => [{ do: "set" as const, path: ["agents", 0, "role"], value }];

test("a change is written into the file, and the settings with it are given back", async () => {
  const loaded = await loadConfig(folder, options);
  const written = await writeBack(folder, loaded, "agents", role("sleeps"), options);
  expect(written.done && written.loaded.config?.agents[0]?.role).toBe("sleeps");
  expect(await onDisk()).toBe(agents.replace("keeps things running", "sleeps"));
});

test("what was written can be changed again without loading", async () => {
  const first = await writeBack(folder, await loadConfig(folder, options), "agents", role("one"), options);
  if (!first.done) throw new Error(first.message);
  expect(await writeBack(folder, first.loaded, "agents", role("two"), options)).toMatchObject({ done: true });
  expect(await onDisk()).toContain("role: two");
});

test("a change on disk meanwhile is a conflict, and stays", async () => {
  const loaded = await loadConfig(folder, options);
  const theirs = `${agents}# mine!\n`;
  await writeFile(join(folder, "agents.yaml"), theirs);
  expect(await writeBack(folder, loaded, "agents", role("x"), options)).toMatchObject({ done: false, why: "conflict" });
  expect(await onDisk()).toBe(theirs);
});

test("of two changes from the same state one is a conflict, none is lost silently", async () => {
  const loaded = await loadConfig(folder, options);
  const both = await Promise.all([
    writeBack(folder, loaded, "agents", role("a"), options),
    writeBack(folder, loaded, "agents", role("b"), options),
  ]);
  expect(both.map(({ done }) => done).sort()).toEqual([false, true]);
});

test("a file that appeared or vanished meanwhile is a conflict", async () => {
  const loaded = await loadConfig(folder, options);
  await writeFile(join(folder, "llm.yaml"), "# new\n");
  const model = { name: "m", provider: "ollama" };
  expect(
    await writeBack(folder, loaded, "llm", [{ do: "append", path: ["models"], value: model }], options),
  ).toMatchObject({ why: "conflict" });
  await rm(join(folder, "agents.yaml"));
  expect(await writeBack(folder, loaded, "agents", role("x"), options)).toMatchObject({ why: "conflict" });
});

test("a change that would not load is refused with its problems, and nothing is written", async () => {
  const loaded = await loadConfig(folder, options);
  const refused = await writeBack(
    folder,
    loaded,
    "agents",
    [{ do: "set", path: ["agents", 0, "max_steps"], value: "many" }],
    options,
  );
  expect(refused).toMatchObject({ done: false, why: "invalid" });
  expect(!refused.done && refused.problems[0]?.text).toContain(
    'agents[0].max_steps: wanted a whole number from 1 to 200, came "many"',
  );
  expect(await writeBack(folder, loaded, "agents", [{ do: "delete", path: ["agents", 3] }], options)).toMatchObject({
    why: "impossible",
  });
  expect(await onDisk()).toBe(agents);
});

test("values are never filled in from the environment", async () => {
  const loaded = await loadConfig(folder, options);
  const written = await writeBack(folder, loaded, "agents", role("${SECRET}"), options);
  expect(written.done && written.loaded.config?.agents[0]?.role).toBe("${SECRET}");
  expect((await loadConfig(folder, options)).config?.agents[0]?.role).toBe("${SECRET}");
  expect(await onDisk()).toContain("role: $${SECRET}");
  expect(await onDisk()).toContain("Use ${TOOL:-grafana}.");
});

test("whatever text is written is the text that is loaded, and the comments stay", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit: fc.constantFrom("$", "{", "}", "${SECRET}", "\n", " ", "#", ":", "a", "中", '"', "'", "- ") }),
      async (text) => {
        const loaded = await loadConfig(folder, options);
        const written = await writeBack(
          folder,
          loaded,
          "agents",
          [{ do: "set", path: ["agents", 0, "system_prompt"], value: `x${text}` }],
          options,
        );
        expect(written.done).toBe(true);
        expect((await loadConfig(folder, options)).config?.agents[0]?.system_prompt).toBe(`x${text}`);
        expect(await onDisk()).toMatch(/^# Ours\.\nagents:\n {2}- name: ops {3}# on call\n/);
      },
    ),
    { numRuns: 30 },
  );
});

test("several changes are written together or not at all", async () => {
  const loaded = await loadConfig(folder, options);
  const append = { do: "append" as const, path: ["agents"], value: { name: "scribe" } };
  expect(await writeBack(folder, loaded, "agents", [append, ...role(5)], options)).toMatchObject({ why: "invalid" });
  expect(await onDisk()).toBe(agents);
  expect(await writeBack(folder, loaded, "agents", [append, ...role("x")], options)).toMatchObject({ done: true });
  expect(await onDisk()).toContain("  - name: scribe\n");
});

test("a file that was not there is made, and its folder too", async () => {
  const fresh = join(folder, "deep", "config");
  const loaded = await loadConfig(fresh, options);
  const written = await writeBack(
    fresh,
    loaded,
    "agents",
    [{ do: "append", path: ["agents"], value: { name: "first" } }],
    options,
  );
  expect(written).toMatchObject({ done: true });
  expect((await loadConfig(fresh, options)).config?.agents.map(({ name }) => name)).toEqual(["first"]);
});

test("a file that cannot be written is told of, not thrown about", async () => {
  const blocked = join(folder, "agents.yaml", "config");
  const append = { do: "append" as const, path: ["agents"], value: { name: "a" } };
  const refused = await writeBack(blocked, await loadConfig(blocked, options), "agents", [append], options);
  expect(refused).toMatchObject({ done: false, why: "impossible" });
  expect(!refused.done && refused.message).toContain("cannot be written");
});

test("the file keeps its mode, a link stays a link, and nothing is left beside it", async () => {
  const file = join(folder, "agents.yaml");
  await chmod(file, 0o640);
  const real = join(folder, "real.txt");
  await writeFile(real, "models: []\n");
  await symlink(real, join(folder, "llm.yaml"));
  const loaded = await loadConfig(folder, options);
  const first = await writeBack(folder, loaded, "agents", role("x"), options);
  if (!first.done) throw new Error(first.message);
  await writeBack(
    folder,
    first.loaded,
    "llm",
    [{ do: "append", path: ["models"], value: { name: "m", provider: "ollama" } }],
    options,
  );
  expect((await stat(file)).mode & 0o777).toBe(0o640);
  expect((await lstat(join(folder, "llm.yaml"))).isSymbolicLink()).toBe(true);
  expect(await readFile(real, "utf8")).toContain("ollama");
  expect((await readdir(folder)).sort()).toEqual(["agents.yaml", "llm.yaml", "real.txt"]);
});

test("a JSON file stays JSON", async () => {
  await writeFile(
    join(folder, "mcp_servers.json"),
    '{\n    "mcpServers": {\n        "a": { "command": "x" }\n    }\n}\n',
  );
  const loaded = await loadConfig(folder, options);
  const written = await writeBack(
    folder,
    loaded,
    "mcp_servers",
    [{ do: "set", path: ["mcpServers", "a", "disabled"], value: true }],
    options,
  );
  expect(written.done && written.loaded.config?.mcp_servers[0]?.enabled).toBe(false);
  const text = await readFile(join(folder, "mcp_servers.json"), "utf8");
  expect(JSON.parse(text)).toEqual({ mcpServers: { a: { command: "x", disabled: true } } });
  expect(text).toContain('\n    "mcpServers"');
});
