import type { Card, PersonId, ToolLine } from "../../src/chat.ts";

/** Somebody in the console, the bot included. */
export type Someone = { id: PersonId; name: string; bot: boolean };

/** A place to talk: a channel for everybody, or one person's DM with the bot. */
export type Channel = { id: string; name: string; with?: PersonId };

/** What a message says; all of it may change while the message stays the same one. */
export type Content = {
  /** Markdown. */
  text: string;
  lines?: ToolLine[];
  footer?: string;
  card?: Card;
  /** What the bot is doing while there are no words yet. */
  status?: string;
  /** The words are still being written. */
  writing?: true;
};

/** One message in the console. Ids sort by age, across channels. */
export type Message = Content & {
  id: string;
  channel: string;
  /** The id of the message this thread grew from. */
  thread?: string;
  author: PersonId;
  at: number;
  edited?: true;
  /** Only this person sees it. */
  only?: PersonId;
};

/** What `GET /console/state` answers. Events after `cursor` continue it. */
export type State = {
  cursor: string;
  bot: Someone;
  people: Someone[];
  channels: Channel[];
  commands: string[];
  messages: Message[];
};

/** What `GET /console/events` tells, by the name of the event. After `reset` the state must be read again. */
export type Events = { message: Message; removed: { id: string; channel: string }; reset: Record<string, never> };

/** May this person see what stands in this channel? */
export function isIn(person: PersonId, channel: Channel): boolean {
  return channel.with === undefined || channel.with === person;
}

/** May this person see this message, being in its channel? */
export function sees(person: PersonId, message: Message): boolean {
  return message.only === undefined || message.only === person;
}
