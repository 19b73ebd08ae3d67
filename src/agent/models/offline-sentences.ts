/** A sentence somebody said, and what it is about. `at`: the place of its message. */
export type Sentence = { text: string; words: Set<string>; score: number; at: number };

const telling =
  /\b(?:decid\w+|agreed?|deploy\w*|releas\w+|ship\w*|fix\w*|broke\w*|fail\w*|error|down|outage|incident|blocked|deadline|urgent|need\w*|must|by (?:mon|tues|wednes|thurs|fri)day)\b|決定|上線|部署|修好|修復|壞了|失敗|錯誤|當機|卡住|截止|緊急|需要|必須/i;

/** Whether it speaks of decisions, trouble or what must be done. */
export function isTelling(text: string): boolean {
  return telling.test(text);
}

/** The sentences of a message. */
export function sentencesOf(text: string, at: number): Sentence[] {
  const parts = text.split(/(?<=[.!?])\s+|(?<=[\u3002\uFF01\uFF1F])|\n+/);
  return parts
    .map((part) => part.trim())
    .filter((part) => part.length > 3)
    .map((part) => ({ text: part, words: contentWords(part), score: 0, at }));
}

const segmenter = new Intl.Segmenter("zh", { granularity: "word" });

/** The words of a text that tell what it is about. */
export function contentWords(text: string): Set<string> {
  const words = new Set<string>();
  for (const { segment, isWordLike } of segmenter.segment(text.toLowerCase())) {
    if (isWordLike && (segment.length > 3 || /\p{Script=Han}{2}|\d/u.test(segment))) words.add(segment);
  }
  return words;
}

/** Gives each its score: what many speak of counts, and so do decisions, trouble, figures and open questions. */
export function scoreAll(sentences: readonly Sentence[]): void {
  const counts = new Map<string, number>();
  for (const sentence of sentences) for (const word of sentence.words) counts.set(word, (counts.get(word) ?? 0) + 1);
  for (const sentence of sentences) sentence.score = scoreOf(sentence, counts);
}

/** Long-windedness does not count. */
function scoreOf({ text, words }: Sentence, counts: ReadonlyMap<string, number>): number {
  let shared = 0;
  for (const word of words) shared += Math.log(1 + (counts.get(word) ?? 0));
  let score = shared / Math.sqrt(Math.max(4, words.size));
  if (isTelling(text)) score += 1.5;
  if (/\d/.test(text)) score += 0.5;
  return isQuestion(text) ? score + 0.5 : score;
}

/** Whether it ends as a question does. */
export function isQuestion(text: string): boolean {
  return /[?\uFF1F]["'」)\s]*$/.test(text);
}

/** How much of the shorter of two stands in the other, 0 to 1. */
export function likeness(one: ReadonlySet<string>, other: ReadonlySet<string>): number {
  let shared = 0;
  for (const word of one) if (other.has(word)) shared += 1;
  return shared / Math.max(1, Math.min(one.size, other.size));
}
