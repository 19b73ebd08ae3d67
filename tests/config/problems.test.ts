import fc from "fast-check";
import { expect, test } from "vitest";
import type { z } from "zod";
import { Agent } from "../../src/config/schema/agent.ts";
import { Channel } from "../../src/config/schema/channels.ts";
import { Model } from "../../src/config/schema/model.ts";
import { readSource } from "../../src/config/source.ts";
import { unwrap } from "../../src/config/visit-settings.ts";
import { loadTexts, problemsIn } from "./load-texts.ts";

function unwrapped(schema: z.ZodType): object {
  const { schema: map } = unwrap(schema);
  return "shape" in map ? Object(map.shape) : {};
}

test("a model that is not there is told at its line and column, with the nearest that is", () => {
  const llm = "models:\n  - { name: gpt-5, provider: openai, api_key: k }\n";
  const agents = "agents:\n  - name: one\n  - name: two\n    role: second\n    llm_model: gpt5\n";
  expect(problemsIn({ agents, llm })).toEqual([
    'config/agents.yaml:5:5 agents[1].llm_model: no model named "gpt5" — did you mean "gpt-5"?',
  ]);
});

test("all problems of all files are told at once, in the order of their lines", () => {
  const found = problemsIn({
    agents: "agents:\n  - name: a\n    max_steps: none\n    tempature: 1\n  - role: nameless\n",
    llm: "models:\n  - name: m\n    provider: opnai\n",
    mcp_servers: "mcp_servers:\n  - name: s\n",
    channels: "default_agent: nobody\nchannels:\n  - match: C0SUPPORT\n",
    schedules: "schedules:\n  - name: s\n    when: daily\n    prompt: x\n",
  });
  expect(found).toEqual([
    'config/agents.yaml:3:5 agents[0].max_steps: wanted a whole number from 1 to 200, came "none"',
    'config/agents.yaml:4:5 agents[0].tempature: no setting named "tempature" — did you mean "temperature"?',
    "config/agents.yaml:5:5 agents[1].name: is missing — wanted a name of letters, digits, dots, dashes (no spaces, at most 64)",
    'config/llm.yaml:3:5 models[0].provider: wanted one of openai, azure_openai, anthropic, dashscope, deepseek, ollama, custom, offline, openai_compatible, azure, came "opnai" — did you mean "openai"?',
    "config/mcp_servers.yaml:2:5 mcp_servers[0]: needs a command to start or a url to reach",
    'config/channels.yaml:1:1 default_agent: no agent named "nobody" — there is a',
    'config/channels.yaml:3:5 channels[0].match: wanted channels such as "slack:C0TEAM" or "discord:*", came "C0SUPPORT"',
    "config/schedules.yaml:2:5 schedules[0].to: is missing — wanted a list",
  ]);
});

test("a broken entry does not make the names it holds unknown", () => {
  const agents = "agents:\n  - name: ops\n    max_steps: 0\n  - name: other\n    team: [ops]\n";
  expect(problemsIn({ agents, channels: "default_agent: ops\n" })).toHaveLength(1);
});

test("entries after a broken one keep their own places", () => {
  const agents = "agents:\n  - name: a b\n  - name: ok\n    llm_model: nope\n";
  expect(problemsIn({ agents, llm: "models: [{ name: m, provider: ollama }]" })).toEqual([
    'config/agents.yaml:2:5 agents[0].name: wanted a name of letters, digits, dots, dashes (no spaces, at most 64), came "a b"',
    'config/agents.yaml:4:5 agents[1].llm_model: no model named "nope" — there are m',
  ]);
});

test("a file that cannot be read makes no false problems in the others", () => {
  const found = problemsIn({ agents: "agents: [", channels: "default_agent: ops\n" });
  expect(found).toHaveLength(1);
  expect(found[0]).toMatch(/^config\/agents\.yaml:1:\d+ cannot be read as YAML: /);
});

