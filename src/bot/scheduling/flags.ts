import { nearest } from "../../config/nearest.ts";
import { Schedule as Settings } from "../../config/schema/schedule.ts";
import { untilInstant } from "../../schedules/from-config.ts";
import type { ScheduleDraft } from "../../schedules/schedule.ts";
import { wallAt } from "../../schedules/when/wall-clock.ts";

/** Fields that have the config's own forms, each with an example. */
const examples = {
  name: "standup",
  when: '"every weekday 9:00"',
  timezone: "Europe/Berlin",
  agent: "researcher",
  prompt: '"What is new?"',
  from: "#support",
  to: "#team",
  thread: "same",
  digest: "true",
  catch_up: "all",
  overlap: "queue",
  jitter: "5m",
  retries: "3",
  timeout: "10m",
  skip: "2026-12-24,2026-12-25",
  quiet_hours: "22:00-07:00",
  until: "2026-12-31",
  max_runs: "10",
  enabled: "false",
};
/** A field that may be said as `--field value`. */
export type Field = keyof typeof examples;

const fields = Object.keys(examples) as Field[];

/** What was said behind the words, or why it can't be taken. */
export type FlagsRead =
  | { ok: true; words: string; said: Map<Field, string> }
  | { ok: false; problem: { kind: "unknown"; field: string; near: string | undefined } | BadField };
export type BadField = { kind: "bad"; field: string; value: string; example: string };

