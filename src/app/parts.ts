import type { Toolbox } from "../agent/tool.ts";
import type { ChatAdapter } from "../chat.ts";
import type { StartWorkers } from "../runs/workers.ts";
import type { Time } from "../schedules/time.ts";
import type { Kv } from "../store/store.ts";
import type { Logger } from "../watch/log.ts";
import type { Redact } from "../watch/redact.ts";

/** What an app is made of besides its config. */
export type AppParts = {
  /** Makes the adapters; each may keep small values under its own name. */
  adapters(kv: (namespace: string) => Kv): ChatAdapter[];
  dataDir: string;
  /** The folder of the settings: files that these name are looked for there. */
  configDir?: string;
  /** The folder with the built jobs. */
  jobs: string;
  log: Logger;
  redact: Redact;
  host?: string;
  port?: number;
  apiKey?: string | undefined;
  /** Where browsers reach the port; without it, where it listens. */
  publicUrl?: string | undefined;
  /** 64 hex digits that seal what is kept of accounts; without it, those of the data folder. */
  secretKey?: string | undefined;
  /** What children may see of the environment: PATH, HOME and LANG are taken from it. */
  env?: Record<string, string | undefined>;
  now?: () => number;
  /** What schedules go by. */
  time?: Time;
  workers?: number;
  /** What starts the workers, if they do not start for this Bellhop alone. */
  startWorkers?: StartWorkers | undefined;
  /** Toolboxes besides the MCP servers of the config; agents name them among their servers. */
  toolboxes?: Toolbox[];
  /** Told when the port is open, which may be long before everything is connected. */
  onListening?: (url: string) => void;
  watchWorkers?: { pingMs?: number; silenceMs?: number; heapLimitMb?: number };
};
