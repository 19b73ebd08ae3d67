import { z } from "zod";
import { aliasOf, Budget, duration, flag, name, number, oneOf, settings, text, title } from "./kinds.ts";

/** The toolboxes that come with the program. */
export const builtInToolboxes = [
  "chat",
  "schedules",
  "clock",
  "agents",
  "knowledge",
  "memory",
  "web",
  "shell",
  "code",
  "system",
] as const;
export type BuiltInToolbox = (typeof builtInToolboxes)[number];

/** The tools for resources of all servers: settings name them as if they were tools of each. */
export const resourceToolNames: readonly string[] = ["list_resources", "read_resource"];

const toolGlobs = z.array(text);
const preset = z.record(z.string(), z.record(z.string(), z.unknown()));

/** An MCP server as one agent sees it: its name, or its name with what of it is meant. */
const AgentServer = z
  .union([
    name.transform((server) => ({ name: server, deny: noGlobs(), reads: noGlobs(), preset: {} })),
    settings({
      name: name.describe("A server of mcp_servers.yaml."),
      tools: toolGlobs.optional().describe("Globs of the tools offered. Default: all."),
      enabled_functions: aliasOf("tools", toolGlobs),
      deny: toolGlobs.default([]).describe("Globs of tools never offered; stronger than `tools`."),
      reads: toolGlobs
        .default([])
        .describe("Globs of tools that only read; others change things unless their server says readOnlyHint."),
      preset: preset.optional().describe("By tool, arguments filled in at the call and hidden from the model."),
      preset_kwargs: aliasOf("preset", preset),
    }).transform(({ enabled_functions, preset_kwargs, ...server }) => {
      const tools = server.tools ?? enabled_functions;
      return { ...server, ...(tools === undefined ? {} : { tools }), preset: server.preset ?? preset_kwargs ?? {} };
    }),
  ])
  .transform((server): AgentServer => server);
type AgentServer = {
  name: string;
  tools?: string[] | undefined;
  deny: string[];
  reads: string[];
  preset: Record<string, Record<string, unknown>>;
};

function noGlobs(): string[] {
  return [];
}

const memoryKind = oneOf("in_memory", "database", "long_term");

const Memory = settings({
  kind: memoryKind.default("database").meta({
    description:
      "in_memory: forgotten at a restart. database: kept. long_term: kept, and facts are remembered across threads.",
    later: ["in_memory", "long_term"],
    meanwhile: "conversations are kept in the database",
  }),
  turns: number({ min: 0, max: 1000, whole: true })
    .prefault(40)
    .describe("Turns of a conversation given to the model."),
  compress: flag.prefault(false).meta({ description: "Older turns are summarised instead of left out.", later: true }),
  compression_model: title.optional().describe("The model that summarises. Default: the agent's own."),
});

const MemoryConfig = settings({
  type: memoryKind.optional().meta({
    description: "→ `memory.kind`",
    later: ["in_memory", "long_term"],
    meanwhile: "conversations are kept in the database",
  }),
  working_memory: settings({
    max_messages: number({ min: 0, max: 1000, whole: true }).optional().describe("→ `memory.turns`"),
    compression: flag.optional().meta({ description: "→ `memory.compress`", later: true }),
    compression_model: title.optional().describe("→ `memory.compression_model`"),
  })
    .optional()
    .describe("→ the rest of `memory`"),
}).transform(({ type, working_memory: working }) =>
  Memory.parse({
    kind: type,
    turns: working?.max_messages,
    compress: working?.compression,
    compression_model: working?.compression_model,
  }),
);

const ModelConfig = settings({
  provider: text.optional().describe("A provider of llm.yaml; with it `model_name` need not be listed there."),
  model_name: title.describe("→ `llm_model`"),
  temperature: number({ min: 0, max: 2 }).optional().describe("→ `temperature`"),
  stream: flag.prefault(true).meta({ description: "Answers always stream where the platform can.", later: true }),
});

const later = {
  later: builtInToolboxes.filter((name) => !["chat", "schedules", "clock"].includes(name)),
  meanwhile: "agents do without them",
};

/** A built-in toolbox as one agent has it: its name, or its name with what of it is meant. */
const AgentToolbox = z
  .union([
    oneOf(...builtInToolboxes).transform((box) => ({ name: box, deny: noGlobs(), preset: {} })),
    settings({
      name: oneOf(...builtInToolboxes).meta({ description: "A toolbox that comes with the program.", ...later }),
      tools: toolGlobs.optional().describe("Globs of the tools offered. Default: all."),
      deny: toolGlobs.default([]).describe("Globs of tools never offered; stronger than `tools`."),
      preset: preset.default({}).describe("By tool, arguments filled in at the call and hidden from the model."),
    }),
  ])
  .transform((box): AgentToolbox => box);