/** Takes `--field value` out of a text; a value may stand in quotes, else it goes on to the next flag. */
export function takeFlags(text: string): FlagsRead {
  const said = new Map<Field, string>();
  // Some keyboards make one long dash of two.
  const flag =
    /(?:^|\s)(?:--|—)([a-zA-Z][a-zA-Z_-]*)(?:[=\s]+("[^"]*"|“[^”]*”|「[^」]*」|(?:(?!\s(?:--|—)[a-zA-Z])[\s\S])*))?/g;
  const words = text.replace(flag, (_, name: string, value = "") => {
    const bare = value.trim().replace(/^["“「]([\s\S]*)["”」]$/, "$1");
    said.set(name.toLowerCase().replace(/-/g, "_") as Field, bare);
    return "";
  });
  for (const field of said.keys()) {
    if (fields.includes(field)) continue;
    const spelled = field.replace(/_/g, "-");
    return {
      ok: false,
      problem: { kind: "unknown", field: spelled, near: nearest(field, fields)?.replace(/_/g, "-") },
    };
  }
  return { ok: true, words: words.trim(), said };
}

/** A field that can't be read as it was said. */
export function badField(field: Field, value: string): BadField {
  return { kind: "bad", field: field.replace(/_/g, "-"), value, example: examples[field] };
}

/** What fields say of a draft, by the same rules as `schedules.yaml`. */
export type FlagSettings = Partial<
  Pick<
    ScheduleDraft,
    | "thread"
    | "digest"
    | "catchUp"
    | "overlap"
    | "jitterMs"
    | "retries"
    | "timeoutMs"
    | "skip"
    | "quietHours"
    | "until"
    | "maxRuns"
    | "enabled"
  >
>;

/** Reads the fields that have no words of their own elsewhere: neither places nor people nor times to run. */
export function readSettings(said: Map<Field, string>, zone: string): FlagSettings | BadField {
  const read: FlagSettings = {};
  const { shape } = Settings;
  for (const [field, value] of said) {
    const parsed = (() => {
      switch (field) {
        case "thread": {
          const found = shape.thread.safeParse(value.toLowerCase());
          return found.success && Object.assign(read, { thread: found.data });
        }
        case "digest": {
          const found = shape.digest.safeParse(value === "" ? "true" : value);
          return found.success && Object.assign(read, { digest: found.data });
        }
        case "enabled": {
          const found = shape.enabled.safeParse(value);
          return found.success && Object.assign(read, { enabled: found.data });
        }
        case "catch_up": {
          const [mode, window] = value.toLowerCase().split(/[\s,]+/);
          const found = shape.catch_up.safeParse(window ? { mode, window } : mode);
          if (!found.success) return false;
          const { mode: chosen, window: windowMs } = found.data;
          return Object.assign(read, { catchUp: { mode: chosen, ...(windowMs === undefined ? {} : { windowMs }) } });
        }
        case "overlap": {
          const found = shape.overlap.safeParse(value.toLowerCase());
          return found.success && Object.assign(read, { overlap: found.data });
        }
        case "jitter": {
          const found = shape.jitter.safeParse(value);
          return found.success && Object.assign(read, { jitterMs: found.data });
        }
        case "timeout": {
          const found = shape.timeout.safeParse(value);
          return found.success && Object.assign(read, { timeoutMs: found.data });
        }
        case "retries": {
          const found = shape.retries.safeParse(value);
          return found.success && Object.assign(read, { retries: found.data });
        }
        case "max_runs": {
          const found = shape.max_runs.safeParse(value);
          return found.success && Object.assign(read, { maxRuns: found.data });
        }
        case "quiet_hours": {
          const found = shape.quiet_hours.safeParse(value.replace(/\s*[-–]\s*/, "-"));
          return found.success && Object.assign(read, { quietHours: found.data });
        }
        case "skip": {
          const found = shape.skip.safeParse(value.split(/[\s,、]+/).filter(Boolean));
          return found.success && Array.isArray(found.data) && Object.assign(read, { skip: found.data });
        }
        case "until": {
          const found = shape.until.safeParse(value);
          return found.success && found.data && Object.assign(read, { until: untilInstant(found.data, zone) });
        }
        default:
          return true;
      }
    })();
    const needsValue = field !== "digest" && value === "";
    if (!parsed || needsValue) return badField(field, value);
  }
  return read;
}

/** What of a draft is not as usual, as flags: readable by `readSettings`. */
export function sayFlags(draft: ScheduleDraft): string[] {
  const flags: string[] = [];
  const add = (field: string, value: string | undefined) => value !== undefined && flags.push(`--${field} ${value}`);
  const minutes = (ms: number | undefined) => (ms === undefined ? undefined : sayStretch(ms));
  if (draft.thread !== "fresh") add("thread", draft.thread);
  const { mode, windowMs } = draft.catchUp;
  if (mode !== "latest" || windowMs !== undefined)
    add("catch-up", windowMs === undefined ? mode : `${mode} ${sayStretch(windowMs)}`);
  if (draft.overlap !== "skip") add("overlap", draft.overlap);
  if (draft.retries !== 3) add("retries", String(draft.retries));
  add("jitter", minutes(draft.jitterMs));
  add("timeout", minutes(draft.timeoutMs));
  if (draft.skip.length > 0) add("skip", draft.skip.join(","));
  add("quiet-hours", draft.quietHours);
  if (draft.until !== undefined) add("until", new Date(wallAt(draft.zone, draft.until)).toISOString().slice(0, 19));
  add("max-runs", draft.maxRuns === undefined ? undefined : String(draft.maxRuns));
  if (!draft.enabled) add("enabled", "false");
  return flags;
}

/** A length of time as the config writes it: `1h30m`. */
export function sayStretch(ms: number): string {
  const units: [string, number][] = [
    ["d", 86_400_000],
    ["h", 3_600_000],
    ["m", 60_000],
    ["s", 1_000],
    ["ms", 1],
  ];
  let left = ms;
  return units
    .map(([unit, length]) => {
      const count = Math.floor(left / length);
      left -= count * length;
      return count > 0 ? `${count}${unit}` : "";
    })
    .join("");
}

/** In the first pair of quotes whose end the text does not hold, so that nothing in it is taken for a field. */
export function quoted(value: string): string {
  const pairs = ['""', "“”", "「」"];
  const pair = pairs.find((one) => !value.includes(one.charAt(1)));
  return pair ? `${pair.charAt(0)}${value}${pair.charAt(1)}` : `"${value.replaceAll('"', "'")}"`;
}
