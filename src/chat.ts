/**
 * The words of chat: all that adapters and the bot say to each other.
 * Everything that travels is plain data, so that it can be journalled and read again after a crash.
 */

/** The languages Bellhop speaks. */
export type Language = "en" | "zh-TW";

/** Where something was said or must be posted. A thread is named by the id of the message it grew from. */
export type Address = { adapter: string; channel: string; thread?: string };

/** Somebody in chat, by the platform's own id with the adapter's name before it: `slack:U024BE7LH`. */
export type PersonId = `${string}:${string}`;

/** Who said something, as far as the event itself tells. */
export type Author = { id: PersonId; name: string; bot: boolean };

/** What the platform knows of a person. `roles` are the platform's own, as ids: `discord:role:456`. */
export type Person = Author & { timezone?: string; language?: string; guest: boolean; roles: string[] };

/** A file that came with a message. `ref` is the adapter's own; only `ChatAdapter.read` understands it. */
export type ChatFile = { name: string; type: string; size: number; ref: string };

/** Somebody named in a text: there it stands as `@name`. */
export type Mentioned = { id: PersonId; name: string };

/** A channel named in a text: there it stands as `#name`. */
export type NamedChannel = { id: string; name: string };

/** Words of somebody else that a message passes on: forwarded, shared, or replied to. */
export type Quote = { author?: string; text: string };

/** One message, as people see it. */
export type ChatMessage = {
  /** The platform's id, unique within the channel; ids of one channel sort by age. */
  id: string;
  /** Where it stands. */
  address: Address;
  /** Where an answer to it belongs: the thread it stands in, the thread to be made from it, or the DM itself. */
  answerAt: Address;
  author: Author;
  /** Markdown. The mention that calls the bot is taken out; other people's stand as `@name`. */
  text: string;
  /** When it was said, in milliseconds since 1970. */
  at: number;
  /** It calls the bot by an @-mention (or, where the platform has it, by a reply that pings). */
  mention: boolean;
  /** It was said in a DM with the bot alone. */
  direct: boolean;
  /** The bot itself said it. */
  ours: boolean;
  files: ChatFile[];
  /** Whom the text names; the bot itself is not among them. */
  people?: Mentioned[];
  /** Which channels the text names. */
  channels?: NamedChannel[];
  /** What it passes on; never part of `text`. */
  quotes?: Quote[];
};

/**
 * How to answer one person privately. `via` is the adapter's own: an interaction token, a response address. `at` is where
 * private words go when that is not where they were provoked: to the caller of an API that acts in a channel.
 */
export type Whisper = { person: PersonId; via?: string; at?: Address };

/** A slash command. `text` is what was typed after it; options that have a field of their own stand beside it. */
export type ChatCommand = {
  name: string;
  text: string;
  agent?: string;
  /** Whom the text names. */
  people?: Mentioned[];
  /** Which channels the text names. */
  channels?: NamedChannel[];
  address: Address;
  /** It was given in a DM with the bot alone. */
  direct?: true;
  person: Author;
  whisper: Whisper;
  at: number;
};

/** A button pressed. `id` and `value` are the button's own words from the card. */
export type Press = {
  id: string;
  value?: string;
  address: Address;
  message: string;
  person: Author;
  whisper: Whisper;
  at: number;
};

/** A message picked out by a person to have something done about it; `name` is one of `shortcuts` in `src/words/commands.ts`. */
export type Shortcut = {
  name: string;
  message: ChatMessage;
  person: Author;
  whisper: Whisper;
  at: number;
};

/** A form sent off. `id` and `value` are the form's own; `values` by the ids of its inputs, empty ones left out. */
export type Submit = {
  id: string;
  value?: string;
  values: Record<string, string>;
  address: Address;
  person: Author;
  whisper: Whisper;
  at: number;
};

/**
 * What an adapter hears. `key` names what happened once and for all: the same happening told twice
 * (a retry, `app_mention` and `message` of one post, a replay after a restart) has the same key.
 */
