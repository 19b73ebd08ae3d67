import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { customIdOf, rowsOf, wordsIn } from "../../adapters/discord/buttons.ts";

const id = fc.stringMatching(/^[^\n]{1,60}$/).filter((text) => text.length <= 60);
const value = fc.string({ minLength: 1, maxLength: 30 });

describe("the words of Discord's buttons", () => {
  it("come back as they were given, within the 100 characters that Discord carries", () => {
    fc.assert(
      fc.property(id, fc.option(value, { nil: undefined }), fc.boolean(), (id, value, opens) => {
        const customId = customIdOf(id, value, opens);
        expect(customId.length).toBeLessThanOrEqual(100);
        // A value that ends like the mark of those that open something is nobody's.
        fc.pre(!value?.endsWith("\nopens"));
        expect(wordsIn(customId)).toEqual({ id, opens, ...(value !== undefined && { value }) });
      }),
    );
  });

  it("stand five to a row in five rows at most, the rating below them while there is room", () => {
    const rating = { value: "7f3k", good: "Good", bad: "Bad" };
    const buttons = (count: number) => Array.from({ length: count }, (_, n) => ({ id: `b${n}`, text: `${n}` }));
    const widths = (count: number) => rowsOf(buttons(count), rating).map((row) => Object(row).components.length);
    expect(widths(0)).toEqual([2]);
    expect(widths(7)).toEqual([5, 2, 2]);
    expect(widths(20)).toEqual([5, 5, 5, 5, 2]);
    expect(widths(30)).toEqual([5, 5, 5, 5, 5]);
  });
});
