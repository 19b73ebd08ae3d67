import { describe, expect, it } from "vitest";
import { quoted, takeFlags } from "../../../src/bot/scheduling/flags.ts";
import { readDigest, readWork } from "../../../src/bot/scheduling/read-wish.ts";

describe("a digest that is wished", () => {
  it.each([
    ["digest of #support since yesterday", ["#support"], ""],
    ["write a daily digest of #a, #b and #c: only bugs", ["#a", "#b", "#c"], ": only bugs"],
    ["整理 #support 的摘要", ["#support"], ""],
    ["整理 #general 昨天以來的摘要", ["#general"], ""],
    ["彙整 #甲、#乙 自上次以來的重點", ["#甲", "#乙"], ""],
    ["digest", [], ""],
  ])("%s", (words, from, wishes) => {
    expect(readDigest(words)).toEqual({ from, wishes });
  });

  it.each(["write about digests", "remind us of #support", "整理會議室"])("is not seen in: %s", (words) => {
    expect(readDigest(words)).toBeUndefined();
  });
});

describe("where it is to be posted", () => {
  it("is taken from the end of the words", () => {
    expect(readWork("say hello in #team")).toEqual({ what: "say hello", to: ["#team"] });
    expect(readWork("整理 #support 的摘要並發到 #team")).toEqual({ what: "整理 #support 的摘要", to: ["#team"] });
    expect(readWork("say hello and post it in #team.")).toEqual({ what: "say hello", to: ["#team"] });
    expect(readWork("say hello")).toEqual({ what: "say hello", to: [] });
  });
});

it.each(['say "hello" to all', 'say "hello” and “bye"', "說「你好」", "plain"])(
  "a prompt stands in quotes that its own words do not end: %s",
  (prompt) => {
    const read = takeFlags(`--prompt ${quoted(prompt)} --name x`);
    expect("said" in read && read.said.get("prompt")).toBe(prompt);
    expect("said" in read && read.said.get("name")).toBe("x");
  },
);
