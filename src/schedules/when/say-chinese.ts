import { weekdaySigns } from "./chinese-words.ts";
import type { Said, SaidOnce } from "./say-when.ts";
import type { Beat, Calendar, Days, Weekday } from "./when.ts";

/** A *when* in Chinese as in Taiwan. */
export function sayChinese(when: Said): string {
  switch (when.kind) {
    case "calendar":
      return sayCalendar(when);
    case "beat":
      return sayBeat(when);
    case "cron": {
      const hourly = /^(\d{1,2}(?:,\d{1,2})*) \* \* \* \*$/.exec(when.pattern);
      const minutes = hourly?.[1]?.split(",").map((minute) => (minute === "0" ? "整點" : `${minute}分`));
      return minutes === undefined ? `cron \`${when.pattern}\`` : `每小時的${minutes.join("、")}`;
    }
    case "once":
      return sayOnce(when);
  }
}

function sayCalendar({ days, times, every = 1, from }: Calendar): string {
  return `${sayDays(days, every)} ${times.join("、")}${from === undefined ? "" : `，從 ${from} 開始`}`;
}

function sayDays(days: Days, every: number): string {
  switch (days.kind) {
    case "daily":
      return every > 1 ? `每${every}天` : "每天";
    case "weekly":
      if (every > 1) return `每${every}週的${sayWeekdays(days.weekdays)}`;
      return isWorkdays(days.weekdays) ? "每個工作日" : `每${sayWeekdays(days.weekdays)}`;
    case "dates":
      return monthly(days.dates.map((date) => (date > 31 ? "最後一天" : `${date}號`)).join("、"), days.months, every);
    case "nth": {
      const which = days.nth.map((nth) => (nth > 4 ? "最後一個" : `第${"一二三四"[nth - 1]}個`));
      return monthly(`${which.join("、")}星期${weekdaySigns[days.weekday - 1]}`, days.months, every);
    }
    case "workday":
      return monthly(days.which === "first" ? "第一個工作日" : "最後一個工作日", days.months, every);
  }
}

function monthly(days: string, months: number[] | undefined, every: number): string {
  if (every > 1) return `每${every}個月的${days}`;
  return months ? `每年${months.map((month) => `${month}月`).join("、")}的${days}` : `每月${days}`;
}

function sayWeekdays(weekdays: readonly Weekday[]): string {
  return isWorkdays(weekdays) ? "工作日" : weekdays.map((weekday) => `週${weekdaySigns[weekday - 1]}`).join("、");
}

function isWorkdays(weekdays: readonly Weekday[]): boolean {
  return weekdays.join() === "1,2,3,4,5";
}

function sayBeat({ seconds, between, weekdays }: Beat): string {
  const days = weekdays === undefined ? "" : isWorkdays(weekdays) ? "每個工作日" : `每${sayWeekdays(weekdays)}`;
  const hours = between ? `${days && " "}${between.from} 到 ${between.to}，` : days && "，";
  return `${days}${hours}每${stretch(seconds)}`;
}

function stretch(seconds: number): string {
  const [count, unit] =
    seconds % 3600 === 0 ? [seconds / 3600, "小時"] : seconds % 60 === 0 ? [seconds / 60, "分鐘"] : [seconds, "秒"];
  return count === 1 ? unit : `${count}${unit}`;
}

function sayOnce({ year, month, date, weekday, time, offset }: SaidOnce): string {
  const two = (number: number) => String(number).padStart(2, "0");
  if (offset !== undefined) return `單次，${year}-${two(month)}-${two(date)} ${time}${offset}`;
  return `單次，${year}年${month}月${date}日（${weekdaySigns[weekday - 1]}）${time}`;
}
