import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createAccess } from "../../../src/access/access.ts";
import type { Field, Question } from "../../../src/agent/question.ts";
import { createAskingBack } from "../../../src/bot/asking-back/asking-back.ts";
import { createConversations } from "../../../src/bot/desk/conversation.ts";
import { createPeople } from "../../../src/bot/desk/people.ts";
import { createPostman } from "../../../src/bot/desk/postman.ts";
import { type ChatAdapter, type ChatEvent, DeliveryError, type Post } from "../../../src/chat.ts";
import { Config } from "../../../src/config/schema.ts";
import { openLedger } from "../../../src/runs/ledger.ts";
import { newRun } from "../../../src/runs/run.ts";
import { openStore, type Store } from "../../../src/store/store.ts";
import { createLog } from "../../../src/watch/log.ts";
import { createFakeTime } from "../../schedules/fake-time.ts";
import { stub } from "../stub-platform.ts";

const log = createLog({ level: "silent", redact: (text) => text });
const config = Config.parse({
  models: [{ name: "offline", provider: "offline" }],
  agents: [{ name: "ops", llm_model: "offline" }],
});
const sure: Question = { kind: "form", from: "desk", message: "Sure?", fields: [{ kind: "yes-no", name: "sure" }] };
const run = newRun({
  id: "r1",
  at: 1,
  conversation: "stub:C:1",
  agent: "ops",
  events: ["stub:1"],
  asker: { id: "stub:ana", name: "ana" },
  address: { adapter: "stub", channel: "C", thread: "1" },
  language: "en",
  rule: { by: "only" },
  heard: [],
  read: 0,
  continues: false,
  announced: false,
});

let dir: string;
let store: Store;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "bellhop-asking-"));
  store = await openStore(dir);
});
afterEach(async () => {
  await store.close();
  await rm(dir, { recursive: true, force: true });
});

/** Bellhop as far as it asks, over the store of the test: what an earlier one kept is there. */
async function asking(deliver?: () => Promise<void>) {
  const world = stub(deliver ? { deliver } : {});
  const edits: { id: string; post: Post }[] = [];
  const edited = new Set<() => void>();
  const adapter: ChatAdapter = {
    ...world.adapter,
    async open() {},
    async edit({ id }, post) {
      edits.push({ id, post });
      for (const look of edited) look();
    },
  };
  const find = (name: string) => (name === "stub" ? adapter : undefined);
  const ledger = await openLedger(store);
  const time = createFakeTime(Date.parse("2026-11-21T14:22:00Z"));
  const desk = {
    config: () => config,
    adapter: find,
    store,
    ledger,
    access: createAccess(() => config),
    people: createPeople(find),
    conversations: createConversations({ ledger, kv: store.kv("conversations"), keptMs: () => 1000 }),
    postman: createPostman({ adapter: find, outbox: store.outbox, shelf: store.shelf, log, now: time.now }),
    log,
    now: time.now,
  };
  const asks = createAskingBack(desk, { time, redact: (text) => text.replaceAll("hunter2", "•••") });
  return {
    asks,
    posts: world.posts,
    edits,
    posted: () => world.until(() => world.posts.length > 0),
    async isEdited(count = 1) {
      while (edits.length < count) await new Promise<void>((resolve) => edited.add(resolve));
    },
    /** Presses a button of the newest question, as an adapter tells it. */
    async press(button: string, who = "ana", key = `press:${button}:${who}`) {
      const value = world.posts[0]?.id ?? "";
      const event: ChatEvent = {
        key,
        kind: "press",
        press: {
          id: button,
          value: button === "elicit-pick" ? `${value}.0` : value,
          address: run.address,
          message: "p1",
          person: { id: `stub:${who}`, name: who, bot: false },
          whisper: { person: `stub:${who}` },
          at: time.now(),
        },
      };
      if (!asks.concerns(event)) throw new Error("it is not about a question");
      await asks.heard(event);
    },
  };
}

const never = new AbortController().signal;

describe("asking back", () => {
  it("tells on the card of a process that was killed that it is over", async () => {
    const killed = await asking();
    void killed.asks.ask(run, sure, never);
    await killed.posted();
    // What is known of the card is on disk once it stands.
    while ((await store.kv("open-questions").get("stub")) === undefined) await new Promise(setImmediate);
    const next = await asking();
    await next.asks.open("stub");
    await next.isEdited();
    expect(next.edits[0]?.post.text).toMatch(/Sure\?\n\n\*I was restarted, so this question is over\.\*/);
    expect(next.edits[0]?.post.card).toBeUndefined();
    const third = await asking();
    await third.asks.open("stub");
    expect(third.edits).toEqual([]);
  });

  it("takes one press for one, however often it is told", async () => {
    const here = await asking();
    const reply = here.asks.ask(run, sure, never);
    await here.posted();
    await here.press("elicit-pick", "tom");
    await here.press("elicit-pick", "ana", "same");
    await here.press("elicit-pick", "ana", "same");
    expect(await reply).toEqual({ kind: "given", values: { sure: true } });
    await here.press("elicit-pick", "ana", "later");
    const whispers = here.posts.slice(1).map(({ text }) => text);
    expect(whispers).toEqual(["This question is for ana.", "This question is over."]);
  });

  it("says that it could not be shown where that is so", async () => {
    const here = await asking(async () => {
      throw new DeliveryError("archived", { final: true });
    });
    expect(await here.asks.ask(run, sure, never)).toEqual({
      kind: "unanswered",
      why: "the question could not be shown",
    });
  });

  it("asks nothing for a call that is over, and nothing that is done already", async () => {
    const here = await asking();
    const link: Question = {
      kind: "link",
      from: "desk",
      message: "",
      url: "https://a.example/",
      done: AbortSignal.abort(),
    };
    expect(await here.asks.ask(run, sure, AbortSignal.abort())).toMatchObject({ kind: "unanswered" });
    expect(await here.asks.ask(run, link, never)).toEqual({ kind: "given", values: {} });
    expect(here.posts).toEqual([]);
  });

  it("shows no secret that a server says", async () => {
    const here = await asking();
    const field: Field = {
      name: "hunter2",
      about: "Not hunter2?",
      kind: "one",
      options: [
        { value: "hunter2", text: "hunter2" },
        { value: "b", text: "other" },
      ],
    };
    const reply = here.asks.ask(run, { ...sure, message: "The key is hunter2.", fields: [field] }, never);
    await here.posted();
    expect(here.posts[0]?.text).toContain("The key is •••.");
    expect(JSON.stringify(here.posts)).not.toContain("hunter2");
    await here.press("elicit-pick");
    expect(await reply).toEqual({ kind: "given", values: { hunter2: "hunter2" } });
  });

  it("shows the address of a page so that nothing in it is drawn as anything else", async () => {
    const here = await asking();
    const url = "https://desk.example/pay?a=*b*&c=[d](https://a.example/)&e=`f`|g&h=_i_";
    void here.asks.ask(run, { kind: "link", from: "desk", message: "", url, done: never }, never);
    await here.posted();
    const shown = "https://desk.example/pay?a=%2Ab%2A&c=%5Bd%5D%28https://a.example/%29&e=%60f%60%7Cg&h=_i_";
    expect(here.posts[0]?.text).toContain(`It leads to **desk.example**: ${shown}`);
  });

  it("says no where people can't be asked", async () => {
    const here = await asking();
    const elsewhere = { ...run, address: { adapter: "api", channel: "C" } };
    expect(await here.asks.ask(elsewhere, sure, never)).toMatchObject({ kind: "declined" });
  });
});
