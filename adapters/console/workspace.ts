import { randomUUID } from "node:crypto";
import type { PersonId } from "../../src/chat.ts";
import { type Channel, type Content, isIn, type Message, type Rated, type Someone } from "./wire.ts";

/** The name the bot goes by. */
export const botName = "Bellhop";

const bot: Someone = { id: "console:bellhop", name: botName, bot: true };
const people: Someone[] = ["ana", "tom", "kim"].map((name) => ({ id: `console:${name}`, name, bot: false }));
const channels: Channel[] = [
  { id: "general", name: "general" },
  { id: "team", name: "team" },
  ...people.map(({ id, name }) => ({ id: `dm-${name}`, name: botName, with: id })),
];

/** How many removals are remembered for readers who were away. */
const removalsKept = 1_000;

/** A message with what only the workspace needs to know of it. */
export type Entry = { message: Message; key?: string };

/** Something that changed. Numbers count up; each change has its own. */
export type Change = { number: number } & (
  | { kind: "message"; message: Message }
  | { kind: "removed"; id: string; channel: string }
);

/** The small platform itself: who is there, what was said, and what changes. Kept in memory; `Keeping` writes it down. */
export class Workspace {
  readonly bot = bot;
  readonly people = people;
  readonly channels = channels;
  /** Names this life of the workspace: change numbers start afresh with each. */
  readonly life = randomUUID().slice(0, 8);
  readonly #now: () => number;
  readonly #entries = new Map<string, Entry & { number: number }>();
  readonly #byKey = new Map<string, string>();
  readonly #removed = new Map<string, Extract<Change, { kind: "removed" }>>();
  readonly #listeners = new Set<(change: Change) => void>();
  readonly #onFilesGone: (refs: string[]) => void;
  #number = 0;
  #forgotten = 0;
  #lastId = 0;

  /** `onFilesGone` is told of files that no message has any more. */
  constructor(now: () => number, onFilesGone: (refs: string[]) => void) {
    this.#now = now;
    this.#onFilesGone = onFilesGone;
  }

  /** The number of the latest change. */
  get number(): number {
    return this.#number;
  }

  someone(id: PersonId): Someone | undefined {
    return id === bot.id ? bot : people.find((person) => person.id === id);
  }

  channel(id: string): Channel | undefined {
    return channels.find((channel) => channel.id === id);
  }

  entry(id: string): Entry | undefined {
    return this.#entries.get(id);
  }

  /** The message that carries this key. */
  withKey(key: string): Message | undefined {
    return this.#entries.get(this.#byKey.get(key) ?? "")?.message;
  }

