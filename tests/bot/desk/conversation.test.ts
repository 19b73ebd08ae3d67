import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type Conversation, createConversations } from "../../../src/bot/desk/conversation.ts";
import { openLedger } from "../../../src/runs/ledger.ts";
import { openStore, type Store } from "../../../src/store/store.ts";

let dir: string;
let store: Store;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "bellhop-conversation-"));
  store = await openStore(dir);
});
afterEach(async () => {
  await store.close();
  await rm(dir, { recursive: true });
});

/** When what is kept of a conversation expires, after this became true of it. */
async function expiry(is: Partial<Conversation>): Promise<number | null | undefined> {
  const ledger = await openLedger(store);
  const conversations = createConversations({ ledger, kv: store.kv("conversations"), keptMs: () => 60_000 });
  const conversation = await conversations.at({ adapter: "paper", channel: "C1", thread: "1" });
  await conversations.keep(Object.assign(conversation, is));
  const [row] = await store.query<{ expires: number | null }>(
    "SELECT json_extract(value, '$.expires') AS expires FROM keyv",
  );
  return row?.expires;
}

it("what is kept of a conversation is kept as long as its runs", async () => {
  expect(await expiry({ silence: "talkedPast", leftAlone: true })).toBeGreaterThan(Date.now());
});

it("that a conversation is muted is kept until it is told otherwise", async () => {
  expect(await expiry({ silence: "muted", muted: true })).toBeNull();
});
