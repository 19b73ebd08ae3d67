import type { Channel, Message, Server } from "../entities.ts";
import { Form, isSnowflake, type Json } from "../form.ts";
import type { Upload } from "../message-form.ts";
import { may, type Permission, permissionsIn } from "../permissions.ts";
import { Refusal, refusal } from "../refusal.ts";
import type { Violations } from "../violations.ts";
import type { World } from "../world.ts";

/** One request, read and authorised, on its way to a route. */
export interface Call {
  world: World;
  violations: Violations;
  params: Record<string, string>;
  query: URLSearchParams;
  form: Form;
  files: Upload[];
}

/** What goes back; no body is 204. */
export type Answer = { status: number; body?: Json };

/** One row of Discord's route table. */
export interface Route {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** As in Discord's documentation, with `{name}` for what varies. */
  path: string;
  /** Requests per milliseconds, counted per channel, server or webhook; none for routes that are not limited. */
  limit?: readonly [number, number];
  /** Needs no bot token: the address itself is the secret. */
  open?: true;
  run(call: Call): Answer;
}

/** A 200 with a body. */
export function ok(body: Json): Answer {
  return { status: 200, body };
}

/** A 204. */
export const done: Answer = { status: 204 };

/** An id from the path; Discord refuses what is not one before looking anything up. */
export function idOf(call: Call, name: string): string {
  const value = call.params[name] ?? "";
  if (isSnowflake(value)) return value;
  throw new Refusal(400, 50035, "Invalid Form Body", {
    [name]: { _errors: [{ code: "NUMBER_TYPE_COERCE", message: `Value "${value}" is not snowflake.` }] },
  });
}

/** The channel of the path, if the bot may see it. */
export function channelOf(call: Call, ...needed: Permission[]): Channel {
  const channel = call.world.channels.get(idOf(call, "channel_id"));
  if (!channel) throw refusal(10003);
  const { bot } = call.world;
  if (channel.server && !channel.server.hasBot) throw refusal(50001);
  if (permissionsIn(bot, channel) === 0n || !may(bot, channel, "ViewChannel")) throw refusal(50001);
  if (!may(bot, channel, ...needed)) throw refusal(50013);
  return channel;
}

/** The message of the path; what only one person sees does not exist here. */
export function messageOf(call: Call, channel: Channel, name = "message_id"): Message {
  const id = idOf(call, name);
  const message = channel.messages.find((candidate) => candidate.id === id && !candidate.ephemeralFor);
  if (!message) throw refusal(10008);
  return message;
}

/** The server of the path, if the bot is in it. */
export function serverOf(call: Call): Server {
  const server = call.world.servers.get(idOf(call, "guild_id"));
  if (!server?.hasBot) throw refusal(10004);
  return server;
}

/** The query read like a form. */
export function queryForm(call: Call): Form {
  return new Form(Object.fromEntries(call.query));
}

/** Refuses to act in a thread that is closed. */
export function refuseClosed(call: Call, channel: Channel, { archivedIsFine }: { archivedIsFine: boolean }): void {
  const { thread } = channel;
  if (!thread) return;
  const mod = may(call.world.bot, channel, "ManageThreads");
  if (thread.archived && (!archivedIsFine || (thread.locked && !mod))) throw refusal(50083);
  if (thread.locked && !mod) throw refusal(160005);
}
