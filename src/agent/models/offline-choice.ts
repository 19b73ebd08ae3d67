import type { ToolSpec } from "../tool.ts";

/** A tool that a message names, the words it was named by, and whether they are of its name. */
export type Choice = { tool: ToolSpec; named: string[]; byName: boolean };

/** Words that say nothing about which tool is meant. */
const idle = new Set(
  `a an and any are as at be by can could do does for from get give have hello hey hi how i if in into is it its let
  list many me message messages much my need of on one or our out please show so some tell than that the their them then
  there these they this to use using want was we what when where which who why will with would you your`.split(/\s+/),
);

/** What people write in Chinese for words that stand in names and descriptions of tools. */
const chinese: [RegExp, string[]][] = [
  [/幾點|時間|現在/, ["time", "now", "clock"]],
  [/幾天|多少天|倒數/, ["days", "until"]],
  [/日期|今天|星期/, ["date", "today"]],
  [/骰/, ["dice", "roll"]],
  [/搜尋|搜索|查詢|查一下/, ["search", "query", "find"]],
  [/讀取|閱讀|打開/, ["read"]],
  [/寫入|寫檔/, ["write"]],
  [/檔案|文件/, ["file"]],
  [/天氣|氣溫/, ["weather"]],
  [/翻譯/, ["translate"]],
  [/排程|定時|提醒/, ["schedule", "task"]],
];

/** The tool whose name, or else whose description, the message names best; undefined when it names none. */
export function chooseTool(question: string, tools: readonly ToolSpec[]): Choice | undefined {
  const asked = new Set(wordsOf(question));
  for (const [pattern, words] of chinese) if (pattern.test(question)) for (const word of words) asked.add(word);
  const described = tools.map((tool) => new Set(wordsOf(tool.description)));
  const squeezed = question.toLowerCase().replace(/[\s_-]+/g, " ");

  let best: { choice: Choice; score: number } | undefined;
  for (const [at, tool] of tools.entries()) {
    const name = tool.name.split("__").at(-1) ?? tool.name;
    const byName = wordsOf(name).filter((word) => asked.has(word));
    const byDescription = [...(described[at] ?? [])].filter((word) => asked.has(word) && !byName.includes(word));
    byDescription.push(...sharedChinese(question, tool.description));
    // A name of one word may stand in any sentence.
    const names = /[_-]/.test(name) ? [tool.name, name] : [tool.name];
    const whole = names.some((one) => squeezed.includes(one.toLowerCase().replace(/[\s_-]+/g, " ")));
    const rare = byDescription.some((word) => described.filter((words) => words.has(word)).length <= 1);
    if (!whole && byName.length === 0 && byDescription.length < 2 && !rare) continue;
    const score = (whole ? 10 : 0) + 3 * byName.length + byDescription.length;
    if (best === undefined || score > best.score)
      best = {
        choice: { tool, named: [...byName, ...byDescription], byName: whole || byName.length > 0 },
        score,
      };
  }
  return best?.choice;
}

/** Words by their stems, without those that say nothing. */
export function wordsOf(text: string): string[] {
  const split = text.replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase();
  const words = split.match(/[a-z][a-z']*/g) ?? [];
  return words.filter((word) => !idle.has(word) && word.length > 1).map(stemOf);
}

/** A word without the endings English puts to it. */
export function stemOf(word: string): string {
  if (word.length > 5 && word.endsWith("ing")) return word.slice(0, -3);
  if (word.length > 4 && word.endsWith("ies")) return `${word.slice(0, -3)}y`;
  return word.length > 3 && word.endsWith("s") && !word.endsWith("ss") ? word.slice(0, -1) : word;
}

/** Pairs of Chinese characters that stand in both texts. */
function sharedChinese(question: string, description: string): string[] {
  const pairs = new Set<string>();
  for (const run of question.match(/\p{Script=Han}{2,}/gu) ?? []) {
    for (let at = 0; at + 1 < run.length; at++) {
      const pair = run.slice(at, at + 2);
      if (description.includes(pair)) pairs.add(pair);
    }
  }
  return [...pairs];
}
