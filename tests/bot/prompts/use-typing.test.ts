import fc from "fast-check";
import { expect, it } from "vitest";
import type { PromptList } from "../../../src/bot/prompts/use-text.ts";
import { readTyping } from "../../../src/bot/prompts/use-typing.ts";

const gap = (name: string, required = false) => ({ name, description: "", required });
const prompt = (name: string, ...gaps: ReturnType<typeof gap>[]) => ({
  name,
  title: "",
  description: "",
  arguments: gaps,
});
const servers: PromptList[] = [
  {
    name: "library",
    prompts: [
      prompt("greet"),
      prompt("summarize", gap("service", true), gap("range")),
      prompt("compare", gap("from", true), gap("to", true)),
    ],
  },
];
/** What is being typed, without what it is of. */
const typing = (text: string) => {
  const read = readTyping(text, servers);
  if (!read || read.kind === "prompt") return read;
  const { server: _, prompt, ...rest } = read;
  return { ...rest, prompt: prompt.name };
};

it.each([
  ["", "use ", ""],
  ["us", "use ", ""],
  ["使", "use ", ""],
  ["use ", "use ", ""],
  ["use lib", "use ", "lib"],
  ["use library.sum", "use ", "library.sum"],
  ["use library.greet", "use ", "library.greet"],
  ["使用 library.s", "使用 ", "library.s"],
  ["/library:gr", "/", "library:gr"],
])("which prompt is being typed: %s", (text, head, typed) => {
  expect(typing(text)).toEqual({ kind: "prompt", head, typed });
});

it.each([
  ["use library.summarize ", "use library.summarize ", "", {}],
  ["use library.summarize ser", "use library.summarize ", "ser", {}],
  ["/library:summarize service=checkout r", "/library:summarize service=checkout ", "r", { service: "checkout" }],
  ['use library.summarize range="a day" ', 'use library.summarize range="a day" ', "", { range: "a day" }],
])("which gap is being typed: %s", (text, head, typed, given) => {
  expect(typing(text)).toEqual({ kind: "gap", head, typed, given, prompt: "summarize" });
});

it.each([
  ["use library.summarize service=", "use library.summarize ", "service", "", {}],
  ["use library.summarize service=che", "use library.summarize ", "service", "che", {}],
  ['use library.summarize service="checkout in', "use library.summarize ", "service", "checkout in", {}],
  ['use library.summarize service="checkout in Europe"', "use library.summarize ", "service", "checkout in Europe", {}],
  ["使用 library.summarize SERVICE＝「結帳", "使用 library.summarize ", "service", "結帳", {}],
  ["use library.summarize checkout in Eu", "use library.summarize ", "service", "checkout in Eu", {}],
  [
    "use library.summarize service=checkout range=a",
    "use library.summarize service=checkout ",
    "range",
    "a",
    { service: "checkout" },
  ],
])("what fills a gap is being typed: %s", (text, head, gap, typed, given) => {
  expect(typing(text)).toEqual({ kind: "value", head, gap, typed, given, prompt: "summarize" });
});

it.each([
  "user guide?",
  "why is checkout slow",
  "what is the use of it",
  "use library.summarize servise=che",
  "use library.compare monday with ",
])("nothing of a prompt is being typed: %s", (text) => {
  expect(typing(text)).toBeUndefined();
});

it("reads whatever is typed in a moment, and its head stands at the beginning of it", () => {
  const signs = fc.constantFrom("use ", "library.", "summarize", " ", "=", '"', "「", "a", "service", "/", "\\", "\n");
  fc.assert(
    fc.property(fc.array(signs, { maxLength: 60 }), (parts) => {
      const text = parts.join("");
      const read = readTyping(text, servers);
      if (read && read.typed !== "") expect(text.trimStart().startsWith(read.head.trimEnd())).toBe(true);
    }),
  );
  const long = `use library.summarize service=${'" x=" '.repeat(5000)}`;
  const began = performance.now();
  readTyping(long, servers);
  expect(performance.now() - began).toBeLessThan(500);
});
