import { elicitationInChinese } from "./elicitation-zh-tw.ts";
import { oauthInChinese } from "./oauth-zh-tw.ts";
import { schedulesInChinese } from "./schedules-zh-tw.ts";
import { serverPromptsInChinese } from "./server-prompts-zh-tw.ts";
import { toolsInChinese } from "./tools-zh-tw.ts";
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
    held: (tools) => `已擱置，待管理員接受：${tools.join("、")}。`,
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
      only: "唯一的代理",
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
  scheduled: {
    digestAsked: "請整理摘要。",
    privateSource: (name) =>
      `${name} 讀的是私人頻道，會發到其他人也看得到的地方。需要那個頻道裡的人同意；我已經在那裡問了。`,
    mayPost: (name, targets) =>
      `**${name}** 會把這裡的摘要發到 ${targets.join("、")}，其他人也看得到。這裡的任何人都可以同意。`,
    allow: "同意",
    allowed: "已同意。從下一次開始發送。",
    allowedBy: (name) => `✓ ${name} 已同意`,
    notTheirs: "只有看得到那個頻道的人才能同意。",
    stoppedWatching: "很久沒有新消息",
    weeklyNow: (name) => `**${name}** 從現在起每週一發送。`,
    watchingStopped: (name) => `**${name}** 已暫停。用 \`/schedule resume\` 可以恢復。`,
    itemMuted: (title) => `我不會再顯示「${title}」。`,
    itemSnoozed: (title, until) => `${until} 之前我不會顯示「${title}」。`,
    itemBack: "有新進展時會再顯示。",
    undo: "復原",
    runSkipped: "執行略過的",
    runAgain: "再執行一次",
    pause: "暫停",
    resume: "恢復",
    wasDown: (from, to, ran, skipped, names) =>
      `我在 ${from} 到 ${to} 之間離線。到期的 ${ran + skipped} 次中，我執行了 ${ran} 次，略過 ${skipped} 次：${names.join("、")}。`,
    details: "詳細內容",
    inspect: "看紀錄",
    claim: "接手",
    failing: (name, times, why, lastGood) =>
      `**${name}** 已經失敗 ${times} 次：*${why}*${lastGood ? `上次成功：${lastGood}。` : ""}我最多每小時再說一次。`,
    recovered: (name, time, link, times, ms) => {
      const hours = ms / 3_600_000;
      const over =
        hours < 1
          ? `${Math.round(ms / 60_000)} 分鐘`
          : hours < 48
            ? `${Math.round(hours)} 小時`
            : `${Math.round(hours / 24)} 天`;
      return `**${name}** 恢復正常了（${time}${link ? `，[連結](${link})` : ""}）。先前 ${over}內失敗了 ${times} 次。`;
    },
    paused: (name, times, why) => `**${name}** 連續失敗 ${times} 次，我先暫停它：*${why}*`,
    ownerGone: (name, owner) =>
      `**${name}** 已略過並暫停：它的擁有者 ${owner} 已經無法進入那裡。可以在那裡排程的人都能接手。`,
    undelivered: (name, places, why) => `**${name}** 無法發到 ${places.join("、")}：*${why}*`,
    undeliverable: "無法送達",
    late: (due) => `延遲，原定 ${due}`,
    notAllowed: (owner, agent) => `${owner} 已經不能在那裡讓 ${agent} 工作。`,
  },
  formLate: "我太慢了，表單打不開。請再試一次。",
  thisPlace: "這個頻道",
  commands: {
    ask: "問一個代理",
    askUsage: "[代理] 問題",
    question: "你想知道或想完成的事",
    agent: "哪一個代理；不填就用這個頻道的",
    agents: "這裡有哪些代理、做什麼、用什麼工具",
    schedule: "讓代理在固定的時間做事，或看看排了什麼",
    scheduleUsage: "每個工作日 9:00 整理 #support 的摘要 | list | show | run | pause …",
    scheduleWhen: "什麼時候執行，例如「每個工作日 9:00」；或 list、show、run、pause …",
    scheduleWhat: "做什麼、發到哪裡，例如「整理 #support 的摘要 發到 #team」",
    scheduleVerbs: {
      list: "這裡和你自己的排程",
      show: "看一個排程，以及接下來的時間",
      run: "現在就執行一次",
      pause: "暫停；可以附上原因",
      resume: "從下一次起繼續",
      edit: "修改",
      delete: "刪除，連同它的紀錄",
      history: "最近幾次執行的結果",
      why: "某一次執行的結果和原因",
      export: "把這裡的排程匯出成 schedules.yaml",
      board: "在這裡放一則隨時更新的總覽",
    },
    toolsMore: "diff 或 accept，以及哪個伺服器或工具",
    bellhop: "我的狀態、我做了什麼、怎麼讓我安靜",
    verbs: {
      status: "我的狀態",
      why: "我為什麼這樣回答，或為什麼沒有回答",
      help: "可以對我說些什麼",
      prompts: "現成的提問，填好空格就能用",
      usage: "這裡用了多少、是誰用的",
      mute: "在這裡保持安靜，除非被提及",
      unmute: "在這裡重新開口",
      new: "重新開始：不再接著先前的對話",
      forget: "刪除我保留的這段對話",
      tools: "工具的伺服器，以及等待管理員的內容",
      connect: "登入工具的伺服器",
      disconnect: "登出工具的伺服器",
      stop: "停止我在這裡正在做的事",
    },
    whichServer: "伺服器的名稱",
  },
  shortcuts: { askAbout: "問代理關於這則訊息", scheduleThis: "為這則訊息排程" },
  elicitation: elicitationInChinese,
  schedules: schedulesInChinese,
  oauth: oauthInChinese,
  tools: toolsInChinese,
  serverPrompts: serverPromptsInChinese,
  when: {
    neverComes: (day) => `${day}這一天不存在。`,
    past: (time) => `${time} 已經過了。`,
    noSuchTime: (time) => `沒有 ${time} 這個時間：一天是 0:00 到 23:59。`,
    otherPartOfDay: (time) => `${time} 不在那個時段裡。`,
    wholeMinutes: "時間只到分鐘。要到秒的話，請寫 6 個欄位的 cron。",
    otherWeekday: (really, said) => `那一天是${really}，不是${said}。`,
    zone: (zone) => `時間以排程的時區為準。要用別的時區，請另外寫 \`--timezone ${zone}\`，時間後面不要加。`,
    end: "執行到什麼時候要另外寫：這裡不要寫，加上 `--until 2026-12-24`。",
    twoWhens: (first, second) => `「${first}」和「${second}」的時間不同，請分成兩個排程。`,
    onlyStart: (example) => `請也說到什麼時候，例如「${example}」。`,
    noTime: "兩次執行之間要有間隔。",
    tooFar: "太久以後了，我沒辦法保證。",
    oneTimeOnly: "只執行一次的排程只能有一個時間，請分開建立。",
    cronLength: (fields) =>
      `cron 要有 5 個欄位（分、時、日、月、星期），或在最前面加上秒共 6 個；這裡有 ${fields} 個。`,
    cronTooLong: "這個 cron 超過 200 個字元。",
    cronSign: (written, field) => `cron \`${written}\`：我看不懂這個${field}。`,
    cronRange: (written, field, low, high, instead) => {
      const range = `cron \`${written}\`：${field}的範圍是 ${low} 到 ${high}`;
      return instead === undefined ? `${range}。` : `${range}；可以改寫成 \`${instead}\`。`;
    },
    cronBackwards: (written, field, instead) => `cron \`${written}\`：${field}的前後順序反了，請寫成 \`${instead}\`。`,
    fields: { second: "秒", minute: "分鐘", hour: "小時", date: "日期", month: "月份", weekday: "星期" },
    asks: {
      "half-of-day": (said) => `「${said}」是上午還是下午？`,
      "once-or-every": (said) => `「${said}」只要一次，還是每次都要？`,
      unit: (said) => `「${said}」是分鐘還是小時？`,
      "which-day": (said) => `「${said}」是哪一天？`,
      time: (said) => `「${said}」要在幾點？`,
      weekday: (said) => `「${said}」要在星期幾？`,
      date: (said) => `「${said}」要在每月的哪一天？`,
      rule: (said) => `「${said}」是下面哪一個意思？`,
      fields: (said) => `「${said}」是五個欄位還是六個？`,
    },
    skippedTime: (day, time, zone, instead) => `${day}在 ${zone} 沒有 ${time}：當天改在 ${instead} 執行。`,
    repeatedTime: (day, time, zone) => `${day}在 ${zone} 的 ${time} 會出現兩次：只在第一次執行。`,
  },
  digest: {
    head({ sources, since, messages, people, fresh, open, resolved }) {
      const counts = [
        ...(fresh > 0 ? [`${fresh} 件新的`] : []),
        ...(open > 0 ? [`${open} 件未解決`] : []),
        ...(resolved > 0 ? [`${resolved} 件已解決`] : []),
      ];
      return `**${sources.join("、")} 從 ${since} 到現在**：${[`${messages} 則訊息，${people} 人`, ...counts].join(" · ")}`;
    },
    fresh: "新的",
    open: "未解決",
    resolved: "已解決",
    since: (day) => `（${day}起）`,
    comma: "、",
    link: "連結",
    bracketed: (parts) => `（${parts.join("，")}）`,
    moreOpen: (items) => `……還有 ${items} 件未解決。`,
    read: (read, of) =>
      `${of.toLocaleString("en")} 則訊息中我讀了 ${read.toLocaleString("en")} 則：討論串的開頭和結尾、問題，以及最新的訊息。`,
    cut: "訊息太多，一次讀不完；最舊的部分略過了。",
    unread: (source) => `我讀不到 ${source}。`,
    unreadable: (sources, why) => `我讀不到 ${sources.join("、")}：${why}`,
    snooze: (item) => `稍後再提 ${item}`,
    mute: (item) => `不再提 ${item}`,
    heartbeat: (sources, since) => `我還在看著 ${sources.join("、")}：${since}之後沒有新的事。`,
    weekly: "改成每週一次",
    stop: "停止",
  },
};
