import { quietHoursAt } from "./access/places.ts";
import { parseEnv } from "./config/env.ts";
import { loadConfig } from "./config/load.ts";
import type { Config } from "./config/schema.ts";
import { draftsOf } from "./schedules/config-drafts.ts";
import type { Schedule } from "./schedules/schedule.ts";
import { instantOf, wallAt } from "./schedules/when/wall-clock.ts";
import { whenProblem } from "./schedules/when/when-problem.ts";
import { judge } from "./simulation/judge.ts";
import { keptSchedules } from "./simulation/kept-schedules.ts";
import { replay } from "./simulation/replay.ts";
import { type About, asJson, asText, isFine } from "./simulation/report.ts";
import { createRedactor } from "./watch/redact.ts";

/** What is said on the command line. */
export type Simulate = {
  days?: string | undefined;
  from?: string | undefined;
  json?: boolean | undefined;
  "run-minutes"?: string | undefined;
};

const [fine, wrong, refused] = [0, 1, 2];
const dayMs = 86_400_000;
const mostDays = 366;
const mostSlots = 50_000;
const runMinutes = 1;
const agentsTimeoutMs = 300_000;

/** What a channel looks like where schedules can post. */
const platforms = {
  slack: { form: /^[CDGUW][A-Z0-9]+$/, example: "C0TEAM" },
  discord: { form: /^\d{5,20}$/, example: "998877665544332211" },
  console: { form: /^[\p{L}\p{N}][\p{L}\p{N}_-]*$/u, example: "general" },
};

/** Replays the schedules of the settings and of the data folder under a virtual clock; gives the exit code. */
export async function simulate(asked: Simulate, now = Date.now()): Promise<number> {
  const { env, problems, secrets } = parseEnv(process.env);
  if (!env) return refuse(problems);
  const days = Number(asked.days ?? 28);
  if (!Number.isInteger(days) || days < 1 || days > mostDays)
    return refuse([`--days wants a whole number from 1 to ${mostDays}; it came as "${asked.days}".`]);
  const minutes = Number(asked["run-minutes"] ?? runMinutes);
  if (!(minutes > 0 && minutes <= 1440))
    return refuse([
      `--run-minutes wants a number up to 1440, such as 0.5 or 10; it came as "${asked["run-minutes"]}".`,
    ]);
  if (asked.from !== undefined && instantIn(asked.from, "UTC") === undefined)
    return refuse([`--from wants a date such as 2026-03-20 or 2026-03-20T08:00; it came as "${asked.from}".`]);

  const loaded = await loadConfig(env.config, { env: process.env, readWhen: whenProblem });
  const { config } = loaded;
  const redact = createRedactor(() => [...secrets, ...loaded.secrets]);
  if (!config) return refuse(loaded.problems.map(({ text }) => redact(text)));

  const zone = config.workspace.timezone;
  const from = (asked.from && instantIn(asked.from, zone)) || Math.ceil(now / 60_000) * 60_000;
  const to = instantOf(zone, wallAt(zone, from) + days * dayMs);
  const wrongs: string[] = [];
  const trouble = (error: unknown) => void wrongs.push(error instanceof Error ? error.message : String(error));
  const configured = await draftsOf(config, { configDir: env.config, now: from, trouble });
  for (const { name, when } of config.schedules) {
    if (!configured.some((draft) => draft.name === name)) wrongs.push(`${name}: never fires: "${when}" is past`);
  }
  const found = await keptSchedules(env.data);
  const kept = "kept" in found ? found.kept : [];
  if ("troubles" in found) wrongs.push(...found.troubles);

  const runMs = (schedule: Schedule) => Math.min(minutes * 60_000, timeoutOf(schedule, config));
  const quietHours = ({ to }: Schedule) => quietHoursAt(config, to);
  const replayed = await replay({ kept, configured, from, to, runMs, mostSlots, quietHours });
  const timeoutMs = (schedule: Schedule) => timeoutOf(schedule, config);
  const verdicts = judge(replayed, { from, platforms, runMs, timeoutMs, quietHours });
  const about: About = {
    from,
    to,
    ...(replayed.at < to ? { endedAt: replayed.at } : {}),
    zone,
    runMs: minutes * 60_000,
    sources: {
      config: env.config,
      configured: config.schedules.length,
      data: env.data,
      kept: kept.filter(({ schedule }) => schedule.origin !== "config").length,
      ...("leftOut" in found ? { leftOut: found.leftOut } : {}),
    },
    problems: [...wrongs, ...replayed.troubles],
  };
  const report = asked.json ? JSON.stringify(asJson(verdicts, about), null, 2) : asText(verdicts, about);
  process.stdout.write(`${redact(report)}\n`);
  return isFine(verdicts, about) ? fine : wrong;
}

/** How long a run of a schedule may take: as it says, else as its agent does. */
function timeoutOf({ timeoutMs, agent }: Schedule, { agents, default_agent }: Config): number {
  const wanted = agent ?? default_agent;
  return (
    timeoutMs ??
    agents.find(({ name, aliases }) => name === wanted || aliases.includes(wanted ?? ""))?.timeout ??
    agentsTimeoutMs
  );
}

/** A day, or a time of the wall clock, as an instant; with `Z` or an offset it is one. */
function instantIn(written: string, zone: string): number | undefined {
  const match = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?)(Z|[+-]\d{2}:\d{2})?)?$/.exec(written);
  if (match === null) return undefined;
  const [, day, time = "00:00", offset] = match;
  const at = Date.parse(`${day}T${time}${offset ?? "Z"}`);
  // Date takes 30 February for 1 March.
  if (Number.isNaN(at) || new Date(`${day}T00:00:00Z`).toISOString().slice(0, 10) !== day) return undefined;
  return offset === undefined ? instantOf(zone, at) : at;
}

function refuse(messages: string[]): number {
  for (const message of messages) process.stderr.write(`${message}\n`);
  return refused;
}
