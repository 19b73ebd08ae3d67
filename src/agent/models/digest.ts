import { likeness, type Sentence, scoreAll, sentencesOf } from "./offline-sentences.ts";
import type { OfflineWords } from "./offline-words.ts";

/** A message as it stands in a line: `[time] author: text (link)`. */
export type Message = { time: string; author: string; text: string; link: string | undefined };

/** A sentence that was picked, and who else said the same. */
type Picked = Sentence & { others: Set<string> };

const line = /^\[(?=[^\]]*\d)([^\]]{1,40})\]\s*([^(:\uFF1A][^:\uFF1A]{0,59})[:\uFF1A]\s*(.*)$/;
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
  scoreAll(sentences);

  const room = Math.min(7, Math.max(1, Math.ceil(Math.sqrt(messages.length) * 1.5)));
  const picked: Picked[] = [];
  const sayingMuch = sentences.filter(({ words }) => words.size > 1);
  const ranked = sayingMuch.length > 0 ? sayingMuch : sentences;
  for (const sentence of [...ranked].sort((one, other) => other.score - one.score || one.at - other.at)) {
    const alike = picked.find((chosen) => chosen.at === sentence.at || likeness(chosen.words, sentence.words) > 0.5);
    const author = messages[sentence.at]?.author ?? "";
    if (alike !== undefined) {
      if (author !== messages[alike.at]?.author) alike.others.add(author);
    } else if (picked.length < room) picked.push({ ...sentence, others: new Set() });
  }
  picked.sort((one, other) => one.at - other.at);
  const items = picked.map((sentence) => itemOf(sentence, messages[sentence.at], words));
  const people = new Set(messages.map(({ author }) => author)).size;
  return [words.digestHead(messages.length, people), "", ...items, "", words.digestFoot].join("\n");
}

function itemOf({ text, others }: Picked, message: Message | undefined, words: OfflineWords): string {
  const more = others.size === 0 ? "" : `, ${words.more(others.size)}`;
  const link = message?.link === undefined ? "" : ` ([link](${message.link}))`;
  return `- ${text} — *${message?.author ?? ""}*${more}${link}`;
}
