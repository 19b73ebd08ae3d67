import { describe, expect, it } from "vitest";
import type { Field } from "../../../src/agent/question.ts";
import { formOf, pagesOf } from "../../../src/bot/asking-back/question-form.ts";
import { readField } from "../../../src/bot/asking-back/read-field.ts";
import { wordsOf } from "../../../src/words/words.ts";

type Shape = Field extends infer One ? (One extends Field ? Omit<One, "name"> : never) : never;
const read = (field: Shape, typed: string | undefined) =>
  readField({ name: "f", ...field } as Field, typed, wordsOf("en"), "Europe/Berlin");
const options = ["Ham", "Cheese, grated", "3"].map((text, n) => ({ value: `t${n}`, text }));
/** So many that they are written out, and what is meant of them is written. */
const listed = (texts: readonly string[]) =>
  [...texts, ...Array.from({ length: 26 }, (_, n) => `other ${n}`)].map((text, n) => ({ value: `t${n}`, text }));
const written = listed(options.map(({ text }) => text));
/** Shown otherwise than they are written, the last two alike. */
const odd = listed(["**Sign** [in](https://a.example)", "two\nlines", `${"x".repeat(99)}1`, `${"x".repeat(99)}2`]);
const many = Array.from({ length: 30 }, (_, n) => ({ value: `v${n}`, text: `Choice ${n}` }));

describe("what was typed for a field", () => {
  it.each<[string, Shape, string | undefined, unknown]>([
    ["text as it is", { kind: "text" }, " two  words ", " two  words "],
    ["a mail address", { kind: "text", format: "email" }, " ana@example.com ", "ana@example.com"],
    ["an address", { kind: "text", format: "uri" }, "mailto:ana@example.com", "mailto:ana@example.com"],
    ["a day", { kind: "text", format: "date" }, "2028-02-29", "2028-02-29"],
    ["a time where people are", { kind: "text", format: "date-time" }, "2026-07-01 14:30", "2026-07-01T12:30:00.000Z"],
    [
      "a time with its zone",
      { kind: "text", format: "date-time" },
      "2026-07-01T14:30:00-04:00",
      "2026-07-01T18:30:00.000Z",
    ],
    ["as many letters as wanted, each counted once", { kind: "text", least: 2, most: 2 }, "👍👍", "👍👍"],
    ["a number", { kind: "number" }, "-3.5e2", -350],
    ["a number in full-width signs", { kind: "number", whole: true }, "１２", 12],
    ["the bounds themselves", { kind: "number", least: 1, most: 1 }, "1", 1],
    ["yes", { kind: "yes-no" }, "yes", true],
    ["no", { kind: "yes-no" }, "no", false],
    ["a choice, by its place", { kind: "one", options }, "1", "t1"],
    ["one of many choices, by its number", { kind: "one", options: many }, "1", "v0"],
    ["one of many choices, by its words", { kind: "one", options: many }, "choice 7", "v7"],
    ["choices by their places", { kind: "some", options }, "0\n2", ["t0", "t2"]],
    ["no choice, where none is enough", { kind: "some", options, least: 0 }, undefined, []],
    ["choices by lines", { kind: "some", options: written }, "ham\nCheese, grated", ["t0", "t1"]],
    ["choices by commas", { kind: "some", options: written }, "ham，t1", ["t0", "t1"]],
    ["a choice that is called like a number", { kind: "some", options: written }, "3\n1", ["t2", "t0"]],
    ["a choice as it was shown", { kind: "some", options: odd }, "Sign in\n4", ["t0", "t3"]],
    ["a choice once, however often it was named", { kind: "some", options: written, most: 1 }, "ham\nHam", ["t0"]],
    ["nothing, where nothing is needed", { kind: "number", optional: true }, "  ", undefined],
  ])("is read: %s", (_, field, typed, value) => {
    expect(read(field, typed)).toEqual(value === undefined ? {} : { value });
  });

  it.each<[string, Shape, string | undefined, RegExp]>([
    ["nothing", { kind: "text" }, undefined, /must be filled in/],
    ["blanks", { kind: "text" }, "  ", /must be filled in/],
    ["no mail address", { kind: "text", format: "email" }, "ana@localhost", /mail address/],
    ["no address", { kind: "text", format: "uri" }, "example.com", /address/],
    ["a day that never comes", { kind: "text", format: "date" }, "2027-02-29", /2026-11-21/],
    ["a time that there is not", { kind: "text", format: "date-time" }, "2026-07-01 25:00", /14:30/],
    ["too few letters", { kind: "text", least: 2 }, "a", /At least 2 characters/],
    ["too many letters", { kind: "text", most: 1 }, "ab", /At most 1 character\./],
    ["words for a number", { kind: "number" }, "four", /^A number\.$/],
    ["no number at all", { kind: "number" }, "Infinity", /^A number\.$/],
    [
      "half of a whole number",
      { kind: "number", whole: true, least: 1, most: 9 },
      "1.5",
      /^A whole number\. From 1 to 9\.$/,
    ],
    ["a number that is too great", { kind: "number", most: 9 }, "9.1", /9 or less/],
    ["a number too great to be whole", { kind: "number", whole: true }, "99999999999999999999", /whole/],
    ["a choice that there is not", { kind: "one", options }, "7", /must be filled in/],
    ["none of many choices", { kind: "one", options: many }, "Choice 31", /or its number/],
    ["too many choices", { kind: "some", options, most: 1 }, "0\n1", /^Choose 1\.$/],
    [
      "too many choices, written",
      { kind: "some", options: written, most: 1 },
      "ham\nt1",
      /^Choose 1\. One to a line\.$/,
    ],
    ["a place that there is not", { kind: "some", options }, "0\n3", /Choose 1 to 3/],
    ["a choice that is none among others", { kind: "some", options: written }, "ham\nsalt", /Choose 1 to 29/],
  ])("is refused with what was wanted: %s", (_, field, typed, wanted) => {
    const told = read(field, typed);
    expect("wanted" in told && told.wanted).toMatch(wanted);
  });
});

