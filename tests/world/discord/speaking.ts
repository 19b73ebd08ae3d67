import { newAttachment } from "./attachment.ts";
import { type Channel, holdsThreadsOnly, type Message, type Person } from "./entities.ts";
import { typed } from "./mentions.ts";
import { may } from "./permissions.ts";
import { emptyDraft, post } from "./posting.ts";
import { messageFlags, snapshotOf } from "./wire-message.ts";
import type { World } from "./world.ts";

/** What a person can send along with their words, or instead of them. */
export interface Along {
  files?: { name: string; content: string | Buffer }[];
  /** Stickers by name. */
  stickers?: string[];
  /** A voice message of so many seconds; it has no words. */
  voice?: number;
}

/** Everybody a message in this channel could call. */
export function around({ server, recipients }: Channel): Person[] {
  return server ? [...server.members.values()].map(({ person }) => person) : recipients;
}

/** Says something as a person types it, as far as Discord's client lets them. */
export function speak(
  world: World,
  person: Person,
  channel: Channel,
  text: string,
  options: Along & { replyTo?: Message; pingReplied: boolean },
): Message {
  const { replyTo, pingReplied, files = [], stickers = [], voice } = options;
  refuseSpeech(person, channel);
  if (text.length > 2000) throw new Error("people cannot send more than 2,000 characters");
  if (files.length > 10) throw new Error("people cannot send more than 10 files at once");
  if (stickers.length > 3) throw new Error("people cannot send more than 3 stickers at once");
  if (voice !== undefined && (text !== "" || files.length + stickers.length > 0))
    throw new Error("a voice message stands alone");
  if (text === "" && files.length + stickers.length === 0 && voice === undefined) throw new Error("nothing to send");
  const attachments = files.map(({ name, content }) =>
    newAttachment(world, channel, { name, bytes: Buffer.from(content) }),
  );
  if (voice !== undefined)
    attachments.push(
      newAttachment(world, channel, {
        name: "voice-message.ogg",
        bytes: Buffer.from("OggS"),
        voice: { seconds: voice, waveform: "AA==" },
      }),
    );
  return post(world, person, channel, {
    ...emptyDraft(),
    content: typed(text, channel, around(channel)),
    attachments,
    stickers,
    flags: voice === undefined ? 0 : messageFlags.voiceMessage,
    mentions: pingReplied
      ? "default"
      : { parse: ["users", "roles", "everyone"], users: [], roles: [], repliedUser: false },
    ...(replyTo ? { repliesTo: { id: replyTo.id, channel } } : {}),
  });
}

/** Passes a message on to another channel; a comment to it would be a message of its own. */
export function passOn(world: World, person: Person, message: Message, channel: Channel): Message {
  refuseSpeech(person, channel);
  if (!may(person, message.channel, "ViewChannel", "ReadMessageHistory") || message.ephemeralFor)
    throw new Error(`${person.name} may not pass that message on`);
  const forwards = message.forwards ?? {
    id: message.id,
    channel: message.channel,
    snapshot: snapshotOf(message, world),
  };
  return post(world, person, channel, { ...emptyDraft(), flags: messageFlags.snapshot, forwards });
}

function refuseSpeech(person: Person, channel: Channel): void {
  if (!may(person, channel, "ViewChannel", channel.thread ? "SendMessagesInThreads" : "SendMessages"))
    throw new Error(`${person.name} may not write in #${channel.name}`);
  if (holdsThreadsOnly(channel)) throw new Error("a forum has threads only");
  if (channel.thread?.locked) throw new Error("that thread is locked");
}
