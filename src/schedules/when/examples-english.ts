import type { ExampleGroup } from "./examples.ts";

/** What can be written for *when* in English. */
export const englishExamples: readonly ExampleGroup[] = [
  {
    title: "Every day, on days of the week",
    language: "en",
    rows: [
      { text: "every day 9:00", said: "every day at 09:00", next: ["Sun 22 Nov 09:00", "Mon 23 Nov 09:00"] },
      { text: "daily at 9", said: "every day at 09:00", next: ["Sun 22 Nov 09:00", "Mon 23 Nov 09:00"] },
      { text: "every weekday at 9am", said: "every weekday at 09:00", next: ["Mon 23 Nov 09:00", "Tue 24 Nov 09:00"] },
      { text: "Mon-Fri 9:00", said: "every weekday at 09:00", next: ["Mon 23 Nov 09:00", "Tue 24 Nov 09:00"] },
      {
        text: "mondays and thursdays 17:30",
        said: "every Monday and Thursday at 17:30",
        next: ["Mon 23 Nov 17:30", "Thu 26 Nov 17:30"],
      },
      {
        text: "every mon, wed and fri at 8:15am",
        said: "every Monday, Wednesday and Friday at 08:15",
        next: ["Mon 23 Nov 08:15", "Wed 25 Nov 08:15"],
      },
      {
        text: "every weekend at noon",
        said: "every Saturday and Sunday at 12:00",
        next: ["Sat 21 Nov 12:00", "Sun 22 Nov 12:00"],
      },
      {
        text: "every day at 9 and 17:30",
        said: "every day at 09:00 and 17:30",
        next: ["Sat 21 Nov 17:30", "Sun 22 Nov 09:00"],
      },
      { text: "9:00 every weekday", said: "every weekday at 09:00", next: ["Mon 23 Nov 09:00", "Tue 24 Nov 09:00"] },
      { text: "every morning at 8", said: "every day at 08:00", next: ["Sun 22 Nov 08:00", "Mon 23 Nov 08:00"] },
      {
        text: "every sunday evening at 7",
        said: "every Sunday at 19:00",
        next: ["Sun 22 Nov 19:00", "Sun 29 Nov 19:00"],
      },
      {
        text: "every day at half past nine",
        said: "every day at 09:30",
        next: ["Sun 22 Nov 09:30", "Mon 23 Nov 09:30"],
      },
      { text: "every day at midnight", said: "every day at 00:00", next: ["Sun 22 Nov 00:00", "Mon 23 Nov 00:00"] },
      { text: "daily 9.30", said: "every day at 09:30", next: ["Sun 22 Nov 09:30", "Mon 23 Nov 09:30"] },
      { text: "daily 21h", said: "every day at 21:00", next: ["Sat 21 Nov 21:00", "Sun 22 Nov 21:00"] },
    ],
  },
  {
    title: "Every few days, weeks or months",
    language: "en",
    rows: [
      {
        text: "every 2 weeks on monday 10:00",
        said: "every 2 weeks on Monday at 10:00",
        next: ["Mon 23 Nov 10:00", "Mon 7 Dec 10:00"],
      },
      {
        text: "every other tuesday 10:00",
        said: "every 2 weeks on Tuesday at 10:00",
        next: ["Tue 24 Nov 10:00", "Tue 8 Dec 10:00"],
      },
      {
        text: "every third week on friday 9:00",
        said: "every 3 weeks on Friday at 09:00",
        next: ["Fri 27 Nov 09:00", "Fri 18 Dec 09:00"],
      },
      { text: "every 3 days at 9:00", said: "every 3 days at 09:00", next: ["Sun 22 Nov 09:00", "Wed 25 Nov 09:00"] },
      {
        text: "every 3 months on the first monday at 10:00",
        said: "every 3 months on the first Monday at 10:00",
        next: ["Mon 7 Dec 10:00", "Mon 1 Mar 10:00"],
      },
      {
        text: "every 2 weeks on monday 10:00 starting 2026-12-07",
        said: "every 2 weeks on Monday at 10:00 starting 2026-12-07",
        next: ["Mon 7 Dec 10:00", "Mon 21 Dec 10:00"],
      },
    ],
  },
  {
    title: "On days of the month or the year",
    language: "en",
    rows: [
      {
        text: "on the 1st of each month 8:00",
        said: "on the 1st of each month at 08:00",
        next: ["Tue 1 Dec 08:00", "Fri 1 Jan 08:00"],
      },
      {
        text: "monthly on the 15th at 8",
        said: "on the 15th of each month at 08:00",
        next: ["Tue 15 Dec 08:00", "Fri 15 Jan 08:00"],
      },
      {
        text: "on the 1st and 15th of each month 8:00",
        said: "on the 1st and 15th of each month at 08:00",
        next: ["Tue 1 Dec 08:00", "Tue 15 Dec 08:00"],
      },
      {
        text: "on the last day of the month 18:00",
        said: "on the last day of each month at 18:00",
        next: ["Mon 30 Nov 18:00", "Thu 31 Dec 18:00"],
      },
      {
        text: "last friday of the month 16:00",
        said: "on the last Friday of each month at 16:00",
        next: ["Fri 27 Nov 16:00", "Fri 25 Dec 16:00"],
      },
      {
        text: "the second and fourth tuesday of each month 9:00",
        said: "on the second and fourth Tuesday of each month at 09:00",
        next: ["Tue 24 Nov 09:00", "Tue 8 Dec 09:00"],
      },
      {
        text: "first workday of the month 9:00",
        said: "on the first workday of each month at 09:00",
        next: ["Tue 1 Dec 09:00", "Fri 1 Jan 09:00"],
      },
      {
        text: "on the 31st of each month 9:00",
        said: "on the 31st of each month at 09:00",
        next: ["Thu 31 Dec 09:00", "Sun 31 Jan 09:00"],
      },
      {
        text: "every quarter on the 1st at 9:00",
        said: "on the 1st of every January, April, July and October at 09:00",
        next: ["Fri 1 Jan 09:00", "Thu 1 Apr 09:00"],
      },
      {
        text: "every 24 december 18:00",
        said: "on the 24th of every December at 18:00",
        next: ["Thu 24 Dec 18:00", "Fri 24 Dec 18:00"],
      },
    ],
  },
  {
    title: "Every few minutes or hours",
    language: "en",
    rows: [
      { text: "every 2 hours", said: "every 2 hours", next: ["Sat 21 Nov 12:00", "Sat 21 Nov 14:00"] },
      { text: "hourly", said: "every hour", next: ["Sat 21 Nov 11:00", "Sat 21 Nov 12:00"] },
      { text: "every hour at :15", said: "every hour at :15", next: ["Sat 21 Nov 10:15", "Sat 21 Nov 11:15"] },
      { text: "every 90 minutes", said: "every 90 minutes", next: ["Sat 21 Nov 11:30", "Sat 21 Nov 13:00"] },
      { text: "every 1h30m", said: "every 90 minutes", next: ["Sat 21 Nov 11:30", "Sat 21 Nov 13:00"] },
      { text: "every half hour", said: "every 30 minutes", next: ["Sat 21 Nov 10:30", "Sat 21 Nov 11:00"] },
      {
        text: "every 15m between 9:00 and 18:00",
        said: "every 15 minutes between 09:00 and 18:00",
        next: ["Sat 21 Nov 10:15", "Sat 21 Nov 10:30"],
      },
      {
        text: "every 30 minutes from 9 to 5 on weekdays",
        said: "every 30 minutes between 09:00 and 17:00 on weekdays",
        next: ["Mon 23 Nov 09:00", "Mon 23 Nov 09:30"],
      },
      {
        text: "Mon-Fri every 2 hours",
        said: "every 2 hours on weekdays",
        next: ["Mon 23 Nov 00:00", "Mon 23 Nov 02:00"],
      },
    ],
  },
  {
    title: "Once",
    language: "en",
    rows: [
      { text: "in 30 minutes", said: "once, on Sat 21 Nov 2026 at 10:30", next: ["Sat 21 Nov 10:30"] },
      { text: "in an hour and a half", said: "once, on Sat 21 Nov 2026 at 11:30", next: ["Sat 21 Nov 11:30"] },
      { text: "in 2 days at 9:00", said: "once, on Mon 23 Nov 2026 at 09:00", next: ["Mon 23 Nov 09:00"] },
      { text: "tomorrow 9:00", said: "once, on Sun 22 Nov 2026 at 09:00", next: ["Sun 22 Nov 09:00"] },
      { text: "tomorrow at noon", said: "once, on Sun 22 Nov 2026 at 12:00", next: ["Sun 22 Nov 12:00"] },
      { text: "tonight at 8", said: "once, on Sat 21 Nov 2026 at 20:00", next: ["Sat 21 Nov 20:00"] },
      { text: "at 17:30", said: "once, on Sat 21 Nov 2026 at 17:30", next: ["Sat 21 Nov 17:30"] },
      { text: "next monday 10", said: "once, on Mon 23 Nov 2026 at 10:00", next: ["Mon 23 Nov 10:00"] },
      { text: "2026-12-24 18:00", said: "once, on Thu 24 Dec 2026 at 18:00", next: ["Thu 24 Dec 18:00"] },
      { text: "24 December 18:00", said: "once, on Thu 24 Dec 2026 at 18:00", next: ["Thu 24 Dec 18:00"] },
      { text: "Thu, Dec 24th, 2026, 6pm", said: "once, on Thu 24 Dec 2026 at 18:00", next: ["Thu 24 Dec 18:00"] },
      { text: "24.12. 18:00", said: "once, on Thu 24 Dec 2026 at 18:00", next: ["Thu 24 Dec 18:00"] },
      { text: "2026-12-24T18:00Z", said: "once, on 2026-12-24 19:00+01:00", next: ["Thu 24 Dec 19:00"] },
    ],
  },
  {
    title: "As cron",
    language: "en",
    rows: [
      { text: "cron 0 9 * * 1-5", said: "every weekday at 09:00", next: ["Mon 23 Nov 09:00", "Tue 24 Nov 09:00"] },
      {
        text: "cron 0 9 * * MON#1",
        said: "on the first Monday of each month at 09:00",
        next: ["Mon 7 Dec 09:00", "Mon 4 Jan 09:00"],
      },
      {
        text: "cron 0 9 LW * *",
        said: "on the last workday of each month at 09:00",
        next: ["Mon 30 Nov 09:00", "Thu 31 Dec 09:00"],
      },
      {
        text: "cron 0 9 * * 5L",
        said: "on the last Friday of each month at 09:00",
        next: ["Fri 27 Nov 09:00", "Fri 25 Dec 09:00"],
      },
      {
        text: "cron */15 9-17 * * 1-5",
        said: "cron `*/15 9-17 * * 1-5`",
        next: ["Mon 23 Nov 09:00", "Mon 23 Nov 09:15"],
      },
      { text: "cron 30 0 9 * * *", said: "cron `30 0 9 * * *`", next: ["Sun 22 Nov 09:00", "Mon 23 Nov 09:00"] },
      { text: "0 9 1 */3 *", said: "cron `0 9 1 */3 *`", next: ["Fri 1 Jan 09:00", "Thu 1 Apr 09:00"] },
      { text: "@daily", said: "every day at 00:00", next: ["Sun 22 Nov 00:00", "Mon 23 Nov 00:00"] },
    ],
  },
  {
    title: "Asked about: it could be meant in several ways",
    language: "en",
    rows: [
      {
        text: "at 5",
        asks: "*at 5* — in the morning or in the afternoon?",
        readings: ["once, on Sun 22 Nov 2026 at 05:00", "once, on Sat 21 Nov 2026 at 17:00"],
      },
      { text: "every 90", asks: "*every 90* — minutes or hours?", readings: ["every 90 minutes", "every 90 hours"] },
      {
        text: "monday",
        asks: "*monday* — once, or again and again?",
        readings: ["once, on Mon 23 Nov 2026 at 09:00", "every Monday at 09:00"],
      },
      {
        text: "monday 10",
        asks: "*monday 10* — once, or again and again?",
        readings: ["once, on Mon 23 Nov 2026 at 10:00", "every Monday at 10:00"],
      },
      {
        text: "17:30",
        asks: "*17:30* — once, or again and again?",
        readings: ["once, on Sat 21 Nov 2026 at 17:30", "every day at 17:30"],
      },
      {
        text: "every day",
        asks: "*every day* — at what time?",
        readings: ["every day at 09:00", "every day at 13:00", "every day at 17:00"],
      },
      {
        text: "weekly at 9",
        asks: "*weekly at 9* — on which weekday?",
        readings: [
          "every Monday at 09:00",
          "every Tuesday at 09:00",
          "every Wednesday at 09:00",
          "every Thursday at 09:00",
          "every Friday at 09:00",
        ],
      },
      {
        text: "every second tuesday 9:00",
        asks: "*every second tuesday 9:00* — which of these?",
        readings: ["every 2 weeks on Tuesday at 09:00", "on the second Tuesday of each month at 09:00"],
      },
      {
        text: "5/12 18:00",
        asks: "*5/12 18:00* — which day?",
        readings: ["once, on Sat 5 Dec 2026 at 18:00", "once, on Wed 12 May 2027 at 18:00"],
      },
      {
        text: "cron 0 9 * * 1-5 5 jokes",
        asks: "*cron 0 9 * * 1-5* — with five fields or six?",
        readings: ["every weekday at 09:00", "cron `9 * * 1-5 5`"],
      },
    ],
  },
  {
    title: "Refused, with the reason",
    language: "en",
    rows: [
      { text: "30 February 9:00", refused: "30 February never comes." },
      {
        text: "cron */90 * * * *",
        refused: "cron `*/90`: minutes go to 59; for every 90 minutes write `every 90 minutes`.",
      },
      { text: "cron 0 9 30 2 *", refused: "30 February never comes." },
      {
        text: "cron 0 9 * *",
        refused: "cron needs 5 fields (minute, hour, date, month, weekday), or 6 with seconds first; here are 4.",
      },
      { text: "cron 0 22-6 * * *", refused: "cron `22-6`: these hours run backwards; write `22-23,0-6`." },
      { text: "today 9:00", refused: "Sat 21 Nov 2026 09:00 is past." },
      { text: "every day 25:00", refused: "25:00 is no time of day: they go from 0:00 to 23:59." },
      { text: "Fri 24 Dec 2026 9:00", refused: "That day is a Thursday, not a Friday." },
      {
        text: "every day 9:00 CET",
        refused:
          "Times are in the schedule's own zone. For another write it apart, `--timezone CET`, and the time without it.",
      },
      { text: "tomorrow 9:00 and 17:00", refused: "What runs once has one time. Make a schedule for each." },
      {
        text: "mondays at 9 and thursdays at 10",
        refused:
          "*mondays at 9* and *thursdays at 10* are two schedules: each day has its own time. Make one for each.",
      },
      {
        text: "every day at 9 until 24 December",
        refused: "Until when it runs has a field of its own: leave it out here, and add it as `--until 2026-12-24`.",
      },
      {
        text: "every 2 hours starting at 9:00",
        refused: "Say until when, too, as *every 2 hours between 09:00 and 18:00*.",
      },
      { text: "every 0 minutes", refused: "There has to be some time between one run and the next." },
    ],
  },
];
