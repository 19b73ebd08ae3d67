import type { Clock } from "./clock.ts";
import type { Ids } from "./ids.ts";

/** An object that came as JSON, or is about to become JSON. */
export type Fields = Record<string, unknown>;

/** Whether a value that came over the wire is an object with fields. */
export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Someone with an account; the bot users of apps are people too. */
export interface Person {
  readonly id: string;
  /** The team they belong to: another one for people of a connected company. */
  readonly team: string;
  readonly name: string;
  readonly tz: string;
  readonly locale: string;
  readonly guest: boolean;
  /** Somebody of another company whom users.info does not know. */
  readonly hidden?: true;
  /** The bot_id of a bot user. */
  readonly botId?: string;
  deactivated: boolean;
}

/** Slack's four kinds of conversation, by the name events use for them. */
export type ChannelKind = "channel" | "group" | "im" | "mpim";

/** A conversation and all that was said in it. */
export interface Channel {
  readonly id: string;
  readonly name: string;
  readonly kind: ChannelKind;
  readonly created: number;
  readonly creator: string;
  readonly members: Set<string>;
  /** Oldest first. */
  readonly messages: Message[];
  readonly byTs: Map<string, Message>;
  /** Each thread's replies by their parent's ts, oldest first. */
  readonly replies: Map<string, Message[]>;
  readonly pins: { ts: string; by: string; at: number }[];
  readonly shared: boolean;
  archived: boolean;
}

/** What a file is besides bytes: recorded, written in Slack, kept at another site, or of another workspace. */
export type FileKind = "hosted" | "voice" | "canvas" | "external" | "elsewhere";

/** A file, from the moment its upload is announced. */
export interface SlackFile {
  readonly id: string;
  readonly name: string;
  title: string;
  readonly size: number;
  readonly mimetype: string;
  readonly kind: FileKind;
  readonly user: string;
  readonly created: number;
  content?: Buffer;
  /** Channels it was shared in; empty until the upload is completed. */
  readonly channels: string[];
}

/** A streamed message's life; Slack ends it five minutes after its start. */
export interface Stream {
  state: "in_progress" | "completed" | "errored";
  stoppedByPerson: boolean;
  markdown: string;
  readonly tasks: Map<string, Fields>;
  plan?: string;
  readonly blocks: unknown[];
  endLife(): void;
}

/** One message as Slack keeps it. */
export interface Message {
  readonly ts: string;
  readonly channel: string;
  readonly user: string;
  /** Set on what an app posted. */
  readonly byApp?: { username?: string; icons?: Fields };
  subtype?: string;
  text: string;
  blocks?: unknown[];
  /** Whether Slack made the blocks itself, of Markdown; a new text then replaces them. */
  rendered: boolean;
  attachments?: unknown[];
  readonly files: string[];
  readonly threadTs?: string;
  broadcast: boolean;
  readonly clientMsgId?: string;
  metadata?: Fields;
  edited?: { user: string; ts: string };
  readonly reactions: Map<string, string[]>;
  stream?: Stream;
  /** Whom it told that they are called: when it was posted, or its stream ended; never by an edit. */
  notified: string[];
  /** Links Slack fetched to show a preview. */
  readonly unfurls: readonly string[];
  /** A deleted parent stays as a tombstone while its thread has replies. */
  tombstone: boolean;
}

/** Something only one person sees, and only until they reload. */
export interface Ephemeral {
  readonly ts: string;
  readonly channel: string;
  readonly to: string;
  readonly threadTs?: string;
  /** Put into a thread in which nobody had answered: Slack takes it and shows it to nobody. */
  readonly unseen?: true;
  text: string;
  blocks?: unknown[];
}

/** A modal on somebody's screen, or their App Home. */
export interface View {
  readonly id: string;
  readonly type: "modal" | "home";
  readonly person: string;
  readonly rootId: string;
  readonly previousId?: string;
  body: Fields;
  hash: string;
}

/** What an agent shows above a thread while it works. */
export interface Session {
  status: string;
  title: string;
}

