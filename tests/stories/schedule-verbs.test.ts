import { afterEach, describe, expect, it } from "vitest";
import type { Message } from "../../adapters/console/wire.ts";
import type { Console } from "./console.ts";
import { leaveTowns, openTown } from "./town.ts";

afterEach(leaveTowns);

const inBerlin = { workspace: { timezone: "Europe/Berlin", admins: ["console:kim"] } };

/** Says something and gives what the bot whispers to it. */
async function ask(console: Console, who: string, text: string, channel = "general"): Promise<Message> {
  const seen = await console.messages({ channel });
  await console.say(who, text, { channel });
  return console.answer({ channel }, seen);
}

/** Presses a button, by its words, and gives what the bot says then. */
async function press(console: Console, who: string, { id, channel, card }: Message, text: string): Promise<Message> {
  const seen = await console.messages({ channel });
  const button = card?.buttons?.find((one) => one.text === text);
  if (!button) throw new Error(`no button ${text}`);
  await console.press(who, id, button.id, button.value);
  return console.answer({ channel }, seen);
}

/** A schedule of ana's; gives its id. */
async function made(console: Console, words: string): Promise<string> {
  const card = await ask(console, "ana", `/schedule ${words}`);
  const seen = await console.messages({});
  await press(console, "ana", card, "Create");
  const told = await console.until(async () =>
    (await console.messages({})).find(
      ({ id, text }) => !seen.some((one) => one.id === id) && /is scheduled/.test(text),
    ),
  );
  return /`(s-\w+)`/.exec(told.text)?.[1] ?? "";
}

