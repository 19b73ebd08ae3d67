import type { Language } from "../../chat.ts";
import { chineseExamples } from "./examples-chinese.ts";
import { englishExamples } from "./examples-english.ts";

/** What a text comes to: said back with its next runs, asked about with the ways to understand it, or refused. */
export type Example =
  | { text: string; said: string; next: string[] }
  | { text: string; asks: string; readings: string[] }
  | { text: string; refused: string };

/** Examples of one kind, read in one language. */
export interface ExampleGroup {
  title: string;
  language: Language;
  rows: Example[];
}

/** When the examples are read, and in which zone. */
export const examplesRead = {
  now: Date.parse("2026-11-21T09:00:00Z"),
  zones: { en: "Europe/Berlin", "zh-TW": "Asia/Taipei" } satisfies Record<Language, string>,
};

/** What can be written for *when*: the page on it and a test are made of these. */
export const examples: readonly ExampleGroup[] = [...englishExamples, ...chineseExamples];
