import { readdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { openStore } from "../../src/store/store.ts";
import { createFakeTime } from "../schedules/fake-time.ts";
import { png, pngUrl } from "../world/model/png.ts";
import { openAnywhere, platforms, type Talk } from "./anywhere.ts";
import { fileOf, giver } from "./given-files.ts";
import { leaveTowns, openTown } from "./town.ts";

afterEach(leaveTowns);

const picture = png(40, 30);
const mb = 1024 * 1024;
/** What is no text is not looked through for secrets. */
const plainBytes = "application/octet-stream";
const { resolve } = createRequire(import.meta.url);

/** The picture that the server everybody tries first gives, as it stands in its package. */
const everythings: { MCP_TINY_IMAGE: string } = await import(
  resolve("@modelcontextprotocol/server-everything/dist/tools/get-tiny-image.js")
);

/** What lies on the shelf. */
const lying = (dataDir: string) => readdir(join(dataDir, "files"));

async function names(talk: Talk, count: number): Promise<string[]> {
  return (await talk.attached(count)).map(({ name }) => name).sort();
}

describe.each(platforms)("what a server gives besides words, on %s", (platform) => {
  it("stands under the answer byte for byte, and a model that sees is shown the picture", async () => {
    const server = resolve("@modelcontextprotocol/server-everything/dist/index.js");
    const here = await openAnywhere(platform, {
      model: { models: ["gpt-4o"] },
      config: {
        mcp_servers: [{ name: "all", command: process.execPath, args: [server, "stdio"], pin: "off" }],
        agents: [{ name: "ops", llm_model: "main", system_prompt: "You are ops.", mcp_servers: ["all"] }],
      },
    });
    const { model } = here.town;
    const reference = (resourceType: string) => ({
      call: "all__get-resource-reference",
      arguments: { resourceType, resourceId: 7 },
    });
    model.queue([{ call: "all__get-tiny-image", arguments: {} }, reference("Text"), reference("Blob")], "There it is.");
    const talk = await here.open("ana", "@Bellhop draw");
    await talk.answer("There it is.");
    const attached = await talk.attached(3);
    expect(attached.map(({ name }) => name)).toEqual(["image.png", "7.txt", "7-2.txt"]);
    const logo = Buffer.from(everythings.MCP_TINY_IMAGE, "base64");
    expect(Buffer.compare(attached[0]?.bytes ?? Buffer.alloc(0), logo)).toBe(0);
    expect(String(attached[2]?.bytes)).toMatch(/^Resource 7: This is a base64 blob/);

    const messages = model.requests[1]?.body.messages ?? [];
    expect(messages.map(({ role }) => role)).toEqual(["system", "user", "assistant", "tool", "tool", "tool", "user"]);
    expect(messages[3]?.content).toContain(`image.png, image/png, ${Math.ceil(logo.length / 1024)} KB: people see it`);
    expect(messages[4]?.content).toContain("Resource 7: This is a plaintext resource");
    expect(JSON.stringify(messages[6]?.content)).toContain(`data:image/png;base64,${everythings.MCP_TINY_IMAGE}`);
  });

  it("is at most ten files and 20 MB, and the others are named to people and to the model", async () => {
    const { toolbox, agents, give } = giver();
    const here = await openAnywhere(platform, { parts: { toolboxes: [toolbox] }, config: { agents } });
    const many = Array.from({ length: 11 }, (_, n) => fileOf(`n${n}.txt`, `${n}`));
    here.town.model.queue([give(...many)], "All of them.");
    const talk = await here.open("ana", "@Bellhop many");
    const more = "Not attached, since it is more than one answer may bring";
    expect((await talk.answer("All of them.")).text).toContain(`${more}: n10.txt.`);
    expect(await talk.attached(10)).toHaveLength(10);
    expect(here.town.model.requests.at(-1)?.body.messages.at(-1)?.content).toMatch(
      /n10\.txt, text\/plain, 2 bytes: people don't see it: at most 10 files and 20 MB go with one answer\./,
    );

    const large = ["a", "b", "c"].map((name, n) => fileOf(`${name}.bin`, Buffer.alloc((9 - n) * mb, name), plainBytes));
    here.town.model.queue([give(...large)], "Too much.");
    const second = await here.open("ana", "@Bellhop large");
    expect((await second.answer("Too much.")).text).toContain(`${more}: c.bin.`);
    expect((await second.attached(2)).map(({ name, bytes }) => [name, bytes.length])).toEqual([
      ["a.bin", 9 * mb],
      ["b.bin", 8 * mb],
    ]);
  });
});

describe.each(["Slack", "the console"] as const)("a file of an answer on %s, whose process was killed", (platform) => {
  it("is posted once, and by the next process where this one came no further than its promise", async () => {
    const { toolbox, agents, give } = giver();
    const here = await openAnywhere(platform, { parts: { toolboxes: [toolbox] }, config: { agents } });
    const { town } = here;
    town.model.queue([give(fileOf("plan.png", picture, "image/png"))], "There it is.");
    const talk = await here.open("ana", "@Bellhop draw");
    await talk.answer("There it is.");
    await town.close();
    // It was posted, and that was not written down; another letter was written down, and not posted.
    const store = await openStore(town.dataDir);
    const [sent] = await store.query<{ id: string }>("SELECT id FROM outbox");
    const found = await store.outbox.find(sent?.id ?? "");
    const address = found?.posted?.address ?? expect.fail("nothing was posted");
    await store.query("UPDATE outbox SET state = 'pending', posted = NULL");
    const files = [
      { name: "late.png", type: "image/png", size: picture.length, ref: await store.shelf.put("left", picture) },
      { name: "lost.png", type: "image/png", size: 1, ref: `left.${"0".repeat(64)}` },
    ];
    await store.outbox.put({ address, post: { text: "Left over." }, key: { id: "left", since: Date.now() }, files });
    await store.close();
    await town.restart();
    expect((await talk.answer("Left over.")).text).toContain("I could not attach this: lost.png.");
    await town.restart();
    const attached = (await talk.attached(2)).sort((a, b) => a.name.localeCompare(b.name));
    expect(attached.map(({ name, bytes }) => [name, Buffer.compare(bytes, picture)])).toEqual([
      ["late.png", 0],
      ["plan.png", 0],
    ]);
    expect((await talk.ours()).filter(({ text }) => text.includes("There it is."))).toHaveLength(1);
  });
});

describe("a file larger than Discord takes", () => {
  it("is named there, and the answer stands", async () => {
    const { toolbox, agents, give } = giver();
    const here = await openAnywhere("Discord", { parts: { toolboxes: [toolbox] }, config: { agents } });
    here.town.model.queue([give(fileOf("big.bin", Buffer.alloc(11 * mb), plainBytes), fileOf("s.txt", "s"))], "Both.");
    const talk = await here.open("ana", "@Bellhop draw");
    expect((await talk.answer("Both.")).text).toContain("more than one answer may bring: big.bin.");
    expect(await names(talk, 1)).toEqual(["s.txt"]);
  });
});

describe("files of a run", () => {
  const opened = async (model: Parameters<typeof openTown>[0]["model"] = {}) => {
    const { toolbox, agents, give } = giver();
    const town = await openTown({ console: true, model, parts: { toolboxes: [toolbox] }, config: { agents } });
    return { town, ...town, give };
  };

  it("that fails with nothing said are not posted; with half an answer they are", async () => {
    const { console, model, give } = await opened();
    const broken = { fault: { status: 400, message: "no" } };
    model.queue([give(fileOf("a.txt", "a"))], broken, ["Half of it.", give(fileOf("b.txt", "b"))], broken);
    const one = await console.answer({ thread: (await console.say("ana", "@Bellhop one")).id });
    expect([one.files, one.card?.buttons?.length]).toEqual([undefined, 1]);
    const two = await console.answer({ thread: (await console.say("ana", "@Bellhop two")).id });
    expect(two.text).toContain("Half of it.");
    expect(two.files?.map(({ name }) => name)).toEqual(["b.txt"]);
  });

  it("that failed are not posted again with what Retry brings", async () => {
    const { console, model, give } = await opened();
    const broken = { fault: { status: 400, message: "no" } };
    const tooMany = Array.from({ length: 11 }, (_, n) => fileOf(`n${n}.txt`, `${n}`));
    model.queue(["Half of it.", give(...tooMany)], broken, [give(fileOf("b.txt", "b"))], "Done.");
    const { id: thread } = await console.say("ana", "@Bellhop draw");
    const failed = await console.answer({ thread });
    const [retry] = failed.card?.buttons ?? [];
    await console.press("ana", failed.id, retry?.id ?? "", retry?.value);
    const answer = await console.answer({ thread }, [failed]);
    expect([answer.text, answer.files?.map(({ name }) => name)]).toEqual(["Done.", ["b.txt"]]);
    expect(model.requests.at(-1)?.body.messages.at(-1)?.content).toContain("people see it under your answer.");
  });

  it("are posted once each, however often their tool gives them", async () => {
    const { console, model, give } = await opened();
    model.queue([give(fileOf("a.txt", "a"))], [give(fileOf("a.txt", "a"), fileOf("a.txt", "other"))], "Done.");
    const answer = await console.answer({ thread: (await console.say("ana", "@Bellhop do it")).id });
    expect(answer.files?.map(({ name }) => name)).toEqual(["a.txt", "a-2.txt"]);
    const told = model.requests.at(-1)?.body.messages.at(-1)?.content;
    expect(told).toContain("people see it under your answer already.");
    expect(told).toContain("people see it under your answer, as a-2.txt.");
  });

  it("are told to a model that takes no images in words alone", async () => {
    const { console, model, give } = await opened({ dialect: "deepseek" });
    model.queue([give(fileOf("a.png", picture, "image/png"))], "Done.");
    await console.answer({ thread: (await console.say("ana", "@Bellhop do it")).id });
    const messages = model.requests.at(-1)?.body.messages ?? [];
    expect(messages.at(-1)?.role).toBe("tool");
    expect(messages.at(-1)?.content).toContain("people see it under your answer. You can't see it yourself.");
    expect(JSON.stringify(messages)).not.toContain("base64");
  });

  it("that are meant for the model alone are seen by it alone", async () => {
    const { console, model, give } = await opened({ models: ["gpt-4o"] });
    model.queue([give({ ...fileOf("a.png", png(2, 2), "image/png"), aside: true })], "Done.");
    const answer = await console.answer({ thread: (await console.say("ana", "@Bellhop do it")).id });
    expect(answer.files).toBeUndefined();
    expect(JSON.stringify(model.requests.at(-1)?.body.messages.at(-1))).toContain(pngUrl(2, 2));
  });

  it("are gone from the disk with what is forgotten", async () => {
    const { town, console, model, give } = await opened();
    model.queue([give(fileOf("a.txt", "secret"))], "Done.");
    const { id: thread } = await console.say("ana", "@Bellhop do it");
    const answer = await console.answer({ thread });
    const shelf = (await lying(town.dataDir)).length;
    await console.say("ana", "@Bellhop forget", { thread });
    await console.answer({ thread }, [answer]);
    expect([shelf, (await lying(town.dataDir)).length]).toEqual([1, 0]);
  });

  it("of a schedule go with its post to every place", async () => {
    const { toolbox, agents, give } = giver();
    const time = createFakeTime(Date.parse("2026-11-23T08:59:50Z"));
    const schedule = { name: "report", when: "every day 9:00", timezone: "UTC", agent: "ops", prompt: "Draw." };
    const { console, model } = await openTown({
      console: true,
      parts: { toolboxes: [toolbox], time },
      config: { agents, schedules: [{ ...schedule, to: ["console:general", "console:team"] }] },
    });
    model.queue([give(fileOf("chart.png", picture, "image/png"))], "As every day.");
    await time.pass(15_000);
    for (const channel of ["general", "team"]) {
      const post = await console.answer({ channel });
      const [file] = post.files ?? [];
      expect(file?.name).toBe("chart.png");
      expect(Buffer.compare(await console.fetch("ana", file?.ref ?? ""), picture)).toBe(0);
    }
  });
});
