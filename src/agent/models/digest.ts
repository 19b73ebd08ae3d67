import type { OfflineWords } from "./offline-words.ts";

/** A message as it stands in a line: `[time] author: text (link)`. */
export type Message = { time: string; author: string; text: string; link: string | undefined };

type Sentence = { text: string; words: Set<string>; score: number; at: number; others: Set<string> };

const line = /^\[(?=[^\]]*\d)([^\]]{1,40})\]\s*([^(:\uFF1A][^:\uFF1A]{0,59})[:\uFF1A]\s*(.*)$/;
const telling =
  /\b(?:decid\w+|agreed?|deploy\w*|releas\w+|ship\w*|fix\w*|broke\w*|fail\w*|error|down|outage|incident|blocked|deadline|urgent|need\w*|must|by (?:mon|tues|wednes|thurs|fri)day)\b|決定|上線|部署|修好|修復|壞了|失敗|錯誤|當機|卡住|截止|緊急|需要|必須/i;

/** Whether a digest or summary is what the message asks for. */
export function wantsDigest(question: string): boolean {
  return /\b(?:digest|summar(?:y|ies|i[sz]e)|recap|catch (?:me|us) up|what (?:matters|mattered|happened|did i miss))\b|摘要|總結|整理|重點|懶人包/i.test(
    question,
  );
}

/** The messages that stand in a text, a line each; lines below one belong to it, up to a blank one. */
export function messagesIn(text: string): Message[] {
  const messages: Message[] = [];
  let open: Message | undefined;
  for (const row of text.split("\n")) {
    const said = row.trim().replace(/^[-*] /, "");
    const head = line.exec(said);
    if (head !== null) {
      const [, time = "", author = "", words = ""] = head;
      open = { time, author: author.trim(), text: words, link: undefined };
      messages.push(open);
    } else if (said === "") open = undefined;
    else if (open !== undefined) open.text += `\n${said}`;
  }
  for (const message of messages) takeLink(message);
  return messages.filter(({ text: words }) => words !== "");
}

function takeLink(message: Message): void {
  const link = /\s*\((https?:\/\/[^\s()]+)\)\s*$/.exec(message.text);
  if (link === null) return;
  message.link = link[1];
  message.text = message.text.slice(0, link.index).trim();
}

/** The most telling sentences in people's own words, with who said them and where; in the order they were said. */
export function digestOf(messages: readonly Message[], words: OfflineWords): string {
  const sentences = messages.flatMap((message, at) => sentencesOf(message.text, at));
  const counts = new Map<string, number>();
  for (const sentence of sentences) for (const word of sentence.words) counts.set(word, (counts.get(word) ?? 0) + 1);
  for (const sentence of sentences) sentence.score = scoreOf(sentence, counts);

  const room = Math.min(7, Math.max(1, Math.ceil(Math.sqrt(messages.length) * 1.5)));
  const picked: Sentence[] = [];
  const sayingMuch = sentences.filter(({ words }) => words.size > 1);
  const ranked = sayingMuch.length > 0 ? sayingMuch : sentences;
  for (const sentence of [...ranked].sort((one, other) => other.score - one.score || one.at - other.at)) {
    const alike = picked.find((chosen) => chosen.at === sentence.at || likeness(chosen, sentence) > 0.5);
    const author = messages[sentence.at]?.author ?? "";
    if (alike !== undefined) {
      if (author !== messages[alike.at]?.author) alike.others.add(author);
    } else if (picked.length < room) picked.push(sentence);
  }
  picked.sort((one, other) => one.at - other.at);
  const items = picked.map((sentence) => itemOf(sentence, messages[sentence.at], words));
  const people = new Set(messages.map(({ author }) => author)).size;
  return [words.digestHead(messages.length, people), "", ...items, "", words.digestFoot].join("\n");
}

function itemOf({ text, others }: Sentence, message: Message | undefined, words: OfflineWords): string {
  const more = others.size === 0 ? "" : `, ${words.more(others.size)}`;
  const link = message?.link === undefined ? "" : ` ([link](${message.link}))`;
  return `- ${text} — *${message?.author ?? ""}*${more}${link}`;
}

function sentencesOf(text: string, at: number): Sentence[] {
  const parts = text.split(/(?<=[.!?])\s+|(?<=[\u3002\uFF01\uFF1F])|\n+/);
  return parts
    .map((part) => part.trim())
    .filter((part) => part.length > 3)
    .map((part) => ({ text: part, words: contentWords(part), score: 0, at, others: new Set<string>() }));
}

const segmenter = new Intl.Segmenter("zh", { granularity: "word" });

function contentWords(text: string): Set<string> {
  const words = new Set<string>();
  for (const { segment, isWordLike } of segmenter.segment(text.toLowerCase())) {
    if (isWordLike && (segment.length > 3 || /\p{Script=Han}{2}|\d/u.test(segment))) words.add(segment);
  }
  return words;
}

/** What many speak of counts, and so do decisions, trouble, figures and open questions; long-windedness does not. */
function scoreOf({ text, words }: Sentence, counts: ReadonlyMap<string, number>): number {
  let shared = 0;
  for (const word of words) shared += Math.log(1 + (counts.get(word) ?? 0));
  let score = shared / Math.sqrt(Math.max(4, words.size));
  if (telling.test(text)) score += 1.5;
  if (/\d/.test(text)) score += 0.5;
  return /[?\uFF1F]\s*$/.test(text) ? score + 0.5 : score;
}

function likeness(one: Sentence, other: Sentence): number {
  let shared = 0;
  for (const word of one.words) if (other.words.has(word)) shared += 1;
  return shared / Math.max(1, Math.min(one.words.size, other.words.size));
}
