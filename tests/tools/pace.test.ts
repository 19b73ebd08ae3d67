import { expect, it } from "vitest";
import { createPace } from "../../src/tools/mcp/pace.ts";

it("two thousand messages are taken at once, then a thousand a second", () => {
  let now = 0;
  const { take } = createPace(() => now);
  expect(take(2000)).toBe(0);
  expect(take(500)).toBe(500);
  now = 500;
  expect(take(0)).toBe(0);
  expect(take(1)).toBe(1);
  // However long nothing came, no more is taken at once.
  now = 1_000_000;
  expect(take(2000)).toBe(0);
  expect(take(3000)).toBe(3000);
});
