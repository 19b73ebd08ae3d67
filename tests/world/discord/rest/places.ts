import type { Person } from "../entities.ts";
import { serverPermissions } from "../permissions.ts";
import { refusal } from "../refusal.ts";
import { wireChannel, wireMember, wireRole, wireSelf, wireServer, wireUser } from "../wire.ts";
import { type Answer, type Call, done, idOf, ok, queryForm, type Route, serverOf } from "./route.ts";

const read = [50, 1000] as const;

/** Who the bot is, which servers it is in and who lives there. */
export const placeRoutes: Route[] = [
  { method: "GET", path: "/users/@me", limit: read, run: (call) => ok(wireSelf(call.world)) },
  { method: "GET", path: "/users/@me/guilds", limit: [1, 1000], run: guilds },
  { method: "POST", path: "/users/@me/channels", limit: [10, 10_000], run: openDm },
  { method: "DELETE", path: "/users/@me/guilds/{guild_id}", limit: [1, 1000], run: leaveServer },
  { method: "GET", path: "/users/{user_id}", limit: [30, 30_000], run: user },
  { method: "GET", path: "/applications/@me", limit: read, run: application },
  { method: "GET", path: "/oauth2/applications/@me", limit: read, run: application },
  { method: "GET", path: "/guilds/{guild_id}", limit: read, run: server },
  { method: "GET", path: "/guilds/{guild_id}/channels", limit: read, run: channels },
  { method: "GET", path: "/guilds/{guild_id}/roles", limit: read, run: roles },
  { method: "GET", path: "/guilds/{guild_id}/members", limit: [10, 10_000], run: members },
  { method: "GET", path: "/guilds/{guild_id}/members/search", limit: [10, 10_000], run: search },
  { method: "GET", path: "/guilds/{guild_id}/members/{user_id}", limit: [5, 1000], run: member },
];

/** The application's public flags, which tell which privileged intents its owner has switched on. */
export function applicationFlags(portal: { messageContent: boolean; members: boolean }): number {
  return (portal.messageContent ? 1 << 19 : 0) | (portal.members ? 1 << 15 : 0);
}

function application(call: Call): Answer {
  const { world } = call;
  const owner = [...world.servers.values()].flatMap(({ ownerId }) => world.people.get(ownerId) ?? [])[0];
  return ok({
    id: world.applicationId,
    name: world.bot.name,
    icon: null,
    description: "",
    type: null,
    bot: wireUser(world.bot),
    bot_public: true,
    bot_require_code_grant: false,
    verify_key: "0".repeat(64),
    flags: applicationFlags(world.portal),
    flags_new: String(applicationFlags(world.portal)),
    max_participants: null,
    redirect_uris: [],
    interactions_endpoint_url: null,
    role_connections_verification_url: null,
    owner: wireUser(owner ?? world.bot),
    approximate_guild_count: world.servers.size,
    approximate_user_install_count: 0,
    approximate_user_authorization_count: 0,
    event_webhooks_url: null,
    event_webhooks_status: 1,
    event_webhooks_types: [],
    explicit_content_filter: 0,
    team: null,
    tags: [],
    eligible_oauth2_scopes: ["bot", "applications.commands"],
    integration_types_config: { "0": {} },
  });
}

function guilds(call: Call): Answer {
  const { world } = call;
  const mine = [...world.servers.values()].filter(({ hasBot }) => hasBot);
  return ok(
    mine.map((place) => ({
      id: place.id,
      name: place.name,
      icon: null,
      banner: null,
      owner: false,
      permissions: serverPermissions(world.bot, place).toString(),
      features: [],
    })),
  );
}

function openDm(call: Call): Answer {
  const { world, form } = call;
  const id = form.snowflake("recipient_id", { required: true });
  form.settle();
  const person = id === undefined ? undefined : world.people.get(id);
  if (!person || person === world.bot) throw refusal(50033);
  return ok(wireChannel(world.dmWith(person), world));
}

function leaveServer(call: Call): Answer {
  const place = serverOf(call);
  place.hasBot = false;
  place.members.delete(call.world.bot.id);
  call.world.dispatch({ name: "GUILD_DELETE", data: { id: place.id }, intent: 1 });
  return done;
}

function user(call: Call): Answer {
  const person = call.world.people.get(idOf(call, "user_id"));
  if (!person) throw refusal(10013);
  return ok(wireUser(person));
}

function server(call: Call): Answer {
  const place = serverOf(call);
  const counts = call.query.get("with_counts") === "true";
  const size = place.members.size;
  return ok({
    ...wireServer(place),
    ...(counts ? { approximate_member_count: size, approximate_presence_count: size } : {}),
  });
}

function channels(call: Call): Answer {
  const place = serverOf(call);
  const { world } = call;
  const all = [...world.channels.values()].filter((channel) => channel.server === place && !channel.thread);
  return ok(all.map((channel) => wireChannel(channel, world)));
}

function roles(call: Call): Answer {
  return ok([...serverOf(call).roles.values()].map(wireRole));
}

function members(call: Call): Answer {
  const place = serverOf(call);
  if (!call.world.portal.members) throw refusal(50001);
  const query = queryForm(call);
  const limit = query.integer("limit", { min: 1, max: 1000 }) ?? 1;
  const after = BigInt(query.snowflake("after") ?? 0);
  query.settle();
  const known = [...place.members.values()].filter(({ person }) => BigInt(person.id) > after);
  return ok(known.slice(0, limit).map(wireMember));
}

function search(call: Call): Answer {
  const place = serverOf(call);
  const query = queryForm(call);
  const wanted = query.text("query", { min: 1, max: 100, required: true })?.toLowerCase() ?? "";
  const limit = query.integer("limit", { min: 1, max: 1000 }) ?? 1;
  query.settle();
  const starts = (person: Person) => person.name.toLowerCase().startsWith(wanted);
  return ok(
    [...place.members.values()]
      .filter(({ person }) => starts(person))
      .slice(0, limit)
      .map(wireMember),
  );
}

function member(call: Call): Answer {
  const place = serverOf(call);
  const id = idOf(call, "user_id");
  const found = place.members.get(id);
  if (!found) throw refusal(call.world.people.has(id) ? 10007 : 10013);
  return ok(wireMember(found));
}
