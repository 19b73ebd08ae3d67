import fc from "fast-check";
import { expect, test } from "vitest";
import { didYouMean, nearest } from "../../src/config/nearest.ts";

test("a slip of the finger is forgiven: a letter missing, more, wrong or swapped", () => {
  for (const typed of ["reseacher", "researrcher", "researxher", "reseracher", "Researcher"]) {
    expect(nearest(typed, ["ops", "researcher", "stock-analyst"])).toBe("researcher");
  }
});

test("a word too different is not guessed at", () => {
  expect(nearest("banana", ["ops", "researcher"])).toBeUndefined();
  expect(nearest("xyz", ["ops"])).toBeUndefined();
  expect(nearest("", ["ops", "researcher"])).toBeUndefined();
  expect(nearest("ops", [])).toBeUndefined();
});

test("the closest of several is taken, the first of equals", () => {
  expect(nearest("opss", ["oops", "ops", "opus"])).toBe("ops");
  expect(nearest("ab", ["ac", "ad"])).toBe("ac");
});

test("a word that is there is its own nearest, whatever else is", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ minLength: 1 }), { minLength: 1 }), fc.nat(), (words, index) => {
      const word = words[index % words.length] ?? "";
      expect(nearest(word, words)?.toLowerCase()).toBe(word.toLowerCase());
    }),
  );
});

test("the question is put only when there is a guess", () => {
  expect(didYouMean("gpt5", ["gpt-5"])).toBe(' — did you mean "gpt-5"?');
  expect(didYouMean("gpt5", ["claude"])).toBe("");
});
