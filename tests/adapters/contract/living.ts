import { describe, expect, it } from "vitest";
import type { Stage } from "./stage.ts";

/** How an adapter comes and goes. */
export function living(stage: Stage): void {
  describe("living", () => {
    it("is connected once started, and speaks under its own name", () => {
      expect(stage.platform.adapter.state()).toEqual({ state: "connected" });
      expect(stage.platform.ana.startsWith(`${stage.platform.adapter.name}:`)).toBe(true);
      expect(stage.platform.channel.adapter).toBe(stage.platform.adapter.name);
    });

    it("can be told to hear no more, and still finishes what it posts", async () => {
      const message = await stage.asked();
      await stage.platform.adapter.quiet();
      // Nobody is obliged to take this message: a platform may hold it for later or turn it away.
      await stage.platform.say("are you there?", { mention: true }).catch(() => {});
      await stage.platform.adapter.post(message.answerAt, { text: "noon" }, stage.newKey(message));
      expect((await stage.onlyOne(message.answerAt)).text).toContain("noon");
      await stage.platform.adapter.stop();
      expect(
        stage.inbox.heard.some((event) => event.kind === "message" && event.message.text === "are you there?"),
      ).toBe(false);
    });

    it("stops once and for all, and refuses to post then", async () => {
      const message = await stage.asked();
      await stage.platform.adapter.stop();
      await stage.platform.adapter.stop();
      expect(stage.platform.adapter.state().state).toBe("stopped");
      await expect(
        stage.platform.adapter.post(message.answerAt, { text: "noon" }, stage.newKey(message)),
      ).rejects.toThrow();
    });
  });
}
