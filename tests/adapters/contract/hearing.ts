import { describe, expect, it } from "vitest";
import type { Stage } from "./stage.ts";

/** What an adapter hears. */
export function hearing(stage: Stage): void {
  describe("hearing", () => {
    it("hears a mention once, with its author, its text without the mention, and where to answer", async () => {
      const id = await stage.platform.say("what time is it?", { mention: true });
      const message = await stage.inbox.message("what time is it?");
      expect(message).toMatchObject({ id, mention: true, direct: false, ours: false, address: stage.platform.channel });
      expect(message.author).toMatchObject({ id: stage.platform.ana, bot: false });
      expect(message.author.name).not.toBe("");
      expect(message.answerAt).toEqual(
        stage.platform.adapter.can.threads ? { ...stage.platform.channel, thread: id } : stage.platform.channel,
      );
      await stage.asked("and now?");
      expect(stage.inbox.heard.filter((event) => event.kind === "message" && event.message.id === id)).toHaveLength(1);
    });

    it("hears a message that does not call the bot as one that does not", async () => {
      await stage.platform.say("lunch?");
      expect(await stage.inbox.message("lunch?")).toMatchObject({ mention: false, direct: false });
    });

    it("hears a message in a thread with that thread, and answers there", async ({ skip }) => {
      skip(!stage.platform.adapter.can.threads, "no threads here");
      const root = await stage.platform.say("deploys are slow");
      const message = await stage.asked("why?", { thread: root });
      expect(message.address).toEqual({ ...stage.platform.channel, thread: root });
      expect(message.answerAt).toEqual(message.address);
    });

    it("hears a DM as direct, to be answered in that DM", async () => {
      await stage.platform.say("hello", { direct: true });
      const message = await stage.inbox.message("hello");
      expect(message.direct).toBe(true);
      expect(message.answerAt).toEqual(message.address);
      expect(message.answerAt.channel).not.toBe(stage.platform.channel.channel);
    });

    it("hears everyone in a busy moment, each once and in order", async () => {
      const texts = Array.from({ length: 20 }, (_, n) => `number ${n}`);
      for (const text of texts) await stage.platform.say(text);
      await stage.inbox.message("number 19");
      const heard = stage.inbox.heard.flatMap((event) => (event.kind === "message" ? [event.message] : []));
      expect(heard.map((message) => message.text)).toEqual(texts);
      const ids = heard.map((message) => message.id);
      expect([...ids].sort((a, b) => (a.length === b.length ? (a < b ? -1 : 1) : a.length - b.length))).toEqual(ids);
    });

    it("acknowledges what it heard only after it was journalled", async ({ skip }) => {
      const { acknowledged } = stage.platform;
      if (!acknowledged) return skip("nothing is acknowledged here");
      const order: string[] = [];
      const release = stage.inbox.hold();
      const done = acknowledged("keep this").then(() => order.push("acknowledged"));
      await stage.inbox.message("keep this");
      // A whole round trip to the platform: an acknowledgement sent too early would arrive before its answer.
      await stage.platform.adapter.post(stage.platform.channel, { text: "meanwhile" }, stage.newKey());
      order.push("journalled");
      release();
      await done;
      expect(order).toEqual(["journalled", "acknowledged"]);
    });

    it("gives the same happening the same key when it is told again", async ({ skip }) => {
      const { repeat } = stage.platform;
      if (!repeat) return skip("nothing is told twice here");
      const message = await stage.asked("once only");
      await repeat(message.id);
      await stage.asked("after it");
      expect(
        stage.inbox.heard.filter((event) => event.kind === "message" && event.message.text === "once only"),
      ).toHaveLength(1);
    });

    it("never hears its own posts as somebody else's", async () => {
      const message = await stage.asked();
      const posted = await stage.platform.adapter.post(message.answerAt, { text: "noon" }, stage.newKey(message));
      await stage.platform.adapter.edit(posted, { text: "one o'clock" });
      await stage.asked("thanks");
      for (const event of stage.inbox.heard) {
        if (event.kind === "message" || event.kind === "edited") {
          expect(event.message.ours).toBe(event.message.author.id !== stage.platform.ana);
        }
      }
    });

    it("hears edits and deletions", async () => {
      const id = await stage.platform.say("lunch at 12");
      await stage.inbox.message("lunch at 12");
      await stage.platform.edit(id, "lunch at 13");
      const { message } = await stage.inbox.next("edited", (event) => event.message.id === id);
      expect(message).toMatchObject({ text: "lunch at 13", address: stage.platform.channel });
      await stage.platform.remove(id);
      const gone = await stage.inbox.next("deleted", (event) => event.message === id);
      expect(gone.address).toEqual(stage.platform.channel);
    });

    it("hears a message that was changed to call the bot as one that does", async ({ skip }) => {
      const { editToMention } = stage.platform;
      if (!editToMention) return skip("no message can be changed to call here");
      const id = await stage.platform.say("what time is it?");
      expect((await stage.inbox.message("what time is it?")).mention).toBe(false);
      await editToMention(id, "what time is it in Taipei?");
      const { message } = await stage.inbox.next("edited", (event) => event.message.id === id);
      expect(message).toMatchObject({ mention: true, text: "what time is it in Taipei?", ours: false });
    });

    it("tells words that a message passes on apart from its own", async ({ skip }) => {
      const { passOn } = stage.platform;
      if (!passOn) return skip("nothing is passed on here");
      const first = await stage.platform.say("the build is red", { as: stage.platform.tom });
      await stage.inbox.message("the build is red");
      const id = await passOn(first, "why is that?");
      const { message } = await stage.inbox.next("message", (event) => event.message.id === id);
      expect(message.text).toBe("why is that?");
      expect(message.quotes?.map(({ text }) => text)).toEqual(["the build is red"]);
    });

    it("hears whom a text names, and has them stand there by name", async ({ skip }) => {
      const { call } = stage.platform;
      if (!call) return skip("nobody is called in a text here");
      const { tom } = stage.platform;
      const id = await stage.platform.say(`thank ${call(tom)} for it`, { mention: true });
      const { message } = await stage.inbox.next("message", (event) => event.message.id === id);
      const [one, ...more] = message.people ?? [];
      expect(more).toEqual([]);
      expect(one?.id).toBe(tom);
      expect(message.text).toBe(`thank @${one?.name} for it`);
    });

    it("hears a slash command with its name, its words and who gave it", async ({ skip }) => {
      const { command } = stage.platform;
      if (!stage.platform.adapter.can.slashCommands || !command) return skip("no slash commands here");
      await command("ask", "what time is it?");
      const heard = (await stage.inbox.next("command")).command;
      expect(heard).toMatchObject({ name: "ask", text: "what time is it?", address: stage.platform.channel });
      expect(heard.person.id).toBe(stage.platform.ana);
      expect(heard.whisper.person).toBe(stage.platform.ana);
    });

    it("hears the platform's own stop control", async ({ skip }) => {
      const { pressStop } = stage.platform;
      if (!stage.platform.adapter.can.stopControl || !pressStop) return skip("no stop control of its own here");
      const message = await stage.asked();
      const draft = stage.answerTo(message);
      draft.show({ text: "It is", lines: [] });
      await stage.shows(message.answerAt, "It is");
      await pressStop(message.answerAt);
      const stop = await stage.inbox.next("stop");
      expect(stop.person.id).toBe(stage.platform.ana);
      expect(stop.address).toEqual(message.answerAt);
    });

    it("hears after a restart what was said meanwhile, under the same keys", async ({ skip }) => {
      skip(!stage.platform.adapter.can.catchesUp, "does not catch up");
      const before = await stage.asked("before");
      await stage.platform.restart(async () => {
        await stage.platform.say("while you were away", { mention: true });
        if (stage.platform.adapter.can.threads) await stage.platform.say("in the thread", { thread: before.id });
      });
      expect((await stage.inbox.message("while you were away")).mention).toBe(true);
      if (stage.platform.adapter.can.threads) await stage.inbox.message("in the thread");
      expect(
        stage.inbox.heard.filter((event) => event.kind === "message" && event.message.text === "before"),
      ).toHaveLength(1);
    });
  });
}
