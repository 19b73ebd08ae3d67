import { afterEach, describe, expect, it } from "vitest";
import type { Channel } from "../world/discord/discord.ts";
import { holdTool } from "./held-tool.ts";
import { leaveTowns, openTown, type Town } from "./town.ts";

afterEach(leaveTowns);

/** Nothing is left hanging: all that was begun came to its end. */
async function expectAllEnded(town: Town, adapter: string, runs: number): Promise<void> {
  await town.close();
  const kept = await town.kept(adapter);
  expect(kept.map(({ state }) => state)).toEqual(Array(runs).fill("finished"));
  expect(town.log.join("")).not.toContain("uncaught");
}

describe("in the middle of an answer on Slack", () => {
  /** Ana has asked, the first words stand there, and a tool holds the rest. */
  async function midway(options: { private?: boolean } = {}) {
    const tool = holdTool();
    const town = await openTown({ slack: true, parts: { toolboxes: [tool.toolbox] }, config: { agents: tool.agents } });
    const { slack, model } = town;
    model.on("why is it slow", ["Let me look at it.", tool.call], "It is the disk.");
    model.on("are you there", "Still here.");
    const [ana, tom] = [slack.person("ana"), slack.person("tom")];
    const team = slack.channel("team", { private: options.private ?? false, members: [ana, tom] });
    const asked = slack.say(ana, team, "@Bellhop why is it slow?");
    const ours = () => slack.messages(team, asked.ts).filter(({ user }) => user === slack.bot.userId);
    const begun = await slack.until(() => ours().find(({ shown }) => shown.includes("look")));
    /** The next question, elsewhere, is answered. */
    const nextIsAnswered = async () => {
      const dm = slack.dm(tom);
      slack.say(tom, dm, "are you there?");
      await slack.until(() => slack.messages(dm).find(({ shown }) => shown.includes("Still here.")));
    };
    const whole = (words: string) =>
      slack.until(() => ours().find(({ shown, streaming }) => shown.includes(words) && streaming !== "in_progress"));
    return { town, slack, model, tool, ana, tom, team, asked, ours, begun, whole, nextIsAnswered };
  }

  it("the channel is archived: the answer ends, and the next one elsewhere is given", async () => {
    const { town, slack, tool, ana, team, nextIsAnswered } = await midway();
    slack.archive(team, ana);
    tool.release();
    await nextIsAnswered();
    await expectAllEnded(town, "slack", 2);
  });

  it("the bot is thrown out of a private channel: the answer ends, and the next one elsewhere is given", async () => {
    const { town, slack, tool, ana, team, nextIsAnswered } = await midway({ private: true });
    slack.kickBot(team, ana);
    tool.release();
    await nextIsAnswered();
    await expectAllEnded(town, "slack", 2);
  });

  it("the bot is thrown out of a public channel: the answer is finished all the same", async () => {
    const { town, slack, tool, ana, team, ours, whole } = await midway();
    slack.kickBot(team, ana);
    tool.release();
    await whole("It is the disk.");
    expect(ours()).toHaveLength(1);
    await expectAllEnded(town, "slack", 1);
  });

  it("the question is deleted: it stops, and says so once", async () => {
    const { town, slack, model, asked, ours, whole, nextIsAnswered } = await midway();
    slack.delete(asked);
    await whole("Stopped");
    await nextIsAnswered();
    await expectAllEnded(town, "slack", 2);
    expect(ours()).toHaveLength(1);
    expect(model.requests).toHaveLength(2);
  });

  it("what it has said so far is deleted: the whole answer is posted anew, once", async () => {
    const { town, slack, tool, begun, ours, whole } = await midway();
    slack.delete(begun);
    tool.release();
    await whole("It is the disk.");
    await expectAllEnded(town, "slack", 1);
    expect(ours().filter(({ shown }) => shown.includes("It is the disk."))).toHaveLength(1);
  });

  it("the asker's account is closed: the answer is finished for the others", async () => {
    const { town, slack, tool, ana, ours, whole } = await midway();
    slack.deactivate(ana);
    tool.release();
    await whole("It is the disk.");
    await expectAllEnded(town, "slack", 1);
    expect(ours()).toHaveLength(1);
  });

  it("the asker leaves the channel: the answer is finished for the others", async () => {
    const { town, slack, tool, ana, team, ours, whole } = await midway();
    slack.leave(ana, team);
    tool.release();
    await whole("It is the disk.");
    await expectAllEnded(town, "slack", 1);
    expect(ours()).toHaveLength(1);
  });
});

