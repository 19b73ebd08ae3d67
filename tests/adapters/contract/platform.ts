import type { Address, ChatAdapter, PersonId } from "../../../src/chat.ts";

/** A form as the person in front of it sees it; without `submit` where the platform names that button itself. */
export type SeenForm = { title: string; submit?: string; labels: string[] };

/** One message as a person sees it: all its words (tool lines and footer too), and what can be pressed. */
export type Seen = { id: string; ours: boolean; text: string; buttons: string[] };

/** Where and how a test's person speaks. Ana speaks unless `as` says otherwise. */
export type Saying = { as?: PersonId; mention?: boolean; thread?: string; direct?: boolean };

/**
 * A platform with an adapter connected to it, as the contract needs it. Optional members are things that not every
 * platform has; a fact about one is skipped, visibly, where it is absent.
 */
export type PlatformUnderTest = {
  adapter: ChatAdapter;
  /** A channel that the bot, ana and tom are in. */
  channel: Address;
  /** A place that ana may read and tom may not: a DM, a private channel. */
  closed: Address;
  ana: PersonId;
  tom: PersonId;
  /** A person says something; resolves with the message's id. `thread` is the id of the message it grows from. */
  say(text: string, where?: Saying): Promise<string>;
  edit(message: string, text: string): Promise<void>;
  remove(message: string): Promise<void>;
  /** What a person (ana unless named) sees at an address now, oldest first: in a channel without what is in threads. */
  visible(address: Address, as?: PersonId): Promise<Seen[]>;
  /** Resolves when `is` holds after some change of the platform, rejects with a readable picture of it after a while. */
  until(is: () => Promise<boolean>): Promise<void>;
  /** Every way this platform has to call people in a text, and whoever was called by the bot's posts so far. */
  pings: { written: string; heard(): string[] | Promise<string[]> };
  /** Ends this adapter and starts another over the same platform, with `meanwhile` between; it replaces `adapter`. */
  restart(meanwhile?: () => Promise<unknown>): Promise<void>;
  stop(): Promise<void>;

  /** Ana says something; resolves when the platform was told that it arrived. */
  acknowledged?(text: string): Promise<void>;
  /** The platform tells again of a message that was said. */
  repeat?(message: string): Promise<void>;
  /** The next post is made, but the adapter never learns of it. */
  loseNextResponse?(): void;
  /** The next post is refused with "too many, wait a moment". */
  refuseNextAsTooMany?(): void;
  /** Presses a button by its text; resolves when the platform has taken the press. */
  press?(message: string, button: string, as: PersonId): Promise<void>;
  /** Ana gives a slash command in the channel. */
  command?(name: string, text: string): Promise<void>;
  /** Ana uses the platform's own stop control. */
  pressStop?(address: Address): Promise<void>;
  /** Does the platform show that the bot is at work? */
  working?(address: Address): Promise<boolean>;
  /** Ana says something with a text file. */
  sayWithFile?(text: string, file: { name: string; text: string }): Promise<string>;
  /** A person changes a message of theirs so that it calls the bot. */
  editToMention?(message: string, text: string): Promise<void>;
  /** A person chooses something from a message's menu, by its title; resolves when the platform has taken it. */
  pick?(message: string, title: string, as: PersonId): Promise<void>;
  /** The form in front of a person now. */
  form?(as: PersonId): Promise<SeenForm | undefined>;
  /**
   * Fills in the form in front of a person, by its labels (choices by the words of their options), and sends it off. Resolves
   * with what the platform objects to, if it does.
   */
  fillIn?(as: PersonId, answers: Record<string, string | string[]>): Promise<string | undefined>;
  /** Writes into one input of the form in front of a person; resolves with what the form shows once that changed. */
  write?(as: PersonId, label: string, value: string): Promise<string>;
  /** The emoji that the bot put on a message of the channel, or of one of its threads, in order. */
  reactions?(message: string): Promise<string[]>;
  /** What is pinned in a channel, by the messages' ids. */
  pinned?(address: Address): Promise<string[]>;
  /** Presses 👍 or 👎 under an answer. */
  rate?(message: string, rating: "good" | "bad", as: PersonId): Promise<void>;
  /** Ana passes on a message of the channel, with words of her own; resolves with the id of the new one. */
  passOn?(message: string, text: string): Promise<string>;
  /** How a person calls another in what they type: `@tom`, `<@U2>`. */
  call?(person: PersonId): string;
  /** Was this person called by the bot's posts so far? */
  called?(person: PersonId): Promise<boolean>;
  /** Whom the platform has notified of the bot's messages so far, for what stands in them. */
  rung?(): Promise<PersonId[]>;
  /** The text of a file that ana sees at an address. */
  readPosted?(address: Address, name: string): Promise<string | undefined>;
  /** The bytes of a file that ana sees at an address. */
  fetchPosted?(address: Address, name: string): Promise<Buffer | undefined>;
};
