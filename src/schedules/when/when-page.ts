import { type Example, type ExampleGroup, examples, examplesRead } from "./examples.ts";
import { sayTime } from "./say-when.ts";

/** The page on what can be written for *when*, made of the examples. */
export function whenPage(): string {
  const { now, zones } = examplesRead;
  const read = `${sayTime(now, zones.en, "en")} in ${zones.en}, ${sayTime(now, zones["zh-TW"], "en")} in ${zones["zh-TW"]}`;
  return `${[introduction, `The examples are read on ${read}.`, ...examples.map(section), rules].join("\n\n")}\n`;
}

const introduction = `# When

How to say when a schedule runs: in \`/schedule <when> …\`, and as \`when:\` in \`schedules.yaml\`. English and Traditional
Chinese are read alike, wherever you are; capitals and full-width signs do not matter. The *when* stands at the
beginning, and what comes after it is what to do. What could be meant in several ways is asked about, never guessed.

This page is made of the same table that the tests read; \`npx tsx scripts/write-when-doc.mjs\` writes it.`;

const rules = `## What holds for all of them

- Times are those of the wall clock in the schedule's zone. Where the clocks jump over a time, it runs right after the
  gap (02:30 at 03:00); a time that comes twice runs the first time only. A schedule that this will happen to within a
  year says so when it is made.
- "Every 2 hours" counts the hours that pass, from when the schedule was made, whatever the clocks do. With "between …
  and …" it begins anew each day at the first time; the last one counts.
- "Every 2 weeks" begins with the next such day; \`starting 2026-12-07\` (「從 2026-12-07 開始」) begins it with a day of your
  choice. Weeks begin on Monday.
- The 29th to the 31st are left out in months that do not have them; "the last day" is in each.
- A bare hour from 1 to 7 is asked about: \`5:00\`, \`5am\`, \`17:00\`, 「下午5點」 are clear. From 8 on it is as on a 24-hour
  clock.
- \`5/12\` is asked about in English, and 「12/5」 is 5 December where Chinese is spoken; \`2026-12-05\` is clear
  everywhere.
- cron has 5 fields (minute, hour, date, month, weekday), or 6 with seconds first, with names, \`L\`, \`W\`, \`#\` and \`LW\`.
  When both a date and a weekday are given, either is enough. Quotes tell where it ends: \`cron "0 9 * * 1-5" …\`.`;

function section({ title, rows, language }: ExampleGroup): string {
  const [head, kind] = headOf(rows, language);
  const lines = rows.map((row) => `| ${cellsOf(row).map(cell).join(" | ")} |`);
  return [`## ${title}`, "", `| ${head.join(" | ")} |`, `|${" --- |".repeat(kind)}`, ...lines].join("\n");
}

function headOf(rows: readonly Example[], language: ExampleGroup["language"]): [string[], number] {
  const chinese = language === "zh-TW";
  const [first] = rows;
  if (first !== undefined && "said" in first)
    return chinese ? [["寫法", "意思", "接下來"], 3] : [["written", "said back", "next runs"], 3];
  if (first !== undefined && "asks" in first)
    return chinese ? [["寫法", "會問", "選項"], 3] : [["written", "it asks", "readings"], 3];
  return chinese ? [["寫法", "回答"], 2] : [["written", "it says"], 2];
}

function cellsOf(row: Example): string[] {
  const written = `\`${row.text}\``;
  if ("said" in row) return [written, row.said, row.next.join(" · ")];
  if ("asks" in row) return [written, row.asks, row.readings.join(" · ")];
  return [written, row.refused];
}

// A star in a cron pattern is no emphasis.
function cell(text: string): string {
  return text.replace(/`[^`]*`|\|/g, (sign) => (sign === "|" ? "\\|" : sign));
}
