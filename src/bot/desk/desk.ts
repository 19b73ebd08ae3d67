import type { Access } from "../../access/access.ts";
import { channelAt } from "../../access/places.ts";
import type { Address, ChatAdapter, ChatMessage, Language, PersonId, Post } from "../../chat.ts";
import type { Config } from "../../config/schema.ts";
import type { Ledger } from "../../runs/ledger.ts";
import { runIdFor } from "../../runs/run.ts";
import type { Store } from "../../store/store.ts";
import type { Logger } from "../../watch/log.ts";
import { type Words, wordsOf } from "../../words/words.ts";
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

/** The language spoken at a place: the channel's, else the workspace's. */
export function languageAt(desk: Pick<Desk, "config">, at: Address): Language {
  const config = desk.config();
  return channelAt(config, at)?.language ?? config.workspace.language;
}

/** The language to speak with somebody: their own, where the platform tells it, else that of the place. */
export async function languageFor(
  desk: Pick<Desk, "config" | "people">,
  who: PersonId,
  at: Address,
): Promise<Language> {
  return (await desk.people.language(who)) ?? languageAt(desk, at);
}

/** The bot's words for somebody at a place. */
export async function wordsFor(desk: Pick<Desk, "config" | "people">, who: PersonId, at: Address): Promise<Words> {
  return wordsOf(await languageFor(desk, who, at));
}

/** The bot's words at a place, where nobody in particular is spoken to. */
export function wordsAt(desk: Pick<Desk, "config">, at: Address): Words {
  return wordsOf(languageAt(desk, at));
}

/** The time zone of a place. */
export function zoneAt(desk: Pick<Desk, "config">, at: Address): string {
  const config = desk.config();
  return channelAt(config, at)?.timezone ?? config.workspace.timezone;
}

/**
 * The bot's own word on an event, without an agent; the event is settled once the word is sure to be said. Whoever can't be
 * reached in private is told that much where they asked.
 */
export async function reply(desk: Desk, event: string, at: Address, post: Post, answers?: ChatMessage): Promise<void> {
  const key = { id: runIdFor(event), since: answers?.at ?? desk.now(), ...(answers ? { answers: answers.id } : {}) };
  const { kept, posted } = desk.postman.send({ address: post.only?.at ?? at, post, key });
  await kept;
  desk.store.journal.settle([event]);
  const { only } = post;
  if (!only || only.at) return;
  posted
    .then((there) => (there ? undefined : sayUnreachable(desk, only.person, at, key.id)))
    .catch((error: unknown) =>
      desk.log.error({ err: error, event }, "that somebody can't be reached could not be told"),
    );
}

/** Whether a letter can't be delivered: not only not yet. */
export async function isUndeliverable({ store }: Pick<Desk, "store">, letter: string): Promise<boolean> {
  return (await store.outbox.find(letter))?.why !== undefined;
}

async function sayUnreachable(desk: Desk, person: PersonId, address: Address, letter: string): Promise<void> {
  if (!(await isUndeliverable(desk, letter))) return;
  const [name, language] = [await desk.people.nameById(person), await languageFor(desk, person, address)];
  const text = wordsOf(language).cantWhisper(name);
  const post: Post = { text, people: [{ id: person, name }], rings: true, language };
  await desk.postman.send({ address, post, key: { id: `${letter}.aloud`, since: desk.now() } }).kept;
}
