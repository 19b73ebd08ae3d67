import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Form } from "../../src/chat.ts";
import { shortcutsIn } from "../../src/words/commands.ts";
import { wordsOf } from "../../src/words/words.ts";
import { askForm, askInputs } from "../world/ask-form.ts";
import type { Interaction } from "../world/discord/discord.ts";
import { type RecordingInbox, recordingInbox } from "./contract/recording-inbox.ts";
import { openDiscord } from "./discord-platform.ts";

type Open = Awaited<ReturnType<typeof openDiscord>>;

let inbox: RecordingInbox;
let open: Open;
beforeEach(async () => {
  inbox = recordingInbox();
  open = await openDiscord(inbox);
  await open.discord.until(() => open.discord.commands.length > 0);
});
afterEach(() => open.close());

const title = shortcutsIn(wordsOf("en"))[0]?.title ?? "";
const here = () => ({ adapter: "discord", channel: open.general.id });
const key = (id: string) => ({ id, since: Date.now() });
const modal = ({ answeredWith }: Interaction) => answeredWith === 9;
const { agent, question, note } = askInputs;
const form: Form = { ...askForm, inputs: [{ ...agent, value: "ops" }, question, note] };

describe("a message's menu on Discord", () => {
  async function choose() {
    const { discord, ana, tom, general } = open;
    const message = discord.say(tom, general, "the deploy failed", { files: [{ name: "log.txt", content: "boom" }] });
    const asked = discord.contextMenu(ana, message, title);
    const { shortcut } = await inbox.next("shortcut");
    return { message, asked, shortcut };
  }

  it("tells of the message and of who chose it", async () => {
    const { tom, ana } = open;
    const { message, shortcut } = await choose();
    expect(shortcut).toMatchObject({
      name: "ask-about",
      person: { id: `discord:${ana.id}`, name: "ana" },
      message: {
        id: message.id,
        text: "the deploy failed",
        author: { id: `discord:${tom.id}` },
        address: here(),
        answerAt: { ...here(), thread: message.id },
        files: [{ name: "log.txt" }],
      },
    });
  });

  it("opens a form, which comes back filled in", async () => {
    const { discord, general } = open;
    const { asked, shortcut } = await choose();
    await open.adapter.open?.(shortcut.whisper, form);
    expect(modal(asked)).toBe(true);
    discord.submitModal(asked, { Agent: ["scribe"], Question: "what happened?" });
    const { submit } = await inbox.next("submit");
    expect(submit).toMatchObject({
      id: "ask-about",
      value: "7f3k",
      address: here(),
      person: { name: "ana" },
      values: { agent: "scribe", question: "what happened?" },
    });
    expect(submit.values).not.toHaveProperty("note");
    await open.adapter.post(submit.address, { text: "on it", only: submit.whisper }, key("r1"));
    expect(discord.messages(general, open.ana).filter(({ ephemeral }) => ephemeral)).toMatchObject([
      { text: "on it", thinking: false },
    ]);
    expect(discord.messages(general, open.tom).some(({ text }) => text === "on it")).toBe(false);
  });

  it("opens a form of five questions with words of its own as well", async () => {
    const { discord } = open;
    const { asked, shortcut } = await choose();
    const inputs = Array.from({ length: 5 }, (_, n) => ({
      kind: "text" as const,
      id: `q${n}`,
      label: `Question ${n} ${"x".repeat(40)}`,
      hint: "y".repeat(300),
      lines: "one" as const,
    }));
    await open.adapter.open?.(shortcut.whisper, { ...form, title: "t".repeat(60), inputs });
    expect(JSON.stringify(asked.modal)).toContain("About **this**.");
    discord.submitModal(asked, Object.fromEntries(inputs.map(({ id }) => [id, id])));
    expect((await inbox.next("submit")).submit.values).toEqual({ q0: "q0", q1: "q1", q2: "q2", q3: "q3", q4: "q4" });
  });

  it("shows “thinking…” when the bot opens nothing for two seconds, and is too late for a form then", async () => {
    const { discord, general, ana } = open;
    const { asked, shortcut } = await choose();
    await discord.until(() => asked.answeredAt);
    expect(discord.messages(general, ana).some(({ thinking }) => thinking)).toBe(true);
    await expect(open.adapter.open?.(shortcut.whisper, form)).rejects.toMatchObject({
      name: "DeliveryError",
      final: true,
      message: expect.stringContaining("too late"),
    });
  });

  it("is answered in private at once when the bot has words instead of a form", async () => {
    const { discord, general, ana, tom } = open;
    const began = Date.now();
    const { shortcut } = await choose();
    await open.adapter.post(here(), { text: "not for you", only: shortcut.whisper }, key("r1"));
    expect(Date.now() - began).toBeLessThan(1_900);
    expect(
      discord
        .messages(general, ana)
        .filter(({ ephemeral }) => ephemeral)
        .map(({ text }) => text),
    ).toEqual(["not for you"]);
    expect(discord.messages(general, tom).filter(({ ephemeral }) => ephemeral)).toEqual([]);
  });

  it("opens a form though something else is said in the channel meanwhile", async () => {
    const { asked, shortcut } = await choose();
    await open.adapter.post(here(), { text: "an answer to somebody else" }, key("r1"));
    await open.adapter.open?.(shortcut.whisper, form);
    expect(modal(asked)).toBe(true);
  });

  it("still answers when Discord does not take the form", async () => {
    const { discord, general, ana } = open;
    const { shortcut } = await choose();
    const broken: Form = { ...form, inputs: [{ kind: "choice", id: "agent", label: "Agent", options: [] }] };
    await expect(open.adapter.open?.(shortcut.whisper, broken)).rejects.toMatchObject({ name: "DeliveryError" });
    await open.adapter.post(here(), { text: "that went wrong", only: shortcut.whisper }, key("r1"));
    expect(discord.messages(general, ana).some(({ text, ephemeral }) => ephemeral && text === "that went wrong")).toBe(
      true,
    );
  });

  it("is heard in a direct message too", async () => {
    const { discord, ana } = open;
    const dm = discord.dm(ana);
    const message = discord.say(ana, dm, "remember this");
    discord.contextMenu(ana, message, title);
    const { shortcut } = await inbox.next("shortcut");
    expect(shortcut.message).toMatchObject({ direct: true, answerAt: { adapter: "discord", channel: dm.id } });
    await open.adapter.open?.(shortcut.whisper, form);
  });

  it("reads the message without the Message Content intent", async () => {
    await open.close();
    inbox = recordingInbox();
    open = await openDiscord(inbox, { intents: { messageContent: false, members: false } });
    await open.discord.until(() => open.discord.commands.length > 0);
    const { shortcut } = await choose();
    expect(shortcut.message.text).toBe("the deploy failed");
    await open.adapter.open?.(shortcut.whisper, form);
  });
});

