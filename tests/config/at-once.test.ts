import { describe, expect, test } from "vitest";
import type { ConfigFile } from "../../src/config/schema.ts";
import { loadTexts, problemsIn } from "./load-texts.ts";

const llm = "models: [{ name: main, provider: ollama, model: llama3 }]\n";

/** What is said, without the places: `agents[0].llm_model: no model named "x"`. */
function said(texts: Partial<Record<ConfigFile, string>>, env: Record<string, string> = {}): string[] {
  return problemsIn(texts, { env }).map((line) => line.split(" ").slice(1).join(" ").split(" — ")[0] ?? "");
}

describe("every problem at once", () => {
  test("a wrong setting, an unknown one and a model that is not there, in one agent", () => {
    const agents =
      "agents:\n  - name: ops\n    tempature: 1\n    max_steps: none\n    llm_model: mian\n    team: [nobody]\n";
    expect(problemsIn({ agents, llm })).toEqual([
      'config/agents.yaml:3:5 agents[0].tempature: no setting named "tempature" — did you mean "temperature"?',
      'config/agents.yaml:4:5 agents[0].max_steps: wanted a whole number from 1 to 200, came "none"',
      'config/agents.yaml:5:5 agents[0].llm_model: no model named "mian" — did you mean "main"?',
      'config/agents.yaml:6:12 agents[0].team[0]: no agent named "nobody" — there is ops',
    ]);
  });

  test("an item of a list that is wrong, and the item after it, each at its place", () => {
    expect(
      problemsIn({
        agents: "agents:\n  - name: ops\n    fallbacks:\n      - 5\n      - mian\n    aliases: [a b, ops]\n",
        llm,
      }),
    ).toEqual([
      "config/agents.yaml:4:9 agents[0].fallbacks[0]: wanted a name on one line, at most 100 characters, came 5",
      'config/agents.yaml:5:9 agents[0].fallbacks[1]: no model named "mian" — did you mean "main"?',
      'config/agents.yaml:6:15 agents[0].aliases[0]: wanted a name of letters, digits, dots, dashes (no spaces, at most 64), came "a b"',
      'config/agents.yaml:6:20 agents[0].aliases[1]: there is already an agent called "ops"',
    ]);
  });

  test("deep inside a setting, too", () => {
    expect(said({ agents: "agents: [{ name: a, memory: { turns: many, compression_model: gone } }]", llm })).toEqual([
      'agents[0].memory.turns: wanted a whole number from 0 to 1000, came "many"',
      'agents[0].memory.compression_model: no model named "gone"',
    ]);
    const { warnings } = loadTexts({
      agents: "agents: [{ name: a, mcp_servers: [{ name: grafan, tool: [x] }, 7, grafana, grafano] }]",
      mcp_servers: "mcp_servers: [{ name: grafana, url: http://x }]",
    });
    expect(warnings.map(({ text }) => text.split(" — ")[0])).toEqual([
      'config/agents.yaml:1:35 agents[0].mcp_servers[0]: no MCP server named "grafan"',
      'config/agents.yaml:1:76 agents[0].mcp_servers[3]: no MCP server named "grafano"',
    ]);
  });

  test("in an entry that lacks what it cannot do without", () => {
    expect(
      said({
        agents: "agents: [{ name: a }, { llm_model: mian }]",
        llm,
        channels: 'routes: [{ match: "/(/" }, { agent: nobody }]\nchannels: [{ agent: nobody }]\n',
        schedules: "schedules: [{ agent: nobody }, { name: x, when: daily, to: [here], agent: none }]",
        triggers: "triggers: [{ type: web, agent: nobody, on: message }, { name: x, agent: none, type: event }]",
        a2a_agents: "a2a_agents: [{ fallback: nobody }]",
      }).filter((line) => !/is missing|wanted/.test(line)),
    ).toEqual([
      'agents[1].llm_model: no model named "mian"',
      "routes[0].match: this regular expression cannot be used: missing closing ): `(` (look-around and back-references are not of the linear-time kind)",
      'routes[1].agent: no agent named "nobody"',
      'channels[0].agent: no agent named "nobody"',
      'schedules[0].agent: no agent named "nobody"',
      'schedules[1].agent: no agent named "none"',
      'triggers[0].agent: no agent named "nobody"',
      'triggers[1].agent: no agent named "none"',
      'a2a_agents[0].fallback: no agent named "nobody"',
    ]);
  });

  test("names twice, when an entry of that name is broken", () => {
    expect(
      said({
        agents: "agents: [{ name: a, max_steps: 0 }, { name: A }]",
        llm: "models: [{ name: m, provider: custom }, { name: m, provider: ollama }]",
        mcp_servers: "mcp_servers: [{ name: s }, { name: s, url: http://x }]",
      }),
    ).toEqual([
      "agents[0].max_steps: wanted a whole number from 1 to 200, came 0",
      'agents[1].name: there is already an agent called "A"',
      "models[0]: provider custom needs a base_url",
      'models[1].name: there is already a model called "m"',
      "mcp_servers[0]: needs a command to start or a url to reach",
      'mcp_servers[1].name: there is already an MCP server called "s"',
    ]);
  });
});