type AgentToolbox = {
  name: BuiltInToolbox;
  tools?: string[] | undefined;
  deny: string[];
  preset: Record<string, Record<string, unknown>>;
};

/** Who must say yes to a tool call. */
export const Approver = oneOf("never", "requester", "approvers", "deny");

/** An agent: instructions, a model and tools, named. */
export const Agent = settings({
  name: name.describe("How people call it: `@Bellhop NAME: …`."),
  aliases: z.array(name).default([]).describe("Other names it answers to."),
  role: text.optional().describe("One line, shown in /agents."),
  description: aliasOf("role", text),
  system_prompt: text.optional().describe("Its instructions. Default: its name and role in a sentence."),
  instructions: aliasOf("system_prompt", text),
  enabled: flag.prefault(true).describe("false: nobody can talk to it."),
  mode: oneOf("chat", "triggers").default("chat").describe("triggers: only schedules, hooks and events may start it."),
  llm_model: title
    .optional()
    .describe(
      "A `name` or `model` in llm.yaml, or `provider/model`. Default: llm.yaml's `default`. Without llm.yaml it means the offline model.",
    ),
  model_config: ModelConfig.optional().meta({
    alias: "llm_model",
    description: "Another spelling of `llm_model` and `temperature`.",
  }),
  fallbacks: z.array(title).default([]).describe("Models tried in order when its own does not answer."),
  temperature: number({ min: 0, max: 2 }).optional().describe("Default: the model's."),
  max_tokens: number({ min: 1, whole: true }).optional().describe("Tokens of one answer. Default: the model's."),
  max_steps: number({ min: 1, max: 200, whole: true }).prefault(12).describe("Model calls per run."),
  timeout: duration.prefault("5m").describe("How long a run may take; waiting for people does not count."),
  mcp_servers: z.array(AgentServer).default([]).describe("MCP servers whose tools it has: names, or maps as below."),
  toolboxes: z
    .array(AgentToolbox)
    .prefault(["chat", "schedules", "clock"])
    .meta({
      description:
        "Built-in toolboxes it has. schedules: it may propose scheduled work to whoever asks for it. chat: it may read what its asker may read, look people up, and put emoji on messages. clock: it knows what time it is, anywhere.",
      ...later,
    }),
  tools_budget: number({ min: 0, whole: true })
    .prefault(8000)
    .describe(
      "Tokens that the descriptions of its tools may take in each prompt; what does not fit is found through the tool `find_tools`.",
    ),
  approve: z
    .record(text, Approver)
    .default({})
    .meta({
      description:
        "By glob of `server.tool`, first match wins: who must say yes. Unmatched: the requester, when the tool calls itself destructive.",
      later: ["requester", "approvers"],
      meanwhile: "calls that need a yes are refused",
    }),
  budget: Budget.optional().meta({ description: "What it may spend.", later: true }),
  memory: Memory.optional().describe("What it keeps of a conversation."),
  memory_config: MemoryConfig.optional().meta({ alias: "memory", description: "Another spelling of `memory`." }),
  knowledge: z
    .array(name)
    .default([])
    .meta({ description: "Collections of knowledge.yaml it may search.", later: true }),
  skills: z.array(name).default([]).meta({ description: "Skills it may use.", later: true }),
  team: z.array(name).default([]).meta({ description: "Agents it may ask.", later: true }),
  cache: duration
    .optional()
    .describe("How long the answer to an identical model call is used again; tools are called anew. Default: never."),
}).transform(({ description, instructions, model_config, memory_config, ...agent }) => {
  const role = agent.role ?? description ?? "";
  const temperature = agent.temperature ?? model_config?.temperature;
  return {
    ...agent,
    role,
    system_prompt:
      agent.system_prompt ??
      instructions ??
      `You are ${agent.name}${role === "" ? "" : `, ${role}`}, in a team's chat.`,
    llm_model: agent.llm_model ?? modelNamed(model_config) ?? defaultModel,
    ...(temperature === undefined ? {} : { temperature }),
    memory: agent.memory ?? memory_config ?? Memory.parse({}),
    // A list: its order decides, and an object's keys may be reordered.
    approve: Object.entries(agent.approve).map(([tool, who]) => ({ tool, who })),
  };
});
export type Agent = z.infer<typeof Agent>;

/** Stands for llm.yaml's `default` until the models are known. */
export const defaultModel = "default";

function modelNamed(config: z.infer<typeof ModelConfig> | undefined): string | undefined {
  if (config === undefined) return undefined;
  return config.provider === undefined ? config.model_name : `${config.provider}/${config.model_name}`;
}
