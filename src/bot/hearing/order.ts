import { nearest } from "../../config/nearest.ts";
import type { Verb } from "../../words/commands.ts";

/** The words that mean an order when they stand alone after a mention. */
const spellings: Record<Exclude<Verb, "tools" | "connect" | "disconnect"> | "agents", readonly string[]> = {
  status: ["status", "狀態"],
  why: ["why", "為什麼"],
  help: ["help", "說明", "幫助", "?", "？"],
  prompts: ["prompts", "提示"],
  usage: ["usage", "用量"],
  mute: ["mute", "靜音"],
  unmute: ["unmute", "取消靜音"],
  new: ["new", "重新開始"],
  forget: ["forget", "忘記"],
  agents: ["agents", "代理"],
  stop: ["stop", "停", "停止"],
};

/** Something that can be told the bot. */
export type Order = keyof typeof spellings;

/** Every word that begins an order. */
const orders = [...Object.keys(spellings), "tools", "connect", "disconnect"];

/** The order that a whole text is, if it is one: `why`, and as well `/bellhop why`. */
export function orderOf(text: string): Order | undefined {
  const whole = text
    .trim()
    .toLowerCase()
    .replace(/^\/?bellhop\s+|^\//, "");
  for (const order of Object.keys(spellings) as Order[]) if (spellings[order].includes(whole)) return order;
  return undefined;
}

/** The order that was probably meant. */
export function nearestVerb(text: string): string | undefined {
  return nearest(text, orders);
}

/** A single word that is an order but for one letter, where somebody spoke to the bot itself. */
export function misspelledOrder(text: string): string | undefined {
  const word = /^\/?([a-z]{4,})$/i.exec(text.trim())?.[1];
  return word && nearest(word, orders, 1);
}
