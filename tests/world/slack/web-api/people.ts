import type { Fields, Person } from "../workspace.ts";
import type { World } from "../world.ts";
import { type Method, page, refuse } from "./method.ts";

/** A person as users.info shows them. */
export function personJson(world: World, person: Person, options: { locale: boolean }): Fields {
  const first = person.name.split(" ")[0] ?? person.name;
  return {
    id: person.id,
    team_id: person.team,
    name: person.name.toLowerCase().replace(/\s+/g, "."),
    deleted: person.deactivated,
    real_name: person.name,
    tz: person.tz,
    tz_label: person.tz,
    tz_offset: offsetSeconds(person.tz, world.clock.now()),
    profile: {
      real_name: person.name,
      real_name_normalized: person.name,
      display_name: person.botId ? "" : person.name,
      display_name_normalized: person.botId ? "" : person.name,
      first_name: first,
      team: person.team,
      ...(person.botId ? { bot_id: person.botId } : {}),
      ...(world.app.scopes.has("users:read.email") && !person.botId ? { email: emailOf(person) } : {}),
    },
    is_admin: false,
    is_owner: false,
    is_primary_owner: false,
    is_restricted: person.guest,
    is_ultra_restricted: false,
    is_bot: person.botId !== undefined,
    is_stranger: person.team !== world.workspace.team.id,
    is_app_user: false,
    updated: 1_700_000_000,
    ...(options.locale ? { locale: person.locale } : {}),
  };
}

function emailOf(person: Person): string | undefined {
  return person.botId ? undefined : `${person.name.toLowerCase().replace(/\s+/g, ".")}@example.com`;
}

function offsetSeconds(zone: string, now: number): number {
  const wall = new Date(now).toLocaleString("sv-SE", { timeZone: zone });
  return Math.round((Date.parse(`${wall}Z`) - now) / 60_000) * 60;
}

/** users.* and usergroups.*. */
export const people: Readonly<Record<string, Method>> = {
  "users.info": {
    args: { user: "text!", include_locale: "flag" },
    token: "bot",
    scopes: ["users:read"],
    limit: "tier4",
    run(args, world) {
      const person = world.workspace.people.get(args.need("user")) ?? refuse("user_not_found");
      if (person.hidden) refuse("user_not_found");
      return { user: personJson(world, person, { locale: args.flag("include_locale") }) };
    },
  },

  "users.list": {
    args: { cursor: "text", include_locale: "flag", limit: "number", team_id: "text" },
    token: "bot",
    scopes: ["users:read"],
    limit: "tier2",
    run(args, world) {
      const known = [...world.workspace.people.values()].filter(({ hidden }) => !hidden);
      const { items, next } = page(args, known, 1000);
      return {
        members: items.map((person) => personJson(world, person, { locale: args.flag("include_locale") })),
        cache_ts: Math.floor(world.clock.now() / 1000),
        response_metadata: { next_cursor: next },
      };
    },
  },

  "users.lookupByEmail": {
    args: { email: "text!" },
    token: "bot",
    scopes: ["users:read.email"],
    limit: "tier3",
    run(args, world) {
      const wanted = args.need("email").toLowerCase();
      const person = [...world.workspace.people.values()].find((one) => emailOf(one) === wanted);
      return { user: personJson(world, person ?? refuse("users_not_found"), { locale: false }) };
    },
  },

  "usergroups.list": {
    args: { include_count: "flag", include_disabled: "flag", include_users: "flag", team_id: "text" },
    token: "bot",
    scopes: ["usergroups:read"],
    limit: "tier2",
    run: (args, world) => ({
      usergroups: world.workspace.groups.map(({ users, ...group }) => ({
        ...group,
        team_id: world.workspace.team.id,
        is_usergroup: true,
        date_delete: 0,
        ...(args.flag("include_count") ? { user_count: users.length } : {}),
        ...(args.flag("include_users") ? { users } : {}),
      })),
    }),
  },

  "usergroups.users.list": {
    args: { usergroup: "text!", include_disabled: "flag", team_id: "text" },
    token: "bot",
    scopes: ["usergroups:read"],
    limit: "tier2",
    run(args, world) {
      const group = world.workspace.groups.find(({ id }) => id === args.need("usergroup"));
      return { users: group?.users ?? refuse("no_such_subteam") };
    },
  },
};
