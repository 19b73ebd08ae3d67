import type { Form, FormInput } from "../../src/chat.ts";

/** What a form may ask for, one of each kind. */
export const askInputs = {
  agent: {
    id: "agent",
    label: "Agent",
    kind: "choice",
    options: [
      { value: "ops", text: "Operations" },
      { value: "scribe", text: "Scribe" },
    ],
  },
  question: { id: "question", label: "Question", hint: "What you want to know", kind: "text", lines: "many" },
  note: { id: "note", label: "Note", kind: "text", lines: "one", optional: true },
  days: {
    id: "days",
    label: "Days",
    kind: "choices",
    least: 1,
    most: 2,
    options: ["Mon", "Tue", "Wed"].map((text) => ({ value: text.toLowerCase(), text })),
  },
} satisfies Record<string, FormInput>;

/** The form that asks an agent about a message. */
export const askForm: Form = {
  id: "ask-about",
  value: "7f3k",
  title: "Ask an agent",
  text: "About **this**.",
  inputs: [askInputs.agent, askInputs.question, askInputs.note],
  submit: "Ask",
};
