import { expect, test } from "vitest";
import { dstNotes } from "../../../src/schedules/when/dst-notes.ts";
import { sayTime } from "../../../src/schedules/when/say-when.ts";
import type { When } from "../../../src/schedules/when/when.ts";

const now = Date.parse("2026-11-21T10:43:27Z");
const berlin = { zone: "Europe/Berlin", anchor: now };
const notes = (when: When, reckoning = berlin) => dstNotes(when, reckoning, now, "en");

test("a time that the clocks jump over or show twice is noted, in both languages", () => {
  const daily: When = { kind: "calendar", days: { kind: "daily" }, times: ["02:30"] };
  expect(notes(daily)).toEqual([
    "On Sun 28 Mar 2027 02:30 doesn't exist in Europe/Berlin: it runs at 03:00 that day.",
    "On Sun 31 Oct 2027 02:30 comes twice in Europe/Berlin: it runs the first time.",
  ]);
  expect(dstNotes(daily, berlin, now, "zh-TW")).toEqual([
    "2027/3/28（日）在 Europe/Berlin 沒有 02:30：當天改在 03:00 執行。",
    "2027/10/31（日）在 Europe/Berlin 的 02:30 會出現兩次：只在第一次執行。",
  ]);
});

test("nothing is noted where nothing moves", () => {
  expect(notes({ kind: "calendar", days: { kind: "daily" }, times: ["09:00", "03:00"] })).toEqual([]);
  expect(notes({ kind: "calendar", days: { kind: "weekly", weekdays: [1] }, times: ["02:30"] })).toEqual([]);
  expect(notes({ kind: "beat", seconds: 1800 })).toEqual([]);
  expect(notes({ kind: "cron", pattern: "*/15 * * * *" })).toEqual([]);
  const daily: When = { kind: "calendar", days: { kind: "daily" }, times: ["02:30"] };
  expect(notes(daily, { zone: "Asia/Taipei", anchor: now })).toEqual([]);
});

test("a pattern of cron and what runs once are looked at, too", () => {
  const spring = ["On Sun 28 Mar 2027 02:15 doesn't exist in Europe/Berlin: it runs at 03:00 that day."];
  expect(notes({ kind: "cron", pattern: "15 2 * 3 7" })).toEqual(spring);
  expect(notes({ kind: "once", at: "2027-03-28T02:15" })).toEqual(spring);
  expect(notes({ kind: "once", at: "2027-10-31T00:30:00Z" })).toEqual([]);
});

test("clocks may change by half an hour, and at midnight", () => {
  const at = (time: string): When => ({ kind: "calendar", days: { kind: "daily" }, times: [time] });
  expect(notes(at("02:15"), { zone: "Australia/Lord_Howe", anchor: now })).toEqual([
    "On Sun 3 Oct 2027 02:15 doesn't exist in Australia/Lord_Howe: it runs at 02:30 that day.",
  ]);
  expect(notes(at("00:30"), { zone: "America/Santiago", anchor: now })).toEqual([
    "On Sun 5 Sep 2027 00:30 doesn't exist in America/Santiago: it runs at 01:00 that day.",
  ]);
  expect(notes(at("23:30"), { zone: "America/Santiago", anchor: now })).toEqual([
    "On Sat 3 Apr 2027 23:30 comes twice in America/Santiago: it runs the first time.",
  ]);
});

test("times are said as people write them", () => {
  const monday = Date.parse("2026-11-23T08:00:00Z");
  expect(sayTime(monday, "Europe/Berlin", "en")).toBe("Mon 23 Nov 09:00");
  expect(sayTime(monday, "Asia/Taipei", "zh-TW")).toBe("11/23（一）16:00");
});
