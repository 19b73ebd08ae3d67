import { afterEach, describe, expect, it } from "vitest";
import { leaveTowns, openTown } from "./town.ts";

afterEach(leaveTowns);

describe("asking an agent about a message, from its menu", () => {
  it("asks for the agent and the question, shows it in the thread, and answers there", async () => {
    const { console, model } = await openTown({ console: true });
    model.on({ system: "You are scribe" }, "It is about pizza.");
    const message = await console.say("tom", "Pizza at noon?");
    await console.pick("ana", message.id, "ask-about");
    const { form } = await console.you("ana", (you) => you.form !== undefined);
    expect(form?.form).toMatchObject({ title: "Ask an agent about this", submit: "Ask" });
    expect(form?.form.inputs.map(({ id }) => id)).toEqual(["agent", "question"]);
    await console.submit("ana", form?.id ?? "", { agent: "scribe", question: "What is this about?" });
    const shown = await console.answer({ thread: message.id });
    expect(shown.text).toBe("**ana** asked **scribe** about this: What is this about?");
    expect((await console.answer({ thread: message.id }, [shown])).text).toBe("It is about pizza.");
    expect(model.requests[0]?.user).toContain("Pizza at noon?");
    expect(model.requests[0]?.user).toMatch(/ana: What is this about\?$/);
    // The thread goes on as any other.
    model.on({ system: "You are scribe" }, "Margherita.");
    await console.say("ana", "which one?", { thread: message.id });
  });

  it("works on Slack through a modal", async () => {
    const { slack, model } = await openTown({ slack: true });
    const [ana, tom] = [slack.person("ana"), slack.person("tom")];
    const general = slack.channel("general", { members: [ana, tom] });
    model.on({ system: "You are scribe" }, "Yes, ship it.");
    const message = slack.say(tom, general, "Ship it?");
    await slack.shortcut(ana, "ask-about", message);
    const modal = await slack.until(() => slack.views(ana).find(({ type }) => type === "modal"));
    expect(modal).toMatchObject({ title: "Ask an agent about this", submit: "Ask" });
    expect(await slack.submit(ana, { Agent: "scribe", "What do you want to know?": "Is it safe?" })).not.toHaveProperty(
      "errors",
    );
    const inThread = () => slack.messages(general, message).filter(({ user }) => user === slack.bot.userId);
    await slack.until(() => inThread().some(({ shown }) => shown.includes("Yes, ship it.")));
    expect(inThread()[0]?.shown).toContain("**ana** asked **scribe** about this: Is it safe?");
    expect(model.requests[0]?.user).toContain("Ship it?");
    expect(slack.messages(general)).toHaveLength(1);
  });

  it("works on Discord through the message's menu and a modal", async () => {
    const { discord, model } = await openTown({ discord: true });
    const [ana, tom] = [discord.person("ana"), discord.person("tom")];
    const general = discord.channel("general");
    model.on({ system: "You are scribe" }, "Yes, ship it.");
    await discord.until(() => discord.commands.length > 0);
    const message = discord.say(tom, general, "Ship it?");
    const asked = discord.contextMenu(ana, message, "Ask an agent about this");
    await discord.until(() => asked.modal);
    expect(asked.modal).toMatchObject({ title: "Ask an agent about this" });
    discord.submitModal(asked, { Agent: ["scribe"], "What do you want to know?": "Is it safe?" });
    const thread = await discord.until(() => discord.threadOf(message));
    const inThread = () => discord.messages(thread).filter(({ author }) => author.id === discord.bot.id);
    await discord.until(() => inThread().some(({ text }) => text.includes("Yes, ship it.")));
    expect(inThread()[0]?.text).toContain("asked **scribe** about this: Is it safe?");
    expect(model.requests[0]?.user).toContain("Ship it?");
  });
});

describe("thumbs", () => {
  it("under an answer are kept with its run, the last one of each person", async () => {
    const { console, model, app } = await openTown({ console: true });
    model.answer("Yes.");
    const root = await console.say("ana", "@Bellhop are you sure?");
    const answer = await console.answer({ thread: root.id });
    expect(answer.rating).toMatchObject({ good: "A good answer", bad: "Not a good answer" });
    await console.rate("ana", answer.id, "bad");
    expect((await console.answer({ thread: root.id }, [answer])).text).toMatch(/^Noted\. Say in the thread/);
    expect(app.report().status).toBe("ok");
  });
});

describe("a person's language", () => {
  it("is what the bot speaks with them, before the channel's", async () => {
    const { console, model } = await openTown({ console: true });
    model.answer("好的。");
    await console.speak("ana", "zh-TW");
    await console.say("ana", "/bellhop status");
    const status = await console.answer({});
    expect(status.text).toMatch(/^已連線：/);
    const root = await console.say("ana", "@Bellhop 你好");
    expect((await console.answer({ thread: root.id })).footer).toMatch(/不到 1 秒|秒/);
    await console.say("tom", "/bellhop status");
    expect((await console.answer({}, [status])).text).toMatch(/^Connected:/);
  });
});

describe("the bot's page", () => {
  it("tells who is here, how the bot is, and what can be said", async () => {
    const { console } = await openTown({ console: true });
    await console.open("ana", "home");
    const { home } = await console.you("ana", (you) => you.home !== undefined);
    expect(home?.text).toMatch(/\*\*ops\*\* — looks after production[\s\S]*Connected: console[\s\S]*`why`/);
  });

  it("offers ways to begin in a DM", async () => {
    const { console, model } = await openTown({ console: true });
    await console.open("ana", "direct");
    const { prompts } = await console.you("ana", (you) => you.prompts.length > 0);
    expect(prompts.map(({ title }) => title)).toEqual([
      "Ask ops: looks after production",
      "Ask scribe: writes things down",
      "Who is here?",
      "What can I say?",
    ]);
    model.on({ system: "You are scribe" }, "I write.");
    const channel = (await console.state()).channels.find((one) => one.with === "console:ana")?.id ?? "";
    await console.say("ana", prompts[1]?.text ?? "", { channel });
    expect((await console.answer({ channel })).text).toBe("I write.");
  });
});
