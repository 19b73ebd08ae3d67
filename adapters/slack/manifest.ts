import { commandsIn, shortcutsIn } from "../../src/words/commands.ts";
import { wordsOf } from "../../src/words/words.ts";
import { requestPath } from "./requests.ts";

/** What the bot needs to be allowed; each is used by something that exists. */
export const botScopes = [
  "app_mentions:read",
  "assistant:write",
  "channels:history",
  "channels:read",
  "chat:write",
  "chat:write.public",
  "commands",
  "files:read",
  "files:write",
  "groups:history",
  "groups:read",
  "im:history",
  "im:read",
  "mpim:history",
  "mpim:read",
  "pins:write",
  "reactions:read",
  "reactions:write",
  "usergroups:read",
  "users:read",
];

const botEvents = [
  "agent_session_stopped",
  "app_context_changed",
  "app_home_opened",
  "app_mention",
  "member_joined_channel",
  "message.channels",
  "message.groups",
  "message.im",
  "message.mpim",
  "reaction_added",
  "reaction_removed",
  "tokens_revoked",
];

/** The Slack app as data, for Socket Mode; for HTTP mode with the address at which Slack reaches the bot. */
export function slackManifest(options: { name?: string; publicUrl?: string } = {}) {
  const { name = "Bellhop", publicUrl } = options;
  const url = publicUrl === undefined ? undefined : new URL(requestPath, publicUrl).href;
  // Slack keeps one language for all.
  const words = wordsOf("en");
  return {
    display_information: {
      name,
      description: "Your team's agents: mention one, it answers in the thread.",
      background_color: "#0F172A",
    },
    features: {
      app_home: { home_tab_enabled: true, messages_tab_enabled: true, messages_tab_read_only_enabled: false },
      bot_user: { display_name: name, always_online: true },
      agent_view: {
        agent_description: "Answers questions with the tools your team gave it.",
        // Until somebody opens the DM: then they are offered what suits them.
        suggested_prompts: [
          { title: words.prompts.whoIsHere, message: "agents" },
          { title: words.prompts.help, message: "help" },
        ],
      },
      slash_commands: commandsIn(words).map((command) => ({
        command: `/${command.name}`,
        description: command.does,
        ...(command.usage && { usage_hint: command.usage }),
        ...(url && { url }),
        should_escape: true,
      })),
      shortcuts: shortcutsIn(words).map(({ name: id, title }) => ({
        name: title,
        type: "message",
        callback_id: id,
        description: title,
      })),
    },
    oauth_config: { scopes: { bot: botScopes } },
    settings: {
      event_subscriptions: { ...(url && { request_url: url }), bot_events: botEvents },
      interactivity: { is_enabled: true, ...(url && { request_url: url }) },
      org_deploy_enabled: false,
      socket_mode_enabled: url === undefined,
      token_rotation_enabled: false,
    },
  };
}

/** The address at which Slack makes an app of the manifest, filled in already. */
export function createAppUrl(manifest: object = slackManifest()): string {
  return `https://api.slack.com/apps?new_app=1&manifest_json=${encodeURIComponent(JSON.stringify(manifest))}`;
}

/** The scopes that the app was not granted: an app made from a manifest can lack some until it is reinstalled. */
export function missingScopes(granted: readonly string[]): string[] {
  return botScopes.filter((scope) => !granted.includes(scope));
}
