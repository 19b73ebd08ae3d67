import {
  contentWords,
  isQuestion,
  isTelling,
  likeness,
  type Sentence,
  scoreAll,
  sentencesOf,
} from "./offline-sentences.ts";
import { offlineWords } from "./offline-words.ts";

/** One matter, as a brief for digests asks for it. */
export type Matter = {
  key?: string;
  title: string;
  state: "new" | "open" | "resolved";
  why?: string;
  messages: string[];
  people: string[];
};

type Line = { ref: string; thread: string; isOld: boolean; author: string; text: string };
type Earlier = { key: string; refs: string[]; isOver: boolean; words: Set<string> };
type Found = Matter & { score: number; words: Set<string> };

const message = /^\[(m\d+)(?: re (m\d+))? [^\],]{1,40}(, earlier)?\] ([^:]{1,60}): (.*)$/;
const earlierItem = /^\[([a-z\d]{1,20})(?: re (m\d+(?:, m\d+)*))?\] (open|resolved): (.*)$/;
const done =
  /\b(?:fixed|solved|resolved|sorted|done|closed|merged|shipped|rolled (?:out|back)|works (?:now|again|fine)|working (?:now|again)|back (?:up|online|to normal))\b|已修復|修好了?|修復了|已解決|解決了|搞定|已處理|處理好|已完成|完成了|恢復正常|恢復了|已上線/i;
