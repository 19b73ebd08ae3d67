import { join } from "node:path";
import type { z } from "zod";
import { mismatches, type ReadWhen, type Whereabouts, type WrittenNames } from "./cross-check.ts";
import { type Parsed, parseFile } from "./parse-file.ts";
import { inOrder, type Problem, problemAt, problemsOf } from "./problem.ts";
import { type FoundFile, readFiles } from "./read-files.ts";
import { isNobody } from "./readable.ts";
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
  const names = namesIn(reading, unsettled);
  for (const { file, setting, message, severity, since = [] } of mismatches(unsettled, names, keyOf, readWhen)) {
    const one = written.get(file);
    const where = reading.originOf(file, setting);
    if (reading.isBroken(file, where, since)) continue;
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
  const parsedFiles = new Map<ConfigFile, Parsed<unknown>>();
  const written: Written = new Map(files.map((source) => [source.file, { source, read: readSource(source, env) }]));

  const settingsOf = <T>(file: ConfigFile, schema: z.ZodType<T>, otherwise: unknown = {}): T => {
    const one = written.get(file);
    if (one === undefined) return parseFile(schema, otherwise).kept;
    const { source, read } = one;
    const unreadable = read.complaints.flatMap(({ setting }) => (setting.length > 0 ? [setting] : []));
    const parsed = parseFile(schema, read.data ?? {}, unreadable);
    parsedFiles.set(file, parsed);
    const seen = survey(schema, source, read);
    for (const { setting, message, ...at } of read.complaints)
      problems.push(problemAt(source.path, at, setting, message));
    problems.push(...problemsOf(source, read, parsed.issues, seen.isSecret));
    warnings.push(...seen.warnings);
    notices.push(...seen.notices);
    secrets.push(...seen.secrets);
    return parsed.kept;
  };
  const originOf = (file: ConfigFile, setting: SettingPath) => parsedFiles.get(file)?.origin(setting) ?? setting;
  // What follows only from something that could not be read is no problem of its own.
  const isBroken = (file: ConfigFile, where: SettingPath, since: readonly Whereabouts[]) =>
    parsedFiles.get(file)?.standsIn(where) === true ||
    since.some((one) => parsedFiles.get(one.file)?.isBroken(originOf(one.file, one.setting)) === true);
  const namesOf = (file: ConfigFile) => {
    const one = written.get(file);
    return one === undefined ? [] : one.read.data === undefined ? undefined : parsedFiles.get(file)?.names;
  };
  return { written, settingsOf, originOf, isBroken, namesOf, problems, warnings, notices, secrets };
}

function withHouse(servers: McpServer[], house: HouseServer | undefined): McpServer[] {
  if (servers.some(({ name }) => name === houseServer)) return servers;
  return [...servers, ...configFiles.mcp_servers.parse({ mcp_servers: welcomeServers(house) }).mcp_servers];
}

// Broken entries have names too, and a file that cannot be read may hold any.
function namesIn(
  { namesOf }: Pick<ReturnType<typeof readAll>, "namesOf">,
  kept: Pick<Config, "agents" | "a2a_agents" | "models" | "mcp_servers" | "knowledge">,
): WrittenNames {
  const named = (files: ConfigFile[], entries: { name: string }[]) => {
    const names = entries.map(({ name }) => name).filter((name) => !isNobody(name));
    const written = files.map(namesOf);
    return written.includes(undefined) ? undefined : [...new Set([...names, ...written.flatMap((some) => some ?? [])])];
  };
  return {
    agents: named(["agents", "a2a_agents"], [...kept.agents, ...kept.a2a_agents]),
    models: named(["llm"], kept.models),
    mcp_servers: named(["mcp_servers"], kept.mcp_servers),
    knowledge: named(["knowledge"], kept.knowledge),
  };
}