export type ChatEvent = { key: string } & (
  | { kind: "message"; message: ChatMessage }
  | { kind: "edited"; message: ChatMessage }
  | { kind: "deleted"; address: Address; message: string; at: number }
  | { kind: "command"; command: ChatCommand }
  | { kind: "press"; press: Press }
  | { kind: "shortcut"; shortcut: Shortcut }
  | { kind: "submit"; submit: Submit }
  /** A person looks at the bot's own page, or at their DM with it. */
  | { kind: "opened"; what: "home" | "direct"; address: Address; person: Author; at: number }
  | { kind: "joined"; address: Address; person: Author; ours: boolean; at: number }
  | { kind: "reaction"; address: Address; message: string; person: Author; emoji: string; added: boolean; at: number }
  /** The platform's own stop control. */
  | { kind: "stop"; address: Address; person: Author; at: number }
);

/**
 * A button of a card. `id` at most 60 characters, `value` at most 30, so that every platform can carry both. `opens`: a
 * press is answered by a form, so the adapter must leave room for it.
 */
export type Button = { id: string; text: string; value?: string; style?: "primary" | "danger"; opens?: true };

/** One thing a form asks for. Without `optional` it must be filled in. */
export type FormInput = {
  id: string;
  label: string;
  hint?: string;
  value?: string;
  optional?: true;
  /** What the form would come to changes with it: where the platform allows, its preview follows. */
  live?: true;
} & (
  | { kind: "text"; lines: "one" | "many" }
  | { kind: "choice"; options: { value: string; text: string }[] }
  /** So many of them; what is chosen comes one to a line. */
  | { kind: "choices"; options: { value: string; text: string }[]; least: number; most: number }
);

/** What every platform has room for in a form: characters of its title, of a label and a value; inputs, and their options. */
export const formRoom = { title: 24, label: 45, value: 30, inputs: 5, options: 25 };

/** A form, shown to one person over what they were looking at, within `formRoom`. `value` comes back with it. */
export type Form = {
  id: string;
  value?: string;
  title: string;
  text?: string;
  inputs: FormInput[];
  submit: string;
  /** What it would come to as it is filled in now. Platforms that can't show it leave it out. */
  preview?: string;
};

/** 👍 and 👎 under an answer: a press of them has the id `good` or `bad`, and this value. */
export type Rating = { value: string; good: string; bad: string };

/** A file to be posted: a text, or bytes as they are. */
export type PostedFile = { name: string; type: string } & ({ text: string } | { bytes: Uint8Array });

/** What is in a file to be posted. */
export function bytesOf(file: PostedFile): Buffer {
  if ("text" in file) return Buffer.from(file.text);
  const { buffer, byteOffset, length } = file.bytes;
  return Buffer.from(buffer, byteOffset, length);
}

/** A message with buttons; drawn natively by each adapter. */
export type Card = { fields?: { name: string; value: string }[]; buttons?: Button[] };

/** One tool call, as one short line. */
export type ToolLine = { id: string; title: string; state: "running" | "done" | "failed"; ms?: number; note?: string };

/** What is to be posted. `text` is Markdown; long text is split by the adapter at paragraph bounds. */
export type Post = {
  text: string;
  lines?: ToolLine[];
  /** One quiet line under the text. */
  footer?: string;
  card?: Card;
  rating?: Rating;
  files?: PostedFile[];
  /** Whom `@name` in the text may call; it calls nobody else. */
  people?: Mentioned[];
  /** Those are to be notified; without it they are only named where the platform tells the two apart. */
  rings?: true;
  /** The language of what the adapter itself adds: where the rest of a long text is, and the like. Default: English. */
  language?: Language;
  /** Only this person may see it. */
  only?: Whisper;
};

