import { afterEach, describe, expect, it } from "vitest";
import { openPlace } from "./schedule-place.ts";
import { leaveTowns, openTown } from "./town.ts";

afterEach(leaveTowns);

const inBerlin = { workspace: { timezone: "Europe/Berlin" } };

describe("the form of a schedule on Slack", () => {
  async function opened() {
    const town = await openTown({ slack: true, config: inBerlin });
    const { slack } = town;
    const ana = slack.person("ana", { tz: "Europe/Berlin" });
    const channel = slack.channel("team", { members: [ana, slack.bot.userId] });
    const whisper = (words: string | RegExp) =>
      slack.until(() => slack.ephemerals(ana, channel).findLast(({ shown }) => shown.match(words)));
    await slack.command(ana, channel, "/schedule", "every day 9:00 say hello");
    await slack.press(ana, await whisper("say hello"), "Edit");
    const form = () => slack.views(ana).find(({ type }) => type === "modal");
    await slack.until(form);
    return { slack, ana, channel, whisper, form };
  }

  it("shows the next runs, anew with every change of the time", async () => {
    const { slack, ana, form } = await opened();
    expect(form()?.shown).toMatch(/\*Every day at 09:00 \(Europe\/Berlin\)\*\nNext: /);
    await slack.write(ana, { When: "every monday 17:30" });
    await slack.until(() => form()?.shown.match(/\*Every Monday at 17:30 \(Europe\/Berlin\)\*\nNext: Mon /));
    await slack.write(ana, { "Time zone": "Asia/Taipei" });
    await slack.until(() => form()?.shown.includes("*Every Monday at 17:30 (Asia/Taipei)*"));
    await slack.write(ana, { When: "every day at 5" });
    await slack.until(() => form()?.shown.match(/in the morning or in the afternoon\?\n• every day at 05:00/));
    await slack.write(ana, { When: "30 February" });
    await slack.until(() => form()?.shown.includes("30 February never comes."));
  });

  it("says at the input what can't be read, and stays open with what was written", async () => {
    const { slack, ana, whisper, form } = await opened();
    const refused = await slack.submit(ana, { When: "whenever", "What to do": "say goodbye" });
    expect(refused.errors?.when).toMatch(/^I could not read a time in “whenever”/);
    expect(form()).toBeDefined();
    expect((await slack.submit(ana, { When: "every 2 minutes" })).errors?.when).toMatch(/closer than this workspace/);
    const taken = await slack.submit(ana, { When: "every monday 17:30", "What to do": "say goodbye" });
    expect(taken.errors).toBeUndefined();
    expect(form()).toBeUndefined();
    await whisper(/Every Monday at 17:30 \(Europe\/Berlin\).*say goodbye\nNext: /s);
  });
});

describe("the form of a schedule on Discord", () => {
  it("is given back with what was written when the time can't be read", async () => {
    const { discord } = await openTown({ discord: true, config: inBerlin });
    const ana = discord.person("ana");
    const channel = discord.channel("team");
    await discord.until(() => discord.commands.length > 0);
    const whisper = (words: RegExp) =>
      discord.until(() =>
        discord.messages(channel, ana).findLast(({ ephemeral, text }) => ephemeral && words.test(text)),
      );
    discord.slash(ana, channel, "schedule", { when: "every day 9:00", what: "say hello" });
    const card = await whisper(/say hello/);
    const press = (id: string, label: string) => {
      const message = channel.messages.find((one) => one.id === id);
      if (!message) throw new Error("it is gone");
      return discord.press(ana, message, label);
    };
    const first = press(card.id, "Edit");
    expect(await discord.until(() => first.modal)).toBeDefined();
    discord.submitModal(first, { when: "whenever", zone: "Asia/Taipei", what: "say goodbye" });
    const no = await whisper(/I could not read a time in “whenever”/);
    const again = press(no.id, "Edit");
    const modal = await discord.until(() => again.modal);
    expect(JSON.stringify(modal)).toMatch(/whenever.*Asia\/Taipei.*say goodbye/);
  });
});

describe("the form of a schedule in the console", () => {
  it("has a line that follows what is written, and is not taken with a time that can't be read", async () => {
    const { console } = await openTown({ console: true, config: inBerlin });
    await console.say("ana", "/schedule every day 9:00 say hello");
    const card = await console.answer({});
    await console.press("ana", card.id, "schedule-change");
    const { form: open } = await console.you("ana", ({ form }) => form !== undefined);
    const form = open?.id ?? "";
    expect(open?.form.preview).toMatch(/^\*\*Every day at 09:00 \(Europe\/Berlin\)\*\*\nNext: /);
    expect(await console.preview("ana", form, { when: "every monday 10:00", zone: "Asia/Taipei" })).toMatch(
      /^\*\*Every Monday at 10:00 \(Asia\/Taipei\)\*\*\nNext: Mon /,
    );
    expect(await console.preview("ana", form, { when: "" })).toBe("Once it says when, the next runs are shown.");
    const values = { when: "whenever", agent: "ops", what: "say hello" };
    await expect(console.submit("ana", form, values)).rejects.toThrow(/422.*I could not read a time.*"input":"when"/);
    await console.submit("ana", form, { ...values, when: "every monday 10:00" });
    const again = await console.answer({}, [card]);
    expect(again.text).toMatch(/^\*\*Every Monday at 10:00 \(Europe\/Berlin\)/);
  });
});

describe("/schedule edit", () => {
  it.each(["Slack", "the console"] as const)("opens the form at once on %s", async (platform) => {
    const place = await openPlace(platform);
    await place.order("ana", "every day 9:00 say hello");
    await place.press("ana", await place.whisper("ana", /only you can press/), "Create");
    await place.whisper("ana", /is scheduled/);
    await place.order("ana", "edit say hello");
    await place.fillIn("ana", { when: "every monday 17:30" });
    expect((await place.whisper("ana", /Every Monday at 17:30/)).buttons).toContain("Save");
    await place.order("tom", "edit say hello");
    await place.whisper("tom", /This is ana's; they and admins can change it\./);
  });

  it("shows the schedule on Discord, where a button opens the form", async () => {
    const place = await openPlace("Discord");
    await place.order("ana", "every day 9:00 say hello");
    await place.press("ana", await place.whisper("ana", /only you can press/), "Create");
    await place.whisper("ana", /is scheduled/);
    await place.order("ana", "edit say hello");
    const shown = await place.whisper("ana", /Owner: ana/);
    await place.press("ana", shown, "Edit");
    await place.fillIn("ana", { when: "every monday 17:30" });
    expect((await place.whisper("ana", /Every Monday at 17:30/)).buttons).toContain("Save");
  });
});
