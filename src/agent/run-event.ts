import { z } from "zod";
import { Usage } from "./turn.ts";

/**
 * What happens in a run, as it happens. Chat, HTTP streams, the console, records and traces are readers of this and of
 * nothing else. `text` and `thought` carry what was added; `afresh` says that what was shown before is void (a broken
 * stream was begun again).
 */
export const RunEvent = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("text"), text: z.string(), afresh: z.boolean().optional() }),
  z.object({ kind: z.literal("thought"), text: z.string() }),
  z.object({ kind: z.literal("tool-started"), call: z.string(), tool: z.string(), input: z.string() }),
  z.object({
    kind: z.literal("tool-finished"),
    call: z.string(),
    tool: z.string(),
    failed: z.boolean(),
    ms: z.number(),
    /** The first words of the result, for records and lines; never the whole. */
    summary: z.string(),
    /** An identical call had given it before. */
    recalled: z.literal(true).optional(),
  }),
  z.object({ kind: z.literal("approval"), call: z.string(), tool: z.string(), input: z.string() }),
  z.object({ kind: z.literal("usage"), model: z.string(), usage: Usage }),
  /** What follows was answered before, to an identical call: the model was not asked. */
  z.object({ kind: z.literal("recalled"), model: z.string() }),
  z.object({ kind: z.literal("finished"), text: z.string(), model: z.string(), usage: Usage }),
  z.object({ kind: z.literal("failed"), reason: z.string() }),
]);
export type RunEvent = z.infer<typeof RunEvent>;
