import { afterEach, describe, expect, it } from "vitest";
import { platforms } from "./anywhere.ts";
import { digestIn, openDigested } from "./digest-anywhere.ts";
import { until } from "./due.ts";
import { leaveTowns } from "./town.ts";

afterEach(leaveTowns);

describe.each(platforms)("a channel digested on %s", (platform) => {
  it("gets a headline with counts, and in its thread what is new, still open and resolved, nothing twice", async () => {
    const { channel, due } = await openDigested(platform);
    const refunds = await channel.say("ana", "Refunds fail for PayPal orders over 500 euros");
    await channel.say("tom", "I see the same error for two customers", refunds);
    await channel.say("tom", "Does anybody know why the export times out for ACME?");
    await channel.say("ana", "good morning");
    await due();
    const first = await digestIn(channel, 1);
    expect(first.head.text).toMatch(/#\w+ since .+ — 4 messages, 2 people · 2 new/);
    expect(first.body.text).toMatch(/New\*?\*?\n.*Refunds fail for PayPal orders over 500 euros.*ana, tom.*\+1/s);
    expect(first.body.text).toMatch(/export times out for ACME\?/);
    if (platform !== "the console") expect(first.body.text).toMatch(/https:\/\//);
    expect(first.body.text).not.toMatch(/good morning|Still open|Resolved/);
    expect(first.body.buttons).toEqual(["Snooze 1", "Mute 1", "Snooze 2", "Mute 2"]);

    await channel.say("tom", "Fixed in 4.1.2, refunds go through", refunds);
    await channel.say("ana", "The login page shows an error 500 on iOS");
    await due();
    const second = await digestIn(channel, 2);
    expect(second.head.text).toMatch(/2 messages, 2 people · 1 new · 1 still open · 1 resolved/);
    expect(second.body.text).toMatch(
      /New.*login page.*Still open.*export times out.*Resolved.*Refunds.*Fixed in 4\.1\.2/s,
    );

    await channel.say("ana", "thanks!", refunds);
    await due();
    await due();
    expect(await channel.posts()).toHaveLength(2);
  });

  it("keeps quiet of what was snoozed or muted, and says so to whoever pressed", async () => {
    const { channel, due } = await openDigested(platform);
    const refunds = await channel.say("ana", "Refunds fail for PayPal orders over 500 euros");
    const login = await channel.say("tom", "The login page shows an error 500 on iOS");
    await due();
    const { body } = await digestIn(channel, 1);
    const [one, other] = /1.*Refunds/s.test(body.text.split("login")[0] ?? "") ? [refunds, login] : [login, refunds];
    await channel.press("tom", body, "Snooze 1");
    expect(await until(async () => (await channel.privately("tom"))[0])).toMatch(/^I won't show .+ before \w{3} \d/);
    await channel.press("ana", body, "Mute 2");
    expect(await until(async () => (await channel.privately("ana"))[0])).toMatch(/^I won't show .+ again\./);
    await channel.say("tom", "It happens again for two customers, another error", one);
    await channel.say("tom", "It happens again on Android, another error", other);
    await due();
    expect(await channel.posts()).toHaveLength(1);
    // Four posts in one channel take Slack three seconds.
    if (platform === "Slack") return;
    await channel.say("tom", "The nightly backup failed with an error");
    await due();
    const second = await digestIn(channel, 2);
    expect(second.head.text).toMatch(/· 1 new$/m);
    expect(second.body.text).not.toMatch(/Refunds|login/);
  });

  it("goes on in the digest's thread with what the digest said", async () => {
    const { town, channel, due } = await openDigested(platform, { model: "simulated" });
    await channel.say("ana", "Refunds fail for PayPal orders over 500 euros");
    town.model.queue(
      JSON.stringify({ items: [{ title: "Refunds fail", state: "new", messages: ["m1"] }] }),
      "Since this morning.",
    );
    await due();
    const { head } = await digestIn(channel, 1);
    await channel.say("tom", "@Bellhop since when?", head.id);
    await until(async () => (await channel.under(head)).find(({ text }) => text.includes("Since this morning.")));
    const asked = JSON.stringify(town.model.requests[1]?.body.messages);
    expect(asked).toContain("Refunds fail");
    expect(asked).toContain("1 message, 1 person · 1 new");
    expect(asked).not.toContain("<messages>");
  });
});

describe("the buttons under a digest", () => {
  it("take a mute back, and the matter is spoken of again", async () => {
    const { town, channel, due } = await openDigested("the console");
    const { console } = town;
    const refunds = await channel.say("ana", "Refunds fail for PayPal orders over 500 euros");
    await due();
    const { body } = await digestIn(channel, 1);
    await channel.press("ana", body, "Mute 1");
    const told = await console.until(async () =>
      (await console.state()).messages.find(({ only }) => only === "console:ana"),
    );
    expect(told.text).toBe("I won't show *Refunds fail for PayPal orders over 500 euros* again.");
    const [undo] = told.card?.buttons ?? [];
    expect(undo?.text).toBe("Undo");
    await console.press("ana", told.id, undo?.id ?? "", undo?.value);
    await until(async () => (await channel.privately("ana")).includes("It is shown again when there is news of it."));
    await channel.say("tom", "It happens again for two customers, another error", refunds);
    await due();
    expect((await digestIn(channel, 2)).head.text).toMatch(/· 1 still open$/m);
  });

  it("do nothing for those who may not schedule there", async () => {
    const channels = [{ match: "console:general", schedulers: ["console:ana"] }];
    const { channel, due } = await openDigested("the console", { config: { channels } });
    const refunds = await channel.say("ana", "Refunds fail for PayPal orders over 500 euros");
    await due();
    const { body } = await digestIn(channel, 1);
    await channel.press("tom", body, "Mute 1");
    expect(await until(async () => (await channel.privately("tom"))[0])).toMatch(
      /^You can't schedule anything in this/,
    );
    await channel.say("tom", "It happens again for two customers, another error", refunds);
    await due();
    expect((await digestIn(channel, 2)).head.text).toMatch(/· 1 still open$/m);
  });
});
