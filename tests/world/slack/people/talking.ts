import { publish } from "../events.ts";
import { write } from "../rich-text.ts";
import { change, join, leave, post, react, remove, unreact } from "../timeline.ts";
import { newFile } from "../web-api/files.ts";
import { type Channel, findMessage, type Message } from "../workspace.ts";
import type { World } from "../world.ts";

/** A file somebody attaches. */
export interface Attachment {
  readonly name: string;
  readonly content: string | Buffer;
}

/** How something is said. */
export interface SayOptions {
  /** The parent's ts, or the parent. */
  readonly thread?: string | { readonly ts: string };
  readonly files?: readonly Attachment[];
  /** Also sent to the channel. */
  readonly broadcast?: boolean;
}

/** Somebody or something with an id, or the id itself. */
export type Ref = string | { readonly id: string };

/** A message, or its ts. */
export type MessageRef = string | { readonly ts: string };

/** The id in a reference. */
export function idOf(ref: Ref): string {
  return typeof ref === "string" ? ref : ref.id;
}

/** The ts in a reference. */
export function tsOf(ref: MessageRef): string {
  return typeof ref === "string" ? ref : ref.ts;
}

/** The conversation a test means; a wrong id is the test's mistake. */
export function channelOf(world: World, ref: Ref): Channel {
  const channel = world.workspace.channels.get(idOf(ref));
  if (!channel) throw new Error(`no channel ${idOf(ref)} in the simulated Slack`);
  return channel;
}

function messageOf(world: World, ref: MessageRef): { channel: Channel; message: Message } {
  const ts = tsOf(ref);
  for (const channel of world.workspace.channels.values()) {
    const message = findMessage(channel, ts);
    if (message) return { channel, message };
  }
  throw new Error(`no message ${ts} in the simulated Slack`);
}

/** What people do in conversations. */
export function createTalking(world: World) {
  const names = () => ({ people: world.workspace.people.values(), channels: world.workspace.channels.values() });
  const mayWrite = (channel: Channel, user: string) => {
    if (channel.archived) throw new Error(`#${channel.name} is archived: nobody can write there`);
    if (!channel.members.has(user)) throw new Error(`${user} is not in #${channel.name} and cannot write there`);
  };

  return {
    say(person: Ref, where: Ref, typed: string, options: SayOptions = {}) {
      const channel = channelOf(world, where);
      const user = idOf(person);
      mayWrite(channel, user);
      const threadTs = options.thread === undefined ? undefined : tsOf(options.thread);
      if (threadTs && !channel.byTs.has(threadTs))
        throw new Error(`no message ${threadTs} to reply to in #${channel.name}`);
      const { text, blocks } = write(typed, names());
      const files = (options.files ?? []).map(({ name, content }) => {
        const bytes = Buffer.from(content);
        const file = newFile(world, name, bytes.length, user);
        file.content = bytes;
        file.channels.push(channel.id);
        return file.id;
      });
      const subtype = files.length > 0 ? "file_share" : options.broadcast ? "thread_broadcast" : undefined;
      const message = post(world, channel, {
        user,
        text,
        ...(typed ? { blocks: blocks.map((block) => ({ ...block, block_id: world.ids.secret(5) })) } : {}),
        files,
        threadTs,
        broadcast: options.broadcast ?? false,
        ...(subtype ? { subtype } : {}),
        clientMsgId: world.workspace.people.get(user)?.botId ? undefined : world.ids.uuid(),
      });
      return { ts: message.ts, channel: channel.id, threadTs: threadTs ?? message.ts };
    },

    edit(ref: MessageRef, typed: string) {
      const { channel, message } = messageOf(world, ref);
      const { text, blocks } = write(typed, names());
      change(world, channel, message, () => {
        message.text = text;
        message.blocks = blocks;
        message.edited = { user: message.user, ts: world.workspace.nextTs() };
      });
    },

    /** Slack adds a link's preview: a `message_changed` that is no edit. */
    unfurl(ref: MessageRef, url: string) {
      const { channel, message } = messageOf(world, ref);
      change(world, channel, message, () => {
        message.attachments = [
          { id: 1, from_url: url, original_url: url, fallback: url, title: url, service_name: "web" },
        ];
      });
    },

    delete(ref: MessageRef) {
      const { channel, message } = messageOf(world, ref);
      remove(world, channel, message);
    },

    react(person: Ref, ref: MessageRef, emoji: string) {
      const { channel, message } = messageOf(world, ref);
      react(world, channel, message, idOf(person), emoji.replaceAll(":", ""));
    },

    unreact(person: Ref, ref: MessageRef, emoji: string) {
      const { channel, message } = messageOf(world, ref);
      unreact(world, channel, message, idOf(person), emoji.replaceAll(":", ""));
    },

    join(person: Ref, where: Ref, options: { by?: Ref } = {}) {
      join(world, channelOf(world, where), idOf(person), options.by === undefined ? undefined : idOf(options.by));
    },

    leave(person: Ref, where: Ref) {
      leave(world, channelOf(world, where), idOf(person), idOf(person));
    },

    /** Somebody invites the bot. */
    inviteBot(where: Ref, by: Ref) {
      join(world, channelOf(world, where), world.app.botUserId, idOf(by));
    },

    /** Somebody removes the bot. */
    kickBot(where: Ref, by: Ref) {
      leave(world, channelOf(world, where), world.app.botUserId, idOf(by));
    },

    archive(where: Ref, by: Ref) {
      const channel = channelOf(world, where);
      post(world, channel, { user: idOf(by), text: "archived the channel", subtype: "channel_archive" });
      channel.archived = true;
      publish(
        world,
        "channel_archive",
        { type: "channel_archive", channel: channel.id, user: idOf(by), is_moved: 0 },
        channel,
      );
      world.changed();
    },

    unarchive(where: Ref, by: Ref) {
      const channel = channelOf(world, where);
      channel.archived = false;
      publish(world, "channel_unarchive", { type: "channel_unarchive", channel: channel.id, user: idOf(by) }, channel);
      world.changed();
    },
  };
}
