import { afterEach, describe, expect, it } from "vitest";
import { createFakeTime } from "../schedules/fake-time.ts";
import { configOf, leaveTowns, openTown } from "./town.ts";

afterEach(leaveTowns);

const monday = Date.parse("2026-11-23T08:59:50Z");

const standup = (more: Record<string, unknown> = {}) => ({
  name: "standup",
  when: "every weekday 9:00",
  timezone: "UTC",
  agent: "scribe",
  prompt: "What matters today?",
  to: ["console:general"],
  ...more,
});

describe("a schedule from the config", () => {
  it("runs on time and posts where it says; replies go on with what was said", async () => {
    const time = createFakeTime(monday);
    const { console, model } = await openTown({
      console: true,
      config: { schedules: [standup()] },
      parts: { time },
    });
    model.queue("Ship the release.", "Tomorrow.");
    await time.pass(15_000);
    const post = await console.answer({});
    expect(post.text).toBe("Ship the release.");
    expect(post.footer).toMatch(/^standup · scribe/);
    expect(model.requests[0]?.user).toBe("standup: What matters today?");
    await console.say("ana", "when?", { thread: post.id });
    const reply = await console.answer({ thread: post.id });
    expect(reply.text).toBe("Tomorrow.");
    expect(JSON.stringify(model.requests[1]?.body.messages)).toContain("Ship the release.");
  });

  it("takes no longer than it may, whatever its agent may", async () => {
    const time = createFakeTime(monday);
    const config = { schedules: [standup({ timeout: "200ms", retries: 0 })] };
    const town = await openTown({ console: true, config, parts: { time } });
    town.model.answer(() => new Promise<string>(() => {}));
    await time.pass(15_000);
    await town.model.until(({ aborted }) => aborted.length === 1);
    await until(() => town.app.report().schedules.running === 0);
    expect(await town.console.messages()).toEqual([]);
    await town.close();
    expect((await town.kept("console"))[0]?.outcome).toMatchObject({ kind: "failed", code: "timeout" });
  });

  it("posts one run to several places on both platforms, each with its own thread to go on", async () => {
    const time = createFakeTime(monday);
    const town = await openTown({ slack: true, discord: true, parts: { time } });
    const { app, slack, discord, model } = town;
    const general = slack.channel("general", { members: [slack.person("ana")] });
    const lobby = discord.channel("lobby");
    model.answer("Ship the release.");
    app.use(configOf(model, { schedules: [standup({ to: [`slack:${general.id}`, `discord:${lobby.id}`] })] }));
    await until(() => app.report().schedules.kept === 1);
    await time.pass(15_000);
    await slack.until(() => slack.messages(general).find((one) => one.shown.includes("Ship the release.")));
    await discord.until(() => discord.messages(lobby).find((one) => one.text.includes("Ship the release.")));
    expect(model.requests).toHaveLength(1);
  });

  it("that was due while the bot was down runs the latest one, marked late, and says what it missed", async () => {
    const time = createFakeTime(monday - 7 * 86_400_000);
    const town = await openTown({
      console: true,
      config: { schedules: [standup({ when: "every day 9:00" })] },
      parts: { time },
    });
    town.model.answer("Ship it.");
    await town.app.stop();
    time.put(2 * 86_400_000 + 3_600_000);
    await town.restart();
    const { console } = town;
    const one = await console.answer({});
    const other = await console.answer({}, [one]);
    const [post, notice] = one.footer ? [one, other] : [other, one];
    expect(post.footer).toMatch(/^standup · late, was due \w+ \d+ Nov 09:00/);
    expect(notice.text).toMatch(/I was down .* I ran the latest, skipped \d: standup/);
  });

  it("that fails twice is told once, with buttons, and told again when it works", async () => {
    const time = createFakeTime(monday);
    const { app, console, model } = await openTown({
      console: true,
      config: { schedules: [standup({ when: "every 5 minutes", retries: 0 })] },
      parts: { time },
    });
    model.answer({ fault: { status: 400, message: "no" } });
    for (const times of [1, 2]) {
      await time.pass(5 * 60_000);
      await until(() => model.requests.length >= times && app.report().schedules.running === 0);
    }
    const notice = await console.answer({});
    expect(notice.text).toMatch(/^\*\*standup\*\* has failed twice: \*the model main/);
    expect(notice.card?.buttons?.map(({ text }) => text)).toEqual(["Inspect", "Run again", "Pause"]);
    model.answer("All is well.");
    await time.pass(5 * 60_000);
    const back = await console.answer({}, [notice]);
    const more = await console.answer({}, [notice, back]);
    expect([back.text, more.text].sort().join("\n")).toMatch(/\*\*standup\*\* works again.*failed twice|2 times/s);
  });
});

/** Looks again until it is so; the story's own patience is the test's. */
async function until(is: () => boolean): Promise<void> {
  while (!is()) await new Promise((resolve) => setTimeout(resolve, 5));
}
