import { setTimeout as sleep } from "node:timers/promises";
import {
  ChannelType,
  GatewayDispatchEvents,
  type GatewayDispatchPayload,
  type GatewayGuildCreateDispatchData,
  type GatewayGuildMemberAddDispatchData,
  type GatewayMessageCreateDispatchData,
  type GatewayMessageUpdateDispatchData,
  type GatewayThreadMembersUpdateDispatchData,
  PermissionFlagsBits,
} from "discord.js";
import type { Logger } from "pino";
import type { ChatEvent, Inbox } from "../../src/chat.ts";
import type { Connection } from "./connection.ts";
import { authorOf, isBlank, isSpeech, type Said, toMessage } from "./message.ts";
import type { People } from "./people.ts";
import type { Place, Places } from "./places.ts";

const writable = PermissionFlagsBits.ViewChannel | PermissionFlagsBits.SendMessages;

type Reaction = Extract<
  GatewayDispatchPayload,
  { t: GatewayDispatchEvents.MessageReactionAdd | GatewayDispatchEvents.MessageReactionRemove }
>;

/** Turns what Discord's gateway tells into what the bot hears. */
export type Hearing = ReturnType<typeof createHearing>;

/** Makes the hearing; it hears from the first packet on until it is told to be quiet. */
export function createHearing(options: {
  connection: Connection;
  places: Places;
  people: People;
  inbox: Inbox;
  log: Logger;
  now: () => number;
  /** A direct message came in this channel: Discord never lists them, so they must be remembered to catch up. */
  direct(channel: string): void;
}) {
  const { connection, places, people, inbox, log, now } = options;
  const silence = new AbortController();
  let untold = 0;

  /**
   * Contract: resolves with true once the event is journalled; only then may it be acknowledged. A journal in trouble is
   * asked again until it takes the event, or nobody listens any more.
   */
  async function tell(event: ChatEvent): Promise<boolean> {
    untold += 1;
    for (let wait = 1_000; !silence.signal.aborted; wait = Math.min(wait * 2, 60_000)) {
      try {
        await inbox.hear(event);
        untold -= 1;
        return true;
      } catch (error) {
        log.error({ err: error, key: event.key }, "discord: an event could not be journalled; trying again");
        await sleep(wait, undefined, { signal: silence.signal, ref: false }).catch(() => {});
      }
    }
    return false;
  }

  /** Runs at once when the place is known, so that events stay in order; else after asking Discord about it. */
  function inPlace(channel: string, guild: string | undefined, then: (place: Place) => void | Promise<void>): void {
    if (silence.signal.aborted) return;
    const dealWith = async (place: Place) => {
      try {
        await then(place);
      } catch (error) {
        log.error({ err: error, channel }, "discord: an event was not dealt with");
      }
    };
    const place = places.known(channel, guild);
    if (place) {
      void dealWith(place);
      return;
    }
    places.find(channel, guild).then(dealWith, (error: unknown) => {
      log.warn({ err: error, channel }, "discord: something was said where I can't look");
    });
  }

  /** Something was said: live, or read afterwards. */
  async function said(message: Said, place: Place): Promise<void> {
    if (message.author.id === connection.me || !isSpeech(message)) return;
    const heard = toMessage(message, place, connection);
    if (isBlank(message, heard)) return;
    if (heard.direct) options.direct(heard.address.channel);
    if (heard.answerAt.thread === heard.id) places.asked(heard);
    await tell({ key: `discord:${heard.id}`, kind: "message", message: heard });
  }

  function created(message: GatewayMessageCreateDispatchData): void {
    if (message.author.id === connection.me) return;
    people.seen(message.author, message.member, message.guild_id);
    inPlace(message.channel_id, message.guild_id, (place) => said(message, place));
  }

  function edited(message: GatewayMessageUpdateDispatchData): void {
    // Discord tells of its own link previews as edits, too; those carry no time of editing.
    if (!message.edited_timestamp || message.author.id === connection.me || !isSpeech(message)) return;
    const key = `discord:${message.id}:edited:${Date.parse(message.edited_timestamp)}`;
    inPlace(message.channel_id, message.guild_id, (place) => {
      const heard = toMessage(message, place, connection);
      if (isBlank(message, heard)) return;
      if (places.question(heard.id)) places.asked(heard);
      void tell({ key, kind: "edited", message: heard });
    });
  }

  function deleted(messages: string[], channel: string, guild: string | undefined): void {
    inPlace(channel, guild, ({ address }) => {
      for (const message of messages) {
        places.forget(message);
        void tell({ key: `discord:${message}:deleted`, kind: "deleted", address, message, at: now() });
      }
    });
  }

  function reacted({ t, d }: Reaction): void {
    if (d.user_id === connection.me) return;
    const added = t === GatewayDispatchEvents.MessageReactionAdd;
    const user = "member" in d ? d.member?.user : undefined;
    if (user) people.seen(user, undefined, undefined);
    const person = people.known(d.user_id);
    const emoji = d.emoji.name ?? d.emoji.id ?? "";
    const at = now();
    const key = `discord:${d.message_id}:${d.user_id}:${emoji}:${added ? "added" : "removed"}:${at}`;
    inPlace(d.channel_id, d.guild_id, ({ address }) => {
      void tell({ key, kind: "reaction", address, message: d.message_id, person, emoji, added, at });
    });
  }

  /** Where a server is told of newcomers: where Discord greets them, else in the first channel I may write in. */
  function greetingChannel(guild: string): string | undefined {
    const server = connection.client.guilds.cache.get(guild);
    if (!server) return undefined;
    const texts = server.channels.cache.filter((channel) => channel.type === ChannelType.GuildText);
    const ordered = [...texts.sort((a, b) => a.rawPosition - b.rawPosition).values()];
    const candidates = [...(server.systemChannel ? [server.systemChannel] : []), ...ordered];
    const me = connection.client.user;
    return candidates.find((channel) => me && channel.permissionsFor(me)?.has(writable))?.id;
  }

  function joinedServer(member: GatewayGuildMemberAddDispatchData): void {
    const channel = greetingChannel(member.guild_id);
    if (!channel) return;
    const person = authorOf(member.user, member);
    const at = member.joined_at ? Date.parse(member.joined_at) : now();
    const key = `discord:${member.guild_id}:${member.user.id}:joined:${at}`;
    void tell({ key, kind: "joined", address: { adapter: "discord", channel }, person, ours: false, at });
  }

  /** Discord tells of every server when a session begins; only one joined just now is news. */
  function brought(server: GatewayGuildCreateDispatchData): void {
    const at = Date.parse(server.joined_at);
    if (at < now() - 60_000) return;
    const key = `discord:${server.id}:${connection.me}:joined:${at}`;
    // The library takes the server into its picture right after this.
    queueMicrotask(() => {
      const channel = greetingChannel(server.id);
      if (!channel) return;
      const address = { adapter: "discord", channel };
      void tell({ key, kind: "joined", address, person: people.known(connection.me), ours: true, at });
    });
  }

  /** Somebody brought the bot into a thread. That it is in the threads it made itself is no news. */
  function joinedThread(update: GatewayThreadMembersUpdateDispatchData): void {
    const mine = update.added_members?.find((member) => member.user_id === connection.me);
    const thread = connection.client.channels.cache.get(update.id);
    if (!mine || !thread?.isThread() || thread.ownerId === connection.me) return;
    const at = Date.parse(mine.join_timestamp);
    const key = `discord:${update.id}:${connection.me}:joined:${at}`;
    inPlace(update.id, update.guild_id, ({ address }) => {
      void tell({ key, kind: "joined", address, person: people.known(connection.me), ours: true, at });
    });
  }

  return {
    tell,
    said,
    inPlace,
    packet(packet: GatewayDispatchPayload): void {
      if (silence.signal.aborted) return;
      switch (packet.t) {
        case GatewayDispatchEvents.MessageCreate:
          created(packet.d);
          break;
        case GatewayDispatchEvents.MessageUpdate:
          edited(packet.d);
          break;
        case GatewayDispatchEvents.MessageDelete:
          deleted([packet.d.id], packet.d.channel_id, packet.d.guild_id);
          break;
        case GatewayDispatchEvents.MessageDeleteBulk:
          deleted(packet.d.ids, packet.d.channel_id, packet.d.guild_id);
          break;
        case GatewayDispatchEvents.MessageReactionAdd:
        case GatewayDispatchEvents.MessageReactionRemove:
          reacted(packet);
          break;
        case GatewayDispatchEvents.GuildMemberAdd:
          joinedServer(packet.d);
          break;
        case GatewayDispatchEvents.GuildCreate:
          brought(packet.d);
          break;
        case GatewayDispatchEvents.ThreadMembersUpdate:
          joinedThread(packet.d);
          break;
      }
    },
    /** How many events are not journalled yet. */
    get untold() {
      return untold;
    },
    quiet: () => silence.abort(),
  };
}
