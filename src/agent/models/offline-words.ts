/** What the offline model says, in one language. */
export type OfflineWords = {
  about(tools: readonly string[]): string;
  missing(tool: string, fields: readonly string[]): string;
  toolSaid(tool: string, text: string): string;
  toolFailed(tool: string, text: string): string;
  nothingToDigest: string;
  digestHead(messages: number, people: number): string;
  digestFoot: string;
  /** More people who said the same. */
  more(count: number): string;
  /** Why a question is still open. */
  unanswered: string;
};

const en: OfflineWords = {
  about: (tools) =>
    [
      "I'm the offline model: I need no key and no network, and I don't understand language the way a real model does.",
      tools.length > 0
        ? `I can call a tool you name (${listed(tools, "and")}) and make a digest of messages out of people's own sentences.`
        : "I can make a digest of messages out of people's own sentences. This agent has no tools.",
      "For real answers, set a model in `config/llm.yaml`.",
    ].join(" "),
  missing: (tool, fields) =>
    `I'd use ${tool} for that, but I couldn't find ${listed(fields, "and")} in your message. (I'm the offline model: say it in so many words.)`,
  toolSaid: (tool, text) => `${tool} says: ${text}`,
  toolFailed: (tool, text) => `${tool} couldn't do it: ${text}`,
  nothingToDigest: "I'm the offline model, and I see no messages here to make a digest of.",
  digestHead: (messages, people) =>
    `**${messages} ${messages === 1 ? "message" : "messages"}, ${people} ${people === 1 ? "person" : "people"}**`,
  digestFoot: "*Picked by the offline model: people's own sentences, not a summary.*",
  more: (count) => `+${count}`,
  unanswered: "no answer yet",
};

const zh: OfflineWords = {
  about: (tools) =>
    [
      "我是離線模型：不需要金鑰，也不需要網路，但我不像真正的模型那樣懂語言。",
      tools.length > 0
        ? `我可以呼叫你點名的工具（${tools.slice(0, 8).join("、")}${tools.length > 8 ? "…" : ""}），也可以用大家自己的句子整理訊息摘要。`
        : "我可以用大家自己的句子整理訊息摘要。這個助理沒有工具。",
      "想要真正的回答，請在 `config/llm.yaml` 設定一個模型。",
    ].join(""),
  missing: (tool, fields) =>
    `這個我會用 ${tool}，但在你的訊息裡找不到 ${fields.join("、")}。（我是離線模型，請直接寫出來。）`,
  toolSaid: (tool, text) => `${tool} 的結果：${text}`,
  toolFailed: (tool, text) => `${tool} 沒有成功：${text}`,
  nothingToDigest: "我是離線模型，這裡沒有可以整理的訊息。",
  digestHead: (messages, people) => `**${messages} 則訊息，${people} 人**`,
  digestFoot: "*由離線模型挑選：都是大家自己的句子，不是改寫的摘要。*",
  more: (count) => `+${count}`,
  unanswered: "還沒有人回答",
};

/** The words for someone who writes like this. */
export function offlineWords(text: string): OfflineWords {
  return /\p{Script=Han}/u.test(text) ? zh : en;
}

function listed(names: readonly string[], and: string): string {
  const shown = names.slice(0, 8);
  if (names.length > shown.length) return `${shown.join(", ")} …`;
  return shown.length < 2 ? shown.join("") : `${shown.slice(0, -1).join(", ")} ${and} ${shown.at(-1)}`;
}
