import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadConfig } from "../../src/config/load.ts";
import { Config } from "../../src/config/schema.ts";
import { loadTexts } from "./load-texts.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "bellhop-config-"));
});
afterAll(() => rm(folder, { recursive: true }));
const emptyFolder = () => mkdtemp(join(folder, "another-"));

const asSpecified = new URL("./as-specified/", import.meta.url).pathname;
const env = { OPENAI_API_KEY: "sk-openai-0123", DEEPSEEK_API_KEY: "sk-deepseek-0123", GRAFANA: "glsa-0123" };

test("the smallest config loads as it stands, and means the offline model", async () => {
  const { config, problems, notices, warnings } = await loadConfig(join(asSpecified, "small"), { env: {} });
  expect(problems).toEqual([]);
  expect(config?.agents).toMatchObject([
    {
      name: "researcher",
      role: "research assistant",
      llm_model: "offline",
      system_prompt: "You are a careful research assistant.",
    },
  ]);
  expect(notices).toEqual(["no llm.yaml: every agent uses the offline model, which needs no key and no network"]);
  expect(warnings.map(({ message }) => message)).toEqual([
    'no MCP server named "filesystem"',
    'no MCP server named "web-search"',
  ]);
});

test("the whole of the specified examples loads as it stands", async () => {
  const { config, problems, warnings, notices, secrets } = await loadConfig(join(asSpecified, "whole"), { env });
  expect(problems).toEqual([]);
  expect(warnings.map(({ message }) => message)).toEqual([
    'no MCP server named "web-search" — there are filesystem, grafana, legacy',
    'no collection named "handbook"',
    "no agent has legacy — name it in mcp_servers of an agent in agents.yaml",
  ]);
  expect(config?.agents[1]).toMatchObject({
    name: "ops",
    fallbacks: ["cheap"],
    timeout: 300_000,
    mcp_servers: [{ name: "grafana", tools: ["query*"], deny: ["query_raw"], reads: ["query*"], preset: {} }],
    approve: [
      { tool: "grafana.silence_*", who: "requester" },
      { tool: "*", who: "never" },
    ],
    memory: { kind: "database", turns: 40, compress: true, compression_model: "cheap" },
  });
  expect(config?.models[0]).toMatchObject({
    name: "main",
    provider: "openai",
    model: "gpt-5",
    api_key: env.OPENAI_API_KEY,
    price: { input: 1.25 },
  });
  expect(config?.mcp_servers).toMatchObject([
    { name: "filesystem", transport: "stdio", command: "npx", timeout: 60_000 },
    { name: "grafana", transport: "http", headers: { Authorization: "Bearer glsa-0123" } },
    { name: "legacy", transport: "sse", preset: { search: { index: "docs" } } },
  ]);
  expect(config?.channels).toMatchObject([
    { reply: "mention", talkers: "everyone" },
    { reply: "thread", schedulers: "admins", approvers: ["discord:role:456"] },
  ]);
  expect(config?.limits).toEqual({ min_interval: 300_000, schedules_per_person: 20, mentions_per_minute: 10 });
  expect(config?.schedules[0]).toMatchObject({
    name: "standup digest",
    digest: true,
    catch_up: { mode: "latest" },
    retries: 3,
  });
  expect(new Set(notices).size).toBe(notices.length);
  expect(notices.filter((notice) => notice.includes("toolboxes"))).toEqual([]);
  expect(notices.filter((notice) => notice.includes("schedules.yaml"))).toEqual([]);
  expect(secrets).toEqual(expect.arrayContaining(Object.values(env)));
});

