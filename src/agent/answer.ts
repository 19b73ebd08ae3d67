import { complaintOf } from "./complaint.ts";
import type { Turn } from "./turn.ts";

/** An answer read against its schema: the value, or what is wrong with it. */
export type ReadAnswer = { value: unknown; complaint?: undefined } | { complaint: string };

/** Reads an answer that must be JSON of a certain form; a code fence around it does no harm. */
export async function readAnswer(text: string, schema: Record<string, unknown>): Promise<ReadAnswer> {
  const bare = /^\s*```(?:json)?\s*\n([\s\S]*?)\n?\s*```\s*$/.exec(text)?.[1] ?? text;
  let value: unknown;
  try {
    value = JSON.parse(bare);
  } catch {
    return { complaint: "it is not valid JSON" };
  }
  const complaint = await complaintOf(schema, value);
  return complaint === undefined ? { value } : { complaint };
}

const notes = {
  length: {
    en: "(The answer ends here: it reached the model's limit for one answer.)",
    zh: "（回答到此為止：已達模型單次回答的長度上限。）",
  },
  filtered: {
    en: "(The answer ends here: the provider's content filter stopped it.)",
    zh: "（回答到此為止：被供應商的內容過濾擋下了。）",
  },
};

/** Why an answer breaks off, in plain words and in the script of whoever asked. */
export function cutNote(why: "length" | "filtered", turns: readonly Turn[]): string {
  const asked = turns.findLast((turn) => turn.role === "user")?.text ?? "";
  return notes[why][/\p{Script=Han}/u.test(asked) ? "zh" : "en"];
}
