import { z } from "zod";

/** A tool call, as a model asked for it. `input` is the JSON text it wrote, as it stands. */
export const ToolCall = z.object({ id: z.string(), name: z.string(), input: z.string() });
export type ToolCall = z.infer<typeof ToolCall>;

/** One entry of a conversation, in no provider's dialect. */
export const Turn = z.discriminatedUnion("role", [
  z.object({
    role: z.literal("user"),
    text: z.string(),
    /** Data URLs, for models that take images. */
    images: z.array(z.string()).optional(),
  }),
  z.object({
    role: z.literal("assistant"),
    text: z.string(),
    calls: z.array(ToolCall).optional(),
    /** What a reasoning model thought; some providers want it back within a tool loop. */
    reasoning: z.string().optional(),
  }),
  z.object({
    role: z.literal("tool"),
    call: z.string(),
    text: z.string(),
    failed: z.boolean().optional(),
    /** Data URLs, for models that take images. */
    images: z.array(z.string()).optional(),
  }),
]);
export type Turn = z.infer<typeof Turn>;

/** Tokens and, where prices are known, dollars. `estimated` when the provider told no figures. */
export const Usage = z.object({
  input: z.number(),
  output: z.number(),
  cost: z.number().optional(),
  estimated: z.boolean().optional(),
});
export type Usage = z.infer<typeof Usage>;
