import { monthNames, weekdayNames } from "./english-words.ts";
import type { Said, SaidOnce } from "./say-when.ts";
import type { Beat, Calendar, Days, Weekday } from "./when.ts";

/** A *when* in English. */
export function sayEnglish(when: Said): string {
  switch (when.kind) {
    case "calendar":
      return sayCalendar(when);
    case "beat":
      return sayBeat(when);
    case "cron": {
      const hourly = /^(\d{1,2}(?:,\d{1,2})*) \* \* \* \*$/.exec(when.pattern);
      const minutes = hourly?.[1]?.split(",").map((minute) => `:${minute.padStart(2, "0")}`);
      return minutes === undefined ? `cron \`${when.pattern}\`` : `every hour at ${and(minutes)}`;
    }
    case "once":
      return sayOnce(when);
  }
}

function sayCalendar({ days, times, every = 1, from }: Calendar): string {
  return `${sayDays(days, every)} at ${and(times)}${from === undefined ? "" : ` starting ${from}`}`;
}

function sayDays(days: Days, every: number): string {
  switch (days.kind) {
    case "daily":
      return every > 1 ? `every ${every} days` : "every day";
    case "weekly": {
      if (every > 1) return `every ${every} weeks on ${sayWeekdays(days.weekdays)}`;
      return isWorkdays(days.weekdays) ? "every weekday" : `every ${sayWeekdays(days.weekdays)}`;
    }
    case "dates": {
      const dates = days.dates.map((date) => (date > 31 ? "last day" : ordinal(date)));
      return monthly(`the ${and(dates)}`, days.months, every);
    }
    case "nth": {
      const which = days.nth.map((nth) => ["first", "second", "third", "fourth", "last"][nth - 1] ?? "last");
      return monthly(`the ${and(which)} ${weekdayNames[days.weekday - 1]}`, days.months, every);
    }
    case "workday":
      return monthly(`the ${days.which} workday`, days.months, every);
  }
}

function monthly(days: string, months: number[] | undefined, every: number): string {
  if (every > 1) return `every ${every} months on ${days}`;
  return `on ${days} of ${months ? `every ${and(months.map((month) => monthNames[month - 1] ?? ""))}` : "each month"}`;
}

function sayWeekdays(weekdays: readonly Weekday[], plural = ""): string {
  return isWorkdays(weekdays) ? "weekdays" : and(weekdays.map((weekday) => `${weekdayNames[weekday - 1]}${plural}`));
}

function isWorkdays(weekdays: readonly Weekday[]): boolean {
  return weekdays.join() === "1,2,3,4,5";
}

function sayBeat({ seconds, between, weekdays }: Beat): string {
  const hours = between ? ` between ${between.from} and ${between.to}` : "";
  const days = weekdays ? ` on ${sayWeekdays(weekdays, "s")}` : "";
  return `every ${stretch(seconds)}${hours}${days}`;
}

function stretch(seconds: number): string {
  const [count, unit] =
    seconds % 3600 === 0
      ? [seconds / 3600, "hour"]
      : seconds % 60 === 0
        ? [seconds / 60, "minute"]
        : [seconds, "second"];
  return count === 1 ? unit : `${count} ${unit}s`;
}

function sayOnce({ year, month, date, weekday, time, offset }: SaidOnce): string {
  // With an offset it is an instant, written as those are.
  const two = (number: number) => String(number).padStart(2, "0");
  if (offset !== undefined) return `once, on ${year}-${two(month)}-${two(date)} ${time}${offset}`;
  return `once, on ${weekdayNames[weekday - 1]?.slice(0, 3)} ${date} ${monthNames[month - 1]?.slice(0, 3)} ${year} at ${time}`;
}

function ordinal(number: number): string {
  const teen = number > 10 && number < 14;
  return `${number}${teen ? "th" : (["th", "st", "nd", "rd"][number % 10] ?? "th")}`;
}

function and(list: readonly string[]): string {
  return list.length < 2 ? list.join("") : `${list.slice(0, -1).join(", ")} and ${list.at(-1)}`;
}
