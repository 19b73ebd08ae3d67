import { describe, expect, it, test } from "vitest";
import { configFrom } from "../../../src/config/load.ts";
import { whenProblem } from "../../../src/schedules/when/when-problem.ts";

const problemIn = (when: string) => whenProblem(when, "Europe/Berlin");

describe("a when in a file", () => {
  it.each([
    "every weekday 9:00",
    "cron 0 9 * * 1-5",
    "每天早上9點",
    "2026-12-24 18:00",
    "2019-01-01 9:00",
    "every 2 hours",
    "2026-12-24T18:00Z",
  ])("%s is fine", (when) => {
    expect(problemIn(when)).toBeUndefined();
  });

  it("is told why it cannot be", () => {
    expect(problemIn("cron */90 * * * *")).toBe(
      "cron `*/90`: minutes go to 59; for every 90 minutes write `every 90 minutes`.",
    );
    expect(problemIn("every 30 february 9:00")).toBe("30 February never comes.");
  });

  it("is told how to write what could be several", () => {
    expect(problemIn("every day at 5")).toBe(
      '"every day at 5" — in the morning or in the afternoon? Write "every day at 05:00" or "every day at 17:00".',
    );
    expect(problemIn("monday 10")).toBe('"monday 10" — once, or again and again? Write "every Monday at 10:00".');
    expect(problemIn("tomorrow")).toContain('Write the whole date, as "2026-12-24 18:00".');
  });

  it.each(["in 30 minutes", "tomorrow 9:00", "24 December 18:00", "next monday 10:00", "明天 9:00", "at 17:30"])(
    "%s would be another day each time the file is read",
    (when) => {
      expect(problemIn(when)).toContain("is another day each time this file is read");
    },
  );

  it("has nothing after it", () => {
    expect(problemIn("every day 9:00 digest of #support")).toContain('can\'t read "digest of #support"');
    expect(problemIn("whenever")).toContain('can\'t read "whenever" as a time');
  });
});

test("a bad when in schedules.yaml is told where it stands", () => {
  const text = [
    "schedules:",
    "  - name: digest",
    "    prompt: sum up",
    "    when: cron */90 * * * *",
    '    to: ["slack:C1"]',
    "",
  ].join("\n");
  const files = [{ file: "schedules" as const, path: "config/schedules.yaml", text }];
  const { problems } = configFrom("config", files, { env: {}, readWhen: whenProblem });
  expect(problems.map(({ line, column, message }) => ({ line, column, message }))).toEqual([
    { line: 4, column: 5, message: expect.stringContaining("minutes go to 59") },
  ]);
});
