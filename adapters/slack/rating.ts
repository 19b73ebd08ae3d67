import type { types } from "@slack/bolt";
import type { Rating } from "../../src/chat.ts";
import { shortened } from "./text.ts";

const textLimit = 75;

/** 👍 and 👎 as Slack draws them under an agent's answer. */
export function ratingBlock({ value, good, bad }: Rating): types.ContextActionsBlock {
  const half = (verdict: "good" | "bad", text: string) => ({
    text: { type: "plain_text" as const, text: shortened(text || verdict, textLimit), emoji: true },
    accessibility_label: shortened(text || verdict, textLimit),
    value: `${verdict}:${value}`,
  });
  return {
    type: "context_actions",
    elements: [
      {
        type: "feedback_buttons",
        action_id: "rating",
        positive_button: half("good", good),
        negative_button: half("bad", bad),
      },
    ],
  };
}

/** Which of the two was pressed, and what it was pressed for. */
export function readRating(pressed: string | undefined): { id: "good" | "bad"; value: string } | undefined {
  const [, id, value = ""] = /^(good|bad):(.*)$/s.exec(pressed ?? "") ?? [];
  return id === "good" || id === "bad" ? { id, value } : undefined;
}
