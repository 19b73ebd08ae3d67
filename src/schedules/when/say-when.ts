import type { Language } from "../../chat.ts";
import { dayNumberOf, weekdayOf } from "./calendar-days.ts";
import { sayChinese } from "./say-chinese.ts";
import { sayEnglish } from "./say-english.ts";
import { offsetAt, wallAt } from "./wall-clock.ts";
import type { Once, Weekday, When } from "./when.ts";

/** Says when something runs, in words that are read as the same. */
export function sayWhen(when: When, language: Language, { zone }: { zone: string; now?: number }): string {
  const said = when.kind === "once" ? { ...when, ...onceParts(when, zone) } : when;
  return language === "zh-TW" ? sayChinese(said) : sayEnglish(said);
}

/** A time that runs once, taken apart to be said. */
export interface SaidOnce {
  kind: "once";
  year: number;
  month: number;
  date: number;
  weekday: Weekday;
  time: string;
  /** `+01:00`, where the wall shows the time twice. */
  offset?: string;
}

/** What is said: as kept, but for what runs once. */
export type Said = Exclude<When, Once> | SaidOnce;

function onceParts({ at }: Once, zone: string): Omit<SaidOnce, "kind"> {
  const isInstant = at.endsWith("Z");
  const wall = isInstant ? new Date(wallAt(zone, Date.parse(at))).toISOString() : at;
  const [year = 0, month = 0, date = 0] = wall.slice(0, 10).split("-").map(Number);
  const second = wall.slice(17, 19);
  const time = second === "" || second === "00" ? wall.slice(11, 16) : wall.slice(11, 19);
  const weekday = weekdayOf(dayNumberOf(wall.slice(0, 10)));
  return { year, month, date, weekday, time, ...(isInstant && { offset: offsetText(zone, Date.parse(at)) }) };
}

function offsetText(zone: string, at: number): string {
  const minutes = Math.round(offsetAt(zone, at) / 60_000);
  const two = (number: number) => String(Math.floor(number)).padStart(2, "0");
  return `${minutes < 0 ? "-" : "+"}${two(Math.abs(minutes) / 60)}:${two(Math.abs(minutes) % 60)}`;
}

/** A time as people read it: `Mon 23 Nov 09:00`, 「11/23（一）09:00」. */
export function sayTime(at: number, zone: string, language: Language): string {
  const wall = new Date(wallAt(zone, at)).toISOString();
  return `${sayDay(wall.slice(0, 10), language)}${language === "zh-TW" ? "" : " "}${wall.slice(11, 16)}`;
}

/** A day as people read it: `Sun 28 Mar`, `Sun 28 Mar 2027`, 「3/28（日）」. */
export function sayDay(day: string, language: Language, withYear = false): string {
  const [year, month = 1, date = 1] = day.split("-").map(Number);
  const weekday = weekdayOf(dayNumberOf(day));
  if (language === "zh-TW") return `${withYear ? `${year}/` : ""}${month}/${date}（${"一二三四五六日"[weekday - 1]}）`;
  const name = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"][weekday - 1];
  return `${name} ${date} ${shortMonths[month - 1]}${withYear ? ` ${year}` : ""}`;
}

/** The months as they are said in dates. */
export const shortMonths = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