describe("the forms of a question", () => {
  it("ask for no more choices than there are, and suppose no more than may be chosen", () => {
    const boundsOf = (bounds: { least?: number; most?: number }) => {
      const preset = options.map(({ value }) => value);
      const fields: Field[] = [{ kind: "some", name: "s", options, preset, ...bounds }];
      const [input] = formOf({ id: "f", value: "v", from: "desk", fields, typed: undefined }, wordsOf("en")).inputs;
      return input?.kind === "choices" ? [input.least, input.most, input.value] : undefined;
    };
    expect([boundsOf({ least: 9 }), boundsOf({ least: 2, most: 1 }), boundsOf({ least: 0, most: 0 })]).toEqual([
      [3, 3, "0\n1\n2"],
      [1, 1, "0"],
      [0, 1, "0"],
    ]);
  });

  it("suppose what is read back as it was meant, however it is shown", () => {
    const preset = odd.slice(0, 4).map(({ value }) => value);
    const field: Field = { kind: "some", name: "s", options: odd, preset };
    const about = { id: "f", value: "v", from: "desk", fields: [field], typed: undefined };
    const [input] = formOf(about, wordsOf("en")).inputs;
    expect(input?.value).toBe("Sign in\ntwo lines\n3\n4");
    expect(read(field, input?.value)).toEqual({ value: preset });
  });

  const text = (n: number): Field => ({ kind: "text", name: `t${n}` });
  const some: Field = { kind: "some", name: "s", options: many };

  it("have five inputs each, and four where choices are written out above them", () => {
    const sizes = (fields: Field[]) => pagesOf(fields).map((page) => page.length);
    expect(sizes([])).toEqual([]);
    expect(sizes(Array.from({ length: 11 }, (_, n) => text(n)))).toEqual([5, 5, 1]);
    expect(sizes([some, text(1), text(2), text(3), text(4)])).toEqual([4, 1]);
    expect(sizes([text(1), text(2), text(3), text(4), some])).toEqual([4, 1]);
  });
});
