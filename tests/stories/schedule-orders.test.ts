import { afterEach, describe, expect, it } from "vitest";
import { leaveTowns, openTown } from "./town.ts";

afterEach(leaveTowns);

describe("scheduling in the console", () => {
  it("shows a card to the asker alone, makes it at a press, says so in public, and lists it", async () => {
    const { console, model } = await openTown({
      console: true,
      config: { workspace: { timezone: "Europe/Berlin" } },
    });
    await console.say("ana", "/schedule every weekday 9:00 ops: check the dashboards in #team --retries 1");
    const card = await console.answer({});
    expect(card.only).toBe("console:ana");
    expect(card.text).toMatch(
      /^\*\*Every weekday at 09:00 \(Europe\/Berlin\), ops does this and posts it in .*team.*:\*\* check the dashboards\nNext: (\w{3} \d+ \w{3} 09:00( · )?){5}\n/,
    );
    expect(card.text).toContain("`--retries 1`");
    expect(card.card?.buttons?.map(({ text }) => text)).toEqual(["Create", "Test now", "Edit", "Cancel"]);
    await console.press("ana", card.id, "schedule-create");
    const made = await console.answer({}, [card]);
    expect(made.text).toMatch(/^\*\*check the dashboards\*\* `s-\w+` is scheduled\. Next: /);
    const told = await console.answer({ channel: "team" });
    expect(told.text).toMatch(
      /^\*\*ana\*\* scheduled \*\*check the dashboards\*\*: every weekday at 09:00 \(Europe\/Berlin\), here\. `s-\w+`$/,
    );
    expect(told.only).toBeUndefined();
    await console.say("ana", "@Bellhop schedule list");
    const list = await console.answer({}, [card, made]);
    expect(list.text).toMatch(
      /^\*\*check the dashboards\*\* `s-\w+` every weekday at 09:00 \(Europe\/Berlin\) → .*team.* · next /,
    );
    expect(list.card?.buttons?.map(({ text }) => text)).toEqual(["Run now", "Pause", "Edit", "Delete"]);
    expect(model.requests).toEqual([]);
  });
});
