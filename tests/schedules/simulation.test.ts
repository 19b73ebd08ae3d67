import { expect, it } from "vitest";
import { simulate } from "./simulation.ts";

it("every slot of a year comes to exactly one outcome, whatever is killed and however the clock is put", async () => {
  const seed = Date.now() % 100_000;
  const report = await simulate({ seed, schedules: 300, days: 365, slots: 20_000, density: 0.4 });
  console.log(`seed ${seed}: ${report.slots} slots, ${report.kills} kills, ${report.steps} clock steps`);
  expect(report.violations.slice(0, 10).join("\n")).toBe("");
  expect(report.slots).toBeGreaterThanOrEqual(20_000);
  expect(report.kills).toBeGreaterThan(50);
  expect(report.steps).toBeGreaterThan(5);
  for (const outcome of ["posted", "silent", "failed", "skipped", "missed", "delivery failed"]) {
    expect(report.outcomes[outcome], outcome).toBeGreaterThan(10);
  }
}, 300_000);

it("the same seed comes to the same, so that what it finds can be found again", async () => {
  const some = { seed: 4711, schedules: 20, days: 40 };
  const [one, other] = [await simulate(some), await simulate(some)];
  expect(one.slots).toBeGreaterThan(100);
  expect(other).toEqual(one);
});
