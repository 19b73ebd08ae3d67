import { afterEach, describe, expect, it } from "vitest";
import { createFakeTime, type FakeTime } from "../schedules/fake-time.ts";
import { configOf, leaveTowns, openTown, type Town } from "./town.ts";

afterEach(leaveTowns);

const monday = Date.parse("2026-11-23T08:59:00Z");

/** A channel with a schedule and its board, whichever platform it is on. */
type Place = {
  board(): string | undefined;
  pinned(): boolean;
  remove(): void;
  unpin(): void;
  /** Gives the command `/schedule`, and waits for what is said to that. */
  order(text: string, answer: RegExp): Promise<unknown>;
  /** Waits until the board says so. */
  says(words: string): Promise<unknown>;
  /** How often messages were edited. */
  writes(): number;
  /** So many edits an order takes: on Discord "thinking…" becomes the answer. */
  perOrder: number;
  /** Waits until the bot has said so. */
  posted(words: string): Promise<unknown>;
};

const config = (to: string) => ({
  workspace: { timezone: "UTC" },
  schedules: [
    { name: "standup", when: "every day 9:00", timezone: "UTC", agent: "scribe", prompt: "What matters?", to: [to] },
  ],
});

async function onSlack(town: Town): Promise<Place> {
  const { slack, app, model } = town;
  const ana = slack.person("ana");
  const channel = slack.channel("team", { members: [ana, slack.bot.userId] });
  app.use(configOf(model, config(`slack:${channel.id}`)));
  await until(() => app.report().schedules.kept === 1);
  await slack.command(ana, channel, "/schedule", "board");
  await slack.until(() => slack.ephemerals(ana, channel).find(({ shown }) => /board is pinned/.test(shown)));
  const board = () => slack.messages(channel).find(({ shown }) => shown.includes("Schedules here"));
  return {
    board: () => board()?.shown,
    pinned: () => slack.pins(channel).includes(board()?.ts ?? ""),
    unpin: () => void channel.pins.splice(0),
    async order(text, answer) {
      await slack.command(ana, channel, "/schedule", text);
      await slack.until(() => slack.ephemerals(ana, channel).findLast(({ shown }) => answer.test(shown)));
    },
    remove: () => void slack.delete(board()?.ts ?? ""),
    says: (words) => slack.until(() => board()?.shown.includes(words)),
    posted: (words) => slack.until(() => slack.messages(channel).find(({ shown }) => shown.includes(words))),
    perOrder: 0,
    writes: () => slack.calls.filter(({ method }) => method === "chat.update").length,
  };
}

async function onDiscord(town: Town): Promise<Place> {
  const { discord, app, model } = town;
  const ana = discord.person("ana");
  const channel = discord.channel("team");
  app.use(configOf(model, config(`discord:${channel.id}`)));
  await until(() => app.report().schedules.kept === 1 && discord.commands.length > 0);
  discord.slash(ana, channel, "schedule", { when: "board" });
  await discord.until(() => discord.messages(channel, ana).find(({ text }) => /board is pinned/.test(text)));
  const board = () => discord.messages(channel).find(({ text }) => text.includes("Schedules here"));
  const known = () => {
    const found = channel.messages.find(({ id }) => id === board()?.id);
    if (!found) throw new Error("there is no board");
    return found;
  };
  return {
    board: () => board()?.text,
    pinned: () => board()?.pinned === true,
    unpin() {
      known().pinned = false;
    },
    async order(text, answer) {
      discord.slash(ana, channel, "schedule", { when: text });
      await discord.until(() => discord.messages(channel, ana).findLast(({ text: said }) => answer.test(said)));
    },
    remove: () => discord.delete(known()),
    says: (words) => discord.until(() => board()?.text.includes(words)),
    posted: (words) => discord.until(() => discord.messages(channel).find(({ text }) => text.includes(words))),
    perOrder: 1,
    writes: () => discord.calls.filter(({ method }) => method === "PATCH").length,
  };
}

const places = { Slack: [{ slack: true }, onSlack], Discord: [{ discord: true }, onDiscord] } as const;

describe.each(["Slack", "Discord"] as const)("the board of a channel on %s", (platform) => {
  const [wish, open] = places[platform];
  async function opened(): Promise<{ town: Town; time: FakeTime; place: Place }> {
    const time = createFakeTime(monday);
    const town = await openTown({ ...wish, parts: { time, now: time.now } });
    return { town, time, place: await open(town) };
  }

  it("is one pinned message, edited after each run, and made again when somebody deleted it", async () => {
    const { town, time, place } = await opened();
    expect(place.board()).toMatch(/standup.*every day at 09:00 \(UTC\).*next Mon 23 Nov 09:00/s);
    expect(place.pinned()).toBe(true);
    town.model.answer("Ship it.");
    await time.pass(60_000);
    await place.posted("Ship it.");
    await until(() => town.app.report().schedules.running === 0);
    await time.pass(15_000);
    await place.says("next Tue 24 Nov 09:00 · last: posted Mon 23 Nov 09:00");
    const writes = place.writes();
    await time.pass(3_600_000);
    expect(place.writes()).toBe(writes);
    place.remove();
    town.model.answer("Ship it again.");
    await time.passUntil(monday + 24 * 3_600_000 + 60_000);
    await place.posted("Ship it again.");
    await until(() => town.app.report().schedules.running === 0);
    await time.pass(15_000);
    await place.says("next Wed 25 Nov 09:00 · last: posted Tue 24 Nov 09:00");
    await until(place.pinned);
  });

  it("is drawn anew at most every ten seconds, and pinned again when somebody took it off", async () => {
    const { time, place } = await opened();
    await time.pass(10_000);
    await place.order("pause standup holidays", /is paused: “holidays”/);
    await time.pass(2_000);
    await place.says("“holidays”");
    const before = place.writes();
    await place.order("resume standup", /goes on\. Next/);
    await time.pass(1_000);
    await place.order("pause standup again", /is paused: “again”/);
    await time.pass(6_000);
    expect(place.writes()).toBe(before + 2 * place.perOrder);
    expect(place.board()).toContain("“holidays”");
    await time.pass(3_000);
    await place.says("“again”");
    expect(place.writes()).toBe(before + 2 * place.perOrder + 1);
    place.unpin();
    expect(place.pinned()).toBe(false);
    await time.pass(11 * 60_000);
    await until(place.pinned);
  });
});

/** Looks again until it is so; the story's own patience is the test's. */
async function until(is: () => boolean): Promise<void> {
  while (!is()) await new Promise((resolve) => setTimeout(resolve, 5));
}