test("wrong kinds of values are named in plain words", () => {
  const says = (setting: string) =>
    problemsIn({ agents: `agents:\n  - name: a\n    ${setting}\n` })[0]
      ?.split(" ")
      .slice(1)
      .join(" ");
  expect(says("temperature: hot")).toBe('agents[0].temperature: wanted a number from 0 to 2, came "hot"');
  expect(says("temperature: 3")).toBe("agents[0].temperature: wanted a number from 0 to 2, came 3");
  expect(says("temperature: .nan")).toBe("agents[0].temperature: wanted a number from 0 to 2, came NaN");
  expect(says("max_steps: 1.5")).toBe("agents[0].max_steps: wanted a whole number from 1 to 200, came 1.5");
  expect(says("enabled: yes")).toBe('agents[0].enabled: wanted true or false, came "yes"');
  expect(says("role: 12")).toBe("agents[0].role: wanted text, came 12 — put it in quotes");
  expect(says('role: "  "')).toBe('agents[0].role: wanted text, came "  "');
  expect(says("aliases: oncall")).toBe('agents[0].aliases: wanted a list, came "oncall" — put it in [ ]');
  expect(says("timeout: soon")).toBe(
    'agents[0].timeout: wanted a length of time such as "90s", "5m" or "1h30m", came "soon"',
  );
  expect(says("timeout: -5")).toBe(
    'agents[0].timeout: wanted a length of time such as "90s", "5m" or "1h30m", came -5',
  );
  expect(says("mode: chats")).toBe('agents[0].mode: wanted one of chat, triggers, came "chats" — did you mean "chat"?');
  expect(says("memory: 40")).toBe("agents[0].memory: wanted a map of settings, came 40");
  expect(says("memory: { turns: many }")).toBe(
    'agents[0].memory.turns: wanted a whole number from 0 to 1000, came "many"',
  );
  expect(says("toolboxes: [clok]")).toContain('came "clok" — did you mean "clock"?');
  expect(says("approve: { x.*: someone }")).toBe(
    'agents[0].approve["x.*"]: wanted one of never, requester, approvers, deny, came "someone"',
  );
  expect(says("mcp_servers: [{ name: a, tool: [x] }]")).toBe(
    'agents[0].mcp_servers[0].tool: no setting named "tool" — did you mean "tools"?',
  );
  expect(says("mcp_servers: [[a]]")).toMatch(
    /^agents\[0\]\.mcp_servers\[0\]: wanted a name .*, or a map of settings, came a list$/,
  );
  expect(says("model_config: { provider: openai }")).toBe(
    "agents[0].model_config.model_name: is missing — wanted a name on one line, at most 100 characters",
  );
});

test("the form of an entry decides which complaint is shown", () => {
  const says = (channel: string) =>
    problemsIn({ channels: `channels:\n  - ${channel}\n` })[0]
      ?.split(" ")
      .slice(1)
      .join(" ");
  expect(says('{ match: "slack:*", approvers: [kim] }')).toBe(
    'channels[0].approvers[0]: wanted a person or role such as "slack:U0ADMIN" or "discord:role:123", came "kim"',
  );
  expect(says('{ match: "slack:*", schedulers: admin }')).toBe(
    'channels[0].schedulers: wanted everyone, members, admins, or a list, came "admin" — did you mean "admins"?',
  );
  expect(says('{ match: "slack:*", quiet_hours: "22-7" }')).toBe(
    'channels[0].quiet_hours: wanted hours such as "22:00-07:00", came "22-7"',
  );
  expect(says('{ match: "slack:*", timezone: Europe/Berln }')).toBe(
    'channels[0].timezone: wanted a time zone such as "Europe/Berlin", came "Europe/Berln"',
  );
  expect(says('{ match: "slack:*", timezone: "+02:00" }')).toContain("wanted a time zone");
  expect(says('{ match: "slack:*", language: de }')).toBe('channels[0].language: wanted one of en, zh-TW, came "de"');
});

test("a trigger says which types there are", () => {
  const says = (trigger: string) =>
    problemsIn({ agents: "agents: [{ name: a }]", triggers: `triggers:\n  - ${trigger}\n` }).map((line) =>
      line.split(" ").slice(1).join(" "),
    );
  expect(says("{ name: t, agent: a, type: web }")).toEqual([
    'triggers[0].type: wanted one of schedule, webhook, event, came "web"',
  ]);
  expect(says("{ name: t, agent: a }")).toEqual([
    "triggers[0].type: is missing — wanted one of schedule, webhook, event",
  ]);
  expect(says("{ name: t, agent: b, type: webhook }")).toEqual(['triggers[0].agent: no agent named "b" — there is a']);
});

