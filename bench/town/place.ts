/** What became visible of the answer to one mention. */
export interface Sight {
  mention: string;
  /** What the bot's messages say there, if it has said something yet. */
  text: string | undefined;
  /** Nothing there is still being written. */
  still: boolean;
}

/** A simulated platform as a crowd and a stopwatch need it. */
export interface Place {
  /** How a bot finds it. */
  env: Record<string, string>;
  /** Its channels, by id. */
  channels: string[];
  /** The call that posts a message. */
  posting: string;
  /** Someone mentions the bot somewhere; what the mention is known by. */
  say(number: number): string;
  /** What has changed for which mentions since the last look; cheap, since it is asked at every change. */
  look(): Sight[];
  /** Calls the bot made so far, but for so many of the first. */
  calls(since?: number): { name: string; tooMany: boolean }[];
  violations(): string[];
  /** Resolves when something that happens makes it true. */
  until(isSo: () => boolean, deadlineMs: number): Promise<unknown>;
}

/** People and channels enough that no limit of one of them is the limit. */
export const crowd = { people: 25, channels: 50 };
