import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { pressedItem } from "../../../src/schedules/digest/draw.ts";
import { type Items, openItems } from "../../../src/schedules/digest/items.ts";
import { openStore, type Store } from "../../../src/store/store.ts";
import { channelAt, link, support } from "./channel.ts";
import { ana, post, run, schedule } from "./runs.ts";

// Friday, 08:00 in Berlin.
const friday = Date.parse("2026-11-20T07:00:00Z");
const dayMs = 86_400_000;

let dir: string;
let store: Store;
let items: Items;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "bellhop-digest-"));
  store = await openStore(dir);
  items = await openItems(store.query);
});
afterEach(async () => {
  await store.close();
  await rm(dir, { recursive: true, force: true });
});

describe("digests of a channel, with the offline model", () => {
  it("shows a matter as new, then as still open, then as resolved, and then no more", async () => {
    const channel = channelAt(friday);
    const refunds = channel.say("mia", "Refunds fail for PayPal orders over 500 euros");
    channel.say("tom", "I see the same error for two customers", { in: refunds });
    channel.say("kim", "good morning");
    const first = await post(channel, items);
    expect(first.text?.head).toBe("**#support since Thu 08:03** — 3 messages, 3 people · 1 new");
    expect(first.text?.body).toBe(
      `**New**\n- **1** Refunds fail for PayPal orders over 500 euros — *mia, tom* ([link](${link(support, refunds)}), +1)`,
    );

    channel.pass(dayMs);
    const asks = channel.say("lee", "Any news about this? The customers are waiting", { in: refunds });
    const second = await post(channel, items);
    expect(second.text?.head).toBe("**#support since Fri 08:03** — 1 message, 1 person · 1 still open");
    expect(second.text?.body).toBe(
      `**Still open**\n- **1** Refunds fail for PayPal orders over 500 euros (since Fri) — *lee* ([link](${link(support, asks)}))`,
    );

    channel.pass(dayMs);
    const fix = channel.say("tom", "Fixed in 4.1.2, refunds go through", { in: refunds });
    const third = await post(channel, items);
    expect(third.text?.body).toBe(
      `**Resolved**\n- **1** Refunds fail for PayPal orders over 500 euros — Fixed in 4.1.2, refunds go through — *tom* ([link](${link(support, fix)}))`,
    );
    expect(third.text?.buttons).toEqual([]);

    channel.pass(dayMs);
    channel.say("mia", "thanks", { in: refunds });
    expect((await run(channel, items)).digest).toBeUndefined();
  });

  it("keeps an open matter in view while there is other news", async () => {
    const channel = channelAt(friday);
    channel.say("mia", "Does anybody know why the export times out for ACME?");
    expect((await post(channel, items)).text?.body).toContain("for ACME? — no answer yet — *mia*");
    channel.pass(dayMs);
    channel.say("tom", "The login page shows an error 500 on iOS");
    const { text } = await post(channel, items);
    expect(text?.head).toContain("1 new · 1 still open");
    expect(text?.body).toContain(
      "**Still open**\n- **2** Does anybody know why the export times out for ACME? (since Fri)",
    );
  });

  it("says nothing when nothing was said, or only chatter", async () => {
    const channel = channelAt(friday);
    channel.say("mia", "The deploy failed with an error in staging");
    await post(channel, items);
    channel.pass(dayMs);
    expect((await run(channel, items)).digest).toBeUndefined();
    channel.say("tom", "good morning");
    channel.say("mia", "hi!");
    expect((await run(channel, items)).digest).toBeUndefined();
  });

  it("loses nothing and repeats nothing when a digest could not be posted", async () => {
    const channel = channelAt(friday);
    channel.say("mia", "The deploy failed with an error in staging");
    const failed = await run(channel, items);
    channel.pass(dayMs / 2);
    channel.say("tom", "Invoices are sent twice since the release");
    const again = await post(channel, items);
    expect(again.digest?.fresh.map(({ title }) => title).sort()).toEqual([
      "Invoices are sent twice since the release",
      "The deploy failed with an error in staging",
    ]);
    expect(again.digest?.fresh.map(({ key }) => key)).toContain(failed.digest?.fresh[0]?.key);
    // Settled late, an older digest takes nothing back.
    if (failed.digest) await items.settle(schedule, failed.digest);
    channel.pass(dayMs);
    expect((await run(channel, items)).digest).toBeUndefined();
  });

  it("knows a matter again when the model forgets its key, and when it gives that of another", async () => {
    const channel = channelAt(friday);
    const refunds = channel.say("mia", "Refunds fail for PayPal orders over 500 euros");
    const login = channel.say("tom", "Login loop on iOS since the last release");
    const first = await post(channel, items);
    const [keyOfLogin] = first.digest?.fresh.filter(({ title }) => title.startsWith("Login")) ?? [];
    channel.pass(dayMs);
    channel.say("mia", "Another one today", { in: refunds });
    channel.say("lee", "It loops here as well", { in: login });
    const { digest } = await post(channel, items, {
      model: (_, { messages }) => ({
        items: messages
          .filter(({ isOld }) => !isOld)
          .map(({ ref, text }) => ({
            title: `Brand new: ${text}`,
            state: "new",
            messages: [ref],
            key: keyOfLogin?.key,
          })),
      }),
    });
    expect(digest?.fresh).toEqual([]);
    expect(digest?.open.map(({ title }) => title).sort()).toEqual([
      "Login loop on iOS since the last release",
      "Refunds fail for PayPal orders over 500 euros",
    ]);
  });

  it("tells of a matter that comes back after it was resolved", async () => {
    const channel = channelAt(friday);
    const login = channel.say("tom", "Login loop on iOS since the last release");
    channel.say("kim", "fixed in 4.1.2", { in: login });
    expect((await post(channel, items)).digest?.resolved).toHaveLength(1);
    channel.pass(dayMs);
    channel.say("tom", "It is broken again for two customers", { in: login });
    const { digest } = await post(channel, items);
    expect(digest?.fresh).toEqual([]);
    expect(digest?.open.map(({ title }) => title)).toEqual(["Login loop on iOS since the last release"]);
  });

  it("keeps quiet about a snoozed item until its time, then tells that it was resolved meanwhile", async () => {
    const channel = channelAt(friday);
    const refunds = channel.say("mia", "Refunds fail for PayPal orders over 500 euros");
    const first = await post(channel, items);
    const [snooze] = first.text?.buttons ?? [];
    expect(snooze).toMatchObject({ id: "digest-snooze", text: "Snooze 1" });
    const pressed = pressedItem(snooze?.value);
    expect(pressed?.schedule).toBe(schedule);
    const until = channel.now() + 2 * dayMs;
    expect(await items.snooze(schedule, pressed?.key ?? "", until)).toMatchObject({
      title: "Refunds fail for PayPal orders over 500 euros",
    });

    channel.pass(dayMs);
    channel.say("tom", "Fixed in 4.1.2", { in: refunds });
    channel.say("kim", "The nightly backup failed with an error");
    const second = await post(channel, items);
    expect(second.text?.body).not.toContain("Refunds");
    expect(second.digest?.fresh).toHaveLength(1);

    channel.pass(2 * dayMs);
    const third = await post(channel, items);
    expect(third.digest?.resolved.map(({ title }) => title)).toEqual(["Refunds fail for PayPal orders over 500 euros"]);
    channel.pass(dayMs);
    expect((await run(channel, items)).digest).toBeUndefined();
  });

  it("never again speaks of a muted item, until that is taken back", async () => {
    const channel = channelAt(friday);
    const refunds = channel.say("mia", "Refunds fail for PayPal orders over 500 euros");
    const first = await post(channel, items);
    const key = first.digest?.fresh[0]?.key ?? "";
    expect(await items.mute(schedule, key, ana)).toBeDefined();
    // What is muted stays so.
    await items.snooze(schedule, key, channel.now() + 1);
    for (let day = 0; day < 3; day++) {
      channel.pass(dayMs);
      channel.say("mia", "Still failing for orders over 500 euros, error again", { in: refunds });
      expect((await post(channel, items)).digest).toBeUndefined();
    }
    await items.unhush(schedule, key);
    expect((await post(channel, items)).digest?.open).toHaveLength(1);
  });

  it("can't snooze or mute what it never showed, nor another schedule's items", async () => {
    const channel = channelAt(friday);
    channel.say("mia", "Refunds fail for PayPal orders over 500 euros");
    const { digest } = await post(channel, items);
    expect(await items.snooze(schedule, "nonsense", 1)).toBeUndefined();
    expect(await items.mute("s-other", digest?.fresh[0]?.key ?? "", ana)).toBeUndefined();
  });

  it("forgets all of a schedule, and nothing of the others", async () => {
    const channel = channelAt(friday);
    channel.say("mia", "Refunds fail for PayPal orders over 500 euros");
    const { digest } = await post(channel, items);
    if (digest) await items.settle("s-other", digest);
    await items.mute(schedule, digest?.fresh[0]?.key ?? "", ana);
    await items.beat(schedule, 5);
    await items.forget(schedule);
    expect(await items.past(schedule)).toEqual({ items: [], marks: [] });
    expect(await items.hushed(schedule, 0)).toEqual([]);
    expect(await items.heartbeat(schedule)).toBeUndefined();
    expect((await items.past("s-other")).items).toHaveLength(1);
  });

  it("remembers a heartbeat beside the digests, before the first one too", async () => {
    await items.beat(schedule, 5);
    expect(await items.past(schedule)).toEqual({ items: [], marks: [] });
    const channel = channelAt(friday);
    channel.say("mia", "Refunds fail for PayPal orders over 500 euros");
    await post(channel, items);
    expect(await items.heartbeat(schedule)).toBe(5);
    expect((await items.past(schedule)).items).toHaveLength(1);
  });

  it("does all of it in Chinese", async () => {
    const channel = channelAt(friday);
    const login = channel.say("小美", "使用者登入失敗，一直出現錯誤畫面");
    channel.say("阿明", "我這裡也一樣", { in: login });
    channel.say("大衛", "請問新版什麼時候上線？");
    const first = await post(channel, items, { language: "zh-TW" });
    expect(first.text?.head).toBe("**#support 從 週四 08:03 到現在**：3 則訊息，3 人 · 2 件新的");
    expect(first.text?.body).toContain("使用者登入失敗，一直出現錯誤畫面 — *小美、阿明*（[連結](");
    expect(first.text?.body).toContain("請問新版什麼時候上線？ — 還沒有人回答 — *大衛*");
    channel.pass(dayMs);
    channel.say("阿明", "還沒修好，再等等", { in: login });
    expect((await post(channel, items, { language: "zh-TW" })).digest?.resolved).toEqual([]);
    channel.pass(dayMs);
    channel.say("阿明", "已修復，請重新登入", { in: login });
    const last = await post(channel, items, { language: "zh-TW" });
    expect(last.text?.body).toContain(
      "**已解決**\n- **2** 使用者登入失敗，一直出現錯誤畫面 — 已修復，請重新登入 — *阿明*",
    );
  });
});
