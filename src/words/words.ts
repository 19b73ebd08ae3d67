import type { Language } from "../chat.ts";
import { en } from "./en.ts";
import { zhTW } from "./zh-tw.ts";

/** Every sentence the bot says of its own; English is the measure, the others have the same. */
export type Words = typeof en;

const spoken: Record<Language, Words> = { en, "zh-TW": zhTW };

/** The words of a language. */
export function wordsOf(language: Language): Words {
  return spoken[language];
}

/** The language nearest to a platform's locale: `zh-Hant-TW`, `zh_TW`, `en-GB` …; undefined when none is near. */
export function languageOf(locale: string | undefined): Language | undefined {
  if (!locale) return undefined;
  const lower = locale.toLowerCase().replace(/_/g, "-");
  if (lower.startsWith("zh")) return "zh-TW";
  return lower.startsWith("en") ? "en" : undefined;
}
