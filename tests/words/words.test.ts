import { describe, expect, it } from "vitest";
import { en } from "../../src/words/en.ts";
import { languageOf, wordsOf } from "../../src/words/words.ts";

describe("the words", () => {
  it("stop says who, and what there was so far", () => {
    expect(en.stopped("ana", "Half.")).toBe("*Stopped by ana.* What I had so far:\n\nHalf.");
    expect(en.stopped(undefined, "")).toBe("*Stopped.*");
    expect(wordsOf("zh-TW").stopped("ana", "一半")).toBe("*ana 已停止。*目前為止的內容：\n\n一半");
  });

  it("a footer is one quiet line", () => {
    const about = { agent: "ops", model: "gpt-5", tools: 2, seconds: 6.2, cost: 0.012 };
    expect(en.footer(about)).toBe("ops · gpt-5 · 2 tools · 6 s · $0.012");
    expect(en.footer({ ...about, tools: 0, seconds: 0.2, cost: 0.0004, insteadOf: "main" })).toBe(
      "ops · gpt-5 (instead of main) · under 1 s · $0.0004",
    );
    expect(wordsOf("zh-TW").footer(about)).toBe("ops · gpt-5 · 2 個工具 · 6 秒 · $0.012");
  });

  it("are chosen by the platform's locale", () => {
    expect(["en-GB", "zh-TW", "zh_Hant_TW", "de", undefined].map(languageOf)).toEqual([
      "en",
      "zh-TW",
      "zh-TW",
      undefined,
      undefined,
    ]);
  });
});
