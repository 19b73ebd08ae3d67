import { join } from "node:path";
import type { z } from "zod";
import { mismatches, type ReadWhen, type WrittenNames } from "./cross-check.ts";
import { parseFile } from "./parse-file.ts";
import { inOrder, type Problem, problemAt, problemsOf } from "./problem.ts";
import { type FoundFile, readFiles } from "./read-files.ts";
import { providers } from "./schema/model.ts";
import { type Config, type ConfigFile, configFiles } from "./schema.ts";
import { type KeyOf, settleModels } from "./settle-models.ts";
import { type ReadSource, readSource, type SettingPath } from "./source.ts";
import { survey } from "./survey.ts";
import { type HouseServer, houseServer, welcomeAgents, welcomeChannels, welcomeServers } from "./welcome.ts";

/** What loading needs besides the folder. */
export interface LoadOptions {
  /** The variables that `${VAR}` and providers' keys are read from. */
  env: Readonly<Record<string, string | undefined>>;
  /** Reads a *when*; without it they are taken as they are. */
  readWhen?: ReadWhen | undefined;
  /** The MCP server of the welcome set. */
  house?: HouseServer | undefined;
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
  const problems: Problem[] = [];
  const warnings: Problem[] = [];
  const notices: string[] = [];
  const secrets: string[] = [];
  const written = new Map<ConfigFile, { source: FoundFile; read: ReadSource }>();
  const origins = new Map<string, SettingPath[]>();
  for (const source of files) written.set(source.file, { source, read: readSource(source, options.env) });

  const settingsOf = <T>(file: ConfigFile, schema: z.ZodType<T>, otherwise: unknown = {}): T => {
    const one = written.get(file);
    const parsed = parseFile(schema, one === undefined ? otherwise : (one.read.data ?? {}));
    for (const [list, paths] of parsed.origins) origins.set(list, paths);
    if (one !== undefined) {
      const { source, read } = one;
      const seen = survey(schema, source, read);
      for (const { setting, message, ...at } of read.complaints)
        problems.push(problemAt(source.path, at, setting, message));
      problems.push(...problemsOf(source, read, parsed.issues, seen.isSecret));
      warnings.push(...seen.warnings);
      notices.push(...seen.notices);
      secrets.push(...seen.secrets);
    }
    return parsed.kept;
  };

  const welcomed = !written.has("agents");
  const { agents } = settingsOf("agents", configFiles.agents, { agents: welcomeAgents(options.house) });
  const llm = settingsOf("llm", configFiles.llm);
  const servers = settingsOf("mcp_servers", configFiles.mcp_servers).mcp_servers;
  const house = welcomed && !servers.some(({ name }) => name === houseServer) ? welcomeServers(options.house) : [];
  const unsettled = {
    agents,
    ...llm,
    mcp_servers: [...servers, ...configFiles.mcp_servers.parse({ mcp_servers: house }).mcp_servers],
    ...settingsOf("channels", configFiles.channels, welcomed ? welcomeChannels() : {}),
    ...settingsOf("schedules", configFiles.schedules),
    ...settingsOf("triggers", configFiles.triggers),
    ...settingsOf("knowledge", configFiles.knowledge),
    ...settingsOf("a2a_agents", configFiles.a2a_agents),
  };

  const keyOf: KeyOf = (provider) => options.env[providers[provider].key ?? ""] || undefined;
  const names: WrittenNames = {
    agents: namesIn(written.get("agents")?.read, ["agents"], [...agents, ...unsettled.a2a_agents]),
    models: namesIn(written.get("llm")?.read, ["models"], llm.models),
    mcp_servers: namesIn(
      written.get("mcp_servers")?.read,
      ["mcp_servers", "servers", "mcpServers"],
      unsettled.mcp_servers,
    ),
    knowledge: namesIn(written.get("knowledge")?.read, ["knowledge"], unsettled.knowledge),
  };
  for (const { file, setting, message, severity } of mismatches(
    unsettled,
    names,
    keyOf,
    options.readWhen ?? (() => undefined),
  )) {
    const [list, row, ...rest] = setting;
    const origin = typeof row === "number" ? origins.get(String(list))?.[row] : undefined;
    const where = origin === undefined ? setting : [...origin, ...rest];
    const one = written.get(file);
    const path = one?.source.path ?? join(folder, `${file}.yaml`);
    const told = problemAt(path, one?.read.place(where) ?? { line: 1, column: 1 }, where, message);
    (severity === "problem" ? problems : warnings).push(told);
  }
  if (agents.length === 0 && problems.length === 0) {
    warnings.push(
      problemAt(
        written.get("agents")?.source.path ?? folder,
        { line: 1, column: 1 },
        ["agents"],
        "there are no agents",
      ),
    );
  }

  const { config } = settleModels(unsettled, keyOf);
  notices.unshift(...welcome(folder, files, welcomed, config, llm.models.length === 0));
  for (const { api_key } of config.models) if (api_key !== undefined && api_key.length >= 6) secrets.push(api_key);
  return {
    config: problems.length > 0 ? undefined : config,
    files,
    problems: inOrder(problems, files),
    warnings: inOrder(warnings, files),
    notices,
    secrets: [...new Set(secrets)],
  };
}

function welcome(
  folder: string,
  files: FoundFile[],
  welcomed: boolean,
  config: Config,
  withoutModels: boolean,
): string[] {
  const said: string[] = [];
  const agents = config.agents.map(({ name }) => name).join(" and ");
  if (files.length === 0) said.push(`no settings in ${folder}: using the welcome set, agents ${agents}`);
  else if (welcomed) said.push(`no agents.yaml in ${folder}: using the welcome agents ${agents}`);
  if (withoutModels) {
    said.push(
      config.default_model === "offline"
        ? "no llm.yaml: every agent uses the offline model, which needs no key and no network"
        : `no llm.yaml, but OPENAI_API_KEY is set: agents use ${config.default_model} of OpenAI`,
    );
  }
  return said;
}

// Broken entries have names too; a file that cannot be read has any name.
function namesIn(read: ReadSource | undefined, lists: string[], fine: { name: string }[]): string[] | undefined {
  if (read !== undefined && read.data === undefined) return undefined;
  const names = new Set(fine.map(({ name }) => name));
  for (const list of lists) {
    const entries: unknown = Reflect.get(Object(read?.data), list);
    if (Array.isArray(entries)) {
      for (const entry of entries) {
        const name: unknown =
          Reflect.get(Object(entry), "name") ?? (list === "models" ? Reflect.get(Object(entry), "model") : undefined);
        if (typeof name === "string") names.add(name);
      }
    } else for (const name of Object.keys(Object(entries))) names.add(name);
  }
  return [...names];
}
