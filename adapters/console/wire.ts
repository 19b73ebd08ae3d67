import type {
  Card,
  ChatFile,
  Form,
  Language,
  Mentioned,
  PersonId,
  Prompt,
  Quote,
  Rating,
  Suggestion,
  ToolLine,
} from "../../src/chat.ts";
import type { Command, MessageShortcut } from "../../src/words/commands.ts";

/** Somebody in the console, the bot included; with the language they chose, once they did. */
export type Someone = { id: PersonId; name: string; bot: boolean; language?: Language };

/** A place to talk: a channel for everybody, or one person's DM with the bot. */
export type Channel = { id: string; name: string; with?: PersonId };

/** What a message says; all of it may change while the message stays the same one. */
export type Content = {
  /** Markdown. May be empty where there are files, or something is passed on. */
  text: string;
  lines?: ToolLine[];
  footer?: string;
  card?: Card;
  /** 👍 and 👎 under an answer. */
  rating?: Rating;
  /** To be had at `/console/files/<ref>?as=…`. */
  files?: ChatFile[];
  /** Whom `@name` in the text calls; it calls nobody else. */
  people?: Mentioned[];
  /** What the bot is doing while there are no words yet. */
  status?: string;
  /** The words are still being written. */
  writing?: true;
};

/** How somebody rated an answer. */
export type Rated = "good" | "bad";

/** One message in the console. Ids sort by age, across channels. */
export type Message = Content & {
  id: string;
  channel: string;
  /** The id of the message this thread grew from. */
  thread?: string;
  author: PersonId;
  at: number;
  edited?: true;
  /** It is kept where everybody finds it. */
  pinned?: true;
  /** Only this person sees it. */
  only?: PersonId;
  /** What it passes on, and the message it stands in. */
  quotes?: (Quote & { message: string })[];
  /** Who put which emoji on it. */
  reactions?: Record<string, PersonId[]>;
  /** Who rated it how. */
  rated?: Record<PersonId, Rated>;
};

/** A form that waits for its person. `id` names this showing of it; it goes when it is sent off or dismissed. */
export type OpenForm = { id: string; form: Form };

/** What concerns one person alone. */
export type You = {
  language?: Language;
  /** The bot's own page, once it has drawn it. Its buttons are pressed as those of the message `home`. */
  home?: Content;
  /** Ways to begin in one's DM with the bot. */
  prompts: Prompt[];
  form?: OpenForm;
};

/** What `GET /console/state?as=…` answers. Events after `cursor` continue it. */
export type State = {
  cursor: string;
  bot: Someone;
  people: Someone[];
  channels: Channel[];
  commands: Record<Language, Command[]>;
  shortcuts: Record<Language, MessageShortcut[]>;
  messages: Message[];
  /** There when the state was asked for `as` somebody. */
  you?: You;
};

/**
 * What `GET /console/events?as=…` tells, by the name of the event. After `reset` the state must be read again. `you` comes
 * first thing and whenever something of it changed, whole; without `as` it never comes.
 */
export type Events = {
  message: Message;
  removed: { id: string; channel: string };
  reset: Record<string, never>;
  you: You;
};

/** What can be asked for, by path. Every POST takes and gives JSON but that of files; refusals are `{ error }`. */
export type Requests = {
  /** A slash command when the text is one. `files` are refs, `quotes` the id of a message to pass on. */
  "POST /console/messages": {
    takes: {
      channel: string;
      thread?: string;
      as: PersonId;
      text: string;
      files?: string[];
      quotes?: string;
      key?: string;
    };
    gives: { id: string; message: Message } | { command: string };
  };
  /** The body is the file itself, at most 30 MB, with its type as the content type; the query has `as` and `name`. */
  "POST /console/files": { takes: Blob; gives: ChatFile };
  /** `message` is `home` for the bot's page. */
  "POST /console/presses": {
    takes: { message: string; button: string; value?: string; as: PersonId; key?: string };
    gives: { pressed: string };
  };
  "POST /console/edits": {
    takes: { message: string; as: PersonId; text: string };
    gives: { id: string; message: Message };
  };
  "POST /console/deletions": { takes: { message: string; as: PersonId }; gives: { id: string } };
  /** `shortcut` is the name of one of `State.shortcuts`. */
  "POST /console/shortcuts": {
    takes: { message: string; shortcut: string; as: PersonId; key?: string };
    gives: { shortcut: string };
  };
  /** `form` is the id of the `OpenForm`. A value that will not do is refused with the input's id as `error.details.input`. */
  "POST /console/submissions": {
    takes: { form: string; as: PersonId; values: Record<string, string> };
    gives: { submitted: string };
  };
  /** What a form would come to as it is filled in now, in Markdown; for forms that have a `preview`. */
  "POST /console/previews": {
    takes: { form: string; as: PersonId; values: Record<string, string> };
    gives: { preview?: string };
  };
  /** Closes a form without sending it off. */
  "POST /console/dismissals": { takes: { form: string; as: PersonId }; gives: { dismissed: string } };
  "POST /console/ratings": { takes: { message: string; as: PersonId; rating: Rated }; gives: { rated: Rated } };
  "POST /console/language": { takes: { as: PersonId; language: Language }; gives: { language: Language } };
  /** Completes a field of a command: `field=agent&typed=…&channel=…&as=…`, perhaps `thread`. */
  "GET /console/suggestions": { gives: { suggestions: Suggestion[] } };
  /** Tells the bot that `as` looks at its page, or at their DM with it; what it draws comes with the event `you`, and by no other way. */
  "GET /console/home": { gives: { looked: string } };
  "GET /console/direct": { gives: { looked: string } };
};

/** May this person see what stands in this channel? */
export function isIn(person: PersonId, channel: Channel): boolean {
  return channel.with === undefined || channel.with === person;
}

/** May this person see this message, being in its channel? */
export function sees(person: PersonId, message: Message): boolean {
  return message.only === undefined || message.only === person;
}