describe("in the middle of an answer on Discord", () => {
  /** Ana has asked, the first words stand there, and a tool holds the rest. */
  async function midway() {
    const tool = holdTool();
    const config = { agents: tool.agents };
    const town = await openTown({ discord: true, parts: { toolboxes: [tool.toolbox] }, config });
    const { discord, model } = town;
    model.on("why is it slow", ["Let me look at it.", tool.call], "It is the disk.");
    model.on("are you there", "Still here.");
    const [ana, tom] = [discord.person("ana"), discord.person("tom")];
    const [team, other] = [discord.channel("team"), discord.channel("other")];
    const asked = discord.say(ana, team, "@Bellhop why is it slow?");
    const thread = await discord.until(() => discord.threadOf(asked));
    const ours = (channel: Channel = thread) =>
      discord.messages(channel).filter(({ author }) => author.id === discord.bot.id);
    const begun = await discord.until(() => ours().find(({ text }) => text.includes("look")));
    /** The next question, elsewhere, is answered. */
    const nextIsAnswered = async (where: "other" | "DM" = "other") => {
      if (where === "DM") {
        discord.say(tom, discord.dm(tom), "are you there?");
        return discord.until(() => ours(discord.dm(tom)).find(({ text }) => text.includes("Still here.")));
      }
      const next = discord.say(tom, other, "@Bellhop are you there?");
      const there = await discord.until(() => discord.threadOf(next));
      return discord.until(() => ours(there).find(({ text }) => text.includes("Still here.")));
    };
    const whole = (words: string) =>
      discord.until(() => ours().find(({ text, buttons }) => text.includes(words) && !isGrowing(buttons)));
    return { town, discord, model, tool, ana, tom, team, asked, thread, ours, begun, whole, nextIsAnswered };
  }
  const isGrowing = (buttons: { label: string }[]) => buttons.some(({ label }) => label === "Stop");

  it("the channel is deleted: the answer ends, and the next one elsewhere is given", async () => {
    const { town, discord, tool, team, nextIsAnswered } = await midway();
    discord.deleteChannel(team);
    tool.release();
    await nextIsAnswered();
    await expectAllEnded(town, "discord", 2);
  });

  it("its thread is deleted: the answer ends, and the next one elsewhere is given", async () => {
    const { town, discord, tool, thread, nextIsAnswered } = await midway();
    discord.deleteChannel(thread);
    tool.release();
    await nextIsAnswered();
    await expectAllEnded(town, "discord", 2);
  });

  it("the bot is thrown out of the server: the answer ends, and DMs are answered", async () => {
    const { town, discord, tool, nextIsAnswered } = await midway();
    discord.kickBot();
    tool.release();
    await nextIsAnswered("DM");
    await expectAllEnded(town, "discord", 2);
  });

  it("the question is deleted: it stops, and says so once", async () => {
    const { town, discord, model, asked, ours, whole, nextIsAnswered } = await midway();
    discord.delete(asked);
    await whole("Stopped");
    await nextIsAnswered();
    await expectAllEnded(town, "discord", 2);
    expect(ours()).toHaveLength(1);
    expect(model.requests).toHaveLength(2);
  });

  it("what it has said so far is deleted: the whole answer is posted anew, once", async () => {
    const { town, discord, tool, begun, thread, ours, whole } = await midway();
    const message = thread.messages.find(({ id }) => id === begun.id);
    if (message) discord.delete(message);
    tool.release();
    await whole("It is the disk.");
    await expectAllEnded(town, "discord", 1);
    expect(ours()).toHaveLength(1);
  });

  it("its thread is locked: the answer ends, and the next one elsewhere is given", async () => {
    const { town, discord, tool, thread, nextIsAnswered } = await midway();
    discord.lockThread(thread);
    tool.release();
    await nextIsAnswered();
    await expectAllEnded(town, "discord", 2);
  });

  it("its thread is archived: it wakes up, and the answer is finished", async () => {
    const { town, discord, tool, thread, ours, whole } = await midway();
    discord.archiveThread(thread);
    tool.release();
    await whole("It is the disk.");
    await expectAllEnded(town, "discord", 1);
    expect(ours()).toHaveLength(1);
  });

  it("the bot may not write in threads any more: the answer ends, and DMs are answered", async () => {
    const { town, discord, tool, team, nextIsAnswered } = await midway();
    discord.permit(team, { deny: ["SendMessagesInThreads", "SendMessages"] });
    tool.release();
    await nextIsAnswered("DM");
    await expectAllEnded(town, "discord", 2);
  });

  it("the asker leaves the server: the answer is finished for the others", async () => {
    const { town, discord, tool, ana, ours, whole } = await midway();
    discord.leave(ana);
    tool.release();
    await whole("It is the disk.");
    await expectAllEnded(town, "discord", 1);
    expect(ours()).toHaveLength(1);
  });
});
