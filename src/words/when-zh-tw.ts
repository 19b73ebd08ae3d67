import type { whenInEnglish } from "./when-en.ts";

/** What is said of times as people write them, in Traditional Chinese. */
export const whenInChinese: typeof whenInEnglish = {
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
  cronLength: (fields) => `cron 要有 5 個欄位（分、時、日、月、星期），或在最前面加上秒共 6 個；這裡有 ${fields} 個。`,
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
};
