import { afterEach, describe, expect, it } from "vitest";
import { openPlace } from "./schedule-place.ts";
import { leaveTowns } from "./town.ts";

afterEach(leaveTowns);

const hour = 3_600_000;

describe.each(["Slack", "Discord"] as const)("the card about what was missed on %s", (platform) => {
  it("tells each of them, and runs them once for somebody who may", async () => {
    const place = await openPlace(platform, ({ channel, admin }) => ({
      channels: [{ match: channel, schedulers: [admin] }],
      schedules: [
        { name: "hourly", when: "every hour", timezone: "UTC", agent: "ops", prompt: "What is new?", to: [channel] },
      ],
    }));
    const { town, time } = place;
    await until(() => town.app.report().schedules.kept === 1);
    town.model.answer("Nothing new.");
    await town.app.stop();
    time.put(3 * hour);
    await town.restart({ config: place.settings() });
    const card = await place.seen(/I was down/);
    expect(card.buttons).toEqual(["Run skipped", "Details"]);
    await place.press("tom", card, "Details");
    const told = await place.whisper("tom", /hourly/);
    expect(told.text.match(/missed: I was down .*; the one of \d\d:\d\d ran instead/g)).toHaveLength(2);
    await place.press("tom", card, "Run skipped");
    await place.whisper("tom", /You can't schedule anything in/);
    await place.press("kim", card, "Run skipped");
    await place.whisper("kim", /Running the 2 that were skipped, one after another\./);
    await place.press("kim", card, "Run skipped");
    await place.whisper("kim", /That was done already\./);
    await until(() => town.model.requests.length === 3);
  });
});

describe("a schedule whose owner is no longer there", () => {
  it("is taken over by somebody who may schedule there, not by others, and once", async () => {
    const place = await openPlace("Slack");
    const { town, time } = place;
    await place.order("ana", "every day 9:00 say hello");
    await place.press("ana", await place.whisper("ana", /only you can press/), "Create");
    await place.whisper("ana", /is scheduled/);
    place.leave?.("ana");
    // What a platform told of people is believed for a while, but not by another process.
    const onlyAdmins = { channels: [{ match: place.channel, schedulers: "admins" }] };
    await town.restart({ config: { ...place.settings(), ...onlyAdmins } });
    await time.passUntil(Date.parse("2026-11-22T08:00:30Z"));
    const notice = await place.seen(/say hello.*(?:paused|access)/s);
    expect(notice.buttons).toEqual(["Claim"]);
    await place.press("tom", notice, "Claim");
    await place.whisper("tom", /You can't schedule anything in .* Admins can\./);
    await place.press("kim", notice, "Claim");
    await place.whisper("kim", /say hello.* is yours now and goes on\. Next: Mon 23 Nov 09:00\./);
    await place.press("kim", notice, "Claim");
    await place.whisper("kim", /That was done already\./);
    town.model.answer("Hello.");
    await time.passUntil(Date.parse("2026-11-23T08:00:30Z"));
    await place.seen(/^Hello\./);
  });
});

/** Looks again until it is so; the story's own patience is the test's. */
async function until(is: () => boolean): Promise<void> {
  while (!is()) await new Promise((resolve) => setTimeout(resolve, 5));
}
