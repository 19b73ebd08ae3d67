import { expect, it } from "vitest";
import { besiege } from "../faults/siege.ts";

it("killed three times at random moments under load, answers every mention exactly once on both platforms", async () => {
  const seed = Date.now() % 100_000;
  const report = await besiege({ mentions: 45, kills: 3, channels: 24, rate: 6, seed });
  const { lost, twice, violations } = report;
  expect({ seed, lost, twice, violations }).toEqual({ seed, lost: [], twice: [], violations: [] });
  expect(report).toMatchObject({ mentions: 45, kills: 3 });
}, 120_000);
