import type { JsonObject } from "./form.ts";

/** Somebody on Discord, bots included. */
export interface Person {
  id: string;
  name: string;
  bot: boolean;
  locale: string;
  /** False when this person takes no direct messages. */
  openToDms: boolean;
}

/** A role of a server. */
export interface Role {
  id: string;
  name: string;
  permissions: bigint;
  mentionable: boolean;
  managed: boolean;
  position: number;
}

/** Somebody's place in a server. */
export interface Member {
  person: Person;
  roles: Set<string>;
  joinedAt: number;
}

/** A server, which Discord's API calls a guild. */
export interface Server {
  id: string;
  name: string;
  ownerId: string;
  roles: Map<string, Role>;
  members: Map<string, Member>;
  commands: JsonObject[];
  /** What its owner chose; only a Community can choose. */
  locale: string;
  features: string[];
  /** False once the bot was kicked. */
  hasBot: boolean;
}

/** What a channel grants or denies beyond the roles. */
export interface Overwrite {
  id: string;
  /** 0 a role, 1 a member. */
  type: 0 | 1;
  allow: bigint;
  deny: bigint;
}

/** What makes a channel a thread. */
export interface ThreadState {
  isPrivate: boolean;
  archived: boolean;
  locked: boolean;
  archiveMinutes: number;
  createdAt: number;
  archivedAt: number;
  ownerId: string;
  members: Map<string, number>;
  tags: string[];
}

/** Discord's numbers for the channels simulated here. */
export const channelTypes = {
  text: 0,
  dm: 1,
  voice: 2,
  announcement: 5,
  announcementThread: 10,
  publicThread: 11,
  privateThread: 12,
  forum: 15,
  media: 16,
} as const;

/** Forums and media channels: people write in their threads, never in them. */
export function holdsThreadsOnly({ type }: Pick<Channel, "type">): boolean {
  return type === channelTypes.forum || type === channelTypes.media;
}

/** A channel, a thread or direct messages. */
export interface Channel {
  id: string;
  type: number;
  name: string;
  topic: string | null;
  server: Server | undefined;
  parent: Channel | undefined;
  position: number;
  overwrites: Overwrite[];
  recipients: Person[];
  thread: ThreadState | undefined;
  messages: Message[];
  typing: Map<string, number>;
}

/** A file that came with a message. */
export interface Attachment {
  id: string;
  filename: string;
  contentType: string;
  description: string | undefined;
  bytes: Buffer;
  channelId: string;
  /** Set for what was spoken into a microphone. */
  voice: { seconds: number; waveform: string } | undefined;
}

/** What a message passes on: the other message as it was at that moment. */
export interface Forward {
  id: string;
  channel: Channel;
  snapshot: JsonObject;
}

/** Who a message would notify. */
export interface Pings {
  everyone: boolean;
  users: string[];
  roles: string[];
}

/** A message, whoever may see it. */
export interface Message {
  id: string;
  type: number;
  channel: Channel;
  author: Person;
  content: string;
  createdAt: number;
  editedAt: number | null;
  flags: number;
  tts: boolean;
  embeds: JsonObject[];
  /** What Discord made of the links, a moment after they were posted. */
  linkPreviews: JsonObject[];
  components: JsonObject[];
  attachments: Attachment[];
  pings: Pings;
  reactions: Map<string, string[]>;
  pinned: boolean;
  repliesTo: { id: string; channel: Channel } | undefined;
  forwards: Forward | undefined;
  stickers: string[];
  nonce: string | number | undefined;
  interaction: Interaction | undefined;
  ephemeralFor: Person | undefined;
  startedThread: Channel | undefined;
  /** Every text this message ever had, oldest first. */
  history: string[];
}

/** Somebody's use of a command, a component or a modal. */
export interface Interaction {
  id: string;
  token: string;
  kind: "command" | "autocomplete" | "component" | "modal";
  person: Person;
  channel: Channel;
  createdAt: number;
  /** The name of the command, or the custom id. */
  about: string;
  /** The number of the response type that acknowledged it. */
  answeredWith: number | undefined;
  answeredAt: number | undefined;
  /** The message whose component was used. */
  source: Message | undefined;
  /** The deferred or sent first response. */
  original: Message | undefined;
  deferred: boolean;
  followups: Message[];
  choices: JsonObject[] | undefined;
  modal: JsonObject | undefined;
  /** For a modal sent off: the interaction that it had answered. */
  opener: Interaction | undefined;
  /** The connection of the bot that heard of it at once, if one did. */
  heardBy: number | undefined;
}