/**
 * The identity of a post. Contract: two posts with the same `id` are one message for readers. With `again`, the adapter
 * first looks for what an earlier attempt left (by `id`, else as our answer to `answers`, not older than `since`) and
 * completes or replaces that instead of posting a second time.
 */
export type PostKey = { id: string; since: number; answers?: string; again?: boolean };

/** What was posted. */
export type Posted = { address: Address; id: string; link?: string };

/** A draft's whole state so far. The latest wins; adapters show it at their own pace. */
export type DraftState = {
  text: string;
  lines: ToolLine[];
  /** What the bot is doing while there is no text yet; shown as the platform's status where it has one. */
  status?: string;
  /** A button that stops the work, where the platform has no control of its own. */
  stop?: Button;
};

/**
 * An answer being written. Contract: `show` returns at once and never throws. `end` shows the final state, whole, and
 * resolves when readers can see it; it rejects only when it could not be delivered, and may be called again then.
 * `drop` takes back what was shown (nothing is to be said after all).
 */
export type Draft = {
  show(state: DraftState): void;
  /** The end is near: nothing new need be shown before it. */
  hold?(): void;
  end(post: Post): Promise<Posted>;
  drop(): Promise<void>;
};

/** Whom a draft answers. */
export type Answering = { person: PersonId; message?: string };

/** What a platform can do; what it can't is said here and nowhere else. */
export type Capabilities = {
  /** Answers grow in place natively (`native`), by edits, or appear whole. */
  drafts: "native" | "edits" | "none";
  threads: boolean;
  /** Shows that the bot is at work before there is text. */
  status: boolean;
  /** The platform has its own stop control. */
  stopControl: boolean;
  /** A message can be shown to one person only. */
  whispers: boolean;
  buttons: boolean;
  slashCommands: boolean;
  /** Opens forms, and tells when they are sent off. */
  forms: boolean;
  /** Reads what was said while the bot was away. */
  catchesUp: boolean;
};

/** How an adapter is. `refused` will not mend by itself: the platform said no to the credentials. */
export type AdapterState = { state: "starting" | "connected" | "reconnecting" | "refused" | "stopped"; error?: string };

/** Says that the platform refused the bot for good, in words for the operator: what was wanted, what came, what to do. */
export class PlatformRefusal extends Error {
  override name = "PlatformRefusal";
}

/** Says why a post can't be delivered: `final` when trying again will not help (archived, no permission, gone). */
export class DeliveryError extends Error {
  override name = "DeliveryError";
  final: boolean;
  constructor(message: string, options: { final: boolean; cause?: unknown }) {
    super(message, { cause: options.cause });
    this.final = options.final;
  }
}

/** What is to be completed while somebody types: a field of a command. */
export type Suggesting = {
  field: Suggested;
  typed: string;
  address: Address;
  person: PersonId;
  /** The agent that another field names. */
  agent?: string;
};

/**
 * What a field holds that can be completed: an agent's name; when something runs (or what to do with what runs); or a
 * question, as far as it uses a prompt that a server has ready.
 */
export type Suggested = "agent" | "when" | "question";

/** One way in which a field could be filled: how it is shown, what it comes to, and a word about it. */
export type Suggestion = { text: string; value: string; about?: string };

/** One way to begin, offered to somebody who has not said anything yet: what it is called, and what it says when chosen. */
export type Prompt = { title: string; text: string };

/** A form as it is filled in now, sent off or not. */
export type Filled = Pick<Submit, "id" | "value" | "values" | "address" | "person">;

/** What a form would come to: in words for its preview, and what is wrong in it, by the ids of its inputs. */
export type Checked = { preview?: string; wrong?: Record<string, string> };