test("without any settings the welcome set is used, and that is said", async () => {
  const house = { command: "node", args: ["house.js"] };
  const { config, problems, notices, warnings } = await loadConfig(join(folder, "nowhere"), { env: {}, house });
  expect(problems).toEqual([]);
  expect(warnings).toEqual([]);
  expect(config?.agents.map(({ name, llm_model, mcp_servers }) => [name, llm_model, mcp_servers[0]?.name])).toEqual([
    ["concierge", "offline", "house"],
    ["scribe", "offline", "house"],
  ]);
  expect(config?.mcp_servers).toMatchObject([
    { name: "house", transport: "stdio", command: "node", args: ["house.js"] },
  ]);
  expect(config?.default_agent).toBe("concierge");
  expect(config?.workspace.admins).toEqual(["console:kim"]);
  expect(notices[0]).toContain("using the welcome set, agents concierge and scribe");
});

test("admins may be given besides those that are written", () => {
  const options = { admins: ["console:kim"] };
  const written = { agents: "agents: [{ name: a }]", channels: 'workspace: { admins: ["slack:U1"] }' };
  expect(loadTexts(written, options).config?.workspace.admins).toEqual(["slack:U1", "console:kim"]);
  expect(loadTexts({}, options).config?.workspace.admins).toEqual(["console:kim"]);
});

test("models without agents are tried with the welcome agents", () => {
  const { config, notices } = loadTexts({ llm: "models: [{ name: m, provider: ollama }]" });
  expect(config?.agents.map(({ llm_model }) => llm_model)).toEqual(["m", "m"]);
  expect(notices).toEqual(["no agents.yaml in config: using the welcome agents concierge and scribe"]);
});

test("a lone OPENAI_API_KEY is a working set-up, whatever agents call their model", () => {
  const agents = "agents: [{ name: a, llm_model: main }, { name: b }, { name: c, llm_model: gpt-5-mini }]";
  const { config, problems, notices, secrets } = loadTexts({ agents }, { env });
  expect(problems).toEqual([]);
  expect(config?.agents.map(({ llm_model }) => config.models.find(({ name }) => name === llm_model)?.model)).toEqual([
    "gpt-5",
    "gpt-5",
    "gpt-5-mini",
  ]);
  expect(config?.models.every(({ api_key }) => api_key === env.OPENAI_API_KEY)).toBe(true);
  expect(notices).toEqual(["no llm.yaml, but OPENAI_API_KEY is set: agents use gpt-5 of OpenAI"]);
  expect(secrets).toContain(env.OPENAI_API_KEY);
});

test("agents name models by name, by the provider's name, by both, or not at all", () => {
  const llm =
    "models: [{ name: first, provider: ollama }, { name: main, provider: openai, model: gpt-5 }]\ndefault: gpt-5\n";
  const agents =
    "agents: [{ name: a, llm_model: main }, { name: b, llm_model: gpt-5 }, { name: c, llm_model: openai/gpt-5 }, { name: d }, { name: e, llm_model: anthropic/claude }, { name: f, llm_model: offline }]";
  const { config, problems } = loadTexts(
    { agents, llm },
    { env: { OPENAI_API_KEY: "k-openai", ANTHROPIC_API_KEY: "k-anthropic" } },
  );
  expect(problems).toEqual([]);
  expect(config?.agents.map(({ llm_model }) => llm_model)).toEqual([
    "main",
    "main",
    "main",
    "main",
    "anthropic/claude",
    "offline",
  ]);
  expect(config?.models.map(({ name, provider, api_key }) => [name, provider, api_key])).toEqual([
    ["first", "ollama", undefined],
    ["main", "openai", "k-openai"],
    ["anthropic/claude", "anthropic", "k-anthropic"],
    ["offline", "offline", undefined],
  ]);
});

test("a model whose key is nowhere is a warning", () => {
  const { config, warnings } = loadTexts({
    agents: "agents: [{ name: a }]",
    llm: "models: [{ name: m, provider: anthropic }]",
  });
  expect(config).toBeDefined();
  expect(warnings.map(({ text }) => text)).toEqual([
    "config/llm.yaml:1:10 models[0]: the model m has no api_key, and ANTHROPIC_API_KEY is not set",
  ]);
});

test("no config is given while there are problems", () => {
  expect(loadTexts({ agents: "agents: [{ name: a, x: 1 }]" }).config).toBeUndefined();
});