test("a variable that is not set is one problem, not two", () => {
  expect(problemsIn({ llm: `models: [{ name: m, base_url: "\${GONE}" }]` })).toEqual([
    `config/llm.yaml:1:31 models[0].base_url: the variable GONE is not set — set it in the environment or .env and start again, or write \${GONE:-default}`,
  ]);
});

test("a password in an address is not shown", () => {
  expect(problemsIn({ mcp_servers: "mcp_servers: [{ name: s, url: 'ftp://me:hunter2@x' }]" })[0]).toContain(
    'came "ftp://…@x"',
  );
});

const yamlish = fc.string({
  unit: fc.constantFrom(
    "agents",
    "models",
    "channels",
    "name",
    "url",
    ":",
    " ",
    "\n",
    "\n  ",
    "- ",
    "[",
    "]",
    "{",
    "}",
    ",",
    "a",
    "1",
    "*a",
    "&a ",
    "<<",
    "$" + "{",
    "}",
    "|",
    "\t",
    "null",
    "'",
    '"',
    "#",
    "!",
  ),
  maxLength: 60,
});

test("whatever stands in a file, loading tells of it and does not throw", () => {
  fc.assert(
    fc.property(fc.constantFrom("agents", "llm", "mcp_servers", "channels", "triggers"), yamlish, (file, text) => {
      const { config, problems } = loadTexts({ [file]: text });
      expect(config === undefined).toBe(problems.length > 0);
      for (const { text } of problems) expect(text).toMatch(/^config\/\w+\.yaml:\d+:\d+ [^\n]+$/);
    }),
    { numRuns: 150 },
  );
});

const something = fc.jsonValue({ maxDepth: 3 });

test("whatever a setting holds, loading tells of it and does not throw", () => {
  const settings = Object.keys(unwrapped(Agent)).concat(
    Object.keys(unwrapped(Channel)),
    Object.keys(unwrapped(Model)),
    ["mcpServers", "command"],
  );
  const entry = fc.dictionary(fc.constantFrom(...settings), something, { maxKeys: 4 });
  fc.assert(
    fc.property(
      fc.constantFrom("agents", "models", "mcp_servers", "channels", "routes", "schedules"),
      fc.array(entry, { maxLength: 3 }),
      (list, entries) => {
        const file = list === "models" ? "llm" : list === "routes" ? "channels" : list;
        const { config, problems } = loadTexts({ [file]: JSON.stringify({ [list]: entries }) });
        expect(config === undefined).toBe(problems.length > 0);
        for (const { message } of problems) expect(message).not.toMatch(/Invalid|expected|received|undefined/);
      },
    ),
    { numRuns: 150 },
  );
});

test("a secret is not shown, neither as it is written nor as a variable's value", () => {
  const lines = problemsIn(
    { llm: `models:\n  - { name: m, api_key: [hunter2] }\n  - { name: n, base_url: "\${INTERNAL}" }\n` },
    { env: { INTERNAL: "hunter3" } },
  );
  expect(lines).toEqual([
    "config/llm.yaml:2:16 models[0].api_key: wanted text; stored secrets (secret:NAME) are not yet in this version, came a list",
    `config/llm.yaml:3:16 models[1].base_url: wanted a URL beginning with http:// or https://, came the value of \${INTERNAL}`,
  ]);
  expect(problemsIn({ llm: "models: [{ name: m, api_key: 123456789 }]" })[0]).toContain(
    "came a number (not shown: it is a secret)",
  );
});

test("a file of JSON is said to be none where it cannot be read", () => {
  const { complaints } = readSource({ path: "config/mcp.json", text: '{ "mcpServers": { "a": {} }' }, {});
  expect(complaints[0]?.message).toMatch(/^cannot be read as JSON: something is missing/);
});

