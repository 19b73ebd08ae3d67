import { basename, dirname, resolve } from "node:path";
import { watch } from "chokidar";
import { type ConfigDiff, diffConfig } from "./diff.ts";
import { type LoadedConfig, type LoadOptions, loadConfig } from "./load.ts";
import type { Problem } from "./problem.ts";
import { type FoundFile, fileCalled, readFiles } from "./read-files.ts";
import type { Config } from "./schema.ts";

/** A change of the settings that took effect. */
export interface ConfigUpdate {
  old: Config;
  new: Config;
  /** May be empty: a comment was edited, or a broken edit taken back. */
  diff: ConfigDiff;
  loaded: LoadedConfig;
}

/** How settings are watched. */
export interface WatchOptions extends LoadOptions {
  /** How long the folder must be quiet before it is read again. */
  debounceMs?: number;
  /** A good edit was saved. */
  onUpdate(update: ConfigUpdate): void;
  /** A broken edit was saved; the settings before it stay in force. */
  onBroken(loaded: LoadedConfig): void;
  /** The folder cannot be watched, or a callback threw. */
  onError(error: unknown): void;
}

/** Settings that follow their files until stopped. */
export interface ConfigWatcher {
  /** Resolves once edits are noticed. */
  readonly ready: Promise<void>;
  /** The settings in force, as they were loaded. */
  current(): LoadedConfig;
  /** Reads the files now, without waiting for them to be quiet. */
  reload(): Promise<void>;
  stop(): Promise<void>;
}

/** Watches a folder of settings, beginning from what was loaded from it (which must be whole). */
export function watchConfig(
  folder: string,
  loaded: LoadedConfig & { config: Config },
  options: WatchOptions,
): ConfigWatcher {
  let good = loaded;
  let seen = fingerprint(loaded.files, []);
  let timer: NodeJS.Timeout | undefined;
  let reading = Promise.resolve();
  let stopped = false;

  const read = async () => {
    const { found, problems } = await readFiles(folder);
    const print = fingerprint(found, problems);
    if (stopped || print === seen) return;
    seen = print;
    const fresh = await loadConfig(folder, options);
    if (stopped) return;
    const { config } = fresh;
    if (config === undefined) return options.onBroken(fresh);
    const old = good.config;
    good = { ...fresh, config };
    options.onUpdate({ old, new: config, diff: diffConfig(old, config), loaded: good });
  };
  const reload = () => {
    clearTimeout(timer);
    reading = reading.then(read).catch(options.onError);
    return reading;
  };

  // From the folder above, so that a folder made or put in place later is noticed too.
  const place = resolve(folder);
  const above = dirname(place);
  const matters = (path: string) =>
    path === above || path === place || (dirname(path) === place && fileCalled(basename(path)) !== undefined);
  const watcher = watch(above, { ignoreInitial: true, ignored: (path) => !matters(path) });
  const readSoon = () => {
    if (stopped) return;
    clearTimeout(timer);
    timer = setTimeout(reload, options.debounceMs ?? 1000);
  };
  // What was saved while the watching began is read too, and not in the middle of its being saved.
  const ready = new Promise<void>((resolve) => watcher.once("ready", () => resolve())).then(readSoon);
  watcher.on("error", options.onError);
  watcher.on("all", readSoon);

  return {
    ready,
    current: () => good,
    reload,
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await watcher.close();
      await reading;
    },
  };
}

function fingerprint(files: FoundFile[], problems: Problem[]): string {
  return JSON.stringify([files.map(({ path, text }) => [path, text]), problems.map(({ text }) => text)]);
}
