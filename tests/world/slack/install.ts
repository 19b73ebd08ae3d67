import { allEvents, eventScopes } from "./events.ts";
import type { Ids } from "./ids.ts";
import { METHODS } from "./web-api/methods.ts";
import type { App } from "./world.ts";

/** The parts of an app manifest that decide what Slack lets the app do and hear. */
export interface Manifest {
  readonly display_information: { readonly name: string };
  readonly features?: {
    readonly app_home?: { readonly home_tab_enabled?: boolean };
    readonly bot_user?: { readonly display_name: string };
    readonly agent_view?: {
      readonly suggested_prompts?: readonly { readonly title: string; readonly message: string }[];
    };
    readonly slash_commands?: readonly { readonly command: string; readonly should_escape?: boolean }[];
    readonly shortcuts?: readonly { readonly callback_id: string; readonly name: string; readonly type: string }[];
  };
  readonly oauth_config?: { readonly scopes?: { readonly bot?: readonly string[] } };
  readonly settings?: {
    readonly event_subscriptions?: { readonly bot_events?: readonly string[] };
    readonly interactivity?: { readonly is_enabled?: boolean };
  };
}

/** What is granted to an app; without a manifest it may do and hear all there is here. */
export interface Grants {
  readonly botName?: string;
  /** The app's manifest: its name, scopes, events, commands and shortcuts. */
  readonly manifest?: Manifest;
  /** Bot scopes, if not those of the manifest. */
  readonly scopes?: readonly string[];
  /** Event subscriptions, if not those of the manifest. */
  readonly events?: readonly string[];
  /** Slash commands, if not those of the manifest. */
  readonly commands?: readonly { readonly command: string; readonly should_escape?: boolean }[];
}

/** Installs the app; throws on a manifest Slack would refuse. */
export function install(grants: Grants, ids: Ids): App {
  const { manifest } = grants;
  if (manifest) check(manifest);
  const features = manifest?.features;
  const asked = [...METHODS.values()].flatMap((method) => method.scopes ?? []);
  const everything = [...asked, "app_mentions:read", "commands", "chat:write.customize", "users:read.email"];
  const scopes = grants.scopes ?? (manifest ? (manifest.oauth_config?.scopes?.bot ?? []) : everything);
  const events = grants.events ?? (manifest ? (manifest.settings?.event_subscriptions?.bot_events ?? []) : allEvents);
  const commands = grants.commands ?? (manifest && (features?.slash_commands ?? []));
  const shortcuts = manifest && (features?.shortcuts ?? []);
  return {
    id: ids.next("A"),
    name: grants.botName ?? features?.bot_user?.display_name ?? "Bellhop",
    botUserId: ids.next("U"),
    botId: ids.next("B"),
    tokens: {
      bot: `xoxb-1000000000001-1000000000002-${ids.secret(24)}`,
      app: `xapp-1-A0000000000-1000000000003-${ids.secret(64)}`,
      signingSecret: ids.secret(32),
    },
    verification: ids.secret(24),
    scopes: new Set(scopes),
    events: new Set(events),
    commands: commands && new Map(commands.map((one) => [one.command, { escape: one.should_escape ?? false }])),
    shortcuts: shortcuts && new Map(shortcuts.map(({ callback_id: id, type }) => [id, type])),
    homeTab: manifest ? (features?.app_home?.home_tab_enabled ?? false) : true,
    interactive: manifest ? (manifest.settings?.interactivity?.is_enabled ?? false) : true,
    revoked: false,
  };
}

const commandPattern = /^\/[a-z0-9_-]{1,31}$/;

function check({ features, oauth_config: oauth, settings, display_information: about }: Manifest): void {
  const wrong: string[] = [];
  const scopes = oauth?.scopes?.bot ?? [];
  const events = settings?.event_subscriptions?.bot_events ?? [];
  for (const event of events) {
    const scope = eventScopes[event];
    if (scope && !scopes.includes(scope)) wrong.push(`the event ${event} needs the scope ${scope}`);
  }
  if (events.includes("agent_session_stopped") && !features?.agent_view) {
    wrong.push("the event agent_session_stopped needs features.agent_view");
  }
  for (const { command } of features?.slash_commands ?? []) {
    if (!commandPattern.test(command)) wrong.push(`${command} is no name for a command`);
  }
  if ((features?.slash_commands ?? []).length > 0 && !scopes.includes("commands"))
    wrong.push("commands need the scope commands");
  const shortcuts = features?.shortcuts ?? [];
  if (shortcuts.length > 10) wrong.push("more than 10 shortcuts");
  if (shortcuts.length > 0 && !scopes.includes("commands")) wrong.push("shortcuts need the scope commands");
  if (new Set(shortcuts.map(({ callback_id: id }) => id)).size < shortcuts.length)
    wrong.push("two shortcuts of one id");
  if ((features?.agent_view?.suggested_prompts ?? []).length > 4) wrong.push("more than 4 suggested prompts");
  for (const { name } of shortcuts)
    if (name.length > 24) wrong.push(`the shortcut name "${name}" is over 24 characters`);
  if (about.name.length > 35) wrong.push("the app name is over 35 characters");
  if (wrong.length > 0) throw new Error(`Slack would refuse this manifest: ${wrong.join("; ")}`);
}
