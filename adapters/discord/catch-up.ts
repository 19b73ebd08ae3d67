import { type APIMessage, PermissionFlagsBits } from "discord.js";
import type { Logger } from "pino";
import type { Inbox } from "../../src/chat.ts";
import type { Connection } from "./connection.ts";
import type { Hearing } from "./hear.ts";
import { newest } from "./history.ts";
import type { Place, Places } from "./places.ts";
import { deliveryError } from "./refusals.ts";
import { byAge, idAt } from "./time.ts";

/** What came shortly before the newest thing heard may have been in flight still; telling it again does no harm. */
const overlap = 30_000;
const mostPerChannel = 500;
const readable = PermissionFlagsBits.ViewChannel | PermissionFlagsBits.ReadMessageHistory;

/**
 * Reads what was said while nobody listened, and tells it oldest first, as if it were said now. Rejects when Discord did
 * not answer for some of it: then it is to be done again.
 */
export async function catchUp(options: {
  connection: Connection;
  places: Places;
  hearing: Hearing;
  inbox: Inbox;
  log: Logger;
  /** The direct conversations known of. */
  direct: string[];
  since: number;
}): Promise<void> {
  const { connection, places, hearing, inbox, log, since } = options;
  const after = idAt(since - overlap);
  const missed: { message: APIMessage; place: Place }[] = [];
  let unanswered: unknown;

  async function look(channel: string, guild: string | undefined): Promise<void> {
    try {
      const { messages } = await newest(connection, channel, { since: after, limit: mostPerChannel });
      if (messages.length === 0) return;
      const place = await places.find(channel, guild);
      missed.push(...messages.map((message) => ({ message, place })));
    } catch (error) {
      log.warn({ err: error, channel }, "discord: could not read what was said meanwhile");
      if (!deliveryError(error).final) unanswered = error;
    }
  }

  const active = activeSince(connection, after);
  for (const [channel, guild] of active) await look(channel, guild);
  for (const { channel, thread } of await inbox.recentThreads("discord")) {
    // A thread that fell asleep is not among those Discord tells of when a session begins.
    if (thread === undefined || connection.client.channels.cache.has(thread)) continue;
    const parent = connection.client.channels.cache.get(channel);
    await look(thread, parent && !parent.isDMBased() ? parent.guildId : undefined);
  }
  for (const channel of options.direct) await look(channel, undefined);

  missed.sort((a, b) => byAge(a.message.id, b.message.id));
  if (missed.length > 0) log.info({ messages: missed.length }, "discord: catching up");
  for (const { message, place } of missed) await hearing.said(message, place);
  if (unanswered) throw deliveryError(unanswered);
}

/** The channels and threads in which something was said after this, as far as the bot may read there. */
function activeSince({ client }: Connection, after: string): Map<string, string> {
  const active = new Map<string, string>();
  for (const channel of client.channels.cache.values()) {
    if (channel.isDMBased() || !channel.isTextBased() || !channel.lastMessageId) continue;
    if (byAge(channel.lastMessageId, after) <= 0) continue;
    const may = client.user && channel.permissionsFor(client.user);
    if (may?.has(readable) ?? true) active.set(channel.id, channel.guildId);
  }
  return active;
}
