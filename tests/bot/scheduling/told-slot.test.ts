import { describe, expect, it } from "vitest";
import { tellSlot } from "../../../src/bot/scheduling/told-slot.ts";
import type { Slot } from "../../../src/schedules/slot.ts";

const nine = Date.parse("2026-11-20T08:00:00Z");
const hour = 3_600_000;
const team = { adapter: "slack", channel: "C0TEAM" };
const link = "https://acme.slack.com/archives/C0TEAM/p1";

const slots: Record<string, Partial<Slot>> = {
  "under way": {},
  posted: {
    ...{ outcome: "posted", started: nine + 200, took: 4_100, receipts: [{ address: team, link, seen: true }] },
    ...{ tokens: { input: 2_000, output: 210 }, cost: 0.016 },
  },
  "posted late": { outcome: "posted", late: true, claimed: nine + hour, started: nine + hour, took: 900, receipts: [] },
  "posted by hand": { outcome: "posted", by: "slack:UANA", started: nine, took: 900, receipts: [{ address: team }] },
  "posted at one of two": {
    ...{ outcome: "posted", started: nine, took: 900 },
    receipts: [
      { address: team, link },
      { address: { ...team, channel: "C0OLD" }, why: "this channel is archived" },
    ],
  },
  silent: { outcome: "silent" },
  failed: { outcome: "failed", why: { is: "said", text: "the model main is not answering." } },
  "failed: cut short": { outcome: "failed", why: { is: "interrupted", tries: 3 } },
  "delivery failed": { outcome: "delivery failed", why: { is: "said", text: "#team was archived" } },
  "skipped: another was going": { outcome: "skipped", why: { is: "overlap", going: nine - hour } },
  "skipped: a day off": { outcome: "skipped", why: { is: "date", day: "2026-11-20" } },
  "skipped: quiet hours": { outcome: "skipped", why: { is: "quiet", until: nine + hour } },
  "skipped: paused": { outcome: "skipped", why: { is: "paused" } },
  "skipped: its owner is gone": { outcome: "skipped", why: { is: "owner-gone" } },
  "skipped: the next one came": { outcome: "skipped", why: { is: "replaced", by: nine + hour } },
  "missed: a later one ran": {
    outcome: "missed",
    why: { is: "down", from: nine - hour, to: nine + hour, because: "a-later-one", ran: nine + hour / 2 },
  },
  "missed: too late": {
    outcome: "missed",
    why: { is: "down", from: nine - hour, to: nine + 30 * hour, because: "too-late" },
  },
  "missed: nothing is caught up": {
    outcome: "missed",
    why: { is: "down", from: nine - hour, to: nine + hour, because: "none" },
  },
  "missed: cut short": { outcome: "missed", why: { is: "interrupted", tries: 1 } },
};