const notDone =
  /\b(?:not|never|isn'?t|wasn'?t|aren'?t|hasn'?t|haven'?t|won'?t|can'?t|couldn'?t|doesn'?t|once|until|unless|when|if|should be|must be|will be|to be|can be|needs?|trying|almost|nearly|half)\b[^.!?]{0,40}$|(?:還沒|還未|尚未|沒有|沒|未|無法|不能|等|如果|快|何時|什麼時候|需要|會|要|請)[^。！？]{0,8}$/i;
const troubleAgain =
  /\b(?:still (?:not|broken|fails?|failing|down|happen\w*|see\w*|there)|not (?:fixed|solved|resolved)|(?:fails?|broke|broken|happen\w*|down|back) again|reopen\w*|came back)\b|還是(?:不行|一樣|會|有|壞|失敗)|又(?:壞|失敗|出現|發生|當)|沒有修好|再次/i;
const most = 12;
const mostMessages = 8;
/** A sentence that is only said, with no answer and no trouble in it, must tell something to count. */
const fewestWords = 4;

/**
 * The matters of a brief's messages in people's own words: threads, the most telling sentence of each, and whether
 * somebody wrote that it is done. Contract: the same text always gives the same answer.
 */
export function matterDigest(text: string): { items: Matter[] } {
  const lines = linesIn(text);
  const earlier = earlierIn(text);
  const sentences = lines.flatMap((line, at) => sentencesOf(line.text, at));
  scoreAll(sentences);
  const byLine = new Map<number, Sentence[]>();
  for (const sentence of sentences) byLine.set(sentence.at, [...(byLine.get(sentence.at) ?? []), sentence]);
  const threads = new Map<string, number[]>();
  for (const [at, line] of lines.entries()) {
    const thread = threads.get(line.thread);
    if (thread) thread.push(at);
    else threads.set(line.thread, [at]);
  }
  const found: Found[] = [];
  for (const places of threads.values()) {
    const one = matterOf(places, lines, byLine, earlier);
    if (one !== undefined) found.push(one);
  }
  found.sort((one, other) => other.score - one.score);
  const room = Math.min(most, Math.max(3, Math.ceil(Math.sqrt(threads.size) * 1.5)));
  const items = distinct(found).filter(({ key }, at) => at < room || key !== undefined);
  return { items: items.map(({ score: _, words: __, ...matter }) => matter) };
}

function linesIn(text: string): Line[] {
  return rowsIn(text, "messages").flatMap((row) => {
    const [, ref, re, old, author = "", said = ""] = message.exec(row) ?? [];
    return ref === undefined ? [] : [{ ref, thread: re ?? ref, isOld: old !== undefined, author, text: said }];
  });
}

function earlierIn(text: string): Earlier[] {
  return rowsIn(text, "earlier").flatMap((row) => {
    const [, key, refs, state, title = ""] = earlierItem.exec(row) ?? [];
    return key === undefined
      ? []
      : [{ key, refs: refs?.split(", ") ?? [], isOver: state === "resolved", words: contentWords(title) }];
  });
}

function rowsIn(text: string, mark: string): string[] {
  const rows = text.split("\n");
  const from = rows.indexOf(`<${mark}>`);
  const to = rows.indexOf(`</${mark}>`, from + 1);
  return from === -1 || to === -1 ? [] : rows.slice(from + 1, to);
}

function matterOf(
  places: number[],
  lines: readonly Line[],
  byLine: ReadonlyMap<number, Sentence[]>,
  earlier: readonly Earlier[],
): Found | undefined {
  const thread = places.flatMap((at) => lines[at] ?? []);
  const news = thread.filter(({ isOld }) => !isOld);
  const first = thread[0];
  if (first === undefined || news.length === 0) return undefined;
  const title = titleOf(places, byLine);
  if (title === undefined) return undefined;
  const people = [...new Set(thread.map(({ author }) => author))];
  const refs = new Set(thread.map(({ ref }) => ref));
  const known =
    earlier.find((item) => item.refs.some((ref) => refs.has(ref))) ??
    earlier.find((item) => !item.isOver && shares(item.words, title.words) && likeness(item.words, title.words) > 0.5);
  const settling = settlingIn(thread);
  // It was done before, and nothing was said since that asks for more.
  if (settling?.line.isOld && (known === undefined || known.isOver) && !news.some(({ text }) => isQuestion(text)))
    return undefined;
  const isAsked = sentencesOf(first.text, 0).some(({ text }) => isQuestion(text));
  const isDoneNow = settling !== undefined && !settling.line.isOld;
  const isUnanswered = settling === undefined && isAsked && people.length === 1;
  const isWorthy =
    known !== undefined || settling !== undefined || people.length > 1 || isAsked || isTelling(title.text);
  if (!isWorthy && title.words.size < fewestWords) return undefined;
  const score =
    title.score +
    Math.log2(news.length) +
    (people.length > 1 ? 0.5 : 0) +
    (isUnanswered || isDoneNow ? 1 : 0) +
    (known === undefined ? 0 : 2) -
    (isWorthy ? 0 : 2);
  const why =
    settling === undefined ? (isUnanswered ? offlineWords(first.text).unanswered : undefined) : settling.words;
  const told = [first, ...news.filter((line) => line !== first && line !== settling?.line).slice(-mostMessages)];
  const messages = [...told, ...(settling === undefined || settling.line === first ? [] : [settling.line])];
  return {
    ...(known === undefined ? {} : { key: known.key }),
    title: title.text,
    state: isDoneNow ? "resolved" : known !== undefined ? "open" : "new",
    ...(why === undefined || why === title.text ? {} : { why }),
    messages: messages.map(({ ref }) => ref),
    people,
    score,
    words: title.words,
  };
}

/** What a thread is about: its first message, or what was said best in it where that says little. */
function titleOf(places: number[], byLine: ReadonlyMap<number, Sentence[]>): Sentence | undefined {
  const best = (sentences: Sentence[]) =>
    sentences
      .filter(({ words }) => words.size > 1)
      .reduce<Sentence | undefined>(
        (one, other) => (one === undefined || other.score > one.score ? other : one),
        undefined,
      );
  return best(byLine.get(places[0] ?? -1) ?? []) ?? best(places.flatMap((at) => byLine.get(at) ?? []));
}

/** The last words by which somebody says that it is done, if nobody says otherwise after them. */
function settlingIn(thread: readonly Line[]): { line: Line; words: string } | undefined {
  for (const line of [...thread].reverse()) {
    const sentences = sentencesOf(line.text, 0).map(({ text }) => text);
    for (const text of sentences.reverse()) {
      if (troubleAgain.test(text)) return undefined;
      if (isDone(text)) return { line, words: text };
    }
    if (isDone(line.text)) return { line, words: line.text };
  }
  return undefined;
}

function isDone(text: string): boolean {
  const found = done.exec(text);
  return found !== null && !isQuestion(text) && !notDone.test(text.slice(0, found.index));
}

/** What is said twice, in two threads, is one matter; the one that counts more speaks. */
function distinct(found: readonly Found[]): Found[] {
  const picked: Found[] = [];
  for (const one of found) {
    const alike = picked.find((other) =>
      one.key === undefined
        ? shares(other.words, one.words) && likeness(other.words, one.words) > 0.6
        : other.key === one.key,
    );
    if (alike === undefined) {
      picked.push({ ...one });
      continue;
    }
    alike.messages = [...new Set([...alike.messages, ...one.messages])];
    alike.people = [...new Set([...alike.people, ...one.people])];
    if (one.state === "resolved" && alike.state !== "resolved") {
      alike.state = "resolved";
      if (one.why !== undefined) alike.why = one.why;
    }
  }
  return picked;
}

/** One word in common is chance. */
function shares(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  return [...one].filter((word) => other.has(word)).length > 1;
}
