import { type Method, refuse } from "./method.ts";

/** api.test, auth.test, apps.connections.open, bots.info, team.info, emoji.list. */
export const app: Readonly<Record<string, Method>> = {
  "api.test": {
    args: { error: "text" },
    token: "any",
    limit: "tier4",
    run(args) {
      const error = args.text("error");
      if (error) refuse(error, { args: { error } });
      return { args: {} };
    },
  },

  "auth.test": {
    args: {},
    token: "any",
    limit: "high",
    run: (_, world) => ({
      url: `https://${world.workspace.team.domain}.slack.com/`,
      team: world.workspace.team.name,
      user: world.app.name.toLowerCase(),
      team_id: world.workspace.team.id,
      user_id: world.app.botUserId,
      bot_id: world.app.botId,
      is_enterprise_install: false,
    }),
  },

  "apps.connections.open": {
    args: {},
    token: "app",
    limit: "tier3",
    run: (_, world) => ({ url: world.ticket() }),
  },

  "bots.info": {
    args: { bot: "text", team_id: "text" },
    token: "bot",
    scopes: ["users:read"],
    limit: "tier3",
    run(args, world) {
      if (args.text("bot") !== world.app.botId) refuse("bot_not_found");
      const { botId: id, id: appId, botUserId, name } = world.app;
      return {
        bot: { id, deleted: false, name, updated: 1_700_000_000, app_id: appId, user_id: botUserId, icons: {} },
      };
    },
  },

  "team.info": {
    args: { team: "text", domain: "text" },
    token: "bot",
    scopes: ["team:read"],
    limit: "tier3",
    run(args, world) {
      const wanted = args.text("team");
      if (wanted && wanted !== world.workspace.team.id) refuse("team_not_found");
      return { team: { ...world.workspace.team, email_domain: "", icon: { image_default: true } } };
    },
  },

  "emoji.list": {
    args: { include_categories: "flag" },
    token: "bot",
    scopes: ["emoji:read"],
    limit: "tier2",
    run: (_, world) => ({ emoji: {}, cache_ts: world.workspace.nextTs() }),
  },
};