const told: Record<string, Record<string, string>> = {
  en: {
    "under way": "**Fri 20 Nov 09:00**: running",
    posted:
      "**Fri 20 Nov 09:00**: claimed 09:00:00, ran 4.1 s, posted 09:00:04 ([link](https://acme.slack.com/archives/C0TEAM/p1)), seen there, 2,210 tokens, $0.016",
    "posted late": "**Fri 20 Nov 10:00**: late, was due Fri 20 Nov 09:00, claimed 10:00:00, ran 0.9 s, posted 10:00:00",
    "posted by hand": "**Fri 20 Nov 09:00**: run by ana, claimed 09:00:00, ran 0.9 s, posted 09:00:00",
    "posted at one of two":
      "**Fri 20 Nov 09:00**: claimed 09:00:00, ran 0.9 s, posted 09:00:00 ([link](https://acme.slack.com/archives/C0TEAM/p1)), slack:C0OLD: this channel is archived",
    silent: "**Fri 20 Nov 09:00**: silent: nothing new",
    failed: "**Fri 20 Nov 09:00**: failed: the model main is not answering.",
    "failed: cut short": "**Fri 20 Nov 09:00**: failed: I was restarted in the middle of it, 3 times",
    "delivery failed": "**Fri 20 Nov 09:00**: delivery failed: #team was archived",
    "skipped: another was going": "**Fri 20 Nov 09:00**: skipped: the run of 08:00 was still going",
    "skipped: a day off": "**Fri 20 Nov 09:00**: skipped: Fri 20 Nov is one of the days it does not run",
    "skipped: quiet hours": "**Fri 20 Nov 09:00**: skipped: quiet hours until 10:00",
    "skipped: paused": "**Fri 20 Nov 09:00**: skipped: it is paused",
    "skipped: its owner is gone": "**Fri 20 Nov 09:00**: skipped: its owner has no access any more",
    "skipped: the next one came": "**Fri 20 Nov 09:00**: skipped: given up for the run of 10:00",
    "missed: a later one ran": "**Fri 20 Nov 09:00**: missed: I was down 08:00–10:00; the one of 09:30 ran instead",
    "missed: too late":
      "**Fri 20 Nov 09:00**: missed: I was down 08:00–Sat 21 Nov 15:00; too long for it to run afterwards",
    "missed: nothing is caught up":
      "**Fri 20 Nov 09:00**: missed: I was down 08:00–10:00; and it is set to catch up on nothing",
    "missed: cut short": "**Fri 20 Nov 09:00**: missed: I was restarted in the middle of it",
  },
  "zh-TW": {
    "under way": "**11/20（五）09:00**：執行中",
    posted:
      "**11/20（五）09:00**：09:00:00 開始處理，花了 4.1 秒，09:00:04 發佈（[連結](https://acme.slack.com/archives/C0TEAM/p1)），已確認看得到，2,210 個 token，$0.016",
    "posted late": "**11/20（五）10:00**：遲了，原定 11/20（五）09:00，10:00:00 開始處理，花了 0.9 秒，10:00:00 發佈",
    "posted by hand": "**11/20（五）09:00**：由 ana 執行，09:00:00 開始處理，花了 0.9 秒，09:00:00 發佈",
    "posted at one of two":
      "**11/20（五）09:00**：09:00:00 開始處理，花了 0.9 秒，09:00:00 發佈（[連結](https://acme.slack.com/archives/C0TEAM/p1)），slack:C0OLD: this channel is archived",
    silent: "**11/20（五）09:00**：沒有發佈：沒有新的內容",
    failed: "**11/20（五）09:00**：失敗：the model main is not answering.",
    "failed: cut short": "**11/20（五）09:00**：失敗：執行到一半我重新啟動了 3 次",
    "delivery failed": "**11/20（五）09:00**：無法送達：#team was archived",
    "skipped: another was going": "**11/20（五）09:00**：略過：08:00 的那次還在執行",
    "skipped: a day off": "**11/20（五）09:00**：略過：11/20（五）是設定不執行的日子",
    "skipped: quiet hours": "**11/20（五）09:00**：略過：安靜時段到 10:00",
    "skipped: paused": "**11/20（五）09:00**：略過：已經暫停",
    "skipped: its owner is gone": "**11/20（五）09:00**：略過：擁有者已經沒有權限",
    "skipped: the next one came": "**11/20（五）09:00**：略過：讓給了 10:00 的那次",
    "missed: a later one ran": "**11/20（五）09:00**：錯過：我在 08:00–10:00 沒有運作；改由 09:30 的那次執行",
    "missed: too late": "**11/20（五）09:00**：錯過：我在 08:00–11/21（六）15:00 沒有運作；時間過太久，不再補執行",
    "missed: nothing is caught up": "**11/20（五）09:00**：錯過：我在 08:00–10:00 沒有運作；而設定是不補執行",
    "missed: cut short": "**11/20（五）09:00**：錯過：執行到一半我重新啟動了",
  },
};

describe.each(["en", "zh-TW"] as const)("what became of a slot, in %s", (language) => {
  it.each(Object.keys(slots))("is one line: %s", async (name) => {
    const slot: Slot = { schedule: "s-4k2", due: nine, claimed: nine + 200, tries: 0, ...slots[name] };
    const nameOf = async () => "ana";
    const line = await tellSlot(slot, { zone: "Europe/Berlin", language, costs: true, nameOf });
    expect(line).toBe(told[language]?.[name]);
  });
});
