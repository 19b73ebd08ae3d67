import type { serverPromptsInEnglish } from "./server-prompts-en.ts";

/** What the bot says of the prompts that servers have ready, in Traditional Chinese. */
export const serverPromptsInChinese: typeof serverPromptsInEnglish = {
  none: "這裡的代理都沒有現成的提示。提示由 MCP 伺服器提供。",
  head: "這些是現成的提問，填好空格就能用。提及我之後、或在 `/ask` 後面說出其中一個；方括號裡的可以省略。",
  more: (prompts) => `……還有 ${prompts} 個。`,
  unknown: (asked, near) =>
    `這裡沒有「${asked}」這個提示。${near ? `你是指 \`use ${near}\` 嗎？` : ""}\`prompts\` 會列出有哪些。`,
  notIts: (agent, server, others) =>
    `**${agent}** 沒有「${server}」的提示。${others.length > 0 ? `可以問 ${others.map((one) => `**${one}**`).join("、")}。` : ""}`,
  missing: (prompt, missing, example) =>
    `「${prompt}」還需要 ${missing.map((one) => `\`${one}\``).join("、")}。例如：\`${example}\``,
  examples: (values) => `例如：${values.join("、")}`,
  fill: "填寫",
  noSuchArgument: (prompt, asked, near, usage) =>
    `「${prompt}」沒有 \`${asked}\` 這一項。${near ? `你是指 \`${near}\` 嗎？` : ""}用法是：\`${usage}\``,
  unread: (words, usage) => `我看不出「${words}」要填在哪裡。請這樣寫：\`${usage}\``,
  away: (server, seconds) =>
    `伺服器「${server}」沒有連上。${seconds === undefined ? "請稍後再問一次。" : `${seconds} 秒後會再試。`}`,
  awayNow: (server) => `伺服器「${server}」現在沒有連上，還看不到它的提示；每次執行時都會再向它要。`,
  notInDigest:
    "摘要整理的是大家說過的話，不能使用伺服器的提示。請用文字說明摘要要注意什麼，或不要做摘要、單獨排定這個提示。",
  why: {
    away: (server, seconds) =>
      `提供這個提示的伺服器「${server}」沒有連上${seconds === undefined ? "。" : `，${seconds} 秒後會再試。`}`,
    refused: (prompt, said) => `伺服器不肯給「${prompt}」這個提示：${said}`,
    failed: (prompt) => `伺服器沒有給出「${prompt}」這個提示。`,
    empty: (prompt) => `「${prompt}」這個提示是空的。`,
    gone: (server) => `伺服器「${server}」已經不在設定裡了。`,
  },
  besides: (prompts, resources) =>
    [...(prompts > 0 ? [`${prompts} 個提示`] : []), ...(resources > 0 ? [`${resources} 份資源`] : [])].join(" · "),
};