test("YAML that cannot be read is told in plain words at its line", () => {
  const says = (agents: string) => problemsIn({ agents })[0];
  expect(says("agents:\n\t- name: a\n")).toBe(
    "config/agents.yaml:2:1 cannot be read as YAML: a tab cannot indent — use spaces",
  );
  expect(says("agents:\n  - name: a\n    name: b\n")).toBe(
    "config/agents.yaml:3:5 cannot be read as YAML: this setting is written twice in one map",
  );
  expect(says("agents: []\n---\nagents: []\n")).toContain("only one document");
  expect(says("agents:\n  - name: a: b\n")).toContain("a second colon on one line");
  expect(says("agents: *team\n")).toContain("has no anchor");
  expect(says("agents: !!js/function x\n")).toContain("tags (!…) are not known here");
  expect(says(`agents:\n  - { name: \${NAME} }\n`)).toContain("in quotes");
});

test("aliases that would unfold to more than can be meant are refused", () => {
  let bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n";
  for (let level = 1; level < 12; level++)
    bomb += `a${level}: &a${level} [${Array(9)
      .fill(`*a${level - 1}`)
      .join(", ")}]\n`;
  const found = problemsIn({ agents: bomb, channels: "default_agent: somebody" });
  expect(found).toEqual([expect.stringContaining("its aliases unfold to more than can be meant")]);
  expect(problemsIn({ agents: "agents: &a [*a]\n" }).join()).toMatch(/no anchor|nested too deeply/);
});

test("a file nested or grown beyond sense is refused, not crashed on", () => {
  expect(problemsIn({ agents: "[".repeat(20_000) }).length).toBeGreaterThan(0);
  expect(problemsIn({ agents: `agents: ${"[".repeat(100)}${"]".repeat(100)}` }).join()).toContain("nested too deeply");
  expect(problemsIn({ agents: `# ${"x".repeat(2_000_001)}` })).toEqual(["config/agents.yaml:1:1 is larger than 2 MB"]);
});

test("a list or a text where a map of settings belongs is told", () => {
  expect(problemsIn({ agents: "- name: a\n" })).toEqual([
    "config/agents.yaml:1:1 wanted a map of settings, came a list",
  ]);
  expect(problemsIn({ agents: "hello\n" })).toEqual(['config/agents.yaml:1:1 wanted a map of settings, came "hello"']);
});

test("a setting called __proto__ or constructor is unknown like any other", () => {
  const found = problemsIn({ agents: "agents:\n  - name: a\n    __proto__: { enabled: false }\n    constructor: x\n" });
  expect(found).toHaveLength(2);
  expect(found[0]).toContain('no setting named "__proto__"');
});

test("names are told apart without regard to case, aliases included", () => {
  expect(
    problemsIn({ agents: "agents: [{ name: ops, aliases: [oncall] }, { name: OPS }, { name: x, aliases: [OnCall] }]" }),
  ).toEqual([
    'config/agents.yaml:1:46 agents[1].name: there is already an agent called "OPS"',
    'config/agents.yaml:1:80 agents[2].aliases[0]: there is already an agent called "OnCall"',
  ]);
  expect(
    problemsIn({ llm: "models: [{ name: m, provider: ollama }, { name: m, provider: ollama }]" }).join(),
  ).toContain("already a model");
  expect(
    problemsIn({ mcp_servers: "mcp_servers: [{ name: s, url: http://x }, { name: S, url: http://y }]" }).join(),
  ).toContain("already an MCP server");
});

test("names across files must be there", () => {
  const found = problemsIn({
    agents: "agents: [{ name: ops, team: [opz], fallbacks: [mian], memory: { compression_model: gone } }]",
    llm: "models: [{ name: main, provider: ollama }]\ndefault: man\n",
    channels:
      'default_agent: opps\nroutes: [{ match: x, agent: nobody }]\nchannels: [{ match: "slack:*", agent: ob, agents: [ops, pos] }]\n',
    schedules: 'schedules: [{ name: s, when: daily, prompt: x, to: ["slack:C1"], agent: osp }]',
    a2a_agents: "a2a_agents: [{ name: far, url: http://x, fallback: opsy }, { name: ops, url: http://y }]",
  });
  expect(found.map((line) => line.split(" ").slice(1).join(" ").split(" — ")[0])).toEqual([
    'agents[0].team[0]: no agent named "opz"',
    'agents[0].fallbacks[0]: no model named "mian"',
    'agents[0].memory.compression_model: no model named "gone"',
    'default: no model named "man"',
    'default_agent: no agent named "opps"',
    'routes[0].agent: no agent named "nobody"',
    'channels[0].agent: no agent named "ob"',
    'channels[0].agents[1]: no agent named "pos"',
    'schedules[0].agent: no agent named "osp"',
    'a2a_agents[0].fallback: no agent named "opsy"',
    'a2a_agents[1].name: there is already an agent called "ops"',
  ]);
});