test("settings with nothing after their colon have their defaults", () => {
  const { config, problems } = loadTexts({
    agents: "agents:\n  - name: a\n    mcp_servers:\n    timeout:\n",
    channels: "channels:\nworkspace:\n",
    llm: "",
  });
  expect(problems).toEqual([]);
  expect(config?.agents[0]?.timeout).toBe(300_000);
  expect(config?.workspace).toMatchObject({ timezone: "UTC", language: "en", retention: { runs: 90 * 86_400_000 } });
});

test("an anchor's settings can be merged, and the entry's own win", () => {
  const { config, problems } = loadTexts({
    agents:
      "agents:\n  - &base\n    name: a\n    max_steps: 3\n    timeout: 1m\n  - <<: *base\n    name: b\n    max_steps: 4\n",
  });
  expect(problems).toEqual([]);
  expect(config?.agents[1]).toMatchObject({ name: "b", max_steps: 4, timeout: 60_000 });
});

test("a team may have many agents", () => {
  const many = Array.from(
    { length: 1000 },
    (_, n) => `  - { name: a${n}, role: r, max_steps: 3, timeout: 1m, aliases: [b${n}, c${n}] }`,
  );
  const { config, problems } = loadTexts({ agents: `agents:\n${many.join("\n")}\n` });
  expect(problems).toEqual([]);
  expect(config?.agents).toHaveLength(1000);
});

test("lengths of time are read as people write them", () => {
  const read = (timeout: string) =>
    loadTexts({ agents: `agents: [{ name: a, timeout: ${timeout} }]` }).config?.agents[0]?.timeout;
  expect(["5m", "1h30m", "90", '"90"', "1.5h", "2d", "500ms", "1h 5m"].map(read)).toEqual([
    300_000, 5_400_000, 90_000, 90_000, 5_400_000, 172_800_000, 500, 3_900_000,
  ]);
});

test("numbers and switches may come from variables, and numbers may hold underscores", () => {
  const { config, problems } = loadTexts(
    {
      agents: `agents:\n  - name: a\n    max_steps: \${STEPS}\n    enabled: \${ON:-false}\n    budget: { per_day_tokens: 2_000_000 }\n`,
    },
    { env: { STEPS: "7" } },
  );
  expect(problems).toEqual([]);
  expect(config?.agents[0]).toMatchObject({ max_steps: 7, enabled: false, budget: { per_day_tokens: 2_000_000 } });
});

test("settings without effect so far are told once, and defaults are not told", () => {
  const { notices } = loadTexts({
    agents:
      "agents: [{ name: a, budget: { per_day: 1 }, skills: [] }, { name: b, budget: { per_day: 2 }, approve: { x: requester, y: never, z: requester }, mode: chat }]",
    llm: "models: [{ name: m, provider: ollama }]",
    mcp_servers: "mcp_servers: [{ name: s, url: http://x, pin: on }]",
  });
  expect(notices).toEqual([
    "config/agents.yaml: agents[].budget — not yet in this version: it has no effect",
    "config/agents.yaml: agents[].approve: requester — not yet in this version: calls that need a yes are refused",
  ]);
});

test("secrets are the values of secret settings, not everything beside them", () => {
  const { secrets } = loadTexts(
    {
      llm: `models: [{ name: m, provider: custom, base_url: "http://x", api_key: "\${KEY}", headers: { X-Api-Key: written-out, X-Team: marketing } }]`,
      mcp_servers: `mcp_servers:\n  - { name: s, command: x, env: { TOKEN: "\${TOKEN}", LEVEL: verbose, PLACE: "\${PLACE}" } }\n  - { name: t, url: "http://x", headers: { Authorization: Bearer abcdefgh } }\n`,
      triggers: "triggers: [{ name: t, agent: concierge, type: webhook, secret: hook-secret }]",
    },
    { env: { KEY: "key-value", TOKEN: "token-value", PLACE: "x" } },
  );
  expect(new Set(secrets)).toEqual(
    new Set(["key-value", "written-out", "token-value", "abcdefgh", "Bearer abcdefgh", "hook-secret"]),
  );
});

