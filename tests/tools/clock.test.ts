import { describe, expect, it } from "vitest";
import { Config } from "../../src/config/schema.ts";
import type { ToolUser } from "../../src/tools/gate.ts";
import { clockToolbox } from "../../src/tools/own/clock.ts";

const [agent] = Config.parse({ agents: [{ name: "ops" }] }).agents;
const user: ToolUser = {
  agent: agent as ToolUser["agent"],
  asker: { id: "slack:U1", roles: [], guest: false },
  at: { adapter: "slack", channel: "C1" },
  beforeChange: () => Promise.reject(new Error("the clock changes nothing")),
};

/** What it tells at 14:00 UTC of 21 November 2026, of somebody who lives in Berlin. */
async function ask(input: Record<string, unknown>, at = "2026-11-21T14:00:00Z") {
  const box = clockToolbox({ now: () => Date.parse(at), zoneOf: async () => "Europe/Berlin" });
  const [now, ...others] = box.tools(user);
  expect(others).toEqual([]);
  return now?.run(input, new AbortController().signal);
}

describe("the clock", () => {
  it("tells the time where the asker is, when nowhere is named", async () => {
    const told = { text: "It is Saturday, 21 November 2026, 15:00 in Europe/Berlin, 2026-11-21T15:00+01:00." };
    expect(await ask({})).toEqual(told);
    expect(await ask({ zone: "" })).toEqual(told);
  });

  it.each([
    ["Taipei", "22:00 in Taipei (Asia/Taipei), 2026-11-21T22:00+08:00."],
    ["台北", "22:00 in 台北 (Asia/Taipei), 2026-11-21T22:00+08:00."],
    ["Taipei, Taiwan", "22:00 in Taipei, Taiwan (Asia/Taipei)"],
    ["台北，台灣", "22:00 in 台北，台灣 (Asia/Taipei)"],
    ["America/New_York", "09:00 in America/New_York, 2026-11-21T09:00-05:00."],
    ["Asia/Kathmandu", "19:45 in Asia/Kathmandu (Asia/Katmandu), 2026-11-21T19:45+05:45."],
    ["UTC", "14:00 in UTC, 2026-11-21T14:00+00:00."],
    ["+05:30", "19:30 at UTC+05:30 (2026-11-21T19:30+05:30)."],
    ["UTC-3", "11:00 at UTC-03:00 (2026-11-21T11:00-03:00)."],
    ["gmt+1245", undefined],
  ])("knows cities, zones and offsets: %s", async (zone, told) => {
    const { text } = (await ask({ zone })) ?? { text: "" };
    expect(text).toContain(told ?? "Sunday, 22 November 2026, 02:45 at UTC+12:45");
  });

  it("goes by what the clocks of that day show", async () => {
    expect((await ask({ zone: "Berlin" }, "2026-07-01T14:00:00Z"))?.text).toContain("16:00 in Berlin");
    expect((await ask({ zone: "Berlin" }, "2026-10-25T01:30:00Z"))?.text).toContain("2026-10-25T02:30+01:00");
  });

  it.each(["Atlantis", "+25:00", "+05:75", "UTC+"])("says so when it knows no such zone: %s", async (zone) => {
    expect(await ask({ zone })).toEqual({
      failed: true,
      text: `No time zone is known for "${zone}". Name a city (Taipei), an IANA zone (Asia/Taipei) or an offset (+08:00).`,
    });
  });

  it("does not take a number for a zone", async () => {
    expect(await ask({ zone: 8 })).toMatchObject({ failed: true });
  });

  it("reads only, and takes few words of a prompt", () => {
    const [now] = clockToolbox({ now: () => 0, zoneOf: async () => "UTC" }).tools(user);
    expect(now?.reads).toBe(true);
    const { name, description, parameters } = now ?? {};
    expect(JSON.stringify({ name, description, parameters }).length).toBeLessThan(260);
  });
});
