import type { digestInEnglish } from "./digest-en.ts";

/** What digests are made of, in Traditional Chinese. */
export const digestInChinese: typeof digestInEnglish = {
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
};
