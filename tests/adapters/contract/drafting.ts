import { describe, expect, it } from "vitest";
import { longText, numbersIn } from "./long-text.ts";
import type { Stage } from "./stage.ts";

/** How an answer is written while people watch. */
export function drafting(stage: Stage): void {
  describe("writing an answer", () => {
    it("shows the first words while the rest is being written, and ends whole, as one message", async ({ skip }) => {
      skip(stage.platform.adapter.can.drafts === "none", "answers appear whole here");
      const message = await stage.asked();
      const draft = stage.answerTo(message);
      draft.show({ text: "It is", lines: [] });
      await stage.shows(message.answerAt, "It is");
      draft.show({ text: "It is noon", lines: [] });
      const posted = await draft.end({ text: "It is noon in Taipei.", footer: "ops" });
      const seen = await stage.onlyOne(message.answerAt);
      expect(seen.id).toBe(posted.id);
      expect(seen.text).toContain("It is noon in Taipei.");
      expect(seen.text).toContain("ops");
    });

    it("lets the latest state win", async ({ skip }) => {
      skip(stage.platform.adapter.can.drafts === "none", "answers appear whole here");
      const message = await stage.asked();
      const draft = stage.answerTo(message);
      for (let n = 1; n <= 50; n++) draft.show({ text: `step ${n};`, lines: [] });
      draft.show({ text: "step 51; done so far", lines: [{ id: "1", title: "clock now", state: "running" }] });
      await stage.shows(message.answerAt, "done so far");
      await draft.end({ text: "over", lines: [{ id: "1", title: "clock now", state: "done", ms: 90 }] });
      const seen = await stage.onlyOne(message.answerAt);
      expect(seen.text).toContain("over");
      expect(seen.text).not.toContain("done so far");
    });

    it("is one whole post when it ends before anything was shown", async () => {
      const message = await stage.asked();
      await stage.answerTo(message).end({ text: "noon" });
      expect((await stage.onlyOne(message.answerAt)).text).toContain("noon");
    });

    it("ends a long answer whole and in order", async () => {
      const message = await stage.asked();
      const { text, numbers } = longText();
      const draft = stage.answerTo(message);
      draft.show({ text: text.slice(0, 9_000), lines: [] });
      await draft.end({ text });
      expect(numbersIn(await stage.ours(message.answerAt))).toEqual(numbers);
    });

    it("leaves nothing when it is dropped", async () => {
      const message = await stage.asked();
      const draft = stage.answerTo(message);
      draft.show({ text: "well,", lines: [], status: "thinking…" });
      if (stage.platform.adapter.can.drafts !== "none") await stage.shows(message.answerAt, "well,");
      await draft.drop();
      expect(await stage.ours(message.answerAt)).toEqual([]);
    });

    it("never throws while showing, and shows nothing more after the end", async () => {
      const message = await stage.asked();
      const draft = stage.answerTo(message);
      draft.show({ text: "", lines: [] });
      draft.show({ text: "\u0000 ``` |", lines: [{ id: "", title: "", state: "failed", ms: -1 }] });
      await draft.end({ text: "the end" });
      draft.show({ text: "a late word", lines: [] });
      await stage.asked("after it");
      expect((await stage.onlyOne(message.answerAt)).text).not.toContain("a late word");
      const orphan = stage.answerTo(message);
      await stage.platform.adapter.stop();
      expect(() => orphan.show({ text: "into the void", lines: [] })).not.toThrow();
    });

    it("takes over after a restart what an earlier attempt had begun to write", async ({ skip }) => {
      skip(stage.platform.adapter.can.drafts === "none", "answers appear whole here");
      const message = await stage.asked();
      const key = stage.newKey(message);
      stage.answerTo(message, key).show({ text: "It is", lines: [] });
      await stage.shows(message.answerAt, "It is");
      await stage.platform.restart();
      await stage.answerTo(message, { ...key, again: true }).end({ text: "It is noon." });
      expect((await stage.onlyOne(message.answerAt)).text).toContain("It is noon.");
    });

    it("shows that it is at work before there are words", async ({ skip }) => {
      const { working } = stage.platform;
      if (!stage.platform.adapter.can.status || !working) return skip("no status here");
      const message = await stage.asked();
      const draft = stage.answerTo(message);
      draft.show({ text: "", lines: [], status: "looking at the clock…" });
      await stage.platform.until(() => working(message.answerAt));
      await draft.end({ text: "noon" });
      await stage.platform.until(async () => !(await working(message.answerAt)));
    });

    it("offers a button that stops it, gone at the end, where the platform has no control of its own", async ({
      skip,
    }) => {
      const { press } = stage.platform;
      if (stage.platform.adapter.can.stopControl || !stage.platform.adapter.can.buttons || !press)
        return skip("not needed here");
      const message = await stage.asked();
      const draft = stage.answerTo(message);
      draft.show({ text: "It is", lines: [], stop: { id: "stop", text: "Stop", value: "7f3k" } });
      await stage.shows(message.answerAt, "It is");
      await press((await stage.onlyOne(message.answerAt)).id, "Stop", stage.platform.tom);
      expect((await stage.inbox.next("press")).press).toMatchObject({
        id: "stop",
        value: "7f3k",
        person: { id: stage.platform.tom },
      });
      await draft.end({ text: "Stopped by tom." });
      expect((await stage.onlyOne(message.answerAt)).buttons).toEqual([]);
    });
  });
}
