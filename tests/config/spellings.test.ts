import { expect, test } from "vitest";
import { fileCalled } from "../../src/config/read-files.ts";
import { loadTexts } from "./load-texts.ts";

const models = "models: [{ name: main, provider: ollama }, { name: qwen-max, provider: dashscope, api_key: k }]";

function agent(fields: string) {
  const { config, problems, warnings } = loadTexts({
    agents: `agents:\n  - name: a\n${fields.replace(/^/gm, "    ")}`,
    llm: models,
  });
  expect(problems.map(({ text }) => text)).toEqual([]);
  return { ...config?.agents[0], warnings: warnings.map(({ message }) => message) };
}

test("instructions are a system prompt", () => {
  expect(agent("instructions: Be kind.")).toMatchObject({ system_prompt: "Be kind.", role: "" });
});

test("a description is a role", () => {
  expect(agent("description: helps")).toMatchObject({
    role: "helps",
    system_prompt: "You are a, helps, in a team's chat.",
  });
});

test("when both spellings are written the proper one wins, and that is said", () => {
  expect(agent("system_prompt: A\ninstructions: B\nrole: C\ndescription: D")).toMatchObject({
    system_prompt: "A",
    role: "C",
    warnings: ["has no effect, since system_prompt is written too", "has no effect, since role is written too"],
  });
});

test("model_config names a model and a temperature", () => {
  expect(
    agent("model_config: { provider: dashscope, model_name: qwen-max, temperature: 0.3, stream: true }"),
  ).toMatchObject({
    llm_model: "qwen-max",
    temperature: 0.3,
  });
  expect(agent("model_config: { model_name: main }")).toMatchObject({ llm_model: "main" });
  expect(agent("model_config: { provider: openai, model_name: gpt-4o }")).toMatchObject({ llm_model: "openai/gpt-4o" });
});

test("memory_config is a memory", () => {
  expect(
    agent(
      "memory_config: { type: in_memory, working_memory: { max_messages: 10, compression: true, compression_model: main } }",
    ),
  ).toMatchObject({
    memory: { kind: "in_memory", turns: 10, compress: true, compression_model: "main" },
  });
  expect(agent("memory_config: { type: database }")).toMatchObject({
    memory: { kind: "database", turns: 40, compress: false },
  });
});

test("enabled_functions are tools and preset_kwargs are presets, on an agent's server and on a server", () => {
  expect(
    agent("mcp_servers: [{ name: s, enabled_functions: [a], preset_kwargs: { search: { index: docs } } }]"),
  ).toMatchObject({
    mcp_servers: [{ name: "s", tools: ["a"], preset: { search: { index: "docs" } } }],
  });
  const { config } = loadTexts({
    mcp_servers: "servers: [{ name: s, url: http://x, enabled_functions: [a], preset_kwargs: { b: { c: 1 } } }]",
  });
  expect(config?.mcp_servers).toMatchObject([{ name: "s", tools: ["a"], preset: { b: { c: 1 } } }]);
});

test("servers have a mode and an api_key", () => {
  const { config, problems } = loadTexts({
    mcp_servers:
      "servers:\n  - { name: s, mode: sse, url: http://x/sse, api_key: abc }\n  - { name: t, mode: stdio, command: x }\n",
  });
  expect(problems).toEqual([]);
  expect(config?.mcp_servers).toMatchObject([
    { name: "s", transport: "sse", headers: { Authorization: "Bearer abc" } },
    { name: "t", transport: "stdio" },
  ]);
});

test("the common mcpServers form is read, with its own words", () => {
  const { config, problems } = loadTexts({
    mcp_servers: JSON.stringify({
      mcpServers: {
        filesystem: { command: "npx", args: ["-y", "server", 8080], env: { PORT: 1 } },
        remote: { type: "streamable-http", url: "https://x/mcp", headers: { A: "b" } },
        off: { command: "x", disabled: true },
      },
    }),
  });
  expect(problems.map(({ text }) => text)).toEqual([]);
  expect(config?.mcp_servers).toMatchObject([
    { name: "filesystem", transport: "stdio", args: ["-y", "server", "8080"], env: { PORT: "1" }, enabled: true },
    { name: "remote", transport: "http", headers: { A: "b" } },
    { name: "off", enabled: false },
  ]);
});

test("problems in the mcpServers form are told by the server's name", () => {
  const { problems } = loadTexts({
    mcp_servers: '{ "mcpServers": {\n  "fs": { "command": 5 },\n  "bad name": { "command": "x" },\n  "none": {}\n} }',
  });
  expect(problems.map(({ text }) => text)).toEqual([
    "config/mcp_servers.yaml:2:11 mcpServers.fs.command: wanted text, came 5 — put it in quotes",
    'config/mcp_servers.yaml:3:3 mcpServers["bad name"]: as a name, wanted a name of Latin letters, digits, dots, dashes (at most 32, no double underscore)',
  ]);
});

test("mcp_servers may be a map by name too", () => {
  expect(loadTexts({ mcp_servers: "mcp_servers: { s: { url: http://x } }" }).config?.mcp_servers).toMatchObject([
    { name: "s", transport: "http" },
  ]);
});

test("the older short form of llm.yaml is one model for every agent", () => {
  const { config, problems } = loadTexts({
    agents: "agents: [{ name: a }]",
    llm: 'llm: { provider: openai_compatible, base_url: "https://api.example.com/v1", api_key: k, default_model: big }',
  });
  expect(problems).toEqual([]);
  expect(config?.models).toMatchObject([
    { name: "big", provider: "custom", model: "big", base_url: "https://api.example.com/v1", api_key: "k" },
  ]);
  expect(config?.agents[0]?.llm_model).toBe("big");
});

test("a model may be listed by model_name, and azure is azure_openai", () => {
  const { config } = loadTexts({
    llm: 'models: [{ provider: azure, model_name: gpt-5, base_url: "https://r.openai.azure.com/openai/v1/", display_name: Five }]',
  });
  expect(config?.models).toMatchObject([{ name: "gpt-5", provider: "azure_openai", display_name: "Five" }]);
});

test("files may end in .yml", () => {
  expect([
    fileCalled("agents.yml"),
    fileCalled("mcp.json"),
    fileCalled("agents.json"),
    fileCalled("agents.example.yaml"),
  ]).toEqual(["agents", "mcp_servers", undefined, undefined]);
});
