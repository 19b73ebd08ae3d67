import { afterEach, describe, expect, it } from "vitest";
import { openPlace } from "./schedule-place.ts";
import { leaveTowns } from "./town.ts";

afterEach(leaveTowns);

const minute = 60_000;

describe("the words of /schedule", () => {
  it("ask which reading is meant, and go on with the one that is pressed", async () => {
    const place = await openPlace("the console");
    await place.order("ana", "monday 10 say hello");
    const asked = await place.whisper("ana", /monday 10/);
    expect(asked.text).toBe("*monday 10* — once, or again and again?");
    expect(asked.buttons).toEqual(["once, on Mon 23 Nov 2026 at 10:00", "every Monday at 10:00"]);
    await place.press("ana", asked, asked.buttons[1] ?? "");
    await place.whisper("ana", /Every Monday at 10:00 \(Europe\/Berlin\)/);
  });

  it("say why a time can't be, and what to write instead", async () => {
    const place = await openPlace("the console");
    const no = async (words: string, said: RegExp) => {
      await place.order("ana", words);
      await place.whisper("ana", said);
    };
    await no("cron */90 * * * * say hello", /minutes go to 59; for every 90 minutes write `every 90 minutes`/);
    await no("30 February 9:00 say hello", /30 February never comes\./);
    await no("every 2 minutes say hello", /^Every 2 minutes is closer than .* Try `every 5 minutes`\.$/);
    await no("every day 9:00 say hello --timezone Mars", /`--timezone Mars` can't be read\. Write it like/);
    await no("every day 9:00 say hello --budget 1", /There is no field `--budget`/);
    expect(place.town.app.report().schedules.kept).toBe(0);
  });

  it("tell of a time that does not exist on one day, and of one that comes twice", async () => {
    const place = await openPlace("the console");
    await place.order("ana", "every sunday 2:30 say hello");
    const card = await place.whisper("ana", /only you can press/);
    expect(card.text).toMatch(
      /On Sun 28 Mar 2027 02:30 doesn't exist in Europe\/Berlin: it runs at 03:00 that day\.\nOn Sun 31 Oct 2027 02:30 comes twice in Europe\/Berlin: it runs the first time\./,
    );
  });
});

describe("the quiet hours of a channel", () => {
  it("hold for schedules that post there and have none of their own", async () => {
    const place = await openPlace("the console", ({ channel }) => ({
      channels: [{ match: channel, quiet_hours: "22:00-07:00" }],
      schedules: [
        { name: "late", when: "every day 23:00", agent: "ops", prompt: "Hello", to: [channel] },
        {
          name: "loud",
          when: "every day 23:00",
          agent: "ops",
          prompt: "Hi",
          to: [channel],
          quiet_hours: "01:00-02:00",
        },
      ],
    }));
    const { town, time } = place;
    await until(() => town.app.report().schedules.kept === 2);
    town.model.on("Hi", "Hi all.");
    await time.pass(24 * 60 * minute);
    await place.seen(/Hi all\./);
    await place.order("ana", "why late");
    await place.whisper("ana", /quiet hours until Sun 22 Nov 07:00/);
    expect(town.model.requests).toHaveLength(1);
  });
});

describe("a card about a schedule that fails", () => {
  it("shows what happened to anybody there, and is acted on by those who may", async () => {
    const place = await openPlace("the console", ({ channel }) => ({
      channels: [{ match: channel, schedulers: "admins" }],
      schedules: [{ name: "hello", when: "every 5 minutes", agent: "ops", prompt: "Hello", to: [channel], retries: 0 }],
    }));
    const { town, time } = place;
    await until(() => town.app.report().schedules.kept === 1);
    town.model.answer({ fault: { status: 400, message: "no" } });
    await time.pass(1_000);
    for (const times of [1, 2]) {
      await time.pass(5 * minute);
      await until(() => town.model.requests.length === times);
      await until(() => town.app.report().schedules.running === 0);
    }
    const card = await place.seen(/hello.* has failed twice/);
    expect(card.buttons).toEqual(["Inspect", "Run again", "Pause"]);
    await place.press("tom", card, "Inspect");
    await place.whisper("tom", /hello.*, the latest first:\n• .*failed: .*\n• .*failed: /);
    for (const button of ["Run again", "Pause"]) {
      await place.press("tom", card, button);
      await until(
        async () => (await place.whispers("tom")).filter(({ text }) => /can't schedule/.test(text)).length > 0,
      );
    }
    town.model.answer("All is well.");
    await place.press("kim", card, "Run again");
    await place.whisper("kim", /hello.* is running\./);
    await place.seen(/^All is well\./);
    await place.press("kim", card, "Pause");
    await place.whisper("kim", /hello.* is paused/);
    expect(town.app.report().schedules.kept).toBe(0);
  });
});

describe("the board in the console", () => {
  it("is made by those who may schedule there, found again after a restart, and ended", async () => {
    const place = await openPlace("the console", ({ channel }) => ({
      channels: [{ match: channel, schedulers: "admins" }],
    }));
    const { town, time } = place;
    const boards = async () => (await place.all()).filter(({ text }) => text.includes("Schedules here"));
    await place.order("tom", "board");
    await place.whisper("tom", /You can't schedule anything in/);
    await place.order("kim", "board");
    await place.whisper("kim", /board is pinned in this channel/);
    expect(await boards()).toEqual([
      expect.objectContaining({ text: expect.stringContaining("Nothing is scheduled") }),
    ]);
    const { messages } = await town.console.state();
    expect(messages.filter(({ pinned }) => pinned)).toHaveLength(1);
    await town.restart({ config: place.settings() });
    await place.order("kim", "every day 9:00 say hello");
    await place.press("kim", await place.whisper("kim", /only you can press/), "Create");
    await place.whisper("kim", /is scheduled/);
    await time.pass(15_000);
    await place.seen(/Schedules here.*say hello.*next Sun 22 Nov 09:00/s);
    expect(await boards()).toHaveLength(1);
    await place.order("kim", "board off");
    await place.seen(/^This channel's board is not kept up to date any longer\.$/);
    expect(await boards()).toEqual([]);
  });
});

/** Looks again until it is so; the story's own patience is the test's. */
async function until(is: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await is())) await new Promise((resolve) => setTimeout(resolve, 5));
}
