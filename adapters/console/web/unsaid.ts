import { type Signal, signal } from "@preact/signals";
import type { ChatFile, PersonId } from "../../../src/chat.ts";
import { send, upload } from "./request.ts";
import { words } from "./words.ts";

/** A file on its way: uploaded once it has `file`, not to be had when it has a `problem`. */
export type Attached = {
  key: string;
  name: string;
  size: number;
  part: number;
  file?: ChatFile;
  problem?: string;
  giveUp: () => void;
};

/** Something to be said: words, files, and what it passes on. */
export type Saying = { text: string; files: ChatFile[]; quotes?: string };

/** What could not be sent, kept until it is or until the writer gives it up. */
export type Unsent = Saying & { key: string; problem: string };

/** What one person has not yet said at one place: what is begun, and what would not go. */
export type Unsaid = {
  as: PersonId;
  begun: Signal<string>;
  attached: Signal<Attached[]>;
  quotes: Signal<string | undefined>;
  unsent: Signal<Unsent[]>;
};

/** The message that was said last from this page. */
export const lastSaid = signal<string | undefined>(undefined);

const everywhere = new Map<string, Unsaid>();

/** What this person has not yet said there. It waits while the reader looks elsewhere. */
export function unsaidAt(as: PersonId, channel: string, thread?: string): Unsaid {
  const place = `${as} ${channel} ${thread ?? ""}`;
  const unsaid = everywhere.get(place) ?? {
    as,
    begun: signal(""),
    attached: signal([]),
    quotes: signal(undefined),
    unsent: signal([]),
  };
  everywhere.set(place, unsaid);
  return unsaid;
}

/** Says it, under one key however often it is tried; gives the message's id once it is said, nothing for a command. */
export async function say(
  { as, unsent }: Unsaid,
  where: { channel: string; thread?: string },
  saying: Saying,
  key: string = crypto.randomUUID(),
): Promise<string | undefined> {
  const { text, files, quotes } = saying;
  const refs = files.map(({ ref }) => ref);
  const takes = { ...where, text, key, ...(refs.length && { files: refs }), ...(quotes && { quotes }) };
  const outcome = await send("messages", takes, as);
  const others = unsent.value.filter((other) => other.key !== key);
  const { problem } = outcome;
  unsent.value = problem === undefined ? others : [...others, { ...saying, key, problem }];
  if (outcome.problem !== undefined || !("id" in outcome.gives)) return undefined;
  lastSaid.value = outcome.gives.id;
  return outcome.gives.id;
}

const largest = 30 * 1024 * 1024;

/** Sends files off at once, so that they are there when the words are. */
export function attach({ as, attached }: Unsaid, files: Iterable<File>): void {
  for (const file of files) {
    const key = crypto.randomUUID();
    const { name, size } = file;
    const change = (news: Partial<Attached>) => {
      attached.value = attached.value.map((one) => (one.key === key ? { ...one, ...news } : one));
    };
    const given = new AbortController();
    const problem = size > largest ? words.peek().tooBig : size === 0 ? words.peek().emptyFile : undefined;
    const one: Attached = { key, name, size, part: 0, giveUp: () => given.abort(), ...(problem && { problem }) };
    attached.value = [...attached.value, one];
    if (problem) continue;
    void upload(file, as, (part) => change({ part }), given.signal).then((outcome) =>
      change(outcome.problem === undefined ? { part: 1, file: outcome.gives } : { problem: outcome.problem }),
    );
  }
}

/** Takes a file back before it is sent. */
export function detach({ attached }: Unsaid, { key, giveUp }: Attached): void {
  giveUp();
  attached.value = attached.value.filter((one) => one.key !== key);
}
