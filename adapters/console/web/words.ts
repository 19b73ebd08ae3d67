/** Every sentence of the page, in the languages it speaks. */
const en = {
  channels: "Channels",
  direct: "Direct message",
  directWith: "Only you and Bellhop",
  everyone: "Everyone is here",
  actAs: "Act as",
  theme: "Theme",
  light: "Light",
  dark: "Dark",
  system: "System",
  places: "Places to talk",
  showPlaces: "Show channels",
  messagesIn: (place: string) => `Messages in ${place}`,
  thread: "Thread",
  closeThread: "Close the thread",
  write: (place: string) => `Message ${place}`,
  writeDirect: "Ask Bellhop anything",
  writeThread: "Reply…",
  send: "Send",
  completions: "Suggestions",
  hint: "Enter sends · Shift + Enter makes a new line",
  reply: "Reply in thread",
  edit: "Edit",
  remove: "Delete",
  removeSure: "Delete for everyone?",
  more: "More",
  save: "Save",
  cancel: "Cancel",
  edited: "edited",
  replies: (count: number) => (count === 1 ? "1 reply" : `${count} replies`),
  lastReply: (time: string) => `last ${time}`,
  onlyYou: "Only you can see this",
  bot: "bot",
  writing: "is writing",
  removed: "This message was deleted.",
  emptyTitle: "It is quiet here",
  emptyText: "Bellhop answers in a thread when you mention it. Try one of these:",
  emptyDirect: "Here Bellhop answers every message. Try one of these:",
  emptyThread: "No replies yet.",
  tryTime: "what time is it in Taipei?",
  tryHelp: "what can you do?",
  newMessages: "New messages",
  connecting: "Connecting…",
  reconnecting: "Reconnecting… What you see may be a moment old.",
  notSent: "Not sent",
  unreachable: "Bellhop can't be reached. Is it running?",
  again: "Try again",
  discard: "Discard",
  today: "Today",
  yesterday: "Yesterday",
  unread: "unread",
  seconds: (count: string) => `${count} s`,
  failed: "failed",
  done: "done",
  running: "running",
  copy: "Copy",
  copied: "Copied",
};

type Words = typeof en;

const zhTW: Words = {
  channels: "頻道",
  direct: "私訊",
  directWith: "只有你和 Bellhop",
  everyone: "所有人都在這裡",
  actAs: "目前身分",
  theme: "外觀",
  light: "淺色",
  dark: "深色",
  system: "跟隨系統",
  places: "聊天的地方",
  showPlaces: "顯示頻道",
  messagesIn: (place) => `${place} 的訊息`,
  thread: "討論串",
  closeThread: "關閉討論串",
  write: (place) => `在 ${place} 說點什麼`,
  writeDirect: "想問 Bellhop 什麼都可以",
  writeThread: "回覆…",
  send: "送出",
  completions: "建議",
  hint: "Enter 送出 · Shift + Enter 換行",
  reply: "在討論串中回覆",
  edit: "編輯",
  remove: "刪除",
  removeSure: "要為所有人刪除嗎？",
  more: "更多",
  save: "儲存",
  cancel: "取消",
  edited: "已編輯",
  replies: (count) => `${count} 則回覆`,
  lastReply: (time) => `最新 ${time}`,
  onlyYou: "只有你看得到",
  bot: "機器人",
  writing: "正在輸入",
  removed: "這則訊息已刪除。",
  emptyTitle: "這裡還很安靜",
  emptyText: "提到 Bellhop，它就會在討論串裡回答。試試看：",
  emptyDirect: "在這裡，Bellhop 會回答每一則訊息。試試看：",
  emptyThread: "還沒有回覆。",
  tryTime: "台北現在幾點？",
  tryHelp: "你會做什麼？",
  newMessages: "有新訊息",
  connecting: "連線中…",
  reconnecting: "重新連線中…畫面可能稍舊。",
  notSent: "沒有送出",
  unreachable: "連不上 Bellhop。它有在執行嗎？",
  again: "再試一次",
  discard: "放棄",
  today: "今天",
  yesterday: "昨天",
  unread: "未讀",
  seconds: (count) => `${count} 秒`,
  failed: "失敗",
  done: "完成",
  running: "進行中",
  copy: "複製",
  copied: "已複製",
};

/** The browser's language, as far as the page speaks it. */
export const language = navigator.language.toLowerCase().startsWith("zh") ? "zh-TW" : "en";

/** The page's words in the browser's language. */
export const words: Words = language === "zh-TW" ? zhTW : en;

const time = new Intl.DateTimeFormat(navigator.language, { hour: "numeric", minute: "2-digit" });
const day = new Intl.DateTimeFormat(navigator.language, { weekday: "long", day: "numeric", month: "long" });
const full = new Intl.DateTimeFormat(navigator.language, { dateStyle: "full", timeStyle: "medium" });
const seconds = new Intl.NumberFormat(navigator.language, { minimumFractionDigits: 1, maximumFractionDigits: 1 });

/** The time of day. */
export function timeOf(at: number): string {
  return time.format(at);
}

/** Day and time, whole. */
export function momentOf(at: number): string {
  return full.format(at);
}

/** A day's name: today, yesterday, or its date. */
export function dayOf(at: number): string {
  const daysAgo = Math.round((midnight(Date.now()) - midnight(at)) / 86_400_000);
  return daysAgo === 0 ? words.today : daysAgo === 1 ? words.yesterday : day.format(at);
}

/** The midnight before a moment, here. */
export function midnight(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0);
}

/** A length of time in seconds. */
export function lengthOf(ms: number): string {
  return words.seconds(seconds.format(ms / 1_000));
}
