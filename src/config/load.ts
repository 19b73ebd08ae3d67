import { join } from "node:path";
import type { z } from "zod";
import { mismatches, type ReadWhen, type WrittenNames } from "./cross-check.ts";
import { parseFile, writtenNames } from "./parse-file.ts";
import { inOrder, type Problem, problemAt, problemsOf } from "./problem.ts";
import { type FoundFile, readFiles } from "./read-files.ts";
import type { McpServer } from "./schema/mcp-server.ts";
import { providers } from "./schema/model.ts";
import { type Config, type ConfigFile, configFiles } from "./schema.ts";
import { type KeyOf, settleModels } from "./settle-models.ts";
import { type ReadSource, readSource, type SettingPath } from "./source.ts";
import { survey, worthHiding } from "./survey.ts";
import {
  type HouseServer,
  houseServer,
  welcomeAgents,
  welcomeChannels,
  welcomeNotices,
  welcomeServers,
} from "./welcome.ts";

/** What loading needs besides the folder. */
export interface LoadOptions {
  /** The variables that `${VAR}` and providers' keys are read from. */
  env: Readonly<Record<string, string | undefined>>;
  /** Reads a *when*; without it they are taken as they are. */
  readWhen?: ReadWhen | undefined;
  /** The MCP server of the welcome set. */
  house?: HouseServer | undefined;
  /** Admins besides those that are written. */
  admins?: readonly string[] | undefined;
}

/** What a folder of settings comes to. `config` is there exactly when there are no problems. */
export interface LoadedConfig {
  config: Config | undefined;
  files: FoundFile[];
  problems: Problem[];
  /** What is probably not meant, but can be lived with. */
  warnings: Problem[];
  /** Things to say once: the welcome set, settings that have no effect so far. */
  notices: string[];
  /** Values never to be shown or logged. */
  secrets: string[];
}

/** Reads the settings of a folder; all their problems are told at once. */
export async function loadConfig(folder: string, options: LoadOptions): Promise<LoadedConfig> {
  const { found, problems, warnings } = await readFiles(folder);
  const loaded = configFrom(folder, found, options);
  return {
    ...loaded,
    config: problems.length > 0 ? undefined : loaded.config,
    problems: [...problems, ...loaded.problems],
    warnings: [...warnings, ...loaded.warnings],
  };
}

/** The settings that these files of a folder come to. */
export function configFrom(folder: string, files: FoundFile[], options: LoadOptions): LoadedConfig {
  const { env, house, admins = [], readWhen = () => undefined } = options;
  const reading = readAll(files, env);
  const { written, settingsOf } = reading;
  const welcomed = !written.has("agents");
  const { agents } = settingsOf("agents", configFiles.agents, { agents: welcomeAgents(house) });
  const llm = settingsOf("llm", configFiles.llm);
  const { mcp_servers } = settingsOf("mcp_servers", configFiles.mcp_servers);
  const channels = settingsOf("channels", configFiles.channels, welcomed ? welcomeChannels() : {});
  const unsettled = {
    agents,
    ...llm,
    mcp_servers: welcomed ? withHouse(mcp_servers, house) : mcp_servers,
    ...channels,
    workspace: { ...channels.workspace, admins: [...new Set([...channels.workspace.admins, ...admins])] },
    ...settingsOf("schedules", configFiles.schedules),
    ...settingsOf("triggers", configFiles.triggers),
    ...settingsOf("knowledge", configFiles.knowledge),
    ...settingsOf("a2a_agents", configFiles.a2a_agents),
  };

  const { problems, warnings, notices, secrets } = reading;
  const keyOf: KeyOf = (provider) => env[providers[provider].key ?? ""] || undefined;
  const names = namesIn(written, unsettled);
  for (const { file, setting, message, severity } of mismatches(unsettled, names, keyOf, readWhen)) {
    const one = written.get(file);
    const where = reading.originOf(setting);
    const path = one?.source.path ?? join(folder, `${file}.yaml`);
    const told = problemAt(path, one?.read.place(where) ?? { line: 1, column: 1 }, where, message);
    (severity === "problem" ? problems : warnings).push(told);
  }
  const { config } = settleModels(unsettled, keyOf);
  return {
    config: problems.length > 0 ? undefined : config,
    files,
    problems: inOrder(problems, files),
    warnings: inOrder(warnings, files),
    notices: [
      ...welcomeNotices(folder, config, { welcomed, bare: files.length === 0, models: llm.models.length }),
      ...notices,
    ],
    secrets: [...new Set([...secrets, ...worthHiding(config.models.map(({ api_key }) => api_key ?? ""))])],
  };
}

type Written = Map<ConfigFile, { source: FoundFile; read: ReadSource }>;

// Parses one file after the other and gathers what there is to say of each.
function readAll(files: FoundFile[], env: LoadOptions["env"]) {
  const problems: Problem[] = [];
  const warnings: Problem[] = [];
  const notices: string[] = [];
  const secrets: string[] = [];
  const origins = new Map<string, SettingPath[]>();
  const written: Written = new Map(files.map((source) => [source.file, { source, read: readSource(source, env) }]));

  const settingsOf = <T>(file: ConfigFile, schema: z.ZodType<T>, otherwise: unknown = {}): T => {
    const one = written.get(file);
    if (one === undefined) return parseFile(schema, otherwise).kept;
    const { source, read } = one;
    const parsed = parseFile(schema, read.data ?? {});
    for (const [list, paths] of parsed.origins) origins.set(list, paths);
    const seen = survey(schema, source, read);
    for (const { setting, message, ...at } of read.complaints)
      problems.push(problemAt(source.path, at, setting, message));
    problems.push(...problemsOf(source, read, parsed.issues, seen.isSecret));
    warnings.push(...seen.warnings);
    notices.push(...seen.notices);
    secrets.push(...seen.secrets);
    return parsed.kept;
  };
  // Where an entry of the parsed lists is written: broken ones before it were left out.
  const originOf = ([list, row, ...rest]: SettingPath): SettingPath => {
    const origin = typeof row === "number" ? origins.get(String(list))?.[row] : undefined;
    return origin === undefined ? [list, row, ...rest].filter((step) => step !== undefined) : [...origin, ...rest];
  };
  return { written, settingsOf, originOf, problems, warnings, notices, secrets };
}

function withHouse(servers: McpServer[], house: HouseServer | undefined): McpServer[] {
  if (servers.some(({ name }) => name === houseServer)) return servers;
  return [...servers, ...configFiles.mcp_servers.parse({ mcp_servers: welcomeServers(house) }).mcp_servers];
}

// Broken entries have names too, and a file that cannot be read may hold any.
function namesIn(
  written: Written,
  fine: Pick<Config, "agents" | "a2a_agents" | "models" | "mcp_servers" | "knowledge">,
): WrittenNames {
  const named = (file: ConfigFile, entries: { name: string }[]) => {
    const read = written.get(file)?.read;
    if (read !== undefined && read.data === undefined) return undefined;
    return [...new Set([...entries.map(({ name }) => name), ...writtenNames(read?.data)])];
  };
  return {
    agents: named("agents", [...fine.agents, ...fine.a2a_agents]),
    models: named("llm", fine.models),
    mcp_servers: named("mcp_servers", fine.mcp_servers),
    knowledge: named("knowledge", fine.knowledge),
  };
}
