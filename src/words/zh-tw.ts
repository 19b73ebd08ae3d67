import { commandsInChinese } from "./command-names-zh-tw.ts";
import { digestInChinese } from "./digest-zh-tw.ts";
import { elicitationInChinese } from "./elicitation-zh-tw.ts";
import { oauthInChinese } from "./oauth-zh-tw.ts";
import { scheduledInChinese } from "./schedule-notices-zh-tw.ts";
import { schedulesInChinese } from "./schedules-zh-tw.ts";
import { serverPromptsInChinese } from "./server-prompts-zh-tw.ts";
import { toolsInChinese } from "./tools-zh-tw.ts";
import { whenInChinese } from "./when-zh-tw.ts";
import type { Words } from "./words.ts";

const list = (names: string[]) => names.map((name) => `**${name}**`).join("、");

/** What the bot says, in Traditional Chinese as it is written in Taiwan. */
export const zhTW: Words = {
  footer(about) {
    const parts = [about.agent, about.insteadOf ? `${about.model}（代替 ${about.insteadOf}）` : about.model];
    if (about.tools > 0) parts.push(`${about.tools} 個工具`);
    parts.push(about.seconds < 1 ? "不到 1 秒" : `${Math.round(about.seconds)} 秒`);
    if (about.cost !== undefined) parts.push(`$${about.cost < 0.01 ? about.cost.toFixed(4) : about.cost.toFixed(3)}`);
    return parts.join(" · ");
  },
  offlineModel: "離線模型",
  thinking: "思考中…",
  using: (tool) => `正在使用 ${tool}…`,
  stop: "停止",
  retry: "再試一次",
  stopped: (by, soFar) => {
    const head = by ? `*${by} 已停止。*` : "*已停止。*";
    return soFar ? `${head}目前為止的內容：\n\n${soFar}` : head;
  },
  nothingToStop: "這裡沒有正在進行的工作。",
  waiting: (others) => `前面還有 ${others} 個…`,
  reading: (file) => `正在讀 ${file}…`,
  skipped: {
    "too-large": "沒有讀：檔案太大",
    "too-many": "沒有讀：我一次最多讀 8 個檔案",
    "too-slow": "沒有讀：花的時間太久",
    "not-text": "沒有讀：不是文字也不是圖片",
    "no-text": "沒有讀：裡面只有圖片，沒有文字",
    "no-images": "沒有看：這個模型不接受圖片",
    encrypted: "沒有讀：檔案已加密",
    empty: "檔案是空的",
    damaged: "沒有讀：檔案損壞",
    unreachable: "沒有讀：我拿不到這個檔案",
  },
  good: "好的回答",
  bad: "不好的回答",
  rated: { good: "謝謝，記下了。", bad: "記下了。請在討論串裡說說哪裡不對，我再試一次。" },
  after: (person, others) => `${person}，前面還有 ${others} 個問題，接著就處理你的。`,
  failed(about) {
    const end = `我沒能完成：${about.why}${about.changed ? "可能已經有東西被更動，重試前請先確認。" : "沒有更動任何東西。"} · 執行 ${about.run}`;
    return about.soFar ? `${about.soFar}\n\n${end}` : end;
  },
  why: {
    model: (models, times, seconds) => {
      const others = models.slice(1);
      const and = others.length > 0 ? `，也試了 ${others.join("、")}` : "";
      return `模型 ${models[0] ?? ""} 沒有回應（${seconds} 秒內試了 ${times} 次${and}）。`;
    },
    refusedKey: (model) => `模型 ${model} 拒絕了金鑰，需要管理員處理。`,
    timeout: (minutes) => `超過了 ${minutes}。`,
    steps: (steps) => `${steps} 個步驟內沒有結果。`,
    repeating: "同一個工具呼叫連續失敗三次。",
    output: "答案不符合要求的格式。",
    empty: "模型兩次都給了空白的答案。",
    worker: "負責處理的部分出了問題。",
    interrupted: "在一個會更動資料的工具執行時，我被重新啟動了。",
  },
  emptyMention: (agents) =>
    `在呢。請在提及我之後寫下問題${agents.length > 0 ? `，或指名其中一位：${list(agents)}` : ""}。\`help\` 有更多說明。`,
  noSuchAgent: (asked, near) =>
    near
      ? `沒有叫 *${asked}* 的代理。你是指 **${near}** 嗎？也可以看看 \`agents\`。`
      : `沒有叫 *${asked}* 的代理。看看 \`agents\` 有誰在。`,
  askInstead: (agent) => `問 ${agent}`,
  noAgents: "這裡還沒有設定任何代理。管理員可以在 `config/agents.yaml` 新增。",
  notHere: (agent, place, others, admins) => {
    const here = others.length > 0 ? `在這裡可以找 ${list(others)}。` : "這裡沒有可以詢問的代理。";
    return `**${agent}** 不適用於 ${place}。${here}${admins.length > 0 ? `管理員（${admins.join("、")}）可以更改。` : "管理員可以更改。"}`;
  },
  notYou: (agent) => `**${agent}** 在這裡沒有開放給你。管理員可以更改。`,
  onlyTriggered: (agent) => `**${agent}** 只在排程和事件中工作，不能在聊天中詢問。`,
  tooMany: (perMinute, seconds) => `一分鐘內超過 ${perMinute} 個問題了。${seconds} 秒後我會繼續聽。`,
  tooLong: (length, most) =>
    `這則訊息有 ${length.toLocaleString("en")} 個字元；我一次最多讀 ${most.toLocaleString("en")} 個。請傳重點，或改用檔案。`,
  asked: (person, agent, question) => `**${person}** 問 **${agent}**：${question}`,
  askedAbout: (person, agent, question) => `**${person}** 就這則訊息問 **${agent}**：${question}`,
  askedThere: (agent, link) => (link ? `**${agent}** 開始處理了：${link}` : `**${agent}** 開始處理了。`),
  cantWhisper: (person) =>
    `@${person}，我要說的只給你看，但我沒辦法私訊你。請允許我傳私訊給你，或改用指令，例如 \`/bellhop help\`，它的回覆只有你看得到。`,
  cantWriteThere: "我無法在那裡發言。請先邀請我加入那個頻道，再問一次。",
  askWhat: "想問什麼？例如 `/ask researcher 有什麼新消息？`",
  unknownVerb: (verb, near) =>
    `我不認得 *${verb}*。${near ? `你是指 \`${near}\` 嗎？` : ""}\n試試 \`status\`、\`why\`、\`agents\`、\`help\`，或直接提問。`,
  help: (bot) =>
    [
      `提及我並提問：\`@${bot} 有什麼新消息？\` 我會在討論串裡回答；之後在那裡不必再提及我。`,
      `\`@${bot} 名字：…\` 指名詢問某個代理。\`agents\` 列出有誰在，\`prompts\` 列出現成的提問。`,
      "在討論串裡說 `stop` 可以停止我正在做的事。`why` 說明我做了什麼、為什麼，或為什麼沒有回答。",
      "`mute` 讓我在這裡保持安靜，除非被提及；`unmute` 恢復。`new` 重新開始，`forget` 刪除我保留的內容。",
      "`status` 說明我的狀態，`usage` 說明這裡的用量。以上也都可以用 `/bellhop …`，只有你看得到回覆。",
    ].join("\n"),
  agents: {
    none: "這裡沒有代理。",
    one: (a) =>
      `**${a.name}**${a.role ? ` — ${a.role}` : ""} · ${a.model} · ${a.tools} 個工具${a.cost > 0 ? ` · 30 天內 $${a.cost.toFixed(2)}` : ""}${a.note ? ` · ⚠ ${a.note}` : ""}`,
    model: (name, about) => `模型 *${name}*：${about}`,
    missingServer: (server) => `MCP 伺服器「${server}」沒有設定`,
    serverDown: (server, state) => `MCP 伺服器「${server}」沒有連上（${state}）`,
    held: (tools) => `${tools} 個工具等待管理員接受`,
  },
  status: (about) =>
    [
      `已連線：${about.adapters.join("、") || "無"}。`,
      `${about.running} 個執行中，${about.waiting} 個等待中，${about.workers} 個工作執行緒。`,
      ...(about.servers.length > 0 ? [`工具來源：${about.servers.join("、")}。`] : []),
      ...(about.problems > 0 ? [`⚠ 設定有 ${about.problems} 個問題；我先沿用上一份正確的設定。`] : []),
    ].join("\n"),
  whyAnswer: {
    nothing: "這裡還沒有任何紀錄。",
    agent: (agent, rule) => `由 *${agent}* 回答（規則：${rule}）。`,
    read: (messages, files) => `我讀了這個討論串的 ${messages} 則訊息${files > 0 ? `和 ${files} 個檔案` : ""}。`,
    tools: (offered, used, refused) => {
      const head = `提供了 ${offered} 個工具，用了 ${used.length === 0 ? "零個" : used.join("、")}`;
      return refused.length > 0 ? `${head}；拒絕：${refused.join("、")}。` : `${head}。`;
    },
    held: (tools) => `已擱置，管理員未接受：${tools.join("、")}。`,
    tokens: (input, output, cost, estimated) =>
      `${estimated ? "約 " : ""}${input.toLocaleString("en")} + ${output.toLocaleString("en")} 個 token${cost === undefined ? "" : `，$${cost.toFixed(4)}`}。`,
    recalled: (calls) => `有 ${calls} 次模型呼叫與先前的完全相同，直接用了快取的回答。`,
    ended: {
      answered: "已經回答。",
      failed: (why) => `失敗：${why}`,
      stopped: (by) => (by ? `被 ${by} 停止。` : "已停止。"),
      running: "還在進行中。",
    },
    silent: (why) => `上一則訊息我沒有回答：${why}。`,
  },
  results: {
    again: (count) => `有 ${count} 個工具結果沿用了先前相同呼叫的內容。`,
    kept: (tools) => `${tools.join("、")} 的結果太長，只摘錄給代理看；完整內容我都留著。`,
    send: "把完整結果傳給我",
    here: (agent) => `這是先前只摘錄給 ${agent} 看的完整內容。`,
    sent: "已經用私訊傳給你了。",
    notYours: "只有提問的人和管理員可以拿到這個。",
    nowhere: "我沒辦法在這裡傳私訊給你，所以沒辦法交給你。",
  },
  rule: ({ by, pattern }) =>
    ({
      named: "在文字中指名",
      prompt: "有這個提示的代理",
      thread: "討論串的代理",
      route: `路由 ${pattern}`,
      channel: "頻道的代理",
      workspace: "工作區的預設",
      only: "這裡的第一個代理",
      schedule: "排程的代理",
    })[by],
  silence: {
    off: "這個頻道關閉了回覆",
    notMentioned: "沒有提及我，而這也不是我參與的討論串",
    mentionOnly: "這裡每則訊息都必須提及我",
    talkedPast: "有兩個人在互相交談，所以我先退開，直到再被提及",
    bot: "訊息來自機器人",
    muted: "我在這裡被靜音了，只回答提及我的訊息",
  },
  configBroken: (problems) =>
    `設定的更動有問題；我先沿用上一份正確的設定：\n${problems.map((p) => `• ${p}`).join("\n")}`,
  configMended: "設定已恢復正確並開始使用。",
  alreadyDone: "這件事已經處理過了。",
  gone: "我已經沒有那份資料了，請再問一次。",
  theRest: (file) => `*完整的回答在 \`${file}\` 裡。*`,
  filesLeft: {
    tooMuch: (names) => `超過一則回答能附上的量，因此沒有附上：${names.join("、")}。`,
    notHere: (names) => `我在這裡無法附上檔案：${names.join("、")}。`,
    lost: (names) => `我無法附上：${names.join("、")}。`,
    inDirect: (names) => `已用私訊傳給你：${names.join("、")}。`,
  },
  muted: "除非被提及，我在這裡會保持安靜。說 `unmute` 我就回來。",
  unmuted: "我回來了。",
  afresh: "重新開始：從現在起，我不再接著先前的對話。",
  stillAtWork: "我還在這裡工作。請先說 `stop`，或等我回答。",
  nothingKept: "我沒有保留這段對話的任何內容。",
  forgotten: (answers) => `已經忘記：${answers} 個回答和相關的內容。聊天裡的訊息不是我能刪的。`,
  notYoursToForget: "只有在這裡問過我的人和管理員可以要求忘記。",
  usage: {
    nothing: "這裡 30 天內沒有任何用量。",
    day: (sum) => `這裡過去 24 小時：${sum}。`,
    month: (sum) => `這裡過去 30 天：${sum}。`,
    sum: (used, costs) => {
      const tokens = (used.input + used.output).toLocaleString("en");
      return `${used.runs} 個回答，${tokens} 個 token${costs && used.cost > 0 ? `，$${used.cost.toFixed(2)}` : ""}`;
    },
  },
  greeting: (bot, agents) => {
    const who = agents.length > 0 ? `在這裡可以找 ${list(agents)}。` : "";
    return `大家好，我是 ${bot}。${who}提及我並提問，我會在討論串裡回答：\`@${bot} 你能做什麼？\``;
  },
  home: {
    hello: (bot) => `你好，我是 **${bot}**。在頻道裡提及我，或直接在這裡寫給我。`,
    agents: "有誰在",
    health: "我的狀態",
    start: "可以說些什麼",
  },
  prompts: {
    askAgent: (agent, role) => (role ? `問 ${agent}：${role}` : `問 ${agent}`),
    whatCanYouDo: (agent) => `${agent}：你能幫我做什麼？`,
    whoIsHere: "有誰在？",
    help: "可以說些什麼？",
  },
  aboutForm: {
    agent: "代理",
    question: "你想知道什麼？",
    usual: "這是關於什麼的？我們該怎麼做？",
    ask: "提問",
  },
  scheduled: scheduledInChinese,
  formLate: "我太慢了，表單打不開。請再試一次。",
  thisPlace: "這個頻道",
  commands: commandsInChinese,
  shortcuts: { askAbout: "問代理關於這則訊息", scheduleThis: "為這則訊息排程" },
  elicitation: elicitationInChinese,
  schedules: schedulesInChinese,
  oauth: oauthInChinese,
  tools: toolsInChinese,
  serverPrompts: serverPromptsInChinese,
  when: whenInChinese,
  digest: digestInChinese,
};
