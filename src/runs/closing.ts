import { z } from "zod";
import { Usage } from "../agent/turn.ts";
import type { Letter } from "../store/outbox.ts";
import type { Outcome, Run } from "./run.ts";

/** What is written down of a run once its letter is sent; the letter carries it, since a crash may come in between. */
const Closing = z.object({
  outcome: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("answered"), text: z.string(), model: z.string() }),
    z.object({ kind: z.literal("failed"), code: z.string(), detail: z.string(), why: z.string() }),
    z.object({ kind: z.literal("stopped"), by: z.string().exactOptional() }),
  ]),
  usage: Usage.exactOptional(),
  ms: z.number().exactOptional(),
});
type Closing = z.infer<typeof Closing>;

/** What a letter says of the run it ends. */
export function closingOf({ usage, ms }: Run, outcome: Outcome): Closing {
  return { outcome, ...(usage === undefined ? {} : { usage }), ...(ms === undefined ? {} : { ms }) };
}

/** How the run ended that a letter was sent for. */
export function closingIn({ record, post }: Letter): Closing {
  const closing = Closing.safeParse(record);
  // Letters of the first version carry nothing but the post.
  return closing.success ? closing.data : { outcome: { kind: "answered", text: post.text, model: "" } };
}
