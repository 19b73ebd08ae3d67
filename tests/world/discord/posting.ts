import { shownText } from "./component-tree.ts";
import {
  type Attachment,
  type Channel,
  channelTypes,
  type Forward,
  type Interaction,
  type Message,
  type Person,
  type ThreadState,
} from "./entities.ts";
import type { JsonObject } from "./form.ts";
import { intents } from "./intents.ts";
import { type Mentions, pingsOf, previewedLinks } from "./mentions.ts";
import { may } from "./permissions.ts";
import { wireChannel, wireMember, wireThreadMember } from "./wire.ts";
import { dispatchedMessage, messageFlags, wireEmoji } from "./wire-message.ts";
import type { World } from "./world.ts";

/** How long Discord takes to look at a link. */
const previewDelay = 20;

/** What a message is made of, whoever writes it. */
export interface Draft {
  content: string;
  embeds: JsonObject[];
  components: JsonObject[];
  attachments: Attachment[];
  flags: number;
  tts: boolean;
  mentions: Mentions;
  repliesTo?: { id: string; channel: Channel };
  forwards?: Forward;
  stickers?: string[];
  nonce?: string | number;
}

/** A message with nothing in it, to be filled. */
export function emptyDraft(): Draft {
  return { content: "", embeds: [], components: [], attachments: [], flags: 0, tts: false, mentions: "none" };
}

interface Circumstances {
  type?: number;
  interaction?: Interaction;
  ephemeralFor?: Person;
  /** The id of the message, when it is fixed: a forum post's first message bears its thread's. */
  id?: string;
}

/** Puts a message into a channel and tells everyone who may hear of it. */
export function post(world: World, author: Person, channel: Channel, draft: Draft, about: Circumstances = {}): Message {
  if (channel.thread?.archived) setThread(world, channel, { archived: false });
  const message: Message = {
    id: about.id ?? world.id(),
    type: about.type ?? (draft.repliesTo ? 19 : 0),
    channel,
    author,
    content: draft.content,
    createdAt: world.clock.now(),
    editedAt: null,
    flags: draft.flags,
    tts: draft.tts,
    embeds: draft.embeds,
    linkPreviews: [],
    components: draft.components,
    attachments: draft.attachments,
    pings: pingsOf(author, channel, { ...draft, content: shownText(draft) }),
    reactions: new Map(),
    pinned: false,
    repliesTo: draft.repliesTo,
    forwards: draft.forwards,
    stickers: draft.stickers ?? [],
    nonce: draft.nonce,
    interaction: about.interaction,
    ephemeralFor: about.ephemeralFor,
    startedThread: undefined,
    history: [shownText(draft)],
  };
  channel.messages.push(message);
  if (author === world.bot && draft.nonce !== undefined) world.nonces.set(draft.nonce, message);
  for (const attachment of draft.attachments) world.attachments.set(attachment.id, attachment);
  channel.typing.delete(author.id);
  const { thread } = channel;
  if (thread && !message.ephemeralFor) addToThread(world, channel, author);
  tell(world, "MESSAGE_CREATE", message);
  unfurl(world, message);
  return message;
}

/** Applies an edit; what is left out stays. */
export function change(world: World, message: Message, edit: Partial<Omit<Draft, "nonce" | "repliesTo">>): void {
  const { mentions, ...fields } = edit;
  Object.assign(message, fields);
  if (mentions) {
    const { repliesTo } = message;
    message.pings = pingsOf(message.author, message.channel, {
      content: shownText(message),
      mentions,
      ...(repliesTo ? { repliesTo } : {}),
    });
  }
  for (const attachment of edit.attachments ?? []) world.attachments.set(attachment.id, attachment);
  // Discord tells microseconds: no two edits of a message have the same time.
  message.editedAt = Math.max(world.clock.now(), (message.editedAt ?? 0) + 1);
  if (edit.content !== undefined || edit.components !== undefined) message.history.push(shownText(message));
  tell(world, "MESSAGE_UPDATE", message);
  if (edit.content !== undefined || edit.flags !== undefined) unfurl(world, message);
}

/** The links of a message that Discord looks up and shows a preview of. */
export function previewsOf(message: Message): string[] {
  const { author, channel, content, flags } = message;
  const shown = !(flags & messageFlags.suppressEmbeds) && (!channel.server || may(author, channel, "EmbedLinks"));
  return shown ? previewedLinks(content) : [];
}

/** Adds previews a moment after posting: told as a MESSAGE_UPDATE, though nobody edited anything. */
function unfurl(world: World, message: Message): void {
  if (message.ephemeralFor || previewsOf(message).length + message.linkPreviews.length === 0) return;
  world.clock.after(previewDelay, () => {
    if (!message.channel.messages.includes(message)) return;
    message.linkPreviews = previewsOf(message).map((url) => ({ type: "link", url, title: new URL(url).hostname }));
    tell(world, "MESSAGE_UPDATE", message);
  });
}

/** Tells of a message; one for a single pair of eyes is not told to the gateway. */
export function tell(world: World, name: "MESSAGE_CREATE" | "MESSAGE_UPDATE", message: Message): void {
  if (message.ephemeralFor) {
    world.changed();
    return;
  }
  const { channel } = message;
  world.dispatch({
    name,
    data: dispatchedMessage(message, world),
    intent: channel.server ? intents.guildMessages : intents.directMessages,
    channel,
  });
}

