import { readFileSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { type Address, type ChatAdapter, type Inbox, PlatformRefusal } from "../../src/chat.ts";
import { recordingInbox } from "./contract/recording-inbox.ts";
import { adapterContract, type PlatformUnderTest } from "./contract.ts";
import { createPorchAdapter } from "./example.ts";
import { type Note, openPorch, type Porch, porchClient } from "./example-porch.ts";

const general: Address = { adapter: "porch", channel: "general" };
const token = "let-me-in";

/** A fresh Porch with the adapter connected to it. */
async function porchPlatform(inbox: Inbox): Promise<PlatformUnderTest> {
  const porch = await openPorch(token);
  const connect = async (): Promise<ChatAdapter> => {
    const adapter = createPorchAdapter(porchClient({ url: porch.url, token }));
    await adapter.start(inbox, new AbortController().signal);
    return adapter;
  };
  let adapter = await connect();
  const seen = ({ id, text, by }: Note) => ({ id: `${id}`, text, ours: by.bot, buttons: [] });

  return {
    get adapter() {
      return adapter;
    },
    channel: general,
    closed: { adapter: "porch", channel: "@ana" },
    ana: "porch:ana",
    tom: "porch:tom",
    async say(text, { as = "porch:ana", mention, direct } = {}) {
      const who = as.replace("porch:", "");
      return `${porch.say(who, direct ? `@${who}` : "general", mention ? `@bellhop ${text}` : text).id}`;
    },
    edit: async (message, text) => void porch.rewrite(Number(message), text),
    remove: async (message) => porch.remove(Number(message)),
    visible: async ({ channel }) => porch.notes.filter((note) => note.room === channel).map(seen),
    until: (is) => untilPorch(porch, is),
    pings: { written: "@ana @tom @all", heard: () => porch.called },
    async restart(meanwhile) {
      await adapter.stop();
      await meanwhile?.();
      adapter = await connect();
    },
    async stop() {
      await adapter.stop();
      await porch.stop();
    },
    async acknowledged(text) {
      porch.say("ana", "general", text);
      const { length } = porch.updates;
      await untilPorch(porch, async () => porch.taken() >= length);
    },
    repeat: async (message) => porch.repeat(Number(message)),
    loseNextResponse: () => porch.loseNextResponse(),
    editToMention: async (message, text) => void porch.rewrite(Number(message), `@bellhop ${text}`),
    called: async (person) => porch.called.includes(person.replace("porch:", "")),
    // Files stand in the text, after their names.
    readPosted: async ({ channel }, name) =>
      porch.notes.find((note) => note.room === channel && note.text.includes(`${name}: `))?.text.split(`${name}: `)[1],
  };
}

adapterContract("the example adapter", porchPlatform);

describe("the example adapter", () => {
  const closing: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
  });

  it("is refused with a word when the token is wrong", async () => {
    const porch = await openPorch(token);
    closing.push(() => porch.stop());
    const adapter = createPorchAdapter(porchClient({ url: porch.url, token: "wrong" }));
    await expect(adapter.start(recordingInbox(), new AbortController().signal)).rejects.toThrow(PlatformRefusal);
    expect(adapter.state().state).toBe("refused");
  });

  it("hears again what could not be journalled", async () => {
    const inbox = recordingInbox();
    const platform = await porchPlatform(inbox);
    closing.push(() => platform.stop());
    inbox.refuseNext();
    await platform.say("keep this", { mention: true });
    expect(await inbox.message("keep this")).toMatchObject({ mention: true });
  });

  it("tells one person alone in their direct room", async () => {
    const platform = await porchPlatform(recordingInbox());
    closing.push(() => platform.stop());
    const key = { id: "r1", since: Date.now() };
    await platform.adapter.post(general, { text: "between us", only: { person: "porch:ana" } }, key);
    expect(await platform.visible(general)).toEqual([]);
    expect((await platform.visible(platform.closed)).map(({ text }) => text)).toEqual(["between us"]);
  });

  it("takes at most a hundred lines, and stands in the guide as it is", () => {
    const example = readFileSync(new URL("example.ts", import.meta.url), "utf8");
    const guide = readFileSync(new URL("../../docs/adapters.md", import.meta.url), "utf8");
    expect(example.trimEnd().split("\n").length).toBeLessThanOrEqual(100);
    expect(guide).toContain(`\`\`\`ts\n${example}\`\`\``);
  });
});

/** Resolves when it holds after some change on Porch. */
async function untilPorch(porch: Porch, is: () => Promise<boolean>): Promise<void> {
  const deadline = AbortSignal.timeout(5_000);
  while (!(await is())) {
    await new Promise<void>((resolve, reject) => {
      porch.changes.once("change", resolve);
      deadline.addEventListener("abort", () =>
        reject(new Error(`it did not come to be: ${JSON.stringify(porch.notes)}`)),
      );
    });
  }
}
