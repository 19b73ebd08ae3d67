import { z } from "zod";
import type { PersonId } from "../chat.ts";
import { Budget } from "../config/schema/kinds.ts";
import type { When } from "./when/when.ts";

const Address = z.object({ adapter: z.string(), channel: z.string(), thread: z.string().exactOptional() });
const Person = z.custom<PersonId>((id) => typeof id === "string" && /^[^:]+:./.test(id));
const Weekday = z.literal([1, 2, 3, 4, 5, 6, 7]);
const months = z.array(z.number()).exactOptional();
const Days = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("daily") }),
  z.object({ kind: z.literal("weekly"), weekdays: z.array(Weekday) }),
  z.object({ kind: z.literal("dates"), dates: z.array(z.number()), months }),
  z.object({ kind: z.literal("nth"), nth: z.array(z.number()), weekday: Weekday, months }),
  z.object({ kind: z.literal("workday"), which: z.enum(["first", "last"]), months }),
]);
const WhenKept = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("calendar"),
    days: Days,
    times: z.array(z.string()),
    every: z.number().exactOptional(),
    from: z.string().exactOptional(),
  }),
  z.object({ kind: z.literal("cron"), pattern: z.string() }),
  z.object({
    kind: z.literal("beat"),
    seconds: z.number(),
    between: z.object({ from: z.string(), to: z.string() }).exactOptional(),
    weekdays: z.array(Weekday).exactOptional(),
  }),
  z.object({ kind: z.literal("once"), at: z.string() }),
]) satisfies z.ZodType<When>;

/** What people say of a schedule; the rest is reckoned. */
export const ScheduleDraft = z.object({
  name: z.string(),
  when: WhenKept,
  /** The words `when` was made from. */
  words: z.string(),
  zone: z.string(),
  agent: z.string().exactOptional(),
  prompt: z.string().exactOptional(),
  /** Whom its author names in the prompt: its posts may call them, and nobody else. */
  people: z.array(z.object({ id: Person, name: z.string() })).exactOptional(),
  /** The channels a digest reads; none: where it was asked. */
  from: z.array(Address),
  /** One run is posted to all of these. */
  to: z.array(Address),
  thread: z.enum(["fresh", "same"]),
  digest: z.boolean(),
  catchUp: z.object({ mode: z.enum(["none", "latest", "all"]), windowMs: z.number().exactOptional() }),
  overlap: z.enum(["skip", "queue", "cancel"]),
  /** Its runs are put off by up to this, always by the same. */
  jitterMs: z.number().exactOptional(),
  retries: z.number(),
  timeoutMs: z.number().exactOptional(),
  /** Days of its zone on which it does not run. */
  skip: z.array(z.string()),
  /** When nothing is posted, in its zone: `22:00-07:00`. */
  quietHours: z.string().exactOptional(),
  /** The last instant at which it may run. */
  until: z.number().exactOptional(),
  maxRuns: z.number().exactOptional(),
  budget: Budget.exactOptional(),
  /** Off: kept, never due. */
  enabled: z.boolean(),
  /** Whom it tells about trouble, and whose access it needs; none: the admins'. */
  owner: Person.exactOptional(),
  origin: z.enum(["chat", "config", "api"]),
  /** Where it was made. */
  place: Address.exactOptional(),
  /** The tools that a try of it used. */
  tried: z.array(z.string()).exactOptional(),
  language: z.enum(["en", "zh-TW"]),
});
export type ScheduleDraft = z.infer<typeof ScheduleDraft>;

/** Who paused a schedule, and why. */
export const Paused = z.object({ by: z.union([Person, z.literal("bellhop")]), why: z.string(), at: z.number() });
export type Paused = z.infer<typeof Paused>;

/** Work at set times. Plain data: this is what is kept. */
export const Schedule = ScheduleDraft.extend({
  id: z.string(),
  /** From when it is reckoned: when it was made, or its *when* was last changed. */
  anchor: z.number(),
  /** When it was made, changed or resumed; failures before that do not count against it. */
  since: z.number(),
  paused: Paused.exactOptional(),
});
export type Schedule = z.infer<typeof Schedule>;

/** Whether a schedule has slots at all now. */
export function isActive(schedule: Schedule): boolean {
  return schedule.enabled && schedule.paused === undefined;
}
