import { expect, test } from "vitest";
import { medians, percentile } from "../../bench/figures.ts";
import { atMost, plus, row, times } from "../../bench/row.ts";
import { tableOf } from "../../bench/table.ts";

const cells = (line: string | undefined) => (line ?? "").split("|").map((cell) => cell.trim());

test("a figure stands beside its floor, with how many times the floor it is", () => {
  const table = tableOf([row({ what: "CPU per mention", unit: "ms", goal: times(1.5), floor: 4, ours: 5 })]);
  expect(cells(table.split("\n")[2])).toEqual([
    "",
    "CPU per mention",
    "≤ 1.5 × floor",
    "4 ms",
    "5 ms",
    "1.25 ×",
    "yes",
    "",
  ]);
});

test("a small part of the floor is told as exactly as a large one", () => {
  const tiny = row({ what: "CPU per run", unit: "ms", goal: times(0.01), floor: 655, ours: 4.75 });
  expect(cells(tableOf([tiny]).split("\n")[2])).toContain("0.0073 ×");
  expect(tiny.met).toBe(true);
});

test("a goal that is not reached is said", () => {
  const missed = row({ what: "RSS", unit: "MB", goal: plus(60, "MB"), floor: 100, ours: 161 });
  expect(missed.met).toBe(false);
  expect(cells(tableOf([missed]).split("\n")[2])).toContain("NO");
});

test("a figure that could not be had misses its goal", () => {
  const nothing = row({ what: "first words", unit: "ms", goal: atMost(50, "ms"), ours: Number.NaN });
  expect(nothing.met).toBe(false);
  expect(tableOf([nothing])).toContain("none");
});

test("a goal that needs a floor says nothing without one", () => {
  const alone = row({ what: "CPU", unit: "ms", goal: times(2), ours: 5 });
  expect(alone.met).toBeUndefined();
  expect(cells(tableOf([alone]).split("\n")[2])).toContain("–");
});

test("notes stand below the table, numbered as in it", () => {
  const some = { unit: "count" as const, goal: atMost(0, "count"), ours: 0 };
  const table = tableOf([
    row({ what: "a", ...some, note: "of a" }),
    row({ what: "b", ...some }),
    row({ what: "c", ...some, note: "of c" }),
  ]);
  expect(table).toContain("c (2)");
  expect(table.split("\n").slice(-2)).toEqual(["(1) of a", "(2) of c"]);
});

test("columns line up", () => {
  const table = tableOf([
    row({ what: "short", unit: "ms", goal: times(1.5), floor: 1, ours: 1 }),
    row({ what: "a much longer name", unit: "MB", goal: plus(15, "MB"), ours: 1234 }),
  ]);
  expect(new Set(table.split("\n").map((line) => line.length)).size).toBe(1);
});

test("a percentile is a value that was measured", () => {
  const values = [5, 1, 4, 2, 3];
  expect(percentile(values, 50)).toBe(3);
  expect(percentile(values, 99)).toBe(5);
  expect(percentile([], 50)).toBeNaN();
});

test("each figure has the median of its rounds", () => {
  expect(
    medians([
      { cpu: 3, late: 1 },
      { cpu: 1, late: 9 },
      { cpu: 2, late: 5 },
    ]),
  ).toEqual({ cpu: 2, late: 5 });
});