describe("what follows only from a problem is none of its own:", () => {
  for (const [what, texts, only] of [
    [
      "a variable that is not set, and a model of that name",
      { agents: `agents: [{ name: a, llm_model: "gpt-\${GONE}", fallbacks: ["\${GONE}"] }]`, llm },
      ["agents[0].llm_model: the variable GONE is not set", "agents[0].fallbacks[0]: the variable GONE is not set"],
    ],
    [
      "a misspelt name, and those who name it",
      {
        agents: "agents: [{ naem: ops }]",
        llm: "models: [{ naem: main, provider: ollama, model: llama3 }, { name: b, provider: ollama, modle: c }]",
        channels: "default_agent: ops\nroutes: [{ match: x, agent: ops }]\n",
        schedules: 'schedules: [{ name: s, when: daily, prompt: x, to: ["slack:C1"], agent: ops }]',
      },
      [
        "agents[0].name: is missing",
        'agents[0].naem: no setting named "naem"',
        'models[0].naem: no setting named "naem"',
        'models[1].modle: no setting named "modle"',
      ],
    ],
    [
      "a misspelt list, and those who name what is in it",
      { agents: "agent: [{ name: ops }]", channels: "default_agent: ops" },
      ['agent: no setting named "agent"'],
    ],
    [
      "a list that is a map, and those who name what is in it",
      { agents: "agents: { ops: {} }", channels: "default_agent: ops" },
      ["agents: wanted a list, came a map"],
    ],
    [
      "half of a model_config, and the model it would mean without the rest",
      { agents: "agents: [{ name: a, model_config: { provder: openai, model_name: gpt-5 } }]", llm },
      ['agents[0].model_config.provder: no setting named "provder"'],
    ],
    [
      "a provider, and the model named with it",
      { agents: "agents: [{ name: a, llm_model: custom/x }]", llm: "models: [{ name: m, provider: custm, model: x }]" },
      [
        'models[0].provider: wanted one of openai, azure_openai, anthropic, dashscope, deepseek, ollama, custom, offline, openai_compatible, azure, came "custm"',
      ],
    ],
    [
      "a command, and what only a url may not have",
      { mcp_servers: "mcp_servers: [{ name: s, command: [x], args: [y] }]" },
      ["mcp_servers[0].command: wanted text, came a list"],
    ],
    [
      "a model's name, and another called as it is by its provider",
      { llm: 'models: [{ name: " x", provider: ollama, model: b }, { name: b, provider: ollama }]' },
      ['models[0].name: wanted a name on one line, at most 100 characters, came " x"'],
    ],
  ] satisfies [string, Partial<Record<ConfigFile, string>>, string[]][]) {
    test(what, () => expect(said(texts).sort()).toEqual([...only].sort()));
  }

  test("a key that cannot be read, and that there is none", () => {
    const warningsOf = (model: string) => loadTexts({ llm: `models: [{ name: m, ${model} }]` }).warnings;
    expect(warningsOf("provider: openai")).toHaveLength(1);
    expect(warningsOf("api_key: [k]")).toEqual([]);
    expect(warningsOf("api_kye: k")).toEqual([]);
    expect(warningsOf("provider: olama")).toEqual([]);
  });

  test("a zone, and what a time means in it", () => {
    const readWhen = (when: string, zone: string) => (when === "daily" ? undefined : `${when} is nothing in ${zone}`);
    const says = (zone: string, own = "") =>
      problemsIn(
        {
          agents: "agents: [{ name: a }]",
          channels: `workspace: { timezone: ${zone} }`,
          schedules: `schedules: [{ name: s, when: noon, prompt: x, to: ["slack:C1"]${own} }]`,
        },
        { readWhen },
      ).filter((line) => line.includes("noon"));
    expect(says("Asia/Taipei")).toHaveLength(1);
    expect(says("Asia/Tapei")).toEqual([]);
    expect(says("Asia/Taipei", ", timezone: Tapei")).toEqual([]);
    expect(says("Asia/Tapei", ", timezone: Asia/Taipei")).toHaveLength(1);
  });
});

type Data = { [key: string]: unknown };

