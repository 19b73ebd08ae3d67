import { afterEach, describe, expect, it } from "vitest";
import { platforms } from "./anywhere.ts";
import { openPlace } from "./schedule-place.ts";
import { leaveTowns } from "./town.ts";

afterEach(leaveTowns);

const day = 24 * 60 * 60_000;

describe.each(platforms)("a reminder on %s", (platform) => {
  it("calls those whom its author named, and nobody that its model names", async () => {
    const place = await openPlace(platform);
    place.town.model.on("timesheet", "@tom, your timesheet please. @kim and @everyone too, <!channel>!");
    // Slack tells a name only when it is asked for, which is done where somebody speaks.
    await place.mention("tom", "schedule list");
    await place.whisper("tom", /Nothing is scheduled/);
    await place.mention("ana", "schedule every day 9:00 remind @tom of the timesheet");
    await place.press("ana", await place.whisper("ana", /remind @tom of the timesheet/), "Create");
    await place.seen(/is scheduled|scheduled/);
    await place.time.pass(day);
    await place.seen(/your timesheet please/);
    expect(await place.called()).toEqual([place.idOf("tom")]);
  });
});