test("an agent naming an MCP server that is not there is a warning, and the rest goes on", () => {
  const { config, problems, warnings } = loadTexts({
    agents: "agents: [{ name: a, mcp_servers: [grafan] }]",
    mcp_servers: "mcp_servers: [{ name: grafana, url: http://x }]",
  });
  expect(problems).toEqual([]);
  expect(config?.agents[0]?.mcp_servers[0]?.name).toBe("grafan");
  expect(warnings.map(({ text }) => text)).toContain(
    'config/agents.yaml:1:35 agents[0].mcp_servers[0]: no MCP server named "grafan" — did you mean "grafana"?',
  );
});

test("a rule of who must say yes that can be for no tool is a warning: it would forbid nothing", () => {
  const rules =
    "grafna.delete_*: deny, delete_all: deny, grafana.x: deny, clock.now: never, '*.drop': deny, '*': never";
  const { problems, warnings } = loadTexts({
    agents: `agents: [{ name: a, mcp_servers: [grafana], approve: { ${rules}, read_resource: deny } }]`,
    mcp_servers: "mcp_servers: [{ name: grafana, url: http://x }]",
  });
  expect(problems).toEqual([]);
  expect(warnings.map(({ text }) => text.replace(/^.*approve/, "approve"))).toEqual([
    'approve["grafna.delete_*"]: it is a rule for no tool: no MCP server or toolbox is named "grafna" — did you mean "grafana"?',
    'approve.delete_all: it is a rule for no tool: wanted "server.tool", came "delete_all"',
  ]);
});

test("an agent may be routed to that lives elsewhere", () => {
  expect(
    problemsIn({
      agents: "agents: [{ name: a }]",
      a2a_agents: "a2a_agents: [{ name: stock-analyst, url: http://x }]",
      channels: "routes: [{ match: stock, agent: stock-analyst }]",
    }),
  ).toEqual([]);
});

test("an address of the older A2A protocol is refused with advice", () => {
  expect(
    problemsIn({ a2a_agents: "a2a_agents: [{ name: x, url: http://x/.well-known/agent.json }]" }).join(),
  ).toContain("older protocol and gone");
});

test("a when that cannot be read is told where it stands, with its zone's rules", () => {
  const readWhen = (when: string, timezone: string) =>
    when === "daily" ? undefined : `"${when}" is no time I know in ${timezone}`;
  expect(
    problemsIn(
      {
        agents: "agents: [{ name: a }]",
        channels: "workspace: { timezone: Asia/Taipei }",
        schedules:
          'schedules:\n  - { name: s, when: daily, prompt: x, to: ["slack:C1"] }\n  - { name: t, when: nonsense, prompt: x, to: ["slack:C1"] }\n',
      },
      { readWhen },
    ),
  ).toEqual(['config/schedules.yaml:3:16 schedules[1].when: "nonsense" is no time I know in Asia/Taipei']);
});

test("a schedule needs something to do and somewhere to post it", () => {
  const says = (fields: string) =>
    problemsIn({
      agents: "agents: [{ name: a }]",
      schedules: `schedules: [{ name: s, when: daily, ${fields} }]`,
    }).join();
  expect(says('to: ["slack:C1"]')).toContain("needs a prompt (only a digest can do without)");
  expect(says('to: ["slack:C1"], digest: true')).toBe("");
  expect(says("prompt: x, to: []")).toContain("needs at least one address");
  expect(says('prompt: x, to: ["slack:C1"], until: 2026-02-30')).toContain(
    'wanted a date such as "2026-12-24" or "2026-12-24T18:00", came "2026-02-30"',
  );
});

test("a route's regular expression must be of the linear-time kind", () => {
  const says = (match: string) =>
    problemsIn({ agents: "agents: [{ name: a }]", channels: `routes: [{ match: '${match}', agent: a }]` }).join();
  expect(says("/(?<=a)b/")).toContain("this regular expression cannot be used");
  expect(says("/(a/i")).toContain("this regular expression cannot be used");
  expect(says("/(stock|ticker)s?/i")).toBe("");
  expect(says("(stock|ticker)")).toBe("");
});

