import type { scheduledInEnglish } from "./schedule-notices-en.ts";

/** What the bot says by itself of schedules and their work, in Traditional Chinese. */
export const scheduledInChinese: typeof scheduledInEnglish = {
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
};
