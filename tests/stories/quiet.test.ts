import { afterEach, describe, expect, it } from "vitest";
import { leaveTowns, openTown } from "./town.ts";

afterEach(leaveTowns);

describe("`mute`", () => {
  it("in a thread has only mentions answered there, also after a restart, until `unmute`", async () => {
    const town = await openTown({ console: true });
    const { console, model } = town;
    model.answer("Hello.");
    const root = await console.say("ana", "@Bellhop hi there");
    const seen = [await console.answer({ thread: root.id })];
    const next = async () => {
      seen.push(await console.answer({ thread: root.id }, seen));
      return seen.at(-1)?.text;
    };
    await console.say("ana", "mute", { thread: root.id });
    expect(await next()).toMatch(/^I'll keep quiet here unless I'm mentioned/);
    await town.restart();
    await console.say("ana", "is anybody there?", { thread: root.id });
    await console.say("ana", "@Bellhop why", { thread: root.id });
    expect(await next()).toMatch(/I kept quiet on the last message: I am muted here/);
    await console.say("ana", "@Bellhop unmute", { thread: root.id });
    expect(await next()).toBe("I'm back.");
    await console.say("ana", "and now?", { thread: root.id });
    expect(await next()).toBe("Hello.");
    expect(model.requests).toHaveLength(2);
  });

  it("in a channel holds for its threads", async () => {
    const { console, model } = await openTown({ console: true });
    model.answer("Hello.");
    const root = await console.say("ana", "@Bellhop hi there");
    const first = await console.answer({ thread: root.id });
    await console.say("kim", "/bellhop mute");
    const told = await console.answer({});
    expect(told.only).toBe("console:kim");
    await console.say("ana", "still there?", { thread: root.id });
    await console.say("ana", "@Bellhop still there?", { thread: root.id });
    await console.answer({ thread: root.id }, [first]);
    expect(model.requests.map((one) => one.user)).toHaveLength(2);
    expect(model.requests[1]?.user).toMatch(/still there\?$/);
  });
});

describe("`why`", () => {
  it("tells the reason of a silence after a restart, from the record", async () => {
    const town = await openTown({ console: true });
    const { console, model } = town;
    model.answer("Hello.");
    const root = await console.say("ana", "@Bellhop hi there");
    const first = await console.answer({ thread: root.id });
    model.answer({ say: "Lunch.", delayMs: 100 });
    await console.say("ana", "lunch?", { thread: root.id });
    const second = await console.answer({ thread: root.id }, [first]);
    await console.say("tom", "pizza, ana?", { thread: root.id });
    await console.say("ana", "yes, tom", { thread: root.id });
    await console.say("tom", "great, ana", { thread: root.id });
    const seen = [
      first,
      second,
      ...(await console.messages({ thread: root.id })).filter((one) => one.author === "console:bellhop"),
    ];
    await town.restart();
    await console.say("kim", "@Bellhop why", { thread: root.id });
    const why = await console.answer({ thread: root.id }, seen);
    expect(why.text).toMatch(/two people were talking to each other/);
  });

  it("in a channel says that nobody mentioned the bot", async () => {
    const { console } = await openTown({ console: true });
    await console.say("ana", "lunch, anybody?");
    await console.say("ana", "/bellhop why");
    expect((await console.answer({})).text).toMatch(/it did not mention me/);
  });
});

describe("`new` and `forget`", () => {
  it("`new` goes on without what was said, and the record stays", async () => {
    const { console, model } = await openTown({ console: true });
    model.answer("Noted.");
    const root = await console.say("ana", "@Bellhop scribe: my colour is red");
    const seen = [await console.answer({ thread: root.id })];
    await console.say("ana", "@Bellhop new", { thread: root.id });
    seen.push(await console.answer({ thread: root.id }, seen));
    expect(seen[1]?.text).toMatch(/^A fresh start/);
    await console.say("ana", "@Bellhop which colour?", { thread: root.id });
    await console.answer({ thread: root.id }, seen);
    const asked = model.requests[1]?.body.messages ?? [];
    expect(JSON.stringify(asked)).not.toContain("red");
    expect(JSON.stringify(asked[0])).toContain("You are ops.");
  });

  it("`forget` deletes what was kept, for those who asked there and for admins only", async () => {
    const { console, model } = await openTown({ console: true });
    model.answer("Noted, swordfish.");
    const root = await console.say("ana", "@Bellhop the word is swordfish");
    const seen = [await console.answer({ thread: root.id })];
    await console.say("tom", "@Bellhop forget", { thread: root.id });
    seen.push(await console.answer({ thread: root.id }, seen));
    expect(seen[1]?.text).toMatch(/^Only those who asked me here/);
    await console.say("ana", "@Bellhop forget", { thread: root.id });
    seen.push(await console.answer({ thread: root.id }, seen));
    expect(seen[2]?.text).toMatch(/^Forgotten: 1 answer/);
    await console.say("ana", "@Bellhop why", { thread: root.id });
    expect((await console.answer({ thread: root.id }, seen)).text).toBe("I have nothing on record for this place yet.");
    await console.say("ana", "/bellhop usage");
    expect((await console.answer({})).text).toBe("Nothing was used here in 30 days.");
  });
});

describe("`usage`", () => {
  it("tells what was used in the channel, by agent and by person", async () => {
    const { console, model } = await openTown({ console: true });
    model.answer("Yes.");
    const root = await console.say("ana", "@Bellhop are you there?");
    await console.answer({ thread: root.id });
    await console.say("tom", "/bellhop usage");
    const { text } = await console.answer({});
    expect(text).toMatch(/^Last 24 hours here: 1 answer, [\d,]+ tokens\.\nLast 30 days here: 1 answer/);
    expect(text).toMatch(/\*\*ops\*\*: 1 answer.*\n• ana: 1 answer/);
  });
});
