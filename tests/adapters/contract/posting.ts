import { describe, expect, it } from "vitest";
import type { PersonId } from "../../../src/chat.ts";
import { longText, numbersIn } from "./long-text.ts";
import type { Stage } from "./stage.ts";

/** What an adapter posts. */
export function posting(stage: Stage): void {
  describe("posting", () => {
    it("posts once, where it was asked, with tool lines, footer and fields to be seen", async () => {
      const message = await stage.asked();
      const posted = await stage.platform.adapter.post(
        message.answerAt,
        {
          text: "It is **noon**.",
          lines: [{ id: "1", title: "clock now", state: "done", ms: 120 }],
          footer: "ops · 1 tool",
          card: { fields: [{ name: "Zone", value: "Asia/Taipei" }] },
        },
        stage.newKey(message),
      );
      const seen = await stage.onlyOne(message.answerAt);
      expect(seen.id).toBe(posted.id);
      for (const words of ["noon", "clock now", "ops · 1 tool", "Asia/Taipei"]) expect(seen.text).toContain(words);
      if (message.answerAt.thread) expect(await stage.ours(stage.platform.channel)).toEqual([]);
    });

    it("makes one message of one key, when the post is made again", async () => {
      const message = await stage.asked();
      const key = stage.newKey(message);
      await stage.platform.adapter.post(message.answerAt, { text: "first try" }, key);
      await stage.platform.adapter.post(message.answerAt, { text: "second try" }, { ...key, again: true });
      expect((await stage.onlyOne(message.answerAt)).text).toContain("second try");
    });

    it("finds after a restart what an earlier attempt left", async () => {
      const message = await stage.asked();
      const key = stage.newKey(message);
      await stage.platform.adapter.post(message.answerAt, { text: "half done" }, key);
      await stage.platform.restart();
      await stage.platform.adapter.post(message.answerAt, { text: "all done" }, { ...key, again: true });
      expect((await stage.onlyOne(message.answerAt)).text).toContain("all done");
    });

    it("keeps two posts apart, however alike", async () => {
      const message = await stage.asked();
      await stage.platform.adapter.post(message.answerAt, { text: "noon" }, stage.newKey(message));
      await stage.platform.adapter.post(message.answerAt, { text: "noon" }, stage.newKey(message));
      expect(await stage.ours(message.answerAt)).toHaveLength(2);
    });

    it("does not post twice when the platform's answer is lost", async ({ skip }) => {
      const { loseNextResponse } = stage.platform;
      if (!loseNextResponse) return skip("no answer can be lost here");
      const message = await stage.asked();
      const key = stage.newKey(message);
      loseNextResponse();
      try {
        await stage.platform.adapter.post(message.answerAt, { text: "noon" }, key);
      } catch {
        await stage.platform.adapter.post(message.answerAt, { text: "noon" }, { ...key, again: true });
      }
      expect((await stage.onlyOne(message.answerAt)).text).toContain("noon");
    });

    it("waits when told that it posts too much, and posts then", async ({ skip }) => {
      const { refuseNextAsTooMany } = stage.platform;
      if (!refuseNextAsTooMany) return skip("no limits here");
      const message = await stage.asked();
      refuseNextAsTooMany();
      await stage.platform.adapter.post(message.answerAt, { text: "noon" }, stage.newKey(message));
      expect((await stage.onlyOne(message.answerAt)).text).toContain("noon");
    });

    it("keeps the order of posts begun at one moment", async () => {
      const message = await stage.asked();
      await Promise.all(
        ["one", "two", "three"].map((text) =>
          stage.platform.adapter.post(message.answerAt, { text }, stage.newKey(message)),
        ),
      );
      expect((await stage.ours(message.answerAt)).map((seen) => seen.text.match(/one|two|three/)?.[0])).toEqual([
        "one",
        "two",
        "three",
      ]);
    });

    it("brings a text of 30,000 characters whole and in order, over several messages or in a file", async () => {
      const message = await stage.asked();
      const { text, numbers } = longText();
      await stage.platform.adapter.post(message.answerAt, { text }, stage.newKey(message));
      expect(numbersIn(await stage.ours(message.answerAt))).toEqual(numbers);
    });

    it("calls nobody, whatever a model writes", async () => {
      const message = await stage.asked();
      const text = `@everyone @here @channel ${stage.platform.pings.written} look`;
      const posted = await stage.platform.adapter.post(message.answerAt, { text }, stage.newKey(message));
      await stage.platform.adapter.edit(posted, { text: `${text} again` });
      const draft = stage.answerTo(message);
      draft.show({ text, lines: [] });
      await draft.end({ text, footer: text });
      expect(await stage.platform.pings.heard()).toEqual([]);
    });

    it("calls those whom it may, by name, and nobody else", async ({ skip }) => {
      const { called, ana, tom } = stage.platform;
      if (!called) return skip("nobody is called in a text here");
      const message = await stage.asked();
      const name = (await stage.platform.adapter.who(tom))?.name ?? "";
      const other = (await stage.platform.adapter.who(ana))?.name ?? "";
      const post = { text: `@${name}, ask @${other} about it.`, people: [{ id: tom, name }] };
      await stage.platform.adapter.post(message.answerAt, post, stage.newKey(message));
      await stage.platform.until(() => called(tom));
      expect(await called(ana)).toBe(false);
    });

    it("rings for nobody by an edit, not even for those whom it may call", async ({ skip }) => {
      const { adapter, rung, tom } = stage.platform;
      if (!rung) return skip("nobody is rung for here");
      const message = await stage.asked();
      const name = (await adapter.who(tom))?.name ?? "";
      const posted = await adapter.post(message.answerAt, { text: "Looking…" }, stage.newKey(message));
      await adapter.edit(posted, { text: `@${name}, it is done.`, people: [{ id: tom, name }] });
      await stage.shows(message.answerAt, "it is done.");
      expect(await rung()).toEqual([]);
    });

    it("puts an emoji on a message, once however often, and on none that is gone", async ({ skip }) => {
      const { adapter, reactions, channel, remove } = stage.platform;
      if (!adapter.react || !reactions) return skip("there are no emoji on messages here");
      const message = await stage.asked();
      await adapter.react(channel, message.id, "👍");
      await adapter.react(channel, message.id, "👍");
      await adapter.react(channel, message.id, "❤️");
      expect(await reactions(message.id)).toEqual(["👍", "❤"]);
      await remove(message.id);
      const gone = adapter.react(channel, message.id, "👀");
      await expect(gone).rejects.toMatchObject({ name: "DeliveryError", final: true });
    });

    it("puts an emoji on an answer in a thread", async ({ skip }) => {
      const { adapter, reactions } = stage.platform;
      if (!adapter.react || !reactions) return skip("there are no emoji on messages here");
      const message = await stage.asked();
      const posted = await adapter.post(message.answerAt, { text: "It is done." }, stage.newKey(message));
      await adapter.react(posted.address, posted.id, "🎉");
      await adapter.react(posted.address, message.id, "👀");
      expect(await reactions(posted.id)).toEqual(["🎉"]);
      expect(await reactions(message.id)).toEqual(["👀"]);
    });

    it("pins a post, where that is done once however often, and not one that is gone", async ({ skip }) => {
      const { adapter, pinned, channel, remove } = stage.platform;
      if (!adapter.pin || !pinned) return skip("nothing is pinned here");
      const posted = await adapter.post(channel, { text: "How it stands: well." }, stage.newKey());
      await adapter.pin(posted);
      await adapter.pin(posted);
      await adapter.edit(posted, { text: "How it stands: better." });
      expect(await pinned(channel)).toEqual([posted.id]);
      const message = await stage.asked();
      await remove(message.id);
      const gone = adapter.pin({ address: channel, id: message.id });
      await expect(gone).rejects.toMatchObject({ name: "DeliveryError", final: true });
    });

    it("brings a file whole", async ({ skip }) => {
      const { readPosted } = stage.platform;
      if (!readPosted) return skip("no files here");
      const message = await stage.asked();
      const text = `# Notes\n\n${"豆腐 & <milk>\n".repeat(5_000)}`;
      const files = [{ name: "notes.md", type: "text/markdown", text }];
      await stage.platform.adapter.post(message.answerAt, { text: "Here they are.", files }, stage.newKey(message));
      await stage.shows(message.answerAt, "Here they are.");
      await stage.platform.until(async () => (await readPosted(message.answerAt, "notes.md")) !== undefined);
      expect((await readPosted(message.answerAt, "notes.md")) === text).toBe(true);
    });

    it("brings bytes as they are, once, also when it is told to look for them first", async ({ skip }) => {
      const { fetchPosted } = stage.platform;
      if (!fetchPosted) return skip("no files here");
      const message = await stage.asked();
      const bytes = Buffer.from(Array.from({ length: 70_000 }, (_, n) => n % 251));
      const post = { text: "A picture.", files: [{ name: "all.bin", type: "application/octet-stream", bytes }] };
      const key = stage.newKey(message);
      await stage.platform.adapter.post(message.answerAt, post, key);
      await stage.platform.until(async () => (await fetchPosted(message.answerAt, "all.bin")) !== undefined);
      expect(Buffer.compare((await fetchPosted(message.answerAt, "all.bin")) ?? Buffer.alloc(0), bytes)).toBe(0);
      const before = (await stage.platform.visible(message.answerAt)).length;
      await stage.platform.adapter.post(message.answerAt, post, { ...key, again: true });
      expect(await stage.platform.visible(message.answerAt)).toHaveLength(before);
      expect(Buffer.compare((await fetchPosted(message.answerAt, "all.bin")) ?? Buffer.alloc(0), bytes)).toBe(0);
    });

    it("shows every cell of a table, row by row", async () => {
      const message = await stage.asked();
      const table = "| Service | p95 | 備註 |\n|:--|--:|---|\n| checkout | 1.9 s | 變慢 |\n| login | 80 ms | 正常 |";
      const text = `Here is how it stands:\n\n${table}\n\nAll else is fine.`;
      await stage.platform.adapter.post(message.answerAt, { text }, stage.newKey(message));
      const seen = (await stage.ours(message.answerAt)).map((one) => one.text).join("\n");
      const words = ["how it stands", "Service", "p95", "備註", "checkout", "1.9 s", "變慢", "login", "80 ms", "正常"];
      const places = words.map((word) => seen.indexOf(word));
      expect(places).not.toContain(-1);
      expect(places).toEqual([...places].sort((a, b) => a - b));
      expect(seen).toContain("All else is fine.");
    });

    it("hides no address behind words that look like another", async () => {
      const message = await stage.asked();
      const text = "Log in at [docs.example.com](https://evil.example/login) first.";
      await stage.platform.adapter.post(message.answerAt, { text }, stage.newKey(message));
      const [seen] = await stage.ours(message.answerAt);
      expect(seen?.text).toContain("docs.example.com");
      expect(seen?.text).toContain("evil.example");
    });

    it("edits what it posted, in place", async () => {
      const message = await stage.asked();
      const card = { buttons: [{ id: "approve", text: "Approve", value: "7f3k" }] };
      const posted = await stage.platform.adapter.post(
        message.answerAt,
        { text: "May I?", card },
        stage.newKey(message),
      );
      await stage.platform.adapter.edit(posted, { text: "✓ approved by ana" });
      const seen = await stage.onlyOne(message.answerAt);
      expect(seen).toMatchObject({ id: posted.id, buttons: [] });
      expect(seen.text).toContain("approved by ana");
      expect(seen.text).not.toContain("May I?");
    });

    it("says which button was pressed, on which message and by whom", async ({ skip }) => {
      const { press } = stage.platform;
      if (!stage.platform.adapter.can.buttons || !press) return skip("no buttons here");
      const message = await stage.asked();
      const buttons = [
        { id: "approve", text: "Approve once", value: "7f3k", style: "primary" as const },
        { id: "deny", text: "Deny" },
      ];
      const posted = await stage.platform.adapter.post(
        message.answerAt,
        { text: "May I?", card: { buttons } },
        stage.newKey(message),
      );
      expect((await stage.onlyOne(message.answerAt)).buttons).toEqual(["Approve once", "Deny"]);
      await press(posted.id, "Approve once", stage.platform.ana);
      const first = (await stage.inbox.next("press")).press;
      expect(first).toMatchObject({ id: "approve", value: "7f3k", message: posted.id, address: message.answerAt });
      expect(first.person.id).toBe(stage.platform.ana);
      await press(posted.id, "Deny", stage.platform.tom);
      const second = (await stage.inbox.next("press", (event) => event.press.id === "deny")).press;
      expect(second.person.id).toBe(stage.platform.tom);
      expect(second.value).toBeUndefined();
    });

    it("whispers to one person only", async ({ skip }) => {
      const { press } = stage.platform;
      if (!stage.platform.adapter.can.whispers || !press) return skip("no whispers here");
      const message = await stage.asked();
      const card = { buttons: [{ id: "why", text: "Why" }] };
      const posted = await stage.platform.adapter.post(message.answerAt, { text: "noon", card }, stage.newKey(message));
      await press(posted.id, "Why", stage.platform.ana);
      const { whisper } = (await stage.inbox.next("press")).press;
      await stage.platform.adapter.post(message.answerAt, { text: "between us", only: whisper }, stage.newKey());
      const saw = async (as: PersonId) =>
        (await stage.ours(message.answerAt, as)).some((seen) => seen.text.includes("between us"));
      await stage.platform.until(() => saw(stage.platform.ana));
      expect(await saw(stage.platform.tom)).toBe(false);
      const history = await stage.platform.adapter.history(message.answerAt, { limit: 30 });
      expect(history.some((told) => told.text.includes("between us"))).toBe(false);
    });
  });
}
