import { afterEach, describe, expect, it } from "vitest";
import { createFakeTime } from "../schedules/fake-time.ts";
import { pass, schedule, slotsOf, until } from "./due.ts";
import { leaveTowns, openTown } from "./town.ts";

afterEach(leaveTowns);

const monday = Date.parse("2026-11-23T08:59:50Z");
const halfHour = 1_800_000;
const admins = { workspace: { admins: ["console:kim"] } };
const hers = "Ship the release.";

/** A town of three platforms, and a schedule of ana's that posts to a channel of each. */
async function openThree({ when = "every weekday 9:00", places = ["slack", "discord", "console"] } = {}) {
  const time = createFakeTime(monday);
  const town = await openTown({ slack: true, discord: true, console: true, parts: { time }, config: admins });
  const { slack, discord, model } = town;
  const ana = slack.person("ana");
  const general = slack.channel("general", { members: [ana] });
  const lobby = discord.channel("lobby");
  model.answer(hers);
  const standup = {
    name: "standup",
    when,
    timezone: "UTC",
    agent: "scribe",
    prompt: "What matters today?",
    to: [`slack:${general.id}`, `discord:${lobby.id}`, "console:general"].filter((to) =>
      places.includes(to.split(":")[0] ?? ""),
    ),
    owner: `slack:${ana.id}`,
  };
  await schedule(town, [standup], admins);
  const inSlack = () => slack.messages(general).filter(({ shown }) => shown.includes(hers));
  const inDiscord = () => discord.messages(lobby).filter(({ text }) => text.includes(hers));
  const inConsole = async () => (await town.console.messages()).filter(({ text }) => text.includes(hers));
  const counts = async () => [inSlack().length, inDiscord().length, (await inConsole()).length];
  const toAna = () => slack.messages(slack.dm(ana)).map(({ shown }) => shown);
  return { time, town, ana, general, lobby, standup, inSlack, inDiscord, inConsole, counts, toAna };
}

