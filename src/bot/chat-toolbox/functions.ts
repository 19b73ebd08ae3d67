import { z } from "zod";
import type { ToolSpec } from "../../agent/tool.ts";

/** Models fill in what they have nothing to say of with an empty text: it counts as left out. */
const text = z.string().trim().max(200);

/** What the functions take. */
export const chatInputs = {
  read_messages: z.strictObject({
    since: text.describe('"yesterday", "2 hours ago", ISO. Default: the newest').optional(),
    channel: text.describe("#name or id. Default: this one").optional(),
    limit: z.int().min(1).max(200).default(50),
  }),
  look_up_person: z.strictObject({ name: text.min(1) }),
  react: z.strictObject({
    emoji: text.min(1),
    message: text.describe("m1, m2 … as read. Default: the asker's").optional(),
  }),
};
/** Their names. */
export type ChatFunction = keyof typeof chatInputs;

const descriptions: Record<ChatFunction, string> = {
  read_messages: "What was said in this channel, threads included, or in another that the asker may read.",
  look_up_person: "Somebody's full name, id and local time.",
  react: "Puts an emoji on a message.",
};

/** What a model is told of one of them. */
export function chatSpec(name: ChatFunction): ToolSpec {
  return specs[name];
}

const specs: Record<ChatFunction, ToolSpec> = {
  read_messages: specOf("read_messages"),
  look_up_person: specOf("look_up_person"),
  react: specOf("react"),
};

function specOf(name: ChatFunction): ToolSpec {
  const { $schema: _, ...parameters } = z.toJSONSchema(chatInputs[name], { io: "input" });
  return { name, description: descriptions[name], parameters };
}
