/** What crosses between the bench and the process a simulated platform lives in. */

export type PlatformName = "slack" | "discord";

/** What a crowd is to do: mention the bot so many times, at a rate, or with so many unanswered at once. */
export interface Order {
  mentions: number;
  perSecond?: number;
  atOnce?: number;
  /** The whole answer that is waited for. */
  answer: string;
  deadlineMs: number;
}

/** What readers of the chat saw. Times are milliseconds since a mention was said, one for each that got so far. */
export interface Sightings {
  mentions: number;
  /** Answers that stand there whole. */
  whole: number;
  /** Anything of the bot: a sign of work or words. */
  signMs: number[];
  /** The first words of the answer. */
  wordsMs: number[];
  wholeMs: number[];
  tookMs: number;
  /** Calls the bot made, by method, and how many of them were too many. */
  calls: Record<string, number>;
  tooMany: number;
  violations: string[];
}

/** What is to be waited for: so many posts of the bot's own accord. */
export interface Watch {
  posts: number;
  deadlineMs: number;
}

/** What came of it. */
export interface Watched {
  posts: number;
  tookMs: number;
  tooMany: number;
  violations: string[];
}

/** What the process of a platform says. */
export type TownMessage =
  | { kind: "open"; env: Record<string, string>; channels: string[] }
  | { kind: "watched"; watched: Watched }
  | { kind: "seen"; sightings: Sightings };
