import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { Config } from "../config/schema.ts";
import { daysIn, fromConfig } from "./from-config.ts";
import type { ScheduleDraft } from "./schedule.ts";
import { readWhen } from "./when/read-when.ts";

/** What the schedules of a config are made with. `trouble` is told of a file that can't be read; its schedule is off then. */
export type DraftParts = { configDir: string | undefined; now: number; trouble(error: unknown): void };

/** The schedules of a config, their *when* read: it was checked when the config was loaded. */
export async function draftsOf(config: Config, parts: DraftParts): Promise<ScheduleDraft[]> {
  const { timezone, language } = config.workspace;
  const drafts = config.schedules.map(async (written): Promise<ScheduleDraft[]> => {
    const reading = readWhen(written.when, { now: parts.now, zone: written.timezone ?? timezone, language });
    if (reading.kind !== "read") return [];
    const days = await daysOff(written.skip, parts);
    const draft = fromConfig(written, { when: reading.when, zone: timezone, language, skip: days ?? [] });
    // Better not at all than on holidays.
    return [days ? draft : { ...draft, enabled: false }];
  });
  return (await Promise.all(drafts)).flat();
}

async function daysOff(
  skip: string[] | string,
  { configDir = ".", trouble }: DraftParts,
): Promise<string[] | undefined> {
  if (typeof skip !== "string") return skip;
  const file = resolve(configDir, skip);
  try {
    return daysIn(await readFile(file, "utf8"));
  } catch (cause) {
    trouble(new Error(`schedules.yaml names "${skip}" as a file of days, but ${file} can't be read.`, { cause }));
    return undefined;
  }
}