describe("a card that asks before something is scheduled", () => {
  it("asks which reading is meant, and goes on with the one that was pressed", async () => {
    const { console } = await openTown({ console: true, config: inBerlin });
    const question = await ask(console, "ana", "/schedule every day at 5 say hello");
    expect(question.text).toMatch(/in the morning or in the afternoon\?$/);
    const labels = question.card?.buttons?.map(({ text }) => text) ?? [];
    expect(labels).toEqual(["every day at 05:00", "every day at 17:00"]);
    const card = await press(console, "ana", question, "every day at 17:00");
    expect(card.text).toMatch(
      /^\*\*Every day at 17:00 \(Europe\/Berlin\), ops does this and posts it in this channel:\*\* say hello/,
    );
  });

  it("is pressed by its asker alone, and once", async () => {
    const { console } = await openTown({ console: true, config: inBerlin });
    const card = await ask(console, "ana", "/schedule every day 9:00 say hello");
    expect((await press(console, "ana", card, "Cancel")).text).toBe("Nothing was scheduled.");
    expect((await press(console, "ana", card, "Create")).text).toBe("This card's time is over. Please ask again.");
    expect((await ask(console, "ana", "/schedule list")).text).toBe("Nothing is scheduled here.");
  });

  it("says no in plain words to what can't be", async () => {
    const { console } = await openTown({
      console: true,
      config: {
        ...inBerlin,
        limits: { schedules_per_person: 1 },
        channels: [{ match: "console:team", schedulers: "admins" }],
      },
    });
    const no = async (text: string) => (await ask(console, "ana", `/schedule ${text}`)).text;
    expect(await no("every 2 minutes say hello")).toBe(
      "Every 2 minutes is closer than this workspace allows (5 minutes). Try `every 5 minutes`.",
    );
    expect(await no("30 February 9:00 say hello")).toContain("30 February never comes.");
    expect(await no("every day 9:00")).toMatch(/^Every day at 09:00 — and what is to be done then\?/);
    expect(await no("say hello")).toMatch(/^I could not read a time in “say hello”/);
    expect(await no("every day 9:00 say hello --jiter 5m")).toMatch(/no field `--jiter`. Did you mean `--jitter`\?/);
    expect(await no("every day 9:00 say hello --jitter soon")).toBe(
      "`--jitter soon` can't be read. Write it like `--jitter 5m`.",
    );
    expect(await no("every day 9:00 say hello in #nowhere")).toMatch(/^I know no channel #nowhere/);
    expect(await no("every day 9:00 say hello in slack:C1")).toBe("slack is not connected to this bot.");
    expect(await no("every day 9:00 opps: say hello")).toMatch(/There is no agent \*opps\*. Did you mean \*\*ops\*\*/);
    expect(await no("every day 9:00 say hello in #team")).toBe(
      "You can't schedule anything in #team. Admins can. Admins can change that.",
    );
    await made(console, "every day 9:00 say hello");
    expect(await no("every day 10:00 say goodbye")).toMatch(/^You have 1 schedules?/);
  });

  it("can be written anew in a form", async () => {
    const { console } = await openTown({ console: true, config: inBerlin });
    const card = await ask(console, "ana", "/schedule every day 9:00 scribe: say hello in #team");
    await console.press("ana", card.id, "schedule-change");
    const { form } = await console.you("ana", (you) => you.form !== undefined);
    const values = Object.fromEntries(form?.form.inputs.map(({ id, value }) => [id, value ?? ""]) ?? []);
    expect(values).toEqual({
      when: "every day at 09:00",
      zone: "Europe/Berlin",
      agent: "scribe",
      what: "say hello",
      options: '--name "say hello"\n--to console:team',
    });
    const seen = await console.messages({});
    await console.submit("ana", form?.id ?? "", { ...values, when: "every day 10:00", zone: "Asia/Taipei" });
    const again = await console.answer({}, seen);
    expect(again.text).toMatch(
      /^\*\*Every day at 10:00 \(Asia\/Taipei\), scribe does this and posts it in .*#team:\*\* say hello/,
    );
  });

  it("speaks Chinese to those who do", async () => {
    const { console } = await openTown({ console: true, config: { workspace: { timezone: "Asia/Taipei" } } });
    await console.speak("ana", "zh-TW");
    const card = await ask(console, "ana", "/schedule 每個工作日 9:00 整理 #general 的摘要 發到 #team");
    expect(card.text).toMatch(
      /^\*\*每個工作日 09:00（Asia\/Taipei），ops 整理 .*的摘要，發到 .*#team。\*\*\n接下來：\d+\/\d+（.）09:00 · /,
    );
    expect(card.card?.buttons?.map(({ text }) => text)).toEqual(["建立", "先試一次", "修改", "取消"]);
    expect(card.footer).toMatch(/^只有你能按，\d\d:\d\d 前有效$/);
  });
});

describe("a schedule, by its verbs", () => {
  it("runs now, tells of its history and why, pauses, goes on and is deleted", async () => {
    const { console, model } = await openTown({ console: true, config: inBerlin });
    model.answer("Hello, all.");
    const id = await made(console, 'every day 9:00 say hello --name "morning hello"');
    expect((await ask(console, "ana", `/schedule run ${id}`)).text).toBe("**morning hello** is running.");
    await console.until(async () => (await console.messages({})).find(({ text }) => text === "Hello, all."));
    const why = await console.until(async () => {
      const said = await ask(console, "ana", "@Bellhop schedule why morning hello");
      return /posted/.test(said.text) ? said : undefined;
    });
    expect(why.text).toMatch(
      /^\*\*\w{3} \d+ \w{3} \d\d:\d\d\*\*: run by ana, claimed [\d:]+, ran [\d.]+ s, posted [\d:]+.*tokens/,
    );
    expect((await ask(console, "ana", `/schedule history ${id}`)).text).toMatch(
      /^\*\*morning hello\*\*, the latest first:\n• /,
    );
    expect((await ask(console, "tom", `/schedule pause morning hello "holidays"`)).text).toMatch(
      /is paused: “holidays”/,
    );
    const list = await ask(console, "ana", "/schedule list");
    expect(list.text).toMatch(/paused by tom: “holidays” · last: posted/);
    expect((await press(console, "ana", list, "Resume")).text).toMatch(/^\*\*morning hello\*\* goes on\. Next: /);
    expect((await ask(console, "tom", `/schedule delete ${id}`)).text).toBe(
      "This is ana's; they and admins can change it.",
    );
    const sure = await ask(console, "kim", `/schedule delete ${id}`);
    expect((await press(console, "kim", sure, "Delete")).text).toBe("**morning hello** is deleted.");
    expect((await ask(console, "ana", `/schedule show ${id}`)).text).toMatch(/^There is no schedule/);
  });

  it("is exported as it would stand in the settings", async () => {
    const { console, url } = await openTown({ console: true, config: inBerlin });
    await made(console, "every weekday 9:00 digest of #general in #team --quiet-hours 22:00-07:00");
    const exported = await ask(console, "ana", "/schedule export");
    const [file] = exported.files ?? [];
    const text = await (await fetch(`${url}/console/files/${file?.ref}?as=console:ana`)).text();
    expect(text).toBe(
      [
        "schedules:",
        "  - name: general digest",
        "    when: every weekday at 09:00",
        "    timezone: Europe/Berlin",
        "    agent: ops",
        "    from:",
        "      - console:general",
        "    to:",
        "      - console:team",
        "    digest: true",
        "    quiet_hours: 22:00-07:00",
        "    owner: console:ana",
        "",
      ].join("\n"),
    );
  });
});
