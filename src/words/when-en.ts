/** What is said of times as people write them, in English. */
export const whenInEnglish = {
  neverComes: (day: string) => `${day} never comes.`,
  past: (time: string) => `${time} is past.`,
  noSuchTime: (time: string) => `${time} is no time of day: they go from 0:00 to 23:59.`,
  otherPartOfDay: (time: string) => `${time} is not in that part of the day.`,
  wholeMinutes: "Times of day are in whole minutes. With seconds write a cron pattern of 6 fields.",
  otherWeekday: (really: string, said: string) => `That day is a ${really}, not a ${said}.`,
  zone: (zone: string) =>
    `Times are in the schedule's own zone. For another write it apart, \`--timezone ${zone}\`, and the time without it.`,
  end: "Until when it runs has a field of its own: leave it out here, and add it as `--until 2026-12-24`.",
  twoWhens: (first: string, second: string) =>
    `*${first}* and *${second}* are two schedules: each day has its own time. Make one for each.`,
  onlyStart: (example: string) => `Say until when, too, as *${example}*.`,
  noTime: "There has to be some time between one run and the next.",
  tooFar: "That is too far away for me to promise.",
  oneTimeOnly: "What runs once has one time. Make a schedule for each.",
  cronLength: (fields: number) =>
    `cron needs 5 fields (minute, hour, date, month, weekday), or 6 with seconds first; here ${fields === 1 ? "is 1" : `are ${fields}`}.`,
  cronTooLong: "That cron pattern is longer than 200 characters.",
  cronSign: (written: string, field: string) => `cron \`${written}\`: I can't read that among the ${field}.`,
  cronRange: (written: string, field: string, low: number, high: number, instead: string | undefined) => {
    const range = `cron \`${written}\`: ${field} go ${low > 0 ? `from ${low} ` : ""}to ${high}`;
    return instead === undefined ? `${range}.` : `${range}; for ${instead} write \`${instead}\`.`;
  },
  cronBackwards: (written: string, field: string, instead: string) =>
    `cron \`${written}\`: these ${field} run backwards; write \`${instead}\`.`,
  fields: {
    second: "seconds",
    minute: "minutes",
    hour: "hours",
    date: "dates",
    month: "months",
    weekday: "weekdays",
  },
  asks: {
    "half-of-day": (said: string) => `*${said}* — in the morning or in the afternoon?`,
    "once-or-every": (said: string) => `*${said}* — once, or again and again?`,
    unit: (said: string) => `*${said}* — minutes or hours?`,
    "which-day": (said: string) => `*${said}* — which day?`,
    time: (said: string) => `*${said}* — at what time?`,
    weekday: (said: string) => `*${said}* — on which weekday?`,
    date: (said: string) => `*${said}* — on which day of the month?`,
    rule: (said: string) => `*${said}* — which of these?`,
    fields: (said: string) => `*${said}* — with five fields or six?`,
  },
  skippedTime: (day: string, time: string, zone: string, instead: string) =>
    `On ${day} ${time} doesn't exist in ${zone}: it runs at ${instead} that day.`,
  repeatedTime: (day: string, time: string, zone: string) =>
    `On ${day} ${time} comes twice in ${zone}: it runs the first time.`,
};
