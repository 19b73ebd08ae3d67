import type { Language } from "../../chat.ts";
import { type Reading, type ReadOptions, readWhen } from "../../schedules/when/read-when.ts";
import { reference, referencesIn } from "./places.ts";

/** What of a wish is said about the work itself. */
export type Work = {
  /** What is to be done, the agent's name perhaps before it. */
  what: string;
  /** Where it is to be posted, as it was written. */
  to: string[];
};

const list = `${reference}(?:\\s*(?:,|，|、|;|and|&|和|與|及)\\s*${reference})*`;
const target = new RegExp(
  `(?:^|[\\s,，]+)(?:(?:and\\s+)?(?:post(?:ed|ing|s)?|send|put)\\s+(?:it\\s+|that\\s+)?)?(?:in|to|into)\\s+(${list})\\s*[.。]?\\s*$`,
  "i",
);
const chineseTarget = new RegExp(
  `[\\s,，]*(?:並|然後|再)?(?:(?:發佈|發布|張貼|發|貼|傳)(?:到|在|至)?|到|在)\\s*(${list})\\s*(?:裡|上|頻道)?\\s*[.。]?\\s*$`,
);
const digest = new RegExp(
  `^(?:(?:write|make|post|give us)\\s+)?(?:(?:a|the)\\s+)?(?:(?:daily|weekly|short|brief)\\s+)?digests?\\s+(?:of|from|for)\\s+(${list})\\s*([\\s\\S]*)$`,
  "i",
);
const chineseDigest = new RegExp(
  `^(?:請)?(?:整理|彙整|產生|做|寫)?\\s*(${list})\\s*(?:頻道)?\\s*(?:(?:自|從)?(?:昨天|上次)(?:以來|起|開始)?)?\\s*的?\\s*(?:摘要|文摘|彙整|重點)\\s*([\\s\\S]*)$`,
);
const bareDigest = /^(?:(?:a|the)\s+)?(?:(?:daily|weekly)\s+)?(?:digest|摘要|整理摘要)\s*[.。]?$/i;
const sinceThen =
  /^[\s,，]*(?:since (?:yesterday|the last one|then|last time)|自(?:昨天|上次)(?:以來|起)?|從(?:昨天|上次)(?:起|開始)?)[\s.。]*/i;

/** Takes from the end of the words where it is to be posted. */
export function readWork(text: string): Work {
  for (const pattern of [target, chineseTarget]) {
    const found = pattern.exec(text);
    if (found?.[1]) return { what: text.slice(0, found.index).trim(), to: referencesIn(found[1]) };
  }
  return { what: text.trim(), to: [] };
}

/** What a digest is of, and what else is wished of it; undefined when it is none. No channels: that of where it was asked. */
export function readDigest(what: string): { from: string[]; wishes: string } | undefined {
  if (bareDigest.test(what.trim())) return { from: [], wishes: "" };
  const found = digest.exec(what.trim()) ?? chineseDigest.exec(what.trim());
  if (!found?.[1]) return undefined;
  return { from: referencesIn(found[1]), wishes: (found[2] ?? "").replace(sinceThen, "").trim() };
}

/** Reads the time a wish begins with, else the one it ends with. */
export function readWishWhen(text: string, options: ReadOptions): Reading {
  const first = readWhen(text, options);
  if (first.kind !== "none") return first;
  const starts = [...text.matchAll(startsIn(options.language))].map(({ index }) => index).slice(0, 60);
  for (const at of starts) {
    const reading = readWhen(text.slice(at), options);
    if (reading.kind === "none" || reading.rest.replace(/[.。!！]/g, "").trim() !== "") continue;
    return { ...reading, rest: text.slice(0, at).replace(/[\s,，]+$/, "") };
  }
  return first;
}

/** Where a time may begin: at words, in Chinese anywhere. */
function startsIn(language: Language): RegExp {
  return language === "zh-TW" ? /(?<=\s|[,，、]|\p{Ideographic})\S/gu : /(?<=[\s,])\S/g;
}