describe("buttons on Discord", () => {
  it("that open something leave room for a form, also after a restart", async () => {
    const { discord, ana, general } = open;
    const buttons = [{ id: "why", text: "Why?", value: "7f3k", opens: true as const }];
    const posted = await open.adapter.post(here(), { text: "Refused.", card: { buttons } }, key("r1"));
    await open.restart();
    const asked = discord.press(ana, posted.id, "Why?");
    const { press } = await inbox.next("press");
    expect(press).toMatchObject({ id: "why", value: "7f3k", message: posted.id });
    await open.adapter.open?.(press.whisper, form);
    discord.submitModal(asked, { Question: "because" });
    const { submit } = await inbox.next("submit");
    expect(submit.values).toEqual({ agent: "ops", question: "because" });
    await open.adapter.post(submit.address, { text: "noted", only: submit.whisper }, key("r2"));
    expect(
      discord
        .messages(general, ana)
        .filter(({ ephemeral }) => ephemeral)
        .map(({ text }) => text),
    ).toEqual(["noted"]);
  });

  it("that open something and then do not are acknowledged in time", async () => {
    const { discord, ana } = open;
    const buttons = [{ id: "why", text: "Why?", opens: true as const }];
    const posted = await open.adapter.post(here(), { text: "Refused.", card: { buttons } }, key("r1"));
    const asked = discord.press(ana, posted.id, "Why?");
    const { press } = await inbox.next("press");
    expect(press).toMatchObject({ id: "why" });
    expect(press.value).toBeUndefined();
    expect(asked.answeredAt).toBeUndefined();
    await discord.until(() => asked.answeredAt);
    expect(asked.answeredWith).toBe(6);
  });

  it("carry the longest words that the bot may give them", async () => {
    const { discord, ana } = open;
    const [id, value] = ["i".repeat(60), "v".repeat(30)];
    const buttons = [{ id, value, text: "Go", opens: true as const }];
    const posted = await open.adapter.post(here(), { text: "?", card: { buttons } }, key("r1"));
    discord.press(ana, posted.id, "Go");
    const { press } = await inbox.next("press");
    expect(press).toMatchObject({ id, value });
    await open.adapter.open?.(press.whisper, { ...form, id, value });
  });

  it("under an answer rate it, each by its own word, beside those of a card", async () => {
    const { discord, ana, tom, general } = open;
    const rating = { value: "7f3k", good: "Good", bad: "Bad" };
    const card = { buttons: [{ id: "retry", text: "Retry" }] };
    const posted = await open.adapter.post(here(), { text: "noon", rating, card }, key("r1"));
    const [seen] = discord.messages(general);
    expect(seen?.components).toHaveLength(2);
    expect(seen?.buttons.map(({ label }) => label)).toEqual(["Retry", "👍", "👎"]);
    discord.press(ana, posted.id, "👍");
    discord.press(tom, posted.id, "👎");
    const bad = await inbox.next("press", ({ press }) => press.id === "bad");
    expect(bad.press).toMatchObject({ value: "7f3k", person: { name: "tom" } });
    expect((await inbox.next("press")).press).toMatchObject({ id: "good", value: "7f3k", person: { name: "ana" } });
  });

  it("that rate stand under the last message of a long answer only", async () => {
    const { discord, general } = open;
    const rating = { value: "7f3k", good: "Good", bad: "Bad" };
    await open.adapter.post(here(), { text: "A sentence of some length.\n\n".repeat(120), rating }, key("r1"));
    expect(discord.messages(general).map(({ buttons }) => buttons.length)).toEqual([0, 2]);
  });
});
