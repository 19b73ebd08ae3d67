import { z } from "zod";
import { name, people, settings, text, title } from "./kinds.ts";

/** A collection of documents agents can search. */
export const Knowledge = settings({
  name: name.describe("How agents name it."),
  description: text.optional().describe("What is in it."),
  paths: z.array(text).default([]).describe("Files and folders read."),
  embedding_model: title.optional().describe("Default: llm.yaml's `embeddings`."),
  audience: people.default("everyone").describe("Who may be answered from it."),
});
export type Knowledge = z.infer<typeof Knowledge>;

/** knowledge.yaml */
export const KnowledgeFile = settings({
  knowledge: z.array(Knowledge).default([]).meta({ description: "Collections of documents.", later: true }),
});