/** The team and everything in it. */
export interface Workspace {
  readonly team: { readonly id: string; readonly name: string; readonly domain: string };
  readonly people: Map<string, Person>;
  readonly channels: Map<string, Channel>;
  readonly files: Map<string, SlackFile>;
  readonly ephemerals: Ephemeral[];
  /** Open modals and published homes, oldest first. */
  readonly views: View[];
  /** `channel:thread` → the assistant status shown there. */
  readonly statuses: Map<string, string>;
  readonly sessions: Map<string, Session>;
  readonly threadTitles: Map<string, string>;
  readonly suggestedPrompts: Map<string, { title: string; message: string }[]>;
  readonly groups: { id: string; handle: string; name: string; users: string[] }[];
  /** A timestamp no other message has. */
  nextTs(): string;
}

/** An empty team. */
export function createWorkspace(name: string, clock: Clock, ids: Ids): Workspace {
  let last = 0;
  return {
    team: { id: ids.next("T"), name, domain: name.toLowerCase().replace(/[^a-z0-9]+/g, "-") },
    people: new Map(),
    channels: new Map(),
    files: new Map(),
    ephemerals: [],
    views: [],
    statuses: new Map(),
    sessions: new Map(),
    threadTitles: new Map(),
    suggestedPrompts: new Map(),
    groups: [],
    nextTs() {
      // Microseconds, as Slack's are; strictly growing even when the clock stands still or steps back.
      last = Math.max(last + 100, clock.now() * 1000);
      return `${Math.floor(last / 1_000_000)}.${String(last % 1_000_000).padStart(6, "0")}`;
    },
  };
}

/** A new, empty conversation. */
export function createChannel(
  clock: Clock,
  start: Pick<Channel, "id" | "name" | "kind" | "creator" | "members"> & Partial<Pick<Channel, "shared" | "archived">>,
): Channel {
  return {
    shared: false,
    archived: false,
    ...start,
    created: Math.floor(clock.now() / 1000),
    messages: [],
    byTs: new Map(),
    replies: new Map(),
    pins: [],
  };
}

/** Adds a message at the end. */
export function addMessage(channel: Channel, message: Message): void {
  channel.messages.push(message);
  channel.byTs.set(message.ts, message);
  if (!message.threadTs) return;
  const siblings = channel.replies.get(message.threadTs);
  if (siblings) siblings.push(message);
  else channel.replies.set(message.threadTs, [message]);
}

/** Takes a message out; a parent with replies stays as a tombstone. */
export function removeMessage(channel: Channel, message: Message): void {
  if (repliesTo(channel, message.ts).length > 0) {
    message.tombstone = true;
    return;
  }
  channel.messages.splice(channel.messages.indexOf(message), 1);
  channel.byTs.delete(message.ts);
  const siblings = message.threadTs ? channel.replies.get(message.threadTs) : undefined;
  siblings?.splice(siblings.indexOf(message), 1);
}

/** The message with this ts; a tombstone is none. */
export function findMessage(channel: Channel, ts: string): Message | undefined {
  const message = channel.byTs.get(ts);
  return message?.tombstone ? undefined : message;
}

/** A thread's replies, oldest first, without its parent. */
export function repliesTo(channel: Channel, threadTs: string): readonly Message[] {
  return channel.replies.get(threadTs) ?? [];
}

/** The direct channel between these members, made if there is none. */
export function directChannel(workspace: Workspace, ids: Ids, clock: Clock, members: readonly string[]): Channel {
  const wanted = new Set(members);
  const same = (channel: Channel) =>
    (channel.kind === "im" || channel.kind === "mpim") &&
    channel.members.size === wanted.size &&
    [...wanted].every((id) => channel.members.has(id));
  const existing = [...workspace.channels.values()].find(same);
  if (existing) return existing;
  const many = wanted.size > 2;
  const names = members.map((id) => workspace.people.get(id)?.name.toLowerCase() ?? id);
  const channel = createChannel(clock, {
    id: ids.next(many ? "G" : "D"),
    name: many ? `mpdm-${names.join("--")}-1` : "directmessage",
    kind: many ? "mpim" : "im",
    creator: members[0] ?? "",
    members: wanted,
  });
  workspace.channels.set(channel.id, channel);
  return channel;
}