/** Adds or takes back one person's reaction; false when nothing changed. */
export function setReaction(world: World, person: Person, message: Message, emoji: string, present: boolean): boolean {
  const who = message.reactions.get(emoji) ?? [];
  if (who.includes(person.id) === present) return false;
  const now = present ? [...who, person.id] : who.filter((id) => id !== person.id);
  if (now.length > 0) message.reactions.set(emoji, now);
  else message.reactions.delete(emoji);
  const { channel } = message;
  const member = channel.server?.members.get(person.id);
  world.dispatch({
    name: present ? "MESSAGE_REACTION_ADD" : "MESSAGE_REACTION_REMOVE",
    data: {
      user_id: person.id,
      channel_id: channel.id,
      message_id: message.id,
      emoji: wireEmoji(emoji),
      burst: false,
      type: 0,
      ...serverId(channel),
      ...(present ? { message_author_id: message.author.id } : {}),
      ...(present && member ? { member: wireMember(member) } : {}),
    },
    intent: channel.server ? intents.guildReactions : intents.directReactions,
    channel,
  });
  return true;
}

/** Shows someone typing, for ten seconds or until they post. */
export function startTyping(world: World, person: Person, channel: Channel): void {
  const now = world.clock.now();
  channel.typing.set(person.id, now);
  const member = channel.server?.members.get(person.id);
  world.dispatch({
    name: "TYPING_START",
    data: {
      channel_id: channel.id,
      user_id: person.id,
      timestamp: Math.floor(now / 1000),
      ...serverId(channel),
      ...(member ? { member: wireMember(member) } : {}),
    },
    intent: channel.server ? intents.guildTyping : intents.directTyping,
    channel,
  });
}

/** Opens a thread under a channel, from a message or by itself. */
export function openThread(
  world: World,
  parent: Channel,
  owner: Person,
  wanted: { name: string; from?: Message; isPrivate?: boolean; archiveMinutes?: number; tags?: string[] },
): Channel {
  const now = world.clock.now();
  const isPrivate = wanted.isPrivate ?? false;
  const { announcement, announcementThread, privateThread, publicThread } = channelTypes;
  const thread = world.addChannel({
    ...(wanted.from ? { id: wanted.from.id } : {}),
    type: isPrivate ? privateThread : parent.type === announcement ? announcementThread : publicThread,
    name: wanted.name,
    server: parent.server,
    parent,
    thread: {
      isPrivate,
      archived: false,
      locked: false,
      archiveMinutes: wanted.archiveMinutes ?? 1440,
      createdAt: now,
      archivedAt: now,
      ownerId: owner.id,
      members: new Map([[owner.id, now]]),
      tags: wanted.tags ?? [],
    },
  });
  world.dispatch({
    name: "THREAD_CREATE",
    data: { ...wireChannel(thread, world), newly_created: true },
    intent: intents.guilds,
    channel: thread,
  });
  if (wanted.from) {
    wanted.from.startedThread = thread;
    wanted.from.flags |= messageFlags.hasThread;
    tell(world, "MESSAGE_UPDATE", wanted.from);
    post(world, owner, thread, { ...emptyDraft(), repliesTo: { id: wanted.from.id, channel: parent } }, { type: 21 });
  }
  return thread;
}

/** Changes a thread's state and tells of it. */
export function setThread(
  world: World,
  channel: Channel,
  change: Partial<Pick<ThreadState, "archived" | "locked" | "archiveMinutes" | "tags">>,
): void {
  const { thread } = channel;
  if (!thread) throw new Error(`#${channel.name} is not a thread`);
  if (change.archived !== undefined && change.archived !== thread.archived) thread.archivedAt = world.clock.now();
  Object.assign(thread, change);
  world.dispatch({ name: "THREAD_UPDATE", data: wireChannel(channel, world), intent: intents.guilds, channel });
}

/** Makes someone a member of a thread. */
export function addToThread(world: World, channel: Channel, person: Person): void {
  const { thread } = channel;
  if (!thread || thread.members.has(person.id)) return;
  thread.members.set(person.id, world.clock.now());
  const added = { ...wireThreadMember(channel, person), presence: null };
  // Without the privileged members intent a bot hears of its own membership only.
  world.dispatch({
    name: "THREAD_MEMBERS_UPDATE",
    data: {
      id: channel.id,
      ...serverId(channel),
      member_count: thread.members.size,
      added_members: [added],
      removed_member_ids: [],
    },
    intent: person === world.bot ? intents.guilds | intents.guildMembers : intents.guildMembers,
    channel,
  });
}

/** Takes someone out of a thread. */
export function removeFromThread(world: World, channel: Channel, person: Person): void {
  if (!channel.thread?.members.delete(person.id)) return;
  world.dispatch({
    name: "THREAD_MEMBERS_UPDATE",
    data: {
      id: channel.id,
      ...serverId(channel),
      member_count: channel.thread.members.size,
      added_members: [],
      removed_member_ids: [person.id],
    },
    intent: person === world.bot ? intents.guilds | intents.guildMembers : intents.guildMembers,
    channel,
  });
}

/** The server of a channel, as events name it. */
export function serverId(channel: Channel): JsonObject {
  return channel.server ? { guild_id: channel.server.id } : {};
}