test("an MCP server is either started or reached", () => {
  const says = (server: string) =>
    problemsIn({ mcp_servers: `mcp_servers:\n  - { name: s, ${server} }\n` }).map((line) =>
      line.split(" ").slice(1).join(" "),
    );
  expect(says("command: x, url: http://x")).toEqual([
    "mcp_servers[0].url: has a command and a url; only one can be meant",
  ]);
  expect(says("transport: sse, command: x")).toEqual(["mcp_servers[0].command: sse needs a url, not a command"]);
  expect(says("transport: stdio, url: http://x")).toEqual(["mcp_servers[0].url: stdio needs a command, not a url"]);
  expect(says("command: x, api_key: k")).toEqual([
    "mcp_servers[0].api_key: is sent to a url; give a command its key in env",
  ]);
  expect(says("command: x, headers: { a: b }")).toEqual([
    "mcp_servers[0].headers: are sent to a url; a command gets env",
  ]);
  expect(says("url: http://x, args: [a]")).toEqual(["mcp_servers[0].args: is for a command; this server has a url"]);
  expect(says("command: x, oauth: true")).toEqual(["mcp_servers[0].oauth: is for a url; a command gets env"]);
  expect(says("command: x, oauth: false")).toEqual([]);
  const twoWays = "mcp_servers[0].oauth: signs in by itself; leave out api_key and the Authorization header, or this";
  expect(says("url: http://x, oauth: true, api_key: k")).toEqual([twoWays]);
  expect(says("url: http://x, oauth: {}, headers: { authorization: k }")).toEqual([twoWays]);
  expect(says("url: http://x, oauth: { client_secret: k }")).toEqual([
    "mcp_servers[0].oauth.client_secret: belongs to a client_id, and there is none",
  ]);
  expect(says("url: http://x, oauth: { client_id: i, client_secret: k, scopes: [read] }")).toEqual([]);
  expect(says("url: ftp://x")).toEqual([
    'mcp_servers[0].url: wanted a URL beginning with http:// or https://, came "ftp://x"',
  ]);
});

test("models that need it must say where they are", () => {
  expect(problemsIn({ llm: "models: [{ name: m, provider: custom }]" }).join()).toContain(
    "provider custom needs a base_url",
  );
  expect(problemsIn({ llm: "models: [{ provider: ollama }]" }).join()).toContain("a model needs a name");
  expect(problemsIn({ llm: "models: [{ name: m, provider: ollama, active: false }]" }).join()).toContain(
    "no model is active",
  );
  expect(problemsIn({ llm: "llm: { provider: openai_compatible, default_model: m }" }).join()).toContain(
    "provider custom needs a base_url",
  );
});

test("what other clients and agents write of a server is told with what it is here", () => {
  const says = (written: string) =>
    problemsIn({ mcp_servers: `mcp_servers:\n  s: { command: npx, ${written} }\n` }).map((text) =>
      text.split(" ").slice(1).join(" "),
    );
  const at = "mcp_servers.s.";
  expect(says("serverUrl: http://x")).toEqual([`${at}serverUrl: no setting named "serverUrl" — did you mean "url"?`]);
  expect(says("autoApprove: [a]")).toEqual([
    `${at}autoApprove: no setting named "autoApprove" — leave it out: who must say yes to a call is said by \`approve\` of an agent`,
  ]);
  expect(says("reads: [a]")).toEqual([
    `${at}reads: no setting named "reads" — it belongs to the server where an agent names it, in agents.yaml`,
  ]);
  expect(says("excludeTools: [a]")).toEqual([
    `${at}excludeTools: no setting named "excludeTools" — did you mean "deny"?`,
  ]);
  expect(says("pin: no")).toEqual([`${at}pin: wanted one of on, off, came "no" — did you mean "off"?`]);
  expect(says("pin: true")).toEqual([`${at}pin: wanted one of on, off, came true — did you mean "on"?`]);
  expect(says(`env: { KEY: "\${env:KEY}" }`)).toEqual([
    `${at}env.KEY: \${env:KEY} is not known here — write \${VAR}, and set VAR in the environment or .env`,
  ]);
});
