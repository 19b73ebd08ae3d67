import { describe, expect, it } from "vitest";
import { widerThan } from "../../../src/schedules/digest/audience.ts";
import { drawHeartbeat, isHeartbeatDue, pressedItem } from "../../../src/schedules/digest/draw.ts";
import { dayIn, momentIn, stampIn } from "../../../src/schedules/digest/moments.ts";
import { schedule } from "./runs.ts";

const friday = Date.parse("2026-11-20T08:00:00Z");
const dayMs = 86_400_000;

describe("a heartbeat", () => {
  it("says that it still watches, and can be stopped, and made weekly if it is not", () => {
    const options = { schedule, zone: "Europe/Berlin", now: friday, sources: ["#support"], nameOf: () => "" };
    const since = Date.parse("2026-11-09T08:00:00Z");
    const { text, card } = drawHeartbeat(since, { ...options, language: "en", canBeWeekly: true });
    expect(text).toBe("Still watching #support: nothing new since Mon 9 Nov.");
    expect(card?.buttons).toEqual([
      { id: "digest-weekly", text: "Make it weekly", value: schedule },
      { id: "digest-stop", text: "Stop", value: schedule },
    ]);
    const chinese = drawHeartbeat(since, { ...options, language: "zh-TW" });
    expect(chinese.text).toBe("我還在看著 #support：11/9（一）之後沒有新的事。");
    expect(chinese.card?.buttons?.map((button) => button.text)).toEqual(["停止"]);
  });

  it("is due when readers heard nothing for a week", () => {
    expect(isHeartbeatDue({ since: friday - 7 * dayMs }, friday)).toBe(true);
    expect(isHeartbeatDue({ since: friday - 6 * dayMs }, friday)).toBe(false);
    expect(isHeartbeatDue({ since: 0, postedAt: friday - 6 * dayMs }, friday)).toBe(false);
    expect(isHeartbeatDue({ since: 0, postedAt: 5, heartbeat: friday - 6 * dayMs }, friday)).toBe(false);
    expect(isHeartbeatDue({ since: 0, postedAt: 5, heartbeat: friday - 8 * dayMs }, friday)).toBe(true);
  });
});

describe("moments", () => {
  it("are said as people of the zone and language say them", () => {
    const at = Date.parse("2026-11-20T23:30:00Z");
    expect(momentIn("Europe/Berlin", at, at + dayMs, "en")).toBe("Sat 00:30");
    expect(momentIn("Asia/Taipei", at, at + dayMs, "zh-TW")).toBe("週六 07:30");
    expect(dayIn("Asia/Taipei", at, at + 9 * dayMs, "zh-TW")).toBe("11/21（六）");
    expect(dayIn("America/New_York", at, at + 9 * dayMs, "en")).toBe("Fri 20 Nov");
    expect(stampIn("America/New_York", Date.parse("2026-01-02T05:04:00Z"))).toBe("2026-01-02 00:04");
  });
});

describe("a press", () => {
  it("names its schedule and item", () => {
    expect(pressedItem("s-4k2:abc123")).toEqual({ schedule: "s-4k2", key: "abc123" });
    for (const value of [undefined, "", "s-4k2", ":abc", "s-4k2:"]) expect(pressedItem(value)).toBeUndefined();
  });
});

describe("the audience", () => {
  const secret = { adapter: "slack", channel: "G1" };
  const team = { adapter: "slack", channel: "C1" };
  const leads = { adapter: "slack", channel: "G2" };

  it("is wider where a private source goes to a public place", () => {
    expect(widerThan([{ address: secret, private: true }], [{ address: team, private: false }])).toEqual([
      { source: secret, target: team },
    ]);
  });

  it("is no wider for public sources, nor within the source itself or its threads", () => {
    expect(widerThan([{ address: team, private: false }], [{ address: leads, private: false }])).toEqual([]);
    const thread = { address: { ...secret, thread: "1" }, private: true };
    expect(widerThan([{ address: secret, private: true }], [thread])).toEqual([]);
  });

  it("is wider in another private place unless all its members are in the source", () => {
    const source = { address: secret, private: true, members: ["slack:ana", "slack:tom"] as const };
    const places = (members: `slack:${string}`[]) => [{ address: leads, private: true, members }];
    expect(widerThan([{ ...source, members: [...source.members] }], places(["slack:ana"]))).toEqual([]);
    expect(widerThan([{ ...source, members: [...source.members] }], places(["slack:ana", "slack:kim"]))).toEqual([
      { source: secret, target: leads, others: ["slack:kim"] },
    ]);
    expect(widerThan([{ address: secret, private: true }], places([]))).toHaveLength(1);
  });
});
