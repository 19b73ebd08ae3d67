import { afterEach, describe, expect, it } from "vitest";
import { leaveTowns, openTown } from "./town.ts";

afterEach(leaveTowns);

describe("mentioned in a channel", () => {
  it("answers in the thread, on Slack", async () => {
    const { slack, model } = await openTown({ slack: true });
    model.answer("The deploy at 14:05 slowed it down.");
    const ana = slack.person("ana");
    const general = slack.channel("general", { members: [ana] });
    const asked = slack.say(ana, general, "@Bellhop ops: why is checkout slow?");
    const answer = await slack.until(() =>
      slack.messages(general, asked.ts).find((one) => one.user === slack.bot.userId && one.streaming !== "in_progress"),
    );
    expect(answer.shown).toContain("The deploy at 14:05 slowed it down.");
    expect(answer.shown).toContain("ops · main");
    expect(model.requests[0]?.body.messages.at(-1)?.content).toBe("ana: why is checkout slow?");
    expect(slack.messages(general)).toHaveLength(1);
  });

  it("answers in the thread, on Discord", async () => {
    const { discord, model } = await openTown({ discord: true });
    model.answer("The deploy at 14:05 slowed it down.");
    const ana = discord.person("ana");
    const general = discord.channel("general");
    const asked = discord.say(ana, general, "@Bellhop ops: why is checkout slow?");
    const thread = await discord.until(() => discord.threadOf(asked));
    const answer = await discord.until(() =>
      discord.messages(thread).find((one) => one.content.includes("ops · main")),
    );
    expect(answer.content).toContain("The deploy at 14:05 slowed it down.");
    expect(discord.messages(thread).filter((one) => one.author.id === discord.bot.id)).toHaveLength(1);
  });

  it("answers in the thread, on the console", async () => {
    const { console, model } = await openTown({ console: true });
    model.answer("The deploy at 14:05 slowed it down.");
    const asked = await console.say("ana", "@Bellhop ops: why is checkout slow?");
    const answer = await console.answer({ thread: asked.id });
    expect(answer.text).toBe("The deploy at 14:05 slowed it down.");
    expect(answer.footer).toMatch(/^ops · main · /);
    expect(await console.messages({ thread: asked.id })).toHaveLength(1);
  });
});
