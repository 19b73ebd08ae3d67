import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type App, createApp } from "../../src/app.ts";
import type { ChatEvent } from "../../src/chat.ts";
import { Config } from "../../src/config/schema.ts";
import { createLog } from "../../src/watch/log.ts";
import { createModel, type ModelWorld } from "../world/model/model.ts";
import { said, stub } from "./stub-platform.ts";

const jobs = fileURLToPath(new URL("../../dist/jobs", import.meta.url));
const log = createLog({ level: "silent", redact: (text) => text });

let dir: string;
let model: ModelWorld;
let app: App | undefined;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "bellhop-told-again-"));
  model = await createModel();
});
afterEach(async () => {
  await app?.stop(1000);
  await model.stop();
  await rm(dir, { recursive: true, force: true });
});

async function start(world: ReturnType<typeof stub>): Promise<void> {
  await app?.stop(1000);
  const config = Config.parse({
    models: [{ name: "main", provider: "custom", base_url: model.baseUrl, model: model.model, api_key: model.key }],
    agents: [{ name: "ops", llm_model: "main" }],
  });
  app = createApp(config, {
    adapters: () => [world.adapter],
    dataDir: dir,
    jobs,
    log,
    redact: (text) => text,
    workers: 1,
  });
  await app.start();
}

const inThread = (id: number, text: string, by: string) => said(id, text, { thread: "1", mention: false, by });

describe("what was said in a thread, told again as after a reconnection,", () => {
  for (const restarted of [false, true]) {
    it(`does not count as people talking past the bot${restarted ? ", also after a restart" : ""}`, async () => {
      const talk: ChatEvent[] = [said(1, "one"), inThread(2, "two", "ana"), said(3, "status", { thread: "1" })];
      let world = stub();
      await start(world);
      for (const [n, event] of talk.entries()) {
        await world.hear(event);
        await world.until(() => world.posts.length === n + 1);
      }
      if (restarted) {
        world = stub();
        await start(world);
      }
      for (const event of talk) await world.hear(event);
      const before = world.posts.length;
      await world.hear(inThread(4, "four", "kim"));
      await world.until(() => world.posts.length === before + 1);
      expect(model.requests.map(({ user }) => user)).toEqual(["ana: one", "ana: two", "kim: four"]);
    });
  }
});

describe("a question taken back while its asker is looked up", () => {
  it("is not put to the model", async () => {
    let known = () => {};
    const looked = new Promise<void>((resolve) => {
      known = resolve;
    });
    const world = stub({ lookUp: () => looked });
    await start(world);
    await world.hear(said(1, "never mind"));
    const { message } = said(1, "never mind") as ChatEvent & { kind: "message" };
    await world.hear({
      key: "stub:1:deleted",
      kind: "deleted",
      address: message.address,
      message: "1",
      at: Date.now(),
    });
    known();
    await world.until(() => world.posts.length === 1);
    expect(world.posts[0]?.text).toBe("*Stopped.*");
    expect(model.requests).toEqual([]);
  });
});