test("a file no settings are read from is pointed out", async () => {
  await writeFile(join(folder, "agent.yaml"), "agents: []");
  await writeFile(join(folder, "agents.example.yaml"), "agents: [{ nonsense: 1 }]");
  await writeFile(join(folder, "notes.txt"), "");
  const { warnings } = await loadConfig(folder, { env: {} });
  expect(warnings.map(({ text }) => text)).toEqual([
    `${join(folder, "agent.yaml")}:1:1 is not read: no settings file has this name — did you mean "agents.yaml"?`,
  ]);
});

test("a list of MCP servers from elsewhere is pointed out, with the name it would be read by", async () => {
  const folder = await emptyFolder();
  for (const file of ["claude_desktop_config.json", ".mcp.json", "agents.json", "mcp.example.json"])
    await writeFile(join(folder, file), '{ "mcpServers": {} }');
  const { warnings } = await loadConfig(folder, { env: {} });
  const told =
    "is not read: no settings file has this name — if it is the list of MCP servers of another client, call it";
  expect(warnings.map(({ text }) => text)).toEqual([
    `${join(folder, ".mcp.json")}:1:1 ${told} mcp.json`,
    `${join(folder, "agents.json")}:1:1 is not read: only MCP servers may be named in JSON — write it as agents.yaml`,
    `${join(folder, "claude_desktop_config.json")}:1:1 ${told} mcp.json`,
  ]);
});

test("an MCP server that no agent has is pointed out", async () => {
  const folder = await emptyFolder();
  await writeFile(
    join(folder, "mcp.json"),
    '{ "mcpServers": { "fs": { "command": "npx" }, "off": { "command": "npx", "disabled": true } } }',
  );
  const { config, warnings } = await loadConfig(folder, { env: {} });
  expect(config?.mcp_servers).toHaveLength(2);
  expect(warnings.map(({ text }) => text)).toEqual([
    `${join(folder, "mcp.json")}:1:19 mcpServers.fs: no agent has fs — name it in mcp_servers of an agent in agents.yaml`,
  ]);
});

test("a toolbox that is not there yet is told of in both ways of writing it", async () => {
  const folder = await emptyFolder();
  const notice = "agents[].toolboxes";
  for (const [written, where] of [
    ["web", notice],
    ["{ name: web }", `${notice}[].name`],
  ]) {
    await writeFile(join(folder, "agents.yaml"), `agents: [{ name: a, toolboxes: [clock, ${written}] }]`);
    const { notices } = await loadConfig(folder, { env: {} });
    expect(notices.at(-1)).toBe(
      `${join(folder, "agents.yaml")}: ${where}: web — not yet in this version: agents do without them`,
    );
  }
});

test("two files that say the same kind of thing are a problem", async () => {
  await writeFile(join(folder, "mcp_servers.json"), '{ "mcpServers": {} }');
  await writeFile(join(folder, "mcp_servers.yaml"), "mcp_servers: []");
  const { config, problems } = await loadConfig(folder, { env: {} });
  expect(config).toBeUndefined();
  expect(problems.map(({ message }) => message)).toEqual([
    `says the same kind of thing as ${join(folder, "mcp_servers.json")}: keep one of them`,
  ]);
});

test("a Config can be made without files, with every default", () => {
  const config = Config.parse({ agents: [{ name: "a" }] });
  expect(config).toMatchObject({
    default_agent: "a",
    default_model: "offline",
    agents: [{ name: "a", llm_model: "offline", max_steps: 12 }],
  });
  expect(
    Config.safeParse({ agents: [{ name: "a", llm_model: "x" }], models: [{ name: "m", provider: "ollama" }] }).error
      ?.issues[0]?.message,
  ).toContain('no model named "x"');
});
