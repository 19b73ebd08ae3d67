/** Why a *when* cannot be, with what a sentence about it needs. */
export type Refusal =
  /** 30 February. */
  | { code: "never-comes"; month: number; date: number; year?: number | undefined }
  | { code: "past"; at: number }
  /** 25:00. */
  | { code: "no-such-time"; written: string }
  /** 14:00 in the morning. */
  | { code: "other-part-of-day"; written: string }
  /** Every day at 9:00:30. */
  | { code: "whole-minutes" }
  /** "Friday, 24 December 2026" is a Thursday. */
  | { code: "other-weekday"; written: string; weekday: number; really: number }
  /** A zone behind the time: it has a field of its own. */
  | { code: "zone"; zone: string }
  /** Until a day: it has a field of its own. */
  | { code: "end" }
  /** Mondays at 9 and Wednesdays at 10. */
  | { code: "two-whens"; first: string; second: string }
  /** Every 2 hours from 9:00, nobody knows until when. */
  | { code: "only-start"; seconds: number; from: string }
  /** Every 0 minutes. */
  | { code: "no-time-at-all" }
  /** Every 5,000 days. */
  | { code: "too-far" }
  /** Tomorrow at 9 and at 17. */
  | { code: "one-time-only" }
  | { code: "cron-length"; fields: number }
  | { code: "cron-too-long" }
  | { code: "cron-range"; written: string; field: CronField; low: number; high: number; instead?: string }
  | { code: "cron-backwards"; written: string; field: CronField; instead: string }
  | { code: "cron-sign"; written: string; field: CronField };

/** The fields of a cron pattern. */
export type CronField = "second" | "minute" | "hour" | "date" | "month" | "weekday";
