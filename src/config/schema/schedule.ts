import { z } from "zod";
import {
  address,
  Budget,
  duration,
  flag,
  kind,
  name,
  number,
  oneOf,
  person,
  quietHours,
  settings,
  text,
  timezone,
  title,
} from "./kinds.ts";

const day = kind('a date such as "2026-12-24"', (written) =>
  typeof written === "string" && /^\d{4}-\d{2}-\d{2}$/.test(written) && isDate(written) ? written : undefined,
);
const moment = kind('a date such as "2026-12-24" or "2026-12-24T18:00"', (written) =>
  typeof written === "string" &&
  /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2})?)?$/.test(written) &&
  isDate(written)
    ? written
    : undefined,
);

// Date takes 30 February for 1 March; a real date comes back as it was written.
function isDate(written: string): boolean {
  const date = new Date(`${written.slice(0, 10)}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(written.slice(0, 10));
}

const catchUp = oneOf("none", "latest", "all");
const CatchUp = z.union([
  catchUp.transform((mode): CatchUp => ({ mode })),
  settings({
    mode: catchUp.default("latest").describe("Which missed slots run."),
    window: duration.optional().describe("Only those missed by less. Default: 24 h, or one period of an interval."),
  }),
]);
type CatchUp = { mode: z.infer<typeof catchUp>; window?: number | undefined };

/** A schedule kept as code. */
export const Schedule = settings({
  name: title.describe("What people call it."),
  when: text.describe('When it runs, in words: "every weekday 9:00", "cron 0 9 * * 1-5".'),
  timezone: timezone.optional().describe("Default: the workspace's."),
  agent: name.optional().describe("Default: `default_agent`."),
  prompt: text.optional().describe("What to do; a digest can do without."),
  from: z.array(address).default([]).describe("The channels a digest reads."),
  to: z.array(address).min(1, { error: "needs at least one address" }).describe("Where the result is posted."),
  thread: oneOf("fresh", "same").default("fresh").describe("A new thread each time, or one for all."),
  digest: flag.prefault(false).describe("Sums up what was said in `from` since the last one."),
  catch_up: CatchUp.prefault("latest").describe(
    "Which slots missed while down run: none, latest, all; or { mode, window }.",
  ),
  overlap: oneOf("skip", "queue", "cancel").default("skip").describe("When a run is still going at the next slot."),
  jitter: duration.optional().describe("Each run is put off by up to this."),
  retries: number({ min: 0, max: 10, whole: true }).prefault(3).describe("How often a failed run is tried again."),
  timeout: duration.optional().describe("Default: the agent's."),
  skip: z
    .union([z.array(day), text])
    .default([])
    .describe("Dates on which it does not run, or a file of them."),
  quiet_hours: quietHours.optional().describe("When it posts nothing."),
  until: moment.optional().describe("When it ends."),
  max_runs: number({ min: 1, whole: true }).optional().describe("After how many runs it ends."),
  budget: Budget.optional().meta({ description: "What it may spend.", later: true }),
  enabled: flag.prefault(true).describe("false: kept, not run."),
  owner: person.optional().describe("Whom it tells about trouble. Default: the admins."),
}).refine((schedule) => schedule.digest || schedule.prompt !== undefined, {
  error: "needs a prompt (only a digest can do without)",
});
export type Schedule = z.infer<typeof Schedule>;

/** schedules.yaml */
export const SchedulesFile = settings({
  schedules: z.array(Schedule).default([]).describe("Schedules as code."),
});
