import { afterEach, describe, expect, it } from "vitest";
import { leaveTowns, openTown } from "./town.ts";

afterEach(leaveTowns);

describe("a message that is edited", () => {
  it("is answered once it mentions the bot, and only once", async () => {
    const { console, model } = await openTown({ console: true });
    model.answer("It is nine.");
    const root = await console.say("ana", "what time is it?");
    await console.edit("ana", root.id, "@Bellhop what time is it?");
    const answer = await console.answer({ thread: root.id });
    await console.edit("ana", root.id, "@Bellhop what time is it, please?");
    await console.say("ana", "@Bellhop and now?", { thread: root.id });
    await console.answer({ thread: root.id }, [answer]);
    expect(model.requests).toHaveLength(2);
    expect(model.requests[0]?.user).toBe("ana: what time is it?");
  });

  it("is answered on Slack and Discord, too, once it mentions the bot", async () => {
    const { slack, discord, model } = await openTown({ slack: true, discord: true });
    model.answer("It is nine.");
    const ana = slack.person("ana");
    const general = slack.channel("general", { members: [ana] });
    const said = slack.say(ana, general, "what time is it?");
    slack.edit(said, "@Bellhop what time is it?");
    await slack.until(() => slack.messages(general, said.ts).find((one) => one.shown.includes("It is nine.")));

    const tom = discord.person("tom");
    const lobby = discord.channel("lobby");
    const asked = discord.say(tom, lobby, "what time is it?");
    discord.edit(asked, "@Bellhop what time is it?");
    const thread = await discord.until(() => discord.threadOf(asked));
    await discord.until(() => discord.messages(thread).find((one) => one.text.includes("It is nine.")));
    expect(model.requests).toHaveLength(2);
  });

  it("while it is being answered has the change answered as well", async () => {
    const { console, model } = await openTown({ console: true });
    model.queue({ say: "Flights to Rome: …", delayMs: 200 }, "Flights to Oslo: …");
    const root = await console.say("ana", "@Bellhop flights to Rome");
    await model.until(() => model.requests.length === 1);
    await console.edit("ana", root.id, "@Bellhop flights to Oslo");
    const first = await console.answer({ thread: root.id });
    expect((await console.answer({ thread: root.id }, [first])).text).toBe("Flights to Oslo: …");
    expect(model.requests[1]?.user).toBe("ana (changing what they wrote): flights to Oslo");
  });

  it("while it waits for its turn is asked as it stands", async () => {
    const { console, model } = await openTown({
      console: true,
      config: { channels: [{ match: "console:*", overlap: "queue" }] },
    });
    model.queue({ say: "One.", delayMs: 200 }, "Two.");
    const root = await console.say("ana", "@Bellhop one");
    await model.until(() => model.requests.length === 1);
    const second = await console.say("tom", "@Bellhop tow", { thread: root.id });
    const note = await console.answer({ thread: root.id });
    await console.edit("tom", second.id, "@Bellhop two");
    const first = await console.answer({ thread: root.id }, [note]);
    await console.answer({ thread: root.id }, [note, first]);
    expect(model.requests[1]?.user).toBe("tom: two");
  });

  it("after it was answered is remembered as it stands", async () => {
    const { console, model } = await openTown({ console: true });
    model.queue("Noted.", "Blue.");
    const root = await console.say("ana", "@Bellhop my colour is red");
    const first = await console.answer({ thread: root.id });
    await console.edit("ana", root.id, "@Bellhop my colour is blue");
    await console.say("ana", "which is it?", { thread: root.id });
    await console.answer({ thread: root.id }, [first]);
    expect(JSON.stringify(model.requests[1]?.body.messages)).toContain("ana: my colour is blue");
    expect(JSON.stringify(model.requests[1]?.body.messages)).not.toContain("red");
  });
});

describe("a message that is taken back", () => {
  it("while it waits for its turn is not answered", async () => {
    const { console, model } = await openTown({
      console: true,
      config: { channels: [{ match: "console:*", overlap: "queue" }] },
    });
    model.queue({ say: "One.", delayMs: 200 }, "Three.");
    const root = await console.say("ana", "@Bellhop one");
    await model.until(() => model.requests.length === 1);
    const second = await console.say("tom", "@Bellhop two", { thread: root.id });
    const note = await console.answer({ thread: root.id });
    await console.remove("tom", second.id);
    const first = await console.answer({ thread: root.id }, [note]);
    await console.say("kim", "@Bellhop three", { thread: root.id });
    await console.answer({ thread: root.id }, [note, first]);
    expect(model.requests.map((one) => one.user)).toEqual(["ana: one", "kim: three"]);
  });

  it("after it was answered is not told to the model again, nor is what others took back", async () => {
    const { console, model } = await openTown({ console: true });
    model.queue("Noted.", "Nothing.");
    const root = await console.say("tom", "hello");
    const said = await console.say("tom", "the password is hunter2", { thread: root.id });
    const question = await console.say("ana", "@Bellhop keep the secret word swordfish", { thread: root.id });
    const first = await console.answer({ thread: root.id });
    expect(model.requests[0]?.user).toContain("hunter2");
    await console.remove("ana", question.id);
    await console.remove("tom", said.id);
    await console.say("ana", "@Bellhop what do you know?", { thread: root.id });
    await console.answer({ thread: root.id }, [first]);
    expect(JSON.stringify(model.requests[1]?.body.messages)).not.toMatch(/swordfish|hunter2/);
  });
});
