import { afterEach, describe, expect, it } from "vitest";
import { draft, openStage, type Stage } from "./stage.ts";

let stage: Stage;
afterEach(() => stage.close());

const hour = 3_600_000;

describe("a schedule", () => {
  it("runs at its time, once, and says what became of it", async () => {
    stage = await openStage("2026-11-20T07:00:00Z");
    const { id } = await stage.schedules.create(draft());
    await stage.time.pass(49 * hour);
    expect(await stage.lines(id)).toEqual([
      "2026-11-20T08:00Z posted",
      "2026-11-21T08:00Z posted",
      "2026-11-22T08:00Z posted",
    ]);
    expect(stage.calls.map((call) => call.at)).toEqual(["2026-11-20T08:00Z", "2026-11-21T08:00Z", "2026-11-22T08:00Z"]);
    expect(stage.troubles).toEqual([]);
  });
});
