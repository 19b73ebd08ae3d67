import { configFrom, type LoadedConfig, type LoadOptions } from "../../src/config/load.ts";
import { type ConfigFile, configFiles } from "../../src/config/schema.ts";

/** Loads settings that stand in a test, as if they were the files of a folder called `config`. */
export function loadTexts(
  texts: Partial<Record<ConfigFile, string>>,
  options: Partial<LoadOptions> = {},
): LoadedConfig {
  const names = Object.keys(configFiles).filter((name): name is ConfigFile => Object.hasOwn(texts, name));
  const files = names.map((file) => ({ file, path: `config/${file}.yaml`, text: texts[file] ?? "" }));
  return configFrom("config", files, { env: {}, ...options });
}

/** The lines people are shown of what is wrong. */
export function problemsIn(texts: Partial<Record<ConfigFile, string>>, options: Partial<LoadOptions> = {}): string[] {
  return loadTexts(texts, options).problems.map(({ text }) => text);
}
