import { afterEach, describe, expect, it } from "vitest";
import { createFakeTime } from "../schedules/fake-time.ts";
import { pass, schedule, until } from "./due.ts";
import { leaveTowns, openTown } from "./town.ts";

afterEach(leaveTowns);

const halfHour = 1_800_000;
const offline = {
  models: [{ name: "offline", provider: "offline", model: "offline" }],
  agents: [{ name: "scribe", role: "writes digests", llm_model: "offline", system_prompt: "You write digests." }],
};
const digest = {
  ...{ name: "secret digest", when: "every 30 minutes", timezone: "UTC", agent: "scribe", digest: true, retries: 0 },
};

/** A private channel of ana and tom on Slack, digested to one that kim reads too. */
async function openSlackTown() {
  const time = createFakeTime(Date.now());
  const town = await openTown({ slack: true, parts: { time }, config: offline });
  const { slack } = town;
  const [ana, tom, kim] = [slack.person("ana"), slack.person("tom"), slack.person("kim")];
  const secret = slack.channel("secret", { private: true, members: [ana, tom] });
  const general = slack.channel("general", { members: [ana, tom, kim] });
  const from = [`slack:${secret.id}`];
  await schedule(town, [{ ...digest, from, to: [`slack:${general.id}`] }], offline);
  const ours = (channel: typeof secret) => slack.messages(channel).filter(({ user }) => user === slack.bot.userId);
  const due = () => pass(town, time, halfHour);
  return { town, slack, ana, tom, kim, secret, general, ours, due };
}

describe("a private channel digested to one that others read", () => {
  it("is asked about in the private one, and posted only after somebody there said yes", async () => {
    const { slack, ana, kim, secret, general, ours, due } = await openSlackTown();
    slack.say(ana, secret, "The offer for ACME failed with an error in the contract");
    await due();
    expect(ours(general)).toEqual([]);
    const question = await until(() => ours(secret)[0]);
    expect(question.shown).toMatch(
      /secret digest.* would post a digest of what is said here in #general, where others read it\. Anybody here may allow it\./,
    );
    expect(question.buttons).toEqual(["Allow"]);
    await expect(slack.press(kim, question, "Allow")).rejects.toThrow("does not see that");
    slack.say(kim, general, "@Bellhop schedule why secret digest");
    const why = await slack.until(() => slack.ephemerals(kim, general)[0]);
    expect(why.shown).toMatch(/failed: secret digest reads a private channel .* I asked there\./);

    await slack.press(ana, question, "Allow");
    await slack.until(() => slack.ephemerals(ana, secret).find(({ shown }) => shown.includes("Allowed.")));
    const outcome = await slack.until(() => ours(secret).find(({ shown }) => shown.includes("✓ allowed by ana")));
    expect(outcome.buttons).toEqual([]);
    const digests = () => ours(general).filter(({ shown }) => shown.includes("since"));
    expect(digests()).toEqual([]);
    await due();
    expect(await until(() => digests()[0]?.shown)).toMatch(/^\*\*#secret since .* 1 message, 1 person · 1 new/);
  });

  it("is asked about again when whoever said yes is no longer there", async () => {
    const { slack, ana, tom, secret, general, ours, due } = await openSlackTown();
    slack.say(ana, secret, "The offer for ACME failed with an error in the contract");
    await due();
    await slack.press(ana, await until(() => ours(secret)[0]), "Allow");
    await slack.until(() => ours(secret).find(({ shown }) => shown.includes("allowed by ana")));
    await due();
    await until(() => ours(general).length === 1);
    slack.leave(ana, secret);
    slack.say(tom, secret, "The invoices for ACME are wrong, another error");
    await due();
    expect(ours(general)).toHaveLength(1);
    const again = await until(() => ours(secret)[1]);
    expect(again.buttons).toEqual(["Allow"]);
    await slack.press(tom, again, "Allow");
    await slack.until(() => ours(secret).find(({ shown }) => shown.includes("allowed by tom")));
  });

  it("is skipped and paused when its owner does not read it any more", async () => {
    const { town, slack, ana, secret, general, ours, due } = await openSlackTown();
    const hers = { ...digest, name: "her digest", owner: `slack:${ana.id}` };
    const [from, to] = [[`slack:${secret.id}`], [`slack:${general.id}`]];
    await schedule(
      town,
      [
        { ...digest, from, to },
        { ...hers, from, to },
      ],
      offline,
    );
    slack.leave(ana, secret);
    await due();
    const told = await until(() => ours(general).find(({ shown }) => shown.includes("her digest")));
    expect(told.shown).toMatch(/her digest\*\* was skipped and paused: its owner, ana, has no access there any more\./);
    expect(told.buttons).toEqual(["Claim"]);
  });

  it("needs no yes to be posted where it was said", async () => {
    const { town, slack, ana, secret, ours, due } = await openSlackTown();
    const here = [`slack:${secret.id}`];
    await schedule(town, [{ ...digest, name: "own digest", from: here, to: here }], offline);
    await until(() => town.app.report().schedules.kept === 1);
    slack.say(ana, secret, "The offer for ACME failed with an error in the contract");
    await due();
    expect(await until(() => ours(secret).find(({ shown }) => shown.includes("1 new")))).toBeDefined();
    expect(ours(secret).flatMap(({ buttons }) => buttons)).toEqual([]);
  });

  it("is asked about on Discord as well, and once", async () => {
    const time = createFakeTime(Date.now());
    const town = await openTown({ discord: true, parts: { time }, config: offline });
    const { discord } = town;
    const [ana, tom] = [discord.person("ana"), discord.person("tom")];
    const secret = discord.channel("secret", { type: "private", members: [ana] });
    const lobby = discord.channel("lobby");
    const [from, to] = [[`discord:${secret.id}`], [`discord:${lobby.id}`]];
    await schedule(town, [{ ...digest, from, to }], offline);
    discord.say(ana, secret, "The offer for ACME failed with an error in the contract");
    await pass(town, time, halfHour);
    const ours = (channel: typeof secret) =>
      discord.messages(channel).filter(({ author }) => author.id === discord.bot.id);
    expect(ours(lobby)).toEqual([]);
    const question = await discord.until(() => ours(secret)[0]);
    expect(() => discord.press(tom, question, "Allow")).toThrow();
    await pass(town, time, halfHour);
    expect(ours(secret)).toHaveLength(1);
    discord.press(ana, question, "Allow");
    await discord.until(() => ours(secret).find(({ text }) => text.includes("✓ allowed by ana")));
    await pass(town, time, halfHour);
    await discord.until(() => ours(lobby).find(({ text }) => text.includes("1 message, 1 person · 1 new")));
  });
});
