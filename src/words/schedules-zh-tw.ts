import type { schedulesInEnglish } from "./schedules-en.ts";

/** What the bot says of schedules, in Traditional Chinese. */
export const schedulesInChinese: typeof schedulesInEnglish = {
  digests: (when, agent, from, to) => `${when}，${agent} 整理 ${from} 的摘要，發到 ${to}。`,
  works: (when, agent, to) => `${when}，${agent} 做這件事，發到 ${to}：`,
  and: (names) => names.join("、"),
  here: "這裡",
  thisChannel: "這個頻道",
  inZone: (zone) => `（${zone}）`,
  next: (times) => `接下來：${times.join(" · ")}`,
  oneRun: (time) => `只執行一次：${time}`,
  neverAgain: "之後不會再執行。",
  uses: (tools, model) => `使用：${tools.length > 0 ? tools.join("、") : "不用工具"} · 模型 ${model}`,
  costs: (month, runs, run) => ` · 每月大約 ${month}（${runs} 次 × 約 ${run}）`,
  free: " · 不花錢",
  options: (flags) => `另外：${flags}`,
  onlyYou: (until) => `只有你能按，${until} 前有效`,
  create: "建立",
  save: "儲存",
  test: "先試一次",
  edit: "修改",
  cancel: "取消",
  cancelled: "沒有建立排程。",
  unchanged: "沒有更動。",
  manage: "管理",
  created: (person, name, when, place) => `**${person}** 排定了 **${name}**：${when}，${place}。`,
  createdFor: (name, id, next) => `**${name}** \`${id}\` 排好了。下一次：${next}。`,
  changed: (name, id, next) => `**${name}** \`${id}\` 改好了。下一次：${next}。`,
  nothingNext: "不再執行",
  askWhat: (when) => `${when}——到時候要做什麼？例如：\`/schedule 每個工作日 9:00 整理 #support 的摘要\``,
  noWhen: (text) =>
    `我在「${text}」裡看不出時間。請先寫時間：\`每個工作日 9:00 …\`、\`每週一 10:00 …\`、\`每兩小時 …\`、\`明天 9:00 …\`。`,
  usage: [
    "`/schedule 每個工作日 9:00 整理 #support 的摘要` 建立排程；用 `ops：…` 指定代理，用 `發到 #team` 指定地方。",
    "`/schedule list`、`show`、`run`、`pause`、`resume`、`edit`、`delete`、`history`、`why`、`export`、`board`——後面寫名稱或代號。",
  ].join("\n"),
  notYours: (place, who) => {
    const may = { everyone: "", members: "成員可以。", admins: "管理員可以。", listed: "設定裡列出的人可以。" };
    return `你不能在 ${place} 排程。${may[who]}管理員可以更改這項設定。`;
  },
  notYoursToChange: (owner) => `這是 ${owner} 的；只有本人和管理員可以更改。`,
  fromConfig: "這個排程寫在 `schedules.yaml` 裡，要在那裡修改。你可以暫停它，也可以現在執行。",
  tooClose: (when, limit, instead) => `${when}太密了，這裡最短要隔${limit}。試試 \`${instead}\`。`,
  tooCloseOtherwise: (when, limit) => `${when}：有些時間隔得太近，這裡最短要隔${limit}。`,
  tooMany: (most) => `你已經有 ${most} 個排程，這裡每個人最多就是這麼多。請先刪掉一個：\`/schedule list\`。`,
  cantRead: (place) => `你看不到 ${place}，所以我不能替你在那裡做這件事。`,
  notConnected: (adapter) => `${adapter} 沒有連上這個機器人。`,
  noSuchChannel: (name) => `我不認得 ${name} 這個頻道。請輸入 # 後從清單裡選，或寫成 \`slack:C0TEAM\`。`,
  noPlace: "請說要發到哪裡，例如 `in slack:C0TEAM`。",
  noSuchField: (field, near) =>
    `沒有 \`--${field}\` 這個欄位。${near ? `你是不是要寫 \`--${near}\`？` : ""}可用的有：name、timezone、agent、prompt、from、to、thread、digest、catch-up、overlap、jitter、retries、timeout、skip、quiet-hours、until、max-runs、enabled。`,
  badField: (field, value, example) =>
    value === ""
      ? `\`--${field}\` 後面要有值，例如 \`--${field} ${example}\`。`
      : `我看不懂 \`--${field} ${value}\`。請寫成像 \`--${field} ${example}\` 這樣。`,
  gone: "這張卡片已經過期了，請再說一次。",
  notYourCard: "只有提出的人可以按。",
  cantWrite: (name, place) => `我不能在 ${place} 發言，所以沒有建立 **${name}**。請先邀請我進去，再說一次。`,
  testing: "現在先試一次；結果只有你看得到。",
  tested: (seconds, tools, cost) =>
    `結果就會像這樣。花了 ${seconds} 秒，${tools.length > 0 ? `用了 ${tools.join("、")}` : "沒有用工具"}${cost === undefined ? "" : `，${cost}`}。`,
  testedSilent: (why) => `現在不會發任何東西${why ? `：${why}` : "，因為沒有新的內容"}。`,
  tried: (tools) => `建立前試過：${tools.length > 0 ? `用了 ${tools.join("、")}` : "沒有用工具"}。`,
  testFailed: (why) => `失敗了：${why}`,
  none: "這裡沒有排程。",
  noneCalled: (words) => `這裡沒有叫「${words}」的排程。請看 \`/schedule list\`。`,
  whichOne: (words) => `有好幾個叫「${words}」。是哪一個？`,
  whichVerb: (verb) => `是哪一個？\`/schedule ${verb} 名稱\`——請看 \`/schedule list\`。`,
  yours: "你的排程",
  configured: "*（寫在設定裡）*",
  line: {
    next: (time) => `下一次 ${time}`,
    over: "已結束",
    off: "已關閉",
    pausedBy: (who, why) => `${who} 已暫停${why ? `：「${why}」` : ""}`,
    pausedItself: (why) => `我先暫停了${why ? `：${why}` : ""}`,
    failing: "一直失敗",
    last: (outcome, time, link) => `上一次：${outcome} ${time}${link ? `（[連結](${link})）` : ""}`,
    running: "正在執行",
    cost: (sum) => `這個月 ${sum}`,
  },
  more: (count) => `……還有 ${count} 個。用 \`/schedule show 名稱\` 看其中一個。`,
  owner: (name) => `擁有者：${name}`,
  runNow: "現在執行",
  pause: "暫停",
  resume: "繼續",
  delete: "刪除",
  running: (name) => `**${name}** 開始執行了。`,
  stillGoing: (name, time) => `**${name}** 從 ${time} 起還在執行。`,
  paused: (name, why) => `**${name}** 已暫停${why ? `：「${why}」` : ""}。用 \`/schedule resume\` 繼續。`,
  alreadyPaused: (name) => `**${name}** 已經是暫停的。`,
  resumed: (name, next) => `**${name}** 繼續了。下一次：${next}。`,
  notPaused: (name) => `**${name}** 沒有暫停。`,
  deleteIt: (name) => `要刪除 **${name}** 和它的紀錄嗎？刪掉就回不來了。`,
  keep: "保留",
  deleted: (name) => `**${name}** 已刪除。`,
  kept: (name) => `**${name}** 保留著。`,
  ranSkipped: (count) => (count === 0 ? "沒有剩下要補的了。" : `正在依序補上略過的 ${count} 次。`),
  moreSlots: (count) => `……還有 ${count} 次。用 \`/schedule history\` 查看。`,
  claimed: (name, next) => `**${name}** 現在由你負責，繼續執行。下一次：${next}。`,
  history: (name) => `**${name}**，最近的在前：`,
  noHistory: (name) => `**${name}** 還沒有執行過。`,
  noSuchSlot: (words) => `它在「${words}」沒有執行。用 \`history\` 看有哪些。`,
  exported: (count) => `${count} 個排程，寫成 \`config/schedules.yaml\` 就是這樣。`,
  board: "這裡的排程",
  boardMade: "總覽已經釘選在這個頻道，會隨時更新。用 `/schedule board off` 停止。",
  boardNotPinned: (why) =>
    `總覽已經放在這個頻道，會隨時更新，但沒有釘選成功：${why} 你可以自己釘選，或再用一次 \`/schedule board\`。`,
  boardNowhere: "這裡沒辦法放總覽：我不能在這裡留一則訊息。",
  boardNone: "這個頻道沒有總覽。用 `/schedule board` 放一則。",
  boardEnded: "這個頻道的總覽不再更新了。",
  boardFooter: (time) => `${time} 的狀態`,
  slot: {
    outcome: {
      posted: "已發佈",
      silent: "沒有發佈",
      failed: "失敗",
      skipped: "略過",
      missed: "錯過",
      "delivery failed": "無法送達",
    },
    running: "執行中",
    claimed: (time) => `${time} 開始處理`,
    ran: (seconds) => `花了 ${seconds} 秒`,
    postedAt: (time, link) => `${time} 發佈${link ? `（[連結](${link})）` : ""}`,
    seen: "已確認看得到",
    late: (time) => `遲了，原定 ${time}`,
    byHand: (who) => `由 ${who} 執行`,
    used: (tokens, cost) => `${tokens} 個 token${cost === undefined ? "" : `，${cost}`}`,
    overlap: (going) => `${going} 的那次還在執行`,
    date: (day) => `${day}是設定不執行的日子`,
    quiet: (until) => `安靜時段到 ${until}`,
    paused: "已經暫停",
    ownerGone: "擁有者已經沒有權限",
    replaced: (by) => `讓給了 ${by} 的那次`,
    down: (from, to) => `我在 ${from}–${to} 沒有運作`,
    because: {
      none: "而設定是不補執行",
      "too-late": "時間過太久，不再補執行",
      "a-later-one": "改由後面的一次執行",
    },
    ranInstead: (slot) => `改由 ${slot} 的那次執行`,
    interrupted: (tries) => (tries > 1 ? `執行到一半我重新啟動了 ${tries} 次` : "執行到一半我重新啟動了"),
    nothingNew: "沒有新的內容",
  },
  form: {
    title: "排程",
    when: "什麼時候",
    whenHint: "每個工作日 9:00 · 每週一 17:30 · 每兩小時",
    zone: "時區",
    agent: "代理",
    what: "做什麼",
    options: "發到哪裡、其他設定",
    optionsHint: "--to #team --quiet-hours 22:00-07:00",
    preview: "預覽",
    soFarNothing: "填好時間後，這裡會顯示接下來的執行時間。",
  },
  examples: ["每個工作日 9:00", "每週一 10:00", "每兩小時", "明天 9:00"],
  names: {
    digest: "摘要",
    digestOf: (channel) => `${channel} 摘要`,
    stretch: (ms) =>
      ms % 3_600_000 === 0
        ? ` ${ms / 3_600_000} 小時`
        : ms % 60_000 === 0
          ? ` ${ms / 60_000} 分鐘`
          : ` ${ms / 1000} 秒`,
    every: (ms) =>
      ms % 3_600_000 === 0
        ? `每 ${ms / 3_600_000} 小時`
        : ms % 60_000 === 0
          ? `每 ${ms / 60_000} 分鐘`
          : `每 ${ms / 1000} 秒`,
  },
  suggested: (when, next) => `${when}——下一次 ${next}`,
  tool: {
    proposes: (agent) => `這是 **${agent}** 的提議，你按下之前什麼都不會發生。`,
    shown: (person) =>
      `已經私下向 ${person} 顯示一張卡片，說明會做什麼。還沒有建立：要等對方按「建立」。請用一句話告訴對方。`,
    shownChange: (person) =>
      `已經私下向 ${person} 顯示要更改的內容。還沒有更改：要等對方按「儲存」。請用一句話告訴對方。`,
    shownCancel: (person) => `已經私下請 ${person} 確認。還沒有刪除。請用一句話告訴對方。`,
    notShown: (person) => `沒辦法私下向 ${person} 顯示卡片，所以什麼都沒有做。請告訴對方自己用 \`/schedule\` 說。`,
    enough: (most) => `這次回答已經顯示 ${most} 張卡片，不再顯示更多。請對方先處理那些。`,
    unsure: (said, readings) =>
      `「${said}」可以是${readings.map((one) => `「${one}」`).join("或")}。還沒有顯示任何卡片。請先問對方是哪一個，再把那幾個字原樣填進 schedule_time 重新呼叫。`,
    once: (said) =>
      `「${said}」只有一次，但 repeat 是 true。如果要重複，請在 schedule_time 寫明多久一次，例如「每天 9:00」；對方沒說就先問。`,
    repeated: (said) =>
      `「${said}」會一再重複，但 repeat 是 false。只要一次的話，請寫單一時間，例如「明天 9:00」；對方沒說就先問。`,
    apart: (said) =>
      `「${said}」合起來讀不出時間。請全部寫進 schedule_time，例如「每 2 天 9:00」；只寫間隔的話，從按下的時候算起。`,
    missing: "沒有寫時間。請把對方說的時間填進 schedule_time；對方沒說就先問。",
    nothing: "沒有寫要改什麼。",
    elsewhere: (person, count) =>
      `${person} 還有 ${count} 個排程在別處，這裡有別人看得到，所以不說；\`/schedule list\` 只給 ${person} 自己看。`,
  },
};
