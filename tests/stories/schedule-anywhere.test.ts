import { afterEach, describe, expect, it } from "vitest";
import { createFakeTime } from "../schedules/fake-time.ts";
import { platforms } from "./anywhere.ts";
import { type Card, openPlace, type Place } from "./schedule-place.ts";
import { leaveTowns, openTown } from "./town.ts";

afterEach(leaveTowns);

/** A schedule of ana's, made by the card; gives its id. */
async function made(place: Place, words: string): Promise<string> {
  await place.order("ana", words);
  await place.press("ana", await place.whisper("ana", /only you can press/), "Create");
  const told = await place.whisper("ana", /is scheduled\. Next: /);
  return /(s-[a-z0-9]+)/.exec(told.text)?.[1] ?? "";
}

const unmarked = ({ text }: Card) => text.replace(/[*`]/g, "");

describe.each(platforms)("scheduling on %s", (platform) => {
  it("shows a card to its asker alone, who alone can press it; then one public line with [Manage]", async () => {
    const place = await openPlace(platform);
    await place.order("ana", "every weekday 9:00 say hello");
    const card = await place.whisper("ana", /only you can press; this card lasts until 15:10/);
    expect(unmarked(card)).toMatch(
      /^Every weekday at 09:00 \(Europe\/Berlin\), ops does this and posts it in (?:this channel|#team): say hello\nNext: Mon 23 Nov 09:00 · Tue 24 Nov 09:00/,
    );
    expect(card.buttons).toEqual(["Create", "Test now", "Edit", "Cancel"]);
    expect(await place.whispers("tom")).toEqual([]);
    expect(await place.all()).toEqual([]);
    await expect(place.press("tom", card, "Create")).rejects.toThrow();
    await place.press("ana", card, "Create");
    const line = await place.seen(/scheduled/);
    expect(unmarked(line)).toMatch(/^ana scheduled say hello: every weekday at 09:00 \(Europe\/Berlin\), here\. s-\w+/);
    expect(line.buttons).toEqual(["Manage"]);
    await place.press("tom", line, "Manage");
    const shown = await place.whisper("tom", /Owner: ana/);
    expect(shown.buttons).toContain("Delete");
    await place.press("tom", shown, "Delete");
    await place.whisper("tom", /This is ana's; they and admins can change it\./);
    await place.press("tom", shown, "Pause");
    await place.whisper("tom", /say hello.* is paused/);
  });

  it("is asked for after a mention too, and answered privately", async () => {
    const place = await openPlace(platform);
    await place.mention("ana", "schedule every day at 5 say hello");
    const question = await place.whisper("ana", /in the morning or in the afternoon\?/);
    expect(question.buttons).toEqual(["every day at 05:00", "every day at 17:00"]);
    await place.press("ana", question, "every day at 17:00");
    expect(unmarked(await place.whisper("ana", /only you can press/))).toContain("Every day at 17:00 (Europe/Berlin)");
    expect(await place.whispers("tom")).toEqual([]);
    expect(await place.all()).toEqual([]);
  });

  it("lasts ten minutes; a card pressed later says so and makes nothing", async () => {
    const place = await openPlace(platform);
    await place.order("ana", "every day 9:00 say hello");
    const card = await place.whisper("ana", /only you can press/);
    await place.time.pass(10 * 60_000);
    await place.press("ana", card, "Create");
    await place.whisper("ana", /This card's time is over\. Please ask again\./);
    expect(place.town.app.report().schedules.kept).toBe(0);
  });

  it("is tried for its asker's eyes alone, with the tools it used, and counts for nothing", async () => {
    const place = await openPlace(platform);
    place.town.model.answer("Hello, all.");
    await place.order("ana", "every day 9:00 say hello");
    const card = await place.whisper("ana", /only you can press/);
    await place.press("ana", card, "Test now");
    await place.whisper("ana", /Hello, all\./);
    await place.whisper("ana", /That is how it would look\. It took .* used no tools/);
    expect(await place.all()).toEqual([]);
    await place.press("ana", card, "Create");
    await place.whisper("ana", /is scheduled/);
    await place.order("ana", "history say hello");
    await place.whisper("ana", /say hello.* has not run yet\./);
    await place.order("ana", "show say hello");
    await place.whisper("ana", /Tried before it was made: used no tools\./);
  });

  it("is changed in a form, which shows the change before it is saved", async () => {
    const place = await openPlace(platform);
    const id = await made(place, "every day 9:00 say hello");
    await place.order("ana", "list");
    const listed = await place.whisper("ana", /next Sun 22 Nov 09:00/);
    await place.press("ana", listed, "Edit");
    await place.fillIn("ana", { when: "every monday 17:30" });
    const card = await place.whisper("ana", /Every Monday at 17:30/);
    expect(card.buttons).toEqual(["Save", "Test now", "Edit", "Cancel"]);
    await place.press("ana", card, "Save");
    expect(unmarked(await place.whisper("ana", /is changed/))).toBe(
      `say hello ${id} is changed. Next: Mon 23 Nov 17:30.`,
    );
  });

  it("from the settings is shown as such, is paused and run, neither changed nor deleted", async () => {
    const place = await openPlace(platform, ({ channel }) => ({
      schedules: [{ name: "standup", when: "every day 9:00", agent: "ops", prompt: "What is new?", to: [channel] }],
    }));
    await until(() => place.town.app.report().schedules.kept === 1);
    await place.order("ana", "list");
    const listed = await place.whisper("ana", /standup.*\(from config\)/);
    expect(listed.buttons).toEqual(["Run now", "Pause"]);
    for (const verb of ["edit", "delete"]) {
      await place.order("kim", `${verb} standup`);
      await place.whisper("kim", /comes from .?schedules\.yaml.? and is changed there\. You can pause it and run it\./);
    }
    await place.press("ana", listed, "Pause");
    await place.whisper("ana", /standup.* is paused/);
    place.town.model.answer("Nothing much.");
    await place.order("ana", "run standup");
    await place.seen(/Nothing much\./);
  });

  it("speaks Chinese with those who read Chinese, from the card to the list", async () => {
    const place = await openPlace(platform, () => ({ workspace: { timezone: "Asia/Taipei" } }), "zh-TW");
    await place.order("ana", "每個工作日 9:00 打招呼");
    const card = await place.whisper("ana", /只有你能按，\d\d:\d\d 前有效/);
    expect(unmarked(card)).toMatch(/^每個工作日 09:00（[^）]+），ops .*打招呼\n接下來：\d+\/\d+（.）09:00 · /s);
    expect(card.buttons).toEqual(["建立", "先試一次", "修改", "取消"]);
    await place.press("ana", card, "建立");
    expect((await place.seen(/打招呼/)).buttons).toEqual(["管理"]);
    await place.order("ana", "列表");
    const listed = await place.whisper("ana", /下一次 /);
    expect(listed.buttons).toEqual(["現在執行", "暫停", "修改", "刪除"]);
    await place.press("ana", listed, "暫停");
    await place.whisper("ana", /打招呼.*已暫停。用 .*繼續/);
  });
});

describe("on the page of the bot", () => {
  it("stand one's own schedules, and nobody else's, on Slack", async () => {
    const place = await openPlace("Slack");
    const { slack } = place.town;
    const id = await made(place, "every day 9:00 say hello");
    const page = async (who: string) => {
      slack.openHome(place.idOf(who));
      return slack.until(() => slack.views(place.idOf(who)).find(({ type }) => type === "home")?.shown);
    };
    expect(await page("ana")).toMatch(new RegExp(`Your schedules.*say hello.*${id}.*next Sun 22 Nov 09:00`, "s"));
    expect(await page("tom")).not.toContain("say hello");
  });
});

describe("what is typed after /schedule on Discord", () => {
  it("is completed with how it is read and when that is next, or with the schedule that is meant", async () => {
    const time = createFakeTime(Date.parse("2026-11-21T14:00:00Z"));
    const { discord } = await openTown({
      discord: true,
      config: { workspace: { timezone: "Europe/Berlin" } },
      parts: { time, now: time.now },
    });
    const ana = discord.person("ana");
    const team = discord.channel("team");
    await discord.until(() => discord.commands.length > 0);
    const typed = async (text: string) =>
      (await discord.autocomplete(ana, team, "schedule", "when", text)).map(({ name }) => name);
    expect(await typed("every weekday 9")).toContain("every weekday at 09:00 (Europe/Berlin) — next Mon 23 Nov 09:00");
    expect(await typed("mondays at 5")).toEqual(
      expect.arrayContaining([expect.stringMatching(/^every Monday at 17:00 .* — next Mon 23 Nov 17:00$/)]),
    );
    expect(await typed("30 February")).toEqual([expect.stringContaining("30 February never comes.")]);
    discord.slash(ana, team, "schedule", { when: "every day 9:00", what: "say hello" });
    const card = await discord.until(() => discord.messages(team, ana).find(({ text }) => text.includes("say hello")));
    discord.press(ana, card, "Create");
    await discord.until(() => discord.messages(team).find(({ text }) => text.includes("scheduled")));
    // Known from memory, which is looked after every ten seconds.
    await time.pass(10_000);
    await expect.poll(() => typed("pause say")).toEqual([expect.stringMatching(/^pause: say hello \(s-\w+\)$/)]);
  });
});

/** Looks again until it is so; the story's own patience is the test's. */
async function until(is: () => boolean): Promise<void> {
  while (!is()) await new Promise((resolve) => setTimeout(resolve, 5));
}
