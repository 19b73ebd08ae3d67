import { describe, expect, it } from "vitest";
import type { Stage } from "./stage.ts";

/** What an adapter knows of the past and of people. */
export function knowing(stage: Stage): void {
  describe("knowing", () => {
    it("tells what was said oldest first, the newest few, and only after the message named", async () => {
      const first = await stage.platform.say("one");
      for (const text of ["two", "three", "four"]) await stage.platform.say(text);
      await stage.inbox.message("four");
      const texts = async (options: { since?: string; limit: number }) =>
        (await stage.platform.adapter.history(stage.platform.channel, options)).map((message) => message.text);
      expect(await texts({ limit: 30 })).toEqual(["one", "two", "three", "four"]);
      expect(await texts({ limit: 2 })).toEqual(["three", "four"]);
      expect(await texts({ since: first, limit: 30 })).toEqual(["two", "three", "four"]);
    });

    it("tells a thread from the message it grew from, with its own answers known as its own", async ({ skip }) => {
      skip(!stage.platform.adapter.can.threads, "no threads here");
      const message = await stage.asked("what time is it?");
      await stage.platform.adapter.post(message.answerAt, { text: "noon" }, stage.newKey(message));
      await stage.platform.say("thanks", { as: stage.platform.tom, thread: message.id });
      await stage.inbox.message("thanks");
      const told = await stage.platform.adapter.history(message.answerAt, { limit: 30 });
      expect(told.map(({ ours, author }) => (ours ? "bellhop" : author.id))).toEqual([
        stage.platform.ana,
        "bellhop",
        stage.platform.tom,
      ]);
      expect(told.map(({ text }) => text)).toEqual(["what time is it?", expect.stringContaining("noon"), "thanks"]);
      expect(told[0]?.mention).toBe(true);
      const inChannel = await stage.platform.adapter.history(stage.platform.channel, { limit: 30 });
      expect(inChannel.map(({ text }) => text)).toEqual(["what time is it?"]);
    });

    it("knows people, and knows nothing of those it does not know", async () => {
      const ana = await stage.platform.adapter.who(stage.platform.ana);
      expect(ana).toMatchObject({ id: stage.platform.ana, bot: false });
      expect(ana?.name).not.toBe("");
      expect(await stage.platform.adapter.who(`${stage.platform.adapter.name}:0`)).toBeUndefined();
      expect(await stage.platform.adapter.who("elsewhere:1")).toBeUndefined();
    });

    it("finds people by what they are called, and neither the bot nor anybody by no name", async ({ skip }) => {
      const { adapter, ana, tom, channel } = stage.platform;
      if (!adapter.find) return skip("nobody is found by a name here");
      const among = { asker: tom, at: channel };
      const { name = "" } = (await adapter.who(ana)) ?? {};
      expect((await adapter.find(name, among))[0]).toMatchObject({ id: ana, name });
      expect((await adapter.find(`@${name.slice(0, 2).toUpperCase()}`, among)).map(({ id }) => id)).toContain(ana);
      expect(await adapter.find("bellhop", among)).toEqual([]);
      expect(await adapter.find("nobody is called this", among)).toEqual([]);
      expect(await adapter.find(" ", among)).toEqual([]);
    });

    it("says who may read a place, and says no in doubt", async () => {
      const { adapter, ana, tom, channel, closed } = stage.platform;
      expect(await adapter.canRead(ana, channel)).toBe(true);
      expect(await adapter.canRead(ana, closed)).toBe(true);
      expect(await adapter.canRead(tom, closed)).toBe(false);
      expect(await adapter.canRead(`${adapter.name}:0`, channel)).toBe(false);
      expect(await adapter.canRead(ana, { ...channel, channel: "0" })).toBe(false);
    });

    it("reads a file that came with a message", async ({ skip }) => {
      const { sayWithFile } = stage.platform;
      if (!sayWithFile) return skip("no files here");
      await sayWithFile("see the notes", { name: "notes.txt", text: "buy milk" });
      const { files } = await stage.inbox.message("see the notes");
      expect(files).toMatchObject([{ name: "notes.txt", size: 8 }]);
      const [file] = files;
      if (!file) return;
      const bytes = await stage.platform.adapter.read(file, new AbortController().signal);
      expect(Buffer.from(bytes).toString()).toBe("buy milk");
    });
  });
}