/** What the bot offers an adapter. */
export type Inbox = {
  /** Contract: resolves once the event is journalled (or known, or of no interest); only then may the adapter acknowledge it. */
  hear(event: ChatEvent): Promise<void>;
  /** The newest time up to which this adapter was heard, for catching up; undefined when it never was. */
  heardUntil(adapter: string): Promise<number | undefined>;
  /** Threads that were active lately, newest first: the places to catch up in besides channels. */
  recentThreads(adapter: string): Promise<Address[]>;
  /** Ways to complete what is typed, the best first, at most 25; at once, or after two seconds at most where a server is asked. */
  suggest(query: Suggesting): Promise<Suggestion[]>;
  /** What a form would come to. With something wrong in it, it need not be taken: its person can mend it where they are. */
  check?(filled: Filled): Promise<Checked>;
};

/** A request to a route that an adapter brings, as Express gives it: Node's own, unparsed. */
export type Route = {
  method: "GET" | "POST";
  /** An exact path, or a prefix ending in `/*`. */
  path: string;
  answer(request: import("node:http").IncomingMessage, response: import("node:http").ServerResponse): void;
};

/** One chat platform. Optional members are capabilities. */
export type ChatAdapter = {
  name: string;
  can: Capabilities;
  /**
   * Contract: resolves when connected; rejects with `PlatformRefusal` when the credentials are refused. A platform that
   * can't be reached is not a failure: it keeps trying and says so in `state()`, and resolves once connected.
   */
  start(inbox: Inbox, signal: AbortSignal): Promise<void>;
  /** Stops hearing at once; posts already begun are finished. */
  quiet(): Promise<void>;
  stop(): Promise<void>;
  state(): AdapterState;
  post(address: Address, post: Post, key: PostKey): Promise<Posted>;
  draft(address: Address, key: PostKey, answering: Answering): Draft;
  edit(posted: Posted, post: Post): Promise<void>;
  /** Puts a post where everybody there finds it, until somebody takes it away; doing so again does no harm. */
  pin?(posted: Posted): Promise<void>;
  /**
   * Puts an emoji on a message, as the bot; doing so again does no harm. It is the character itself, or the name of one that
   * the platform has of its own.
   */
  react?(address: Address, message: string, emoji: string): Promise<void>;
  /**
   * What was said at an address, oldest first: the newest `limit`, not older than `since` (exclusive, by message id).
   * `patient`: nobody waits for it, so that others go first where the platform allows only so many calls.
   */
  history(address: Address, options: { since?: string; limit: number; patient?: boolean }): Promise<ChatMessage[]>;
  /** The threads of a channel that all its readers may read and that have news since then, by the messages they grew from. */
  threads?(channel: Address, since: number): Promise<string[]>;
  who(id: PersonId): Promise<Person | undefined>;
  /** Whom a name may mean among those whom somebody meets at a place, the likeliest first; a few at most. */
  find?(name: string, among: { asker: PersonId; at: Address }): Promise<Person[]>;
  /** Somebody's language as they chose it a moment ago, known without asking; what `who` told may be older. */
  speaks?(id: PersonId): string | undefined;
  /** May this person read what is said there? */
  canRead(id: PersonId, address: Address): Promise<boolean>;
  read(file: ChatFile, signal: AbortSignal): Promise<Uint8Array>;
  /** Where people can look at a message. */
  link?(address: Address, message: string): string | undefined;
  /** Where somebody is spoken to alone; undefined for somebody who can't be. */
  direct?(person: PersonId): Promise<Address | undefined>;
  /** What a channel is called, and whether only some may read it; undefined for one that is not there. */
  place?(address: Address): Promise<{ name?: string; private: boolean } | undefined>;
  /**
   * Shows a form to the person who just used a shortcut, or pressed a button that `opens`, and whose whisper this is.
   * Platforms allow it for three seconds; rejects with `DeliveryError` when it is too late.
   */
  open?(whisper: Whisper, form: Form): Promise<void>;
  /** Draws the bot's own page for a person. */
  home?(person: PersonId, page: Post): Promise<void>;
  /** Offers ways to begin in a DM. */
  prompt?(address: Address, prompts: Prompt[]): Promise<void>;
  routes?: Route[];
};
