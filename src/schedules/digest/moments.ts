import type { Language } from "../../chat.ts";

const dayMs = 86_400_000;
/** Making a formatter costs a hundred times more than using it. */
const formatters = new Map<string, Intl.DateTimeFormat>();

function partsIn(zone: string, locale: string, at: number): Record<string, string> {
  const key = `${zone} ${locale}`;
  let formatter = formatters.get(key);
  if (formatter === undefined) {
    formatter = new Intl.DateTimeFormat(locale, {
      timeZone: zone,
      year: "numeric",
      month: locale === "en-GB" ? "short" : "numeric",
      day: "numeric",
      weekday: "short",
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
    });
    formatters.set(key, formatter);
  }
  return Object.fromEntries(formatter.formatToParts(at).map(({ type, value }) => [type, value]));
}

/** A moment as an agent reads it: `2026-11-20 09:12`. */
export function stampIn(zone: string, at: number): string {
  const { year, month = "", day = "", hour, minute } = partsIn(zone, "zh-TW", at);
  return `${year}-${month.replace(/\D/g, "").padStart(2, "0")}-${day.replace(/\D/g, "").padStart(2, "0")} ${hour}:${minute}`;
}

/** A past day as people say it: by its weekday when it is near. */
export function dayIn(zone: string, at: number, now: number, language: Language): string {
  const isNear = now - at < 6 * dayMs;
  const { month, day, weekday } = partsIn(zone, language === "en" ? "en-GB" : "zh-TW", at);
  if (language === "en") return isNear ? `${weekday}` : `${weekday} ${day} ${month}`;
  const sign = (weekday ?? "").replace(/^[週周]/, "");
  return isNear ? `週${sign}` : `${month}/${day}（${sign}）`;
}

/** A past moment as people say it: `Fri 09:00`. */
export function momentIn(zone: string, at: number, now: number, language: Language): string {
  const { hour, minute } = partsIn(zone, "en-GB", at);
  return `${dayIn(zone, at, now, language)} ${hour}:${minute}`;
}