describe("one run for several places", () => {
  it("is one call of the model, one post in each, and a receipt of each that was seen there", async () => {
    const { time, town, general, lobby, inSlack, inDiscord, counts } = await openThree();
    await pass(town, time, 15_000, 1);
    expect(await counts()).toEqual([1, 1, 1]);
    expect(town.model.requests).toHaveLength(1);
    const why = await until(async () => {
      const { text } = await ask(town, "@Bellhop schedule why standup");
      return text.includes("seen there") && text;
    });
    expect(why).toMatch(/^\*\*Mon 23 Nov 09:00\*\*: claimed 09:00:00, .*posted 09:00:\d\d \(\[link\]\(https/);
    await town.close();
    const [slot] = await slotsOf(town);
    expect(slot?.outcome).toBe("posted");
    expect(slot?.receipts).toEqual([
      {
        address: { adapter: "slack", channel: general.id },
        link: expect.stringContaining(inSlack()[0]?.ts.replace(".", "") ?? "?"),
        seen: true,
      },
      {
        address: { adapter: "discord", channel: lobby.id },
        link: expect.stringContaining(inDiscord()[0]?.id ?? "?"),
        seen: true,
      },
      { address: { adapter: "console", channel: "general" }, seen: true },
    ]);
  });

  it("goes on in each place with what was said", async () => {
    const { time, town, lobby, ana, general, inSlack, inDiscord, inConsole } = await openThree();
    const { slack, discord, console, model } = town;
    const tom = discord.person("tom");
    await pass(town, time, 15_000, 1);
    model.answer("Tomorrow.");
    const [post] = inSlack();
    slack.say(ana, general, "@Bellhop when?", { thread: post?.ts ?? "" });
    await slack.until(() => slack.messages(general, post?.ts ?? "").find(({ shown }) => shown.includes("Tomorrow.")));
    const from = lobby.messages.find(({ id }) => id === inDiscord()[0]?.id);
    if (!from) throw new Error("nothing stands in the lobby");
    const there = discord.thread(lobby, { name: "standup", from, by: tom });
    discord.say(tom, there, "@Bellhop when?");
    await discord.until(() => discord.messages(there).find(({ text }) => text.includes("Tomorrow.")));
    const [said] = await inConsole();
    await console.say("ana", "when?", { thread: said?.id ?? "" });
    expect((await console.answer({ thread: said?.id ?? "" })).text).toBe("Tomorrow.");
    expect(model.requests).toHaveLength(4);
    for (const request of model.requests.slice(1)) expect(JSON.stringify(request.body.messages)).toContain(hers);
  });

  it("whose post fails at one is posted there again, and the model is not asked again", async () => {
    const { time, town, counts } = await openThree();
    town.discord.faults.plan("POST /channels/{channel_id}/messages", { do: "error", status: 503, applied: false }, 2);
    town.slack.faults.next("chat.postMessage", { kind: "status", status: 503 }, 2);
    await pass(town, time, 15_000, 1);
    expect(await counts()).toEqual([1, 1, 1]);
    expect(town.model.requests).toHaveLength(1);
    await town.close();
    expect((await slotsOf(town)).map(({ outcome, receipts }) => [outcome, receipts?.length])).toEqual([["posted", 3]]);
  });

  it("is taken up by the next start where a post did not stand yet, without the model", async () => {
    const time = createFakeTime(monday);
    const town = await openTown({ slack: true, console: true, parts: { time }, config: admins });
    const { slack, console } = town;
    const general = slack.channel("general", { members: [slack.person("ana")] });
    const to = [`slack:${general.id}`, "console:general"];
    const schedules = [
      { name: "standup", when: "every weekday 9:00", timezone: "UTC", agent: "scribe", prompt: "What now?", to },
    ];
    town.model.answer(hers);
    await schedule(town, schedules, admins);
    slack.faults.always("chat.postMessage", { kind: "refuse", error: "message_limit_exceeded" });
    await time.pass(15_000);
    await console.answer({});
    await until(() => slack.calls.some(({ method, error }) => method === "chat.postMessage" && error));
    await town.app.stop(1_000);
    slack.faults.clear();
    await town.restart({ config: { ...admins, schedules } });
    await until(() => slack.messages(general).length > 0);
    await until(() => town.app.report().schedules.running === 0);
    expect(slack.messages(general).map(({ shown }) => shown.split("\n")[0])).toEqual([hers]);
    expect(await console.messages()).toHaveLength(1);
    expect(town.model.requests).toHaveLength(1);
    await town.close();
    const [slot, ...more] = await slotsOf(town);
    expect(more).toEqual([]);
    expect(slot).toMatchObject({ outcome: "posted", receipts: [{ link: expect.any(String) }, {}] });
    expect(slot?.receipts?.map(({ why }) => why)).toEqual([undefined, undefined]);
  });

  it("tells its owner alone when one of them is gone, once, and posts to the others", async () => {
    const { time, town, ana, general, counts, toAna } = await openThree({ when: "every 30 minutes" });
    const { slack } = town;
    await pass(town, time, halfHour, 1);
    slack.archive(general, ana);
    await pass(town, time, halfHour, 2);
    expect(await counts()).toEqual([1, 2, 2]);
    const told = await until(() => toAna()[0]);
    expect(told).toMatch(/^\*\*standup\*\* could not be posted to #general: .*this channel is archived/s);
    expect(told).toMatch(/\[Inspect\].*\[Run again\]/s);
    await pass(town, time, halfHour, 3);
    expect(await counts()).toEqual([1, 3, 3]);
    const why = (await ask(town, "@Bellhop schedule why standup")).text;
    expect(why).toMatch(/posted .*archived/);
    expect(toAna()).toHaveLength(1);
  });

  it("that can be posted nowhere is a failed delivery, told to its owner alone", async () => {
    const { time, town, ana, general, toAna } = await openThree({ places: ["slack"] });
    town.slack.archive(general, ana);
    await pass(town, time, 15_000, 1);
    expect(await until(() => toAna()[0])).toMatch(/^\*\*standup\*\* could not be posted to #general/);
    expect((await ask(town, "@Bellhop schedule why standup")).text).toMatch(
      /^\*\*Mon 23 Nov 09:00\*\*: delivery failed: .*this channel is archived/,
    );
    await town.console.speak("kim", "zh-TW");
    expect((await ask(town, "@Bellhop schedule why standup")).text).toMatch(/^\*\*11\/23（一）09:00\*\*：無法送達：/);
  });

  it("is told to an owner on Discord, or at the console, in a DM as well", async () => {
    const time = createFakeTime(monday);
    const town = await openTown({ discord: true, console: true, parts: { time }, config: admins });
    const { discord, console, model } = town;
    const ana = discord.person("ana");
    const lobby = discord.channel("lobby");
    model.answer(hers);
    const standup = { name: "standup", when: "every 5 minutes", agent: "scribe", prompt: "What now?", retries: 0 };
    const to = [`discord:${lobby.id}`];
    const hersAndTheirs = [
      { ...standup, to, owner: `discord:${ana.id}` },
      { ...standup, name: "other", to, owner: "console:tom" },
    ];
    await schedule(town, hersAndTheirs, admins);
    discord.permit(lobby, { deny: ["SendMessages"] });
    await pass(town, time, 5 * 60_000, 2);
    const told = await discord.until(() => discord.messages(discord.dm(ana))[0]);
    expect(told.text).toMatch(/^\*\*standup\*\* could not be posted to #lobby: \*I may not write there/);
    expect((await console.answer({ channel: "dm-tom" })).text).toMatch(/^\*\*other\*\* could not be posted to #lobby/);
    expect(discord.messages(lobby)).toEqual([]);
  });
});

type Opened = Awaited<ReturnType<typeof openThree>>["town"];

/** Asks the bot something at the console, as somebody who sees every schedule. */
async function ask({ console }: Opened, text: string) {
  const seen = await console.messages();
  await console.say("kim", text);
  return console.answer({}, seen);
}
