import { readCommands } from "../command-form.ts";
import type { Server } from "../entities.ts";
import { isObject, type JsonObject } from "../form.ts";
import { refusal } from "../refusal.ts";
import { type Answer, type Call, done, idOf, ok, type Route, serverOf } from "./route.ts";

/** Registering commands, for everywhere or for one server. */
export const commandRoutes: Route[] = [
  { method: "GET", path: "/applications/{application_id}/commands", limit: [5, 5000], run: (call) => list(call) },
  {
    method: "PUT",
    path: "/applications/{application_id}/commands",
    limit: [2, 20_000],
    run: (call) => overwrite(call),
  },
  { method: "POST", path: "/applications/{application_id}/commands", limit: [5, 20_000], run: (call) => add(call) },
  {
    method: "DELETE",
    path: "/applications/{application_id}/commands/{command_id}",
    limit: [5, 20_000],
    run: (call) => erase(call),
  },
  {
    method: "GET",
    path: "/applications/{application_id}/guilds/{guild_id}/commands",
    limit: [5, 5000],
    run: (call) => list(call, serverOf(call)),
  },
  {
    method: "PUT",
    path: "/applications/{application_id}/guilds/{guild_id}/commands",
    limit: [2, 20_000],
    run: (call) => overwrite(call, serverOf(call)),
  },
  {
    method: "POST",
    path: "/applications/{application_id}/guilds/{guild_id}/commands",
    limit: [5, 20_000],
    run: (call) => add(call, serverOf(call)),
  },
  {
    method: "DELETE",
    path: "/applications/{application_id}/guilds/{guild_id}/commands/{command_id}",
    limit: [5, 20_000],
    run: (call) => erase(call, serverOf(call)),
  },
];

const createsPerDay = 200;

function checkApplication(call: Call): void {
  if (idOf(call, "application_id") !== call.world.applicationId) throw refusal(20012);
}

function list(call: Call, server?: Server): Answer {
  checkApplication(call);
  return ok(registered(call, server));
}

function registered(call: Call, server: Server | undefined): JsonObject[] {
  return server ? server.commands : call.world.commands;
}

function overwrite(call: Call, server?: Server): Answer {
  checkApplication(call);
  const wanted = readCommands(call.form.value);
  const before = registered(call, server);
  if (before.length > 0 && sameCommands(before, wanted))
    call.violations.add("commands registered again", "nothing had changed: register only when the commands differ");
  return ok(keep(call, server, wanted));
}

function add(call: Call, server?: Server): Answer {
  checkApplication(call);
  const [command] = readCommands([call.form.value]);
  if (!command) throw refusal(10063);
  const others = registered(call, server).filter((other) => !isSame(other, command));
  const existed = others.length < registered(call, server).length;
  const now = keep(call, server, [...others, command]);
  return { status: existed ? 200 : 201, body: now.at(-1) ?? null };
}

function erase(call: Call, server?: Server): Answer {
  checkApplication(call);
  const id = idOf(call, "command_id");
  const all = registered(call, server);
  if (!all.some((command) => command.id === id)) throw refusal(10063);
  keep(
    call,
    server,
    all.filter((command) => command.id !== id),
  );
  return done;
}

/** Makes `wanted` what is registered; a command that was there before keeps its id. */
function keep(call: Call, server: Server | undefined, wanted: JsonObject[]): JsonObject[] {
  const { world } = call;
  const before = registered(call, server);
  const created = wanted.filter((command) => !before.some((old) => isSame(old, command))).length;
  world.commandCreates += created;
  if (world.commandCreates > createsPerDay) throw refusal(30034);
  const now = wanted.map((command) => ({
    description: "",
    name_localizations: null,
    description_localizations: null,
    default_member_permissions: null,
    dm_permission: true,
    contexts: null,
    integration_types: [0],
    nsfw: false,
    options: [],
    ...command,
    id: before.find((old) => isSame(old, command))?.id ?? world.id(),
    application_id: world.applicationId,
    version: world.id(),
    ...(server ? { guild_id: server.id } : {}),
  }));
  if (server) server.commands = now;
  else world.commands = now;
  world.changed();
  return now;
}

function isSame(one: JsonObject, other: JsonObject): boolean {
  return one.name === other.name && (one.type ?? 1) === (other.type ?? 1);
}

function sameCommands(before: JsonObject[], wanted: JsonObject[]): boolean {
  const covered = wanted.every((command) => {
    const old = before.find((candidate) => isSame(candidate, command));
    return old !== undefined && Object.entries(command).every(([key, value]) => same(old[key], value));
  });
  return covered && before.length === wanted.length;
}

function same(one: unknown, other: unknown): boolean {
  if (Array.isArray(one) && Array.isArray(other))
    return one.length === other.length && one.every((item, index) => same(item, other[index]));
  if (isObject(one) && isObject(other))
    return [...Object.keys(one), ...Object.keys(other)].every((key) => same(one[key], other[key]));
  return one === other;
}
