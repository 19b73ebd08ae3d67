import { publish } from "../events.ts";
import { fileJson } from "../message-json.ts";
import { write } from "../rich-text.ts";
import { change, edit, join, leave, post, react, remove, unreact } from "../timeline.ts";
import { newFile } from "../web-api/files.ts";
import { type Channel, type Fields, type FileKind, findMessage, type Message } from "../workspace.ts";
import type { World } from "../world.ts";

/** A file somebody attaches. */
export interface Attachment {
  readonly name: string;
  readonly content: string | Buffer;
  /** An ordinary file unless said otherwise. */
  readonly kind?: FileKind;
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

/** A message as it is attached to the one that passes it on. */
function passedOn(world: World, from: Channel, shared: Message): Fields {
  const author = world.workspace.people.get(shared.user);
  const url = `https://${world.workspace.team.domain}.slack.com/archives/${from.id}/p${shared.ts.replace(".", "")}`;
  return {
    id: 1,
    ts: shared.ts,
    channel_id: from.id,
    channel_team: world.workspace.team.id,
    is_msg_unfurl: true,
    is_share: true,
    author_id: shared.user,
    author_name: author?.name ?? shared.user,
    author_subname: author?.name ?? shared.user,
    text: shared.text,
    fallback: `[${author?.name ?? shared.user}] ${shared.text}`,
    from_url: url,
    original_url: url,
    footer: from.kind === "im" ? "Direct message" : `Posted in #${from.name}`,
    mrkdwn_in: ["text"],
    message_blocks: [
      { team: world.workspace.team.id, channel: from.id, ts: shared.ts, message: { blocks: shared.blocks ?? [] } },
    ],
    ...(shared.files.length > 0 ? { files: shared.files.map((id) => fileJson(world, id)) } : {}),
  };
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
      const files = (options.files ?? []).map(({ name, content, kind }) => {
        const bytes = Buffer.from(content);
        const file = newFile(world, name, bytes.length, user, kind);
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

    /** Passes a message on, with a word of one's own or without: forwarded, or linked to. */
    share(person: Ref, ref: MessageRef, where: Ref, typed = "", options: Pick<SayOptions, "thread"> = {}) {
      const { channel: from, message: shared } = messageOf(world, ref);
      const channel = channelOf(world, where);
      const user = idOf(person);
      mayWrite(channel, user);
      if (from.kind !== "channel" && !from.members.has(user)) throw new Error(`${user} does not see that message`);
      const { text, blocks } = write(typed, names());
      const message = post(world, channel, {
        user,
        text,
        ...(typed ? { blocks: blocks.map((block) => ({ ...block, block_id: world.ids.secret(5) })) } : {}),
        attachments: [passedOn(world, from, shared)],
        threadTs: options.thread === undefined ? undefined : tsOf(options.thread),
        clientMsgId: world.ids.uuid(),
      });
      return { ts: message.ts, channel: channel.id, threadTs: message.threadTs ?? message.ts };
    },

    edit(ref: MessageRef, typed: string) {
      const { channel, message } = messageOf(world, ref);
      const { text, blocks } = write(typed, names());
      edit(world, channel, message, () => {
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
