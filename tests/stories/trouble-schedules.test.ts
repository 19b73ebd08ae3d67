import { afterEach, describe, expect, it } from "vitest";
import type { Message } from "../../adapters/console/wire.ts";
import { createFakeTime } from "../schedules/fake-time.ts";
import { pass, schedule, until } from "./due.ts";
import { leaveTowns, openTown, type Town } from "./town.ts";

afterEach(leaveTowns);

const start = Date.parse("2026-11-23T08:59:50Z");
const minute = 60_000;
const refused = { fault: { status: 400, message: "no" } } as const;

/** A town with a console and one schedule, which posts in #general; trouble is told in #team. */
async function openWith(more: Record<string, unknown> = {}, workspace: Record<string, unknown> = {}) {
  const time = createFakeTime(start);
  const config = { workspace: { admin_channel: "console:team", admins: ["console:kim"], ...workspace } };
  const town = await openTown({ console: true, parts: { time }, config });
  const hello = {
    ...{ name: "hello", when: "every 5 minutes", timezone: "UTC", agent: "scribe", prompt: "Say hello." },
    ...{ to: ["console:general"], retries: 0, ...more },
  };
  await schedule(town, [hello], config);
  return { time, town, config, hello };
}

const notices = ({ console }: Town) => console.messages({ channel: "team" });

async function lastNotice(town: Town, count: number): Promise<Message> {
  return town.console.until(async () => {
    const told = (await notices(town)).filter(({ author }) => author === "console:bellhop");
    return told.length >= count ? told[count - 1] : undefined;
  });
}

async function ask({ console }: Town, text: string, as = "kim"): Promise<string> {
  const seen = await console.messages({ channel: "team" });
  await console.say(as, text, { channel: "team" });
  return (await console.answer({ channel: "team" }, seen)).text;
}

describe("a run that fails", () => {
  it("is tried again after 30 seconds, 2 minutes and 10 minutes, and no more", async () => {
    const { time, town } = await openWith({ when: "every day 9:00", retries: 3 });
    const { model } = town;
    model.answer(refused);
    const calls = async (ms: number, wanted: number) => {
      await time.pass(ms - 1_000);
      expect(model.requests).toHaveLength(wanted - 1);
      await pass(town, time, 1_000, wanted);
    };
    await pass(town, time, 11_000, 1);
    await calls(30_000, 2);
    await calls(2 * minute, 3);
    await calls(10 * minute, 4);
    await pass(town, time, 30 * minute);
    expect(model.requests).toHaveLength(4);
    expect(await town.console.messages()).toEqual([]);
    expect(await ask(town, "/schedule why hello")).toMatch(/^\*\*Mon 23 Nov 09:00\*\*: failed: the model main/);
  });

  it("and works when it is tried again is posted once, and nobody hears of the failure", async () => {
    const { time, town } = await openWith({ when: "every day 9:00", retries: 3 });
    town.model.queue(refused, "Hello.");
    await pass(town, time, 11_000, 1);
    await pass(town, time, 30_000, 2);
    expect((await town.console.messages()).map(({ text }) => text)).toEqual(["Hello."]);
    expect(await notices(town)).toEqual([]);
  });
});

describe("a schedule that keeps failing", () => {
  it("is told after two failures, then at most hourly, paused after ten, and goes on when it is resumed", async () => {
    const { time, town } = await openWith();
    const { model, console } = town;
    model.queue("Hello.");
    await pass(town, time, 5 * minute, 1);
    model.answer(refused);
    for (let times = 1; times <= 10; times++) await pass(town, time, 5 * minute, times + 1);
    const first = await lastNotice(town, 1);
    expect(first.text).toMatch(
      /^\*\*hello\*\* has failed twice: \*the model main .*\* Last good: Mon 23 Nov 09:0\d\. I'll say more at most once an hour\.$/,
    );
    expect(first.card?.buttons?.map(({ text }) => text)).toEqual(["Inspect", "Run again", "Pause"]);
    const paused = await lastNotice(town, 2);
    expect(paused.text).toMatch(/^\*\*hello\*\* failed 10 times in a row, so I paused it: \*the model main/);
    expect(paused.card?.buttons?.map(({ text }) => text)).toEqual(["Inspect", "Run again", "Resume"]);
    await pass(town, time, 60 * minute);
    expect(model.requests).toHaveLength(11);
    expect(await notices(town)).toHaveLength(2);

    model.answer("Hello again.");
    const resume = paused.card?.buttons?.find(({ text }) => text === "Resume");
    await console.press("kim", paused.id, resume?.id ?? "", resume?.value);
    await until(async () => (await ask(town, "/schedule show hello")).includes("next Mon"));
    await pass(town, time, 5 * minute, 12);
    expect((await console.messages()).map(({ text }) => text)).toEqual(["Hello.", "Hello again."]);
  });

  it("is told again each hour while it goes on, and once when it works", async () => {
    const { time, town } = await openWith({ when: "every 20 minutes" });
    const { model } = town;
    model.answer(refused);
    for (let times = 1; times <= 6; times++) await pass(town, time, 20 * minute, times);
    expect((await lastNotice(town, 1)).text).toMatch(/has failed twice/);
    expect((await lastNotice(town, 2)).text).toMatch(/has failed 5 times/);
    model.answer("Hello.");
    await pass(town, time, 20 * minute, 7);
    expect((await lastNotice(town, 3)).text).toMatch(
      /^\*\*hello\*\* works again \(Mon 23 Nov 11:\d\d\)\. It failed 6 times over 2 h\.$/,
    );
    await pass(town, time, 20 * minute, 8);
    expect(await notices(town)).toHaveLength(3);
  });

  it("is told in Chinese where Chinese is spoken", async () => {
    const { time, town } = await openWith({}, { language: "zh-TW" });
    town.model.answer(refused);
    for (const times of [1, 2]) await pass(town, time, 5 * minute, times);
    const notice = await lastNotice(town, 1);
    expect(notice.text).toMatch(/^\*\*hello\*\* 已經失敗 2 次：\*.*\*我最多每小時再說一次。$/);
    expect(notice.card?.buttons?.map(({ text }) => text)).toEqual(["看紀錄", "再執行一次", "暫停"]);
    town.model.answer("你好。");
    await pass(town, time, 5 * minute, 3);
    expect((await lastNotice(town, 2)).text).toMatch(
      /^\*\*hello\*\* 恢復正常了（11\/23（一）09:\d\d）。先前 10 分鐘內失敗了 2 次。$/,
    );
  });
});

describe("a schedule whose owner is gone", () => {
  it("is skipped and paused, and offered to whoever may schedule there", async () => {
    const { time, town } = await openWith({ owner: "console:nobody" });
    await pass(town, time, 5 * minute);
    const notice = await lastNotice(town, 1);
    expect(notice.text).toMatch(
      /^\*\*hello\*\* was skipped and paused: its owner, nobody, has no access there any more\./,
    );
    expect(notice.card?.buttons?.map(({ id }) => id)).toEqual(["schedule-claim"]);
    expect(town.model.requests).toEqual([]);
    expect(await ask(town, "/schedule why hello")).toMatch(/: skipped: its owner has no access any more$/);
  });
});
