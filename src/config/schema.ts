import { z } from "zod";
import { A2aAgent, A2aAgentsFile } from "./schema/a2a-agent.ts";
import { Agent } from "./schema/agent.ts";
import { Channel, ChannelsFile, Limits, Route, Workspace } from "./schema/channels.ts";
import { settings } from "./schema/kinds.ts";
import { Knowledge, KnowledgeFile } from "./schema/knowledge.ts";
import { McpServer, McpServersFile } from "./schema/mcp-server.ts";
import { LlmFile, Model } from "./schema/model.ts";
import { Schedule, SchedulesFile } from "./schema/schedule.ts";
import { Trigger, TriggersFile } from "./schema/trigger.ts";
import { settleModels } from "./settle-models.ts";

/** agents.yaml */
export const AgentsFile = settings({
  agents: z.array(Agent).default([]).describe("The team's agents."),
});

/** The files a team writes, by name without its ending. */
export const configFiles = {
  agents: AgentsFile,
  llm: LlmFile,
  mcp_servers: McpServersFile,
  channels: ChannelsFile,
  schedules: SchedulesFile,
  triggers: TriggersFile,
  knowledge: KnowledgeFile,
  a2a_agents: A2aAgentsFile,
};
export type ConfigFile = keyof typeof configFiles;

/** All settings of a team, as the files together say them, with every default filled in. */
export const Config = settings({
  agents: z.array(Agent).default([]),
  models: z.array(Model).default([]),
  default_model: z.string().optional(),
  embeddings: LlmFile.in.shape.embeddings,
  mcp_servers: z.array(McpServer).default([]),
  workspace: Workspace.prefault({}),
  default_agent: z.string().optional(),
  routes: z.array(Route).default([]),
  limits: Limits.prefault({}),
  channels: z.array(Channel).default([]),
  schedules: z.array(Schedule).default([]),
  triggers: z.array(Trigger).default([]),
  knowledge: z.array(Knowledge).default([]),
  a2a_agents: z.array(A2aAgent).default([]),
}).transform((written, context) => {
  const { config, unknown } = settleModels(written);
  for (const { path, message } of unknown) context.issues.push({ code: "custom", message, path, input: written });
  return config;
});
export type Config = z.infer<typeof Config>;