// Everything that files can say of each other, half of it wrong.
const team: Partial<Record<ConfigFile, Data>> = {
  agents: {
    agents: [
      {
        name: "ops",
        aliases: ["oncall", "duty"],
        llm_model: "main",
        fallbacks: ["spare", "gone"],
        memory: { turns: 5, compression_model: "llama3" },
        mcp_servers: ["grafana", { name: "lost", tools: ["a*"] }],
        team: ["scribe", "nobody"],
        knowledge: ["handbook", "lost"],
        max_steps: 5,
      },
      { name: "scribe", model_config: { provider: "ollama", model_name: "phi" }, llm_model: "custom/tiny" },
      { name: "duty", memory_config: { type: "database", working_memory: { compression_model: "gone" } } },
    ],
  },
  llm: {
    models: [
      { name: "main", provider: "openai", api_key: "k-123456", price: { input: 1, output: 2 } },
      { name: "spare", provider: "ollama", model: "llama3", active: false },
      { name: "tiny", provider: "custom", base_url: "http://x", model: "tiny" },
      { provider: "openai", model: "keyless" },
    ],
    default: "main",
  },
  mcp_servers: {
    mcp_servers: [
      { name: "grafana", command: "run", args: ["-x"], env: { A: "b" } },
      { name: "far", url: "http://x", headers: { A: "b" } },
    ],
  },
  channels: {
    workspace: { timezone: "Asia/Taipei", admins: ["slack:U1"] },
    default_agent: "nobody",
    routes: [
      { match: "/(a|b)/", agent: "ops" },
      { match: "(", agent: "nobody" },
    ],
    channels: [
      { match: "slack:*", agent: "ops", agents: ["scribe", "nobody"] },
      { match: "discord:*", agent: "scribe" },
    ],
  },
  schedules: {
    schedules: [
      { name: "s", when: "noon", prompt: "x", to: ["slack:C1"], agent: "nobody" },
      { name: "s", when: "daily", timezone: "Europe/Berlin", digest: true, to: ["slack:C1"], agent: "ops" },
    ],
  },
  triggers: {
    triggers: [
      { type: "schedule", name: "t", agent: "ops", when: "noon" },
      { type: "event", name: "t", agent: "nobody", on: "message", match: "(" },
      { type: "webhook", name: "w", agent: "scribe", methods: ["GET"] },
    ],
  },
  knowledge: { knowledge: [{ name: "handbook", paths: ["docs"] }] },
  a2a_agents: {
    a2a_agents: [
      { name: "ops", url: "http://x", fallback: "scribe" },
      { name: "far", command: "run", fallback: "lost" },
    ],
  },
};

const between =
  /^(no (agent|model|MCP server|collection) named|there is already|there are no agents|the model \S+ (is not active|has no api_key)|no model is active|\S+ answers here by default|noon is nothing|this regular expression)/;

/** What is said of how the files fit together: `agents[0].team[1]: no agent named "nobody"`. */
function misfits(files: Partial<Record<ConfigFile, Data>>): string[] {
  const texts = Object.fromEntries(Object.entries(files).map(([file, data]) => [file, JSON.stringify(data)]));
  const readWhen = (when: string) => (when === "noon" ? "noon is nothing" : undefined);
  const { problems, warnings } = loadTexts(texts, { readWhen });
  return [...problems, ...warnings].flatMap(({ setting, message }) =>
    between.test(message) ? [`${setting}: ${message.split(" — ")[0]}`] : [],
  );
}

/** Every way to break one setting: its value, or its name (past recognition, or by a slip). */
function* broken(value: unknown): Generator<{ value: unknown; at: string }> {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries())
      for (const one of broken(item)) yield { value: value.with(index, one.value), at: `[${index}]${one.at}` };
  } else if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value);
    for (const [index, [key, inner]] of entries.entries()) {
      const swapped = `${key[1] ?? ""}${key[0] ?? ""}${key.slice(2)}`;
      for (const name of [swapped, "zzzz"])
        yield { value: Object.fromEntries(entries.with(index, [name, inner])), at: `.${key} → ${name}` };
      for (const one of broken(inner))
        yield { value: Object.fromEntries(entries.with(index, [key, one.value])), at: `.${key}${one.at}` };
    }
  }
  for (const wrong of [[[]], { "z z": 1 }, `$\{GONE}`]) yield { value: wrong, at: ` = ${JSON.stringify(wrong)}` };
}

test("whichever setting is broken, and however, nothing is said of the rest that was not true before", () => {
  const before = new Set(misfits(team));
  expect(before.size).toBe(21);
  const invented: string[] = [];
  let tried = 0;
  for (const [file, data] of Object.entries(team)) {
    for (const { value, at } of broken(data)) {
      tried++;
      for (const line of misfits({ ...team, [file]: value as Data })) {
        if (!before.has(line)) invented.push(`${file}${at}: ${line}`);
      }
    }
  }
  expect(tried).toBeGreaterThan(500);
  expect(invented).toEqual([]);
}, 60_000);
