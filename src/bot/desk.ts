import type { Access } from "../access/access.ts";
import { channelAt } from "../access/places.ts";
import type { Address, ChatAdapter, ChatMessage, Post } from "../chat.ts";
import type { Config } from "../config/schema.ts";
import type { Ledger } from "../runs/ledger.ts";
import { runIdFor } from "../runs/run.ts";
import type { Store } from "../store/store.ts";
import type { Logger } from "../watch/log.ts";
import { type Words, wordsOf } from "../words/words.ts";
import type { Conversations } from "./conversation.ts";
import type { People } from "./people.ts";
import type { Postman } from "./postman.ts";

/** What everybody in this room works with. */
export type Desk = {
  config(): Config;
  adapter(name: string): ChatAdapter | undefined;
  store: Store;
  ledger: Ledger;
  access: Access;
  people: People;
  conversations: Conversations;
  postman: Postman;
  log: Logger;
  now(): number;
};

/** The bot's words at a place, in the language spoken there. */
export function wordsAt(desk: Pick<Desk, "config">, at: Address): Words {
  const config = desk.config();
  return wordsOf(channelAt(config, at)?.language ?? config.workspace.language);
}

/** The time zone of a place. */
export function zoneAt(desk: Pick<Desk, "config">, at: Address): string {
  const config = desk.config();
  return channelAt(config, at)?.timezone ?? config.workspace.timezone;
}

/** The bot's own word on an event, without an agent; the event is settled once the word is sure to be said. */
export async function reply(desk: Desk, event: string, at: Address, post: Post, answers?: ChatMessage): Promise<void> {
  const key = { id: runIdFor(event), since: answers?.at ?? desk.now(), ...(answers ? { answers: answers.id } : {}) };
  await desk.postman.send({ address: post.only?.at ?? at, post, key }).kept;
  desk.store.journal.settle([event]);
}