  /** Every message, oldest first. */
  *messages(): Generator<Message> {
    for (const { message } of this.#entries.values()) yield message;
  }

  /** What stands in a channel itself, or in a thread with the message it grew from; oldest first. */
  standing(channel: string, thread: string | undefined): Message[] {
    return [...this.messages()].filter(
      (message) =>
        message.channel === channel &&
        (message.thread === thread || (message.id === thread && message.thread === undefined)),
    );
  }

  /** Is this a place where something can be said? */
  isPlace(channel: string, thread: string | undefined): boolean {
    if (!this.channel(channel)) return false;
    if (thread === undefined) return true;
    const root = this.#entries.get(thread)?.message;
    // A thread whose first message was deleted lives on as long as something stands in it.
    return root ? root.channel === channel && !root.thread : this.standing(channel, thread).length > 0;
  }

  /** May this person see what stands in this channel? Nobody unknown may. */
  canRead(person: PersonId, channelId: string): boolean {
    const channel = this.channel(channelId);
    return channel !== undefined && this.someone(person) !== undefined && (person === bot.id || isIn(person, channel));
  }

  add(message: Omit<Message, "id" | "at">, key?: string): Message {
    const at = this.#now();
    // Thousandths of a millisecond make room for messages of one moment; never smaller than the one before, whatever the clock does.
    this.#lastId = Math.max(at * 1_000, this.#lastId + 1);
    const added: Message = { ...message, id: String(this.#lastId), at };
    this.#put({ message: added, ...(key && { key }) });
    return added;
  }

  /** Lets a message say something else. A person's change is marked as edited, the bot's is not. */
  change(id: string, content: Content, edited: boolean): Message | undefined {
    const entry = this.#entries.get(id);
    if (!entry) return undefined;
    const { channel, thread, author, at, only, pinned, quotes, rated, reactions } = entry.message;
    const message: Message = {
      ...content,
      ...{ id, channel, author, at },
      ...(thread && { thread }),
      ...(only && { only }),
      ...(pinned && { pinned }),
      ...(quotes && { quotes }),
      ...(rated && { rated }),
      ...(reactions && { reactions }),
      ...(edited && { edited }),
    };
    this.#put({ ...entry, message });
    this.#dropFiles(entry.message, message);
    return message;
  }

  /** Keeps a message where everybody finds it; says whether it is there. */
  pin(id: string): boolean {
    const entry = this.#entries.get(id);
    if (entry && !entry.message.pinned) this.#put({ ...entry, message: { ...entry.message, pinned: true } });
    return entry !== undefined;
  }

  /** Puts an emoji on a message, once for each person; says whether the message is there. */
  react(id: string, person: PersonId, emoji: string): boolean {
    const entry = this.#entries.get(id);
    const { reactions = {} } = entry?.message ?? {};
    const by = reactions[emoji] ?? [];
    if (entry && !by.includes(person))
      this.#put({ ...entry, message: { ...entry.message, reactions: { ...reactions, [emoji]: [...by, person] } } });
    return entry !== undefined;
  }

  /** Notes how somebody rated a message; what they said of it before no longer counts. */
  rate(id: string, person: PersonId, rated: Rated): void {
    const entry = this.#entries.get(id);
    if (!entry) return;
    this.#put({ ...entry, message: { ...entry.message, rated: { ...entry.message.rated, [person]: rated } } });
  }

  /** Takes a message away; with `keepFiles` its files stay, to be sent again. */
  remove(id: string, { keepFiles = false } = {}): void {
    const entry = this.#entries.get(id);
    if (!entry) return;
    this.#entries.delete(id);
    if (entry.key) this.#byKey.delete(entry.key);
    if (!keepFiles) this.#dropFiles(entry.message);
    const change = { kind: "removed", id, channel: entry.message.channel, number: ++this.#number } as const;
    this.#removed.set(id, change);
    for (const [oldest, { number }] of this.#removed) {
      if (this.#removed.size <= removalsKept) break;
      this.#removed.delete(oldest);
      this.#forgotten = number;
    }
    this.#tell(change);
  }

  /** Takes back what was kept by an earlier life. */
  restore(entries: Entry[]): void {
    for (const entry of entries) {
      this.#lastId = Math.max(this.#lastId, Number(entry.message.id));
      this.#put(entry);
    }
  }

  /** What changed after a change of this life, each thing once, as it is now; undefined when that is no longer known. */
  changesSince(number: number): Change[] | undefined {
    if (number < this.#forgotten || number > this.#number) return undefined;
    const changes: Change[] = [...this.#removed.values()];
    for (const { message, number } of this.#entries.values()) changes.push({ kind: "message", message, number });
    return changes.filter((change) => change.number > number).sort((a, b) => a.number - b.number);
  }

  /** Hears of every change from now on, until the returned function is called. */
  listen(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #put({ message, key }: Entry): void {
    const number = ++this.#number;
    this.#entries.set(message.id, { message, ...(key && { key }), number });
    if (key) this.#byKey.set(key, message.id);
    this.#tell({ kind: "message", message, number });
  }

  #dropFiles(before: Message, after?: Message): void {
    const left = after?.files?.map(({ ref }) => ref) ?? [];
    const gone = before.files?.map(({ ref }) => ref).filter((ref) => !left.includes(ref)) ?? [];
    if (gone.length > 0) this.#onFilesGone(gone);
  }

  #tell(change: Change): void {
    for (const listener of this.#listeners) listener(change);
  }
}
