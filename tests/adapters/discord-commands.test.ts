import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { commands } from "../../adapters/discord/commands.ts";
import type { Inbox } from "../../src/chat.ts";
import { commandsIn, shortcutsIn } from "../../src/words/commands.ts";
import { wordsOf } from "../../src/words/words.ts";
import { rest } from "../world/discord/raw-bot.ts";
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

const english = wordsOf("en");

describe("Discord's commands", () => {
  type Told = { name: string; description?: string; options?: Told[]; required?: boolean; autocomplete?: boolean };

  it("are those of the table, field by field and verb by verb, in English", () => {
    const told: Told[] = commands;
    const wanted = commandsIn(english).map(({ name, does, fields, verbs }) => ({
      name,
      description: does,
      options: [
        // Discord takes no fields beside subcommands.
        ...(fields.length > 0 ? [] : verbs).map((verb) => ({ name: verb.name, description: verb.does })),
        ...fields.map((field) => ({ name: field.name, description: field.does })),
      ],
    }));
    const short = ({ name, description, options = [] }: Told) => ({
      name,
      description,
      options: options.map((option) => ({ name: option.name, description: option.description })),
    });
    const titles = shortcutsIn(english).map((shortcut) => shortcut.title);
    expect(told.filter(({ name }) => !titles.includes(name)).map(short)).toEqual(wanted);
    expect(told.filter(({ name }) => titles.includes(name)).map(({ name }) => name)).toEqual(titles);
    const ask = told.find(({ name }) => name === "ask");
    expect(ask?.options?.map(({ required, autocomplete }) => ({ required, autocomplete }))).toEqual([
      { required: true, autocomplete: true },
      { required: undefined, autocomplete: true },
    ]);
  });

  it("are taken by Discord as they are, in servers and direct messages", () => {
    const { discord } = open;
    expect(discord.commands.map(({ name }) => name)).toEqual(commands.map(({ name }) => name));
    for (const command of discord.commands) expect(command).toMatchObject({ contexts: [0, 1], integration_types: [0] });
  });

  it("are described in Chinese to people who speak it, every one and every part", () => {
    const chinese = wordsOf("zh-TW");
    const spoken = JSON.stringify(commands.map((command) => ({ ...command, description: "", name: "" })));
    for (const { does, fields, verbs } of commandsIn(chinese)) {
      const parts = fields.length > 0 ? fields : verbs;
      for (const text of [does, ...parts.map((part) => part.does)]) {
        expect(spoken).toContain(JSON.stringify({ "zh-TW": text }));
      }
    }
    for (const shortcut of shortcutsIn(chinese)) {
      expect(spoken).toContain(JSON.stringify({ "zh-TW": shortcut.title }));
    }
  });

  it("are told again when Discord's were of an older make", async () => {
    const { discord, kv } = open;
    await kv.until(() => [...kv.kept.keys()].some((kept) => kept.includes("commands")));
    const kept = [...kv.kept.keys()].find((name) => name.includes("commands")) ?? "";
    kv.kept.set(kept, "the hash of an older make");
    const app = discord.bot.applicationId;
    await rest(discord, "PUT", `/applications/${app}/commands`, [{ name: "old", description: "Old" }]);
    open.moveOn(20_000);
    await open.restart();
    await discord.until(() => discord.commands.some(({ name }) => name === "ask"));
    expect(discord.commands.some(({ name }) => name === "old")).toBe(false);
  });
});

describe("typing the name of an agent on Discord", () => {
  it("is completed from memory, and nothing of it is journalled", async () => {
    const { discord, ana, general } = open;
    const choices = await discord.autocomplete(ana, general, "ask", "agent", "op", { others: { question: "why?" } });
    expect(choices).toEqual([{ name: "ops", value: "ops" }]);
    discord.say(ana, general, "after it");
    await inbox.message("after it");
    expect(inbox.heard.filter(({ kind }) => kind === "command")).toEqual([]);
  });

  it("is completed by no more and nothing longer than Discord takes, told where and who", async () => {
    await open.close();
    const asked: unknown[] = [];
    const many: Inbox["suggest"] = async (query) => {
      asked.push(query);
      const long = { text: "x".repeat(150), value: "x".repeat(150) };
      return [
        long,
        ...Array.from({ length: 40 }, (_, n) => ({ text: `agent ${n} ${"y".repeat(100)}`, value: `a${n}` })),
      ];
    };
    inbox = { ...recordingInbox(), suggest: many };
    open = await openDiscord(inbox);
    const { discord, ana, general } = open;
    await discord.until(() => discord.commands.length > 0);
    const thread = discord.thread(general, { by: ana, name: "plans" });
    const choices = await discord.autocomplete(ana, thread, "ask", "agent", "");
    expect(choices).toHaveLength(25);
    expect(choices[0]).toMatchObject({ value: "a0" });
    const address = { adapter: "discord", channel: general.id, thread: thread.id };
    expect(asked).toEqual([{ field: "agent", typed: "", address, person: `discord:${ana.id}` }]);
  });
});

describe("typing a question on Discord that nothing completes", () => {
  it("shows the question itself, not that nothing matches it", async () => {
    const { discord, ana, general } = open;
    const shown = (text: string) => discord.autocomplete(ana, general, "ask", "question", text);
    expect(await shown("why is it slow?")).toEqual([{ name: "why is it slow?", value: "why is it slow?" }]);
    expect(await shown(" ")).toEqual([]);
    expect(await shown("x".repeat(101))).toEqual([]);
  });
});

describe("a command that Discord tells twice", () => {
  it("is heard and acknowledged once", async () => {
    const { discord, ana, general } = open;
    discord.gateway.fault("INTERACTION_CREATE", "repeat");
    const asked = discord.slash(ana, general, "agents");
    await inbox.next("command");
    await discord.until(() => asked.answeredAt);
    discord.say(ana, general, "after it");
    await inbox.message("after it");
    expect(inbox.heard.filter(({ kind }) => kind === "command")).toHaveLength(1);
    expect(discord.calls.filter(({ path }) => path.includes(asked.id))).toHaveLength(1);
  });
});

describe("a burst of posts on Discord", () => {
  it("keeps nobody waiting who types or presses", async () => {
    const { discord, ana, general, adapter } = open;
    const channels = Array.from({ length: 60 }, (_, n) => discord.channel(`busy-${n}`));
    let posted = 0;
    const posts = channels.map(async ({ id }, n) => {
      await adapter.post({ adapter: "discord", channel: id }, { text: "news" }, { id: `b${n}`, since: Date.now() });
      posted += 1;
    });
    expect(await discord.autocomplete(ana, general, "ask", "agent", "s")).toHaveLength(1);
    expect(posted).toBeLessThan(60);
    await Promise.all(posts);
  });
});
