import { afterEach, describe, expect, it } from "vitest";
import { leaveTowns, openTown, type Wish } from "./town.ts";

afterEach(leaveTowns);

describe("on Slack", () => {
  async function onSlack(wish: Partial<Wish> = {}) {
    const town = await openTown({ slack: true, ...wish });
    const { slack, model } = town;
    const [ana, tom] = [slack.person("ana"), slack.person("tom")];
    const team = slack.channel("team", { members: [ana, tom] });
    const ours = (channel: { id: string } = team, thread?: string) =>
      slack.messages(channel, thread).filter(({ user, subtype }) => user === slack.bot.userId && !subtype);
    return { town, slack, model, ana, tom, team, ours };
  }

  it("a thumb by button and one by reaction are kept with the run, each person's own", async () => {
    const { town, slack, model, ana, tom, team, ours } = await onSlack();
    model.answer("Yes.");
    const asked = slack.say(ana, team, "@Bellhop are you sure?");
    const answer = await slack.until(() => ours(team, asked.ts).find(({ shown }) => shown.includes("Yes.")));
    await slack.press(ana, answer, "Not a good answer");
    await slack.until(() => slack.ephemerals(ana, team).find(({ shown }) => shown.startsWith("Noted.")));
    slack.react(tom, answer, "thumbsup");
    await slack.until(() => slack.pending() === 0);
    await town.close();
    const [run] = await town.kept("slack");
    expect(run?.ratings).toEqual({ [`slack:${ana.id}`]: "bad", [`slack:${tom.id}`]: "good" });
    expect(slack.ephemerals(tom, team)).toEqual([]);
  });

  it("a thumb that is taken off again is not kept", async () => {
    const { town, slack, model, ana, tom, team, ours } = await onSlack();
    model.answer("Yes.");
    const asked = slack.say(ana, team, "@Bellhop are you sure?");
    const answer = await slack.until(() => ours(team, asked.ts).find(({ shown }) => shown.includes("Yes.")));
    slack.react(tom, answer, "-1");
    await slack.until(() => slack.pending() === 0);
    slack.unreact(tom, answer, "-1");
    await slack.until(() => slack.pending() === 0);
    await town.close();
    expect((await town.kept("slack"))[0]?.ratings ?? {}).toEqual({});
  });

  it("it greets a channel it is invited to, once, with how to begin", async () => {
    const { town, slack, ana, ours } = await onSlack();
    const fresh = slack.channel("fresh", { members: [ana], botIsMember: false });
    slack.inviteBot(fresh, ana);
    await slack.until(() => ours(fresh).find(({ shown }) => shown.startsWith("Hello, I'm Bellhop.")));
    slack.kickBot(fresh, ana);
    slack.inviteBot(fresh, ana);
    await slack.until(() => slack.pending() === 0);
    await town.close();
    expect(ours(fresh)).toHaveLength(1);
    expect(ours(fresh)[0]?.pings).toEqual([]);
  });

  it("its home tells who is here and how it is, in the language of the one who looks", async () => {
    const { slack, ana } = await onSlack();
    const mei = slack.person("mei", { locale: "zh-TW" });
    slack.openHome(ana);
    slack.openHome(mei);
    const home = await slack.until(() => slack.views(ana).find(({ type }) => type === "home"));
    expect(home.shown).toMatch(/ops[\s\S]*looks after production[\s\S]*Connected: slack/);
    const chinese = await slack.until(() => slack.views(mei).find(({ type }) => type === "home"));
    expect(chinese.shown).toMatch(/有誰在[\s\S]*已連線：slack/);
  });

  it("a DM that is looked at offers ways to begin, and they work when said", async () => {
    const { slack, model, ana, ours } = await onSlack();
    model.on({ system: "You are scribe" }, "I write.");
    slack.openHome(ana, "messages");
    const dm = slack.dm(ana);
    await slack.until(() => slack.suggestedPrompts(dm).length > 0);
    const prompts = slack.suggestedPrompts(dm).map((prompt) => String(Object(prompt).message));
    expect(prompts).toEqual(["ops: what can you do for me?", "scribe: what can you do for me?", "agents", "help"]);
    slack.say(ana, dm, prompts[1] ?? "");
    await slack.until(() => ours(dm).find(({ shown }) => shown.includes("I write.")));
  });

  it("a message's shortcut opens a form, and what it asks is answered in that message's thread", async () => {
    const { slack, model, ana, tom, team, ours } = await onSlack();
    model.on({ system: "You are scribe" }, "It is about pizza.");
    const message = slack.say(tom, team, "Pizza at noon?");
    await slack.shortcut(ana, "ask-about", message.ts);
    const form = await slack.until(() => slack.views(ana).find(({ type }) => type === "modal"));
    expect([form.title, form.submit]).toEqual(["Ask an agent about this", "Ask"]);
    await slack.submit(ana, { Agent: "scribe", "What do you want to know?": "What is this about?" });
    await slack.until(() => ours(team, message.ts).find(({ shown }) => shown.includes("It is about pizza.")));
    expect(ours(team, message.ts)[0]?.shown).toBe("**ana** asked **scribe** about this: What is this about?");
    expect(model.requests[0]?.user).toContain("Pizza at noon?");
    expect(slack.messages(team)).toHaveLength(1);
    expect(slack.ephemerals(tom, team)).toEqual([]);
    expect(slack.views(ana).filter(({ type }) => type === "modal")).toEqual([]);
  });

  it("a message's shortcut works in a private channel the form's person is in, for its people only", async () => {
    const { slack, model, ana, tom } = await onSlack();
    model.answer("It is secret.");
    const secret = slack.channel("secret", { private: true, members: [ana] });
    const message = slack.say(ana, secret, "The plan.");
    await slack.shortcut(ana, "ask-about", message.ts);
    await slack.until(() => slack.views(ana).find(({ type }) => type === "modal"));
    await slack.submit(ana, { "What do you want to know?": "What is this?" });
    await slack.until(() => slack.messages(secret, message.ts).find(({ shown }) => shown.includes("It is secret.")));
    await expect(slack.shortcut(tom, "ask-about", message.ts)).rejects.toThrow("does not see");
  });
});

