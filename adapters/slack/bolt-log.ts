import { type Logger as BoltLogger, LogLevel } from "@slack/bolt";
import type { Logger } from "pino";

/** Slack's libraries write into our log: one step quieter, since what matters of it is said by the adapter itself. */
export function boltLogger(log: Logger): BoltLogger {
  const words = (parts: unknown[]) =>
    parts.map((part) => (part instanceof Error ? part.message : String(part))).join(" ");
  return {
    debug: () => {},
    info: (...parts: unknown[]) => log.trace(words(parts)),
    warn: (...parts: unknown[]) => log.debug(words(parts)),
    error: (...parts: unknown[]) => log.debug(words(parts)),
    setLevel: () => {},
    getLevel: () => LogLevel.INFO,
    setName: () => {},
  };
}
