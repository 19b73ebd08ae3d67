import { nearest } from "../../config/nearest.ts";
import type { ReadOptions } from "../../schedules/when/read-when.ts";
import { type ScheduleVerb, scheduleVerbs } from "../../words/commands.ts";
import { readWishWhen } from "./read-wish.ts";

/** What somebody wants done about schedules: a verb and what comes after it, or a new one in their words. */
export type ScheduleOrder =
  | { verb: ScheduleVerb; rest: string }
  | { verb: "create"; text: string }
  | { verb: "help"; near?: string };

const chinese: Record<ScheduleVerb, readonly string[]> = {
  list: ["列表", "清單", "列出"],
  show: ["查看", "顯示"],
  run: ["執行"],
  pause: ["暫停"],
  resume: ["繼續", "恢復"],
  edit: ["修改", "編輯"],
  delete: ["刪除"],
  history: ["紀錄", "歷史"],
  why: ["為什麼", "原因"],
  export: ["匯出"],
  board: ["總覽", "看板"],
};
const others: Record<string, ScheduleVerb> = { ls: "list", remove: "delete", cancel: "delete", stop: "pause" };

/** What is said of schedules after a mention or after `/bellhop`: the words behind `schedule`; undefined when it is of something else. */
export function scheduleTextIn(text: string): string | undefined {
  const found = /^\/?(?:bellhop\s+)?(?:schedules?(?![\p{L}\p{N}_-])|排程)[\s:：,，]*([\s\S]*)$/iu.exec(text.trim());
  return found?.[1]?.trim();
}

/** The same, where it may be meant for an agent as well: then it is an order only if it says a verb, or a time. */
export function spokenOrderIn(text: string, options: ReadOptions): string | undefined {
  const said = scheduleTextIn(text);
  if (said === undefined || readOrder(said).verb !== "create") return said;
  return said.includes("--") || readWishWhen(said, options).kind !== "none" ? said : undefined;
}

/** Reads what was said after `schedule`. */
export function readOrder(text: string): ScheduleOrder {
  const said = text.trim();
  if (said === "" || /^(?:help|\?|？|說明)$/i.test(said)) return { verb: "help" };
  for (const verb of scheduleVerbs) {
    for (const word of chinese[verb]) if (said.startsWith(word)) return { verb, rest: said.slice(word.length).trim() };
  }
  const [, word = "", rest = ""] = /^([a-z]+)(?:\s+([\s\S]*))?$/i.exec(said) ?? [];
  const lower = word.toLowerCase();
  const verb = scheduleVerbs.find((one) => one === lower) ?? others[lower];
  if (verb) return { verb, rest: rest.trim() };
  // One word that is nearly a verb, and could not begin a time.
  const near = rest === "" && word !== "" ? nearest(lower, scheduleVerbs, 1) : undefined;
  return near ? { verb: "help", near } : { verb: "create", text: said };
}