describe("on Discord", () => {
  async function onDiscord(wish: Partial<Wish> = {}) {
    const town = await openTown({ discord: true, ...wish });
    const { discord, model } = town;
    await discord.until(() => discord.commands.length > 0);
    const [ana, tom] = [discord.person("ana"), discord.person("tom")];
    const team = discord.channel("team");
    const ours = (channel = team) => discord.messages(channel).filter(({ author }) => author.id === discord.bot.id);
    return { town, discord, model, ana, tom, team, ours };
  }

  it("a thumb by button and one by reaction are kept with the run, each person's own", async () => {
    const { town, discord, model, ana, tom, team, ours } = await onDiscord();
    model.answer("Yes.");
    const asked = discord.say(ana, team, "@Bellhop are you sure?");
    const thread = await discord.until(() => discord.threadOf(asked));
    const answer = await discord.until(() => ours(thread).find(({ text }) => text.includes("· main")));
    discord.press(ana, answer, "👎");
    await discord.until(() => discord.messages(thread, ana).find(({ text }) => text.startsWith("Noted.")));
    discord.react(tom, answer, "👍");
    const next = discord.say(ana, team, "@Bellhop and now?");
    const other = await discord.until(() => discord.threadOf(next));
    await discord.until(() => ours(other).find(({ text }) => text.includes("· main")));
    await town.close();
    const run = (await town.kept("discord")).find(({ ratings }) => ratings);
    expect(run?.ratings).toEqual({ [`discord:${ana.id}`]: "bad", [`discord:${tom.id}`]: "good" });
    expect(discord.messages(thread, tom).filter(({ ephemeral }) => ephemeral)).toEqual([]);
  });

  it("thumbs of two people in the same moment are both kept, and the last one of each", async () => {
    const { town, discord, model, ana, tom, team, ours } = await onDiscord();
    model.answer("Yes.");
    const asked = discord.say(ana, team, "@Bellhop are you sure?");
    const thread = await discord.until(() => discord.threadOf(asked));
    const answer = await discord.until(() => ours(thread).find(({ text }) => text.includes("· main")));
    const told = (words: string) =>
      discord.until(() => discord.messages(thread, ana).find(({ text }) => text.startsWith(words)));
    discord.press(ana, answer, "👍");
    await told("Thanks, noted.");
    discord.react(tom, answer, "👍");
    discord.press(ana, answer, "👎");
    await told("Noted.");
    await town.close();
    const [run] = await town.kept("discord");
    expect(run?.ratings).toEqual({ [`discord:${ana.id}`]: "bad", [`discord:${tom.id}`]: "good" });
  });

  it("while an agent's name is typed those are offered that may be asked there", async () => {
    const { discord, ana, team } = await onDiscord({
      config: { channels: [{ match: "discord:*", agents: ["scribe"] }] },
    });
    expect(await discord.autocomplete(ana, team, "ask", "agent", "")).toMatchObject([{ value: "scribe" }]);
    expect(await discord.autocomplete(ana, team, "ask", "agent", "op")).toEqual([]);
  });

  it("a message's menu opens a form, and what it asks is answered in that message's thread", async () => {
    const { discord, model, ana, tom, team, ours } = await onDiscord();
    model.on({ system: "You are scribe" }, "It is about pizza.");
    const message = discord.say(tom, team, "Pizza at noon?");
    const menu = discord.contextMenu(ana, message, "Ask an agent about this");
    await discord.until(() => menu.modal);
    discord.submitModal(menu, { agent: ["scribe"], question: "What is this about?" });
    const thread = await discord.until(() => discord.threadOf(message));
    await discord.until(() => ours(thread).find(({ text }) => text.includes("It is about pizza.")));
    expect(ours(thread)[0]?.text).toBe("**ana** asked **scribe** about this: What is this about?");
    expect(discord.messages(team)).toHaveLength(1);
    expect(discord.messages(team, tom).filter(({ ephemeral }) => ephemeral)).toEqual([]);
  });

  it("a Chinese user's commands and menu are theirs: the form speaks Chinese", async () => {
    const { discord, tom, team } = await onDiscord();
    const mei = discord.person("mei", { locale: "zh-TW" });
    const message = discord.say(tom, team, "午餐吃披薩？");
    const menu = discord.contextMenu(mei, message, "Ask an agent about this");
    const modal = await discord.until(() => menu.modal);
    expect(JSON.stringify(modal)).toContain("你想知道什麼？");
  });
});
