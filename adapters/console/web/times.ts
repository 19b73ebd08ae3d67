import { computed, type ReadonlySignal, signal } from "@preact/signals";
import { language, words } from "./words.ts";

/** The browser's own form of the page's language (`en-GB`), else the language itself. */
const locale = computed(
  () => navigator.languages.find((own) => own.slice(0, 2) === language.value.slice(0, 2)) ?? language.value,
);
const inLocale = <Format>(make: (locale: string) => Format): ReadonlySignal<Format> =>
  computed(() => make(locale.value));

const time = inLocale((locale) => new Intl.DateTimeFormat(locale, { hour: "numeric", minute: "2-digit" }));
const day = inLocale((locale) => new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long" }));
const short = inLocale((locale) => new Intl.DateTimeFormat(locale, { day: "numeric", month: "short" }));
const full = inLocale((locale) => new Intl.DateTimeFormat(locale, { dateStyle: "full", timeStyle: "medium" }));
const ago = inLocale((locale) => new Intl.RelativeTimeFormat(locale, { style: "short" }));
const decimal = inLocale(
  (locale) => new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 }),
);
const whole = inLocale((locale) => new Intl.NumberFormat(locale, { maximumFractionDigits: 0 }));

/** The time now, as of the last half minute. */
const now = signal(Date.now());
setInterval(() => (now.value = Date.now()), 30_000);

/** The time of day. */
export function timeOf(at: number): string {
  return time.value.format(at);
}

/** How long ago within the hour; else the time of day, with its day when that was not today. */
export function agoOf(at: number): string {
  const minutes = Math.floor((now.value - at) / 60_000);
  if (minutes < 1) return words.value.now;
  if (minutes < 60) return ago.value.format(-minutes, "minute");
  const days = daysAgo(at);
  if (days === 0) return timeOf(at);
  return `${days === 1 ? words.value.yesterday : short.value.format(at)} ${timeOf(at)}`;
}

/** Day and time, whole. */
export function momentOf(at: number): string {
  return full.value.format(at);
}

/** A day's name: today, yesterday, or its date. */
export function dayOf(at: number): string {
  const days = daysAgo(at);
  return days === 0 ? words.value.today : days === 1 ? words.value.yesterday : day.value.format(at);
}

/** The midnight before a moment, here. */
export function midnight(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0);
}

/** A length of time in seconds. */
export function lengthOf(ms: number): string {
  return words.value.seconds(decimal.value.format(ms / 1_000));
}

/** How large something is: `312 B`, `4.2 KB`, `30 MB`. */
export function sizeOf(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  const [amount, unit] = bytes < 1_000_000 ? [bytes / 1_000, "KB"] : [bytes / 1_000_000, "MB"];
  return `${(amount < 10 ? decimal : whole).value.format(amount)} ${unit}`;
}

function daysAgo(at: number): number {
  return Math.round((midnight(now.value) - midnight(at)) / 86_400_000);
}
