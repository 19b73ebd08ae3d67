import { describe, expect, it } from "vitest";
import { type PromptList, readUse, usageOf, useText } from "../../../src/bot/prompts/use-text.ts";

const argument = (name: string, required = false) => ({ name, description: "", required });
const prompt = (name: string, ...args: ReturnType<typeof argument>[]) => ({
  name,
  title: "",
  description: "",
  arguments: args,
});
const servers: PromptList[] = [
  {
    name: "grafana",
    prompts: [
      prompt("summarize", argument("service", true), argument("range")),
      prompt("state"),
      prompt("state of all"),
    ],
  },
  { name: "grafana.eu", prompts: [prompt("state")] },
  { name: "wiki", prompts: [prompt("find", argument("words"))] },
  { name: "asleep", prompts: [] },
];
const read = (text: string) => readUse(text, servers);

describe("a text uses a prompt", () => {
  it.each([
    ["use grafana.summarize service=checkout", { service: "checkout" }],
    ["Use Grafana.Summarize SERVICE=checkout range=1h", { service: "checkout", range: "1h" }],
    ['use grafana.summarize service="the whole checkout" range=1h', { service: "the whole checkout", range: "1h" }],
    ["use grafana.summarize service=“the checkout”", { service: "the checkout" }],
    ["使用 grafana.summarize service＝「結帳 服務」", { service: "結帳 服務" }],
    ["用grafana:summarize service=checkout", { service: "checkout" }],
    ["/grafana:summarize service='a b'", { service: "a b" }],
    ["use /grafana.summarize service=checkout", { service: "checkout" }],
    ['use grafana.summarize service="say \\"hi\\" \\\\"', { service: 'say "hi" \\' }],
    ["use grafana.summarize range=1h the checkout", { range: "1h", service: "the checkout" }],
    ["use grafana.summarize https://x.example/?a=b", { service: "https://x.example/?a=b" }],
    ["use grafana.summarize", {}],
    ['use grafana.summarize service=""', { service: "" }],
  ])("%s", (text, values) => {
    expect(read(text)).toMatchObject({ kind: "prompt", server: "grafana", values, free: "", odd: [] });
  });

  it("by the longest names that fit", () => {
    expect(read("use grafana.eu.state")).toMatchObject({ server: "grafana.eu", prompt: { name: "state" } });
    expect(read("use grafana.state of all")).toMatchObject({ prompt: { name: "state of all" } });
    expect(read("use grafana.state of play")).toMatchObject({ prompt: { name: "state" }, free: "of play" });
  });

  it("with words that fill its only gap, and tells those that could fill several or none", () => {
    expect(read("use wiki.find two\nlines")).toMatchObject({ values: { words: "two\nlines" }, free: "" });
    expect(read("use grafana.summarize service=a b")).toMatchObject({ values: { service: "a", range: "b" }, free: "" });
    expect(read("use grafana.summarize service=a range=b c d")).toMatchObject({ free: "c d" });
  });

  it("with arguments it does not take", () => {
    expect(read("use grafana.summarize servise=checkout")).toMatchObject({ values: {}, odd: ["servise"] });
  });

  it("that is not there, but for a slip", () => {
    expect(read("use grafana.sumarize service=a")).toEqual({
      kind: "unknown",
      asked: "grafana.sumarize",
      server: "grafana",
      near: "grafana.summarize",
    });
    expect(read("use grafanna.summarize service=a")).toMatchObject({ kind: "unknown", near: "grafana.summarize" });
    expect(read("use asleep.anything")).toEqual({ kind: "unknown", asked: "asleep.anything", server: "asleep" });
    expect(read("/nobody:nothing to say")).toEqual({ kind: "unknown", asked: "nobody:nothing" });
  });
});

describe("a text that nobody is there to see taken for a question", () => {
  const strictly = (text: string) => readUse(text, servers, true);

  it("uses a prompt where it names a server, or nothing but arguments follow", () => {
    expect(strictly("use wiki.find two words")).toEqual(read("use wiki.find two words"));
    expect(strictly("use asleep.anything in two words")).toMatchObject({ kind: "unknown", server: "asleep" });
    expect(strictly("use grafana.sumarize the checkout")).toMatchObject({ near: "grafana.summarize" });
    expect(strictly("use gone.prompt of=it")).toEqual({ kind: "unknown", asked: "gone.prompt" });
    expect(strictly("使用 gone.prompt")).toEqual({ kind: "unknown", asked: "gone.prompt" });
  });

  it.each([
    "use example.com to find a hotel",
    "用一句話總結：昨天的銷售",
    "使用中文.寫一份摘要",
    "用 grafana：看看 checkout 的狀況",
    "use grafana: look at the checkout",
    "use the wiki. find it",
    "please use grafana.summarize",
  ])("%j does not", (text) => {
    expect(strictly(text)).toBeUndefined();
  });
});

describe("a text is an ordinary question", () => {
  it.each([
    "use example.com to find a hotel",
    "use grafana.com to look at the checkout",
    "use grafana to look at the checkout",
    "use node.js",
    "use the wiki. find it",
    "useful grafana.summarize",
    "please use grafana.summarize",
    "/etc/passwd: what is it?",
    "/ why",
    "what is grafana.summarize?",
    "",
  ])("%j", (text) => {
    expect(read(text)).toBeUndefined();
  });
});

describe("a prompt as it could be typed", () => {
  it("is read back as what it was, whatever it was filled with", () => {
    for (const service of ["a", "a b", 'say "hi"', "back\\slash", "「引號」", "a=b", "", "line\nbreak", "it's"]) {
      const text = useText("grafana", "summarize", { service, range: "1h" });
      expect(read(text)).toMatchObject({ values: { service, range: "1h" }, free: "", odd: [] });
    }
  });

  it("shows its gaps", () => {
    const [server] = servers;
    const [summarize] = server?.prompts ?? [];
    if (!summarize) throw new Error("no prompt");
    expect(usageOf("grafana", summarize)).toBe("use grafana.summarize service=… [range=…]");
    expect(usageOf("grafana", summarize, { range: "1 h" })).toBe('use grafana.summarize service=… range="1 h"');
  });

  it("is read in no time, however long and odd", () => {
    const began = performance.now();
    for (const piece of ["a=", '"a', "a='", "=", " = ", "「"]) read(`use grafana.summarize ${piece.repeat(20_000)}`);
    expect(performance.now() - began).toBeLessThan(1000);
  });
});
