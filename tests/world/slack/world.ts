import type { Clock } from "./clock.ts";
import type { Deliveries } from "./deliveries.ts";
import type { Ids } from "./ids.ts";
import type { ResponseUrls } from "./response-urls.ts";
import type { Triggers } from "./triggers.ts";
import type { Fields, Workspace } from "./workspace.ts";

/** The app under test, as Slack has it installed. */
export interface App {
  readonly id: string;
  readonly name: string;
  readonly botUserId: string;
  readonly botId: string;
  readonly tokens: { readonly bot: string; readonly app: string; readonly signingSecret: string };
  /** The old verification token, still part of every payload. */
  readonly verification: string;
  readonly scopes: Set<string>;
  /** Event subscriptions, `message.channels` and the like. */
  readonly events: ReadonlySet<string>;
  /** Slash commands with whether Slack escapes names in their text; undefined: any command may be typed. */
  readonly commands: ReadonlyMap<string, { escape: boolean }> | undefined;
  /** Registered shortcuts by callback id, `message` or `global`; undefined: any may be used. */
  readonly shortcuts: ReadonlyMap<string, string> | undefined;
  readonly homeTab: boolean;
  readonly interactive: boolean;
  revoked: boolean;
}

/** One request the app made to the Web API; `error` once it was refused. */
export interface CallRecord {
  readonly method: string;
  readonly args: Fields;
  readonly at: number;
  readonly token: "bot" | "app" | "none" | "unknown";
  status?: number;
  error?: string;
}

/** What every part of the simulated Slack works on. */
export interface World {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly workspace: Workspace;
  readonly app: App;
  readonly deliveries: Deliveries;
  readonly calls: CallRecord[];
  /** Something visible has changed. */
  changed(): void;
  /** Notes what a well-behaved app never does. */
  violate(what: string): void;
  /** `http://127.0.0.1:PORT`, once listening. */
  origin(): string;
  /** A socket address good for one connection. */
  ticket(): string;
  readonly triggers: Triggers;
  readonly responseUrls: ResponseUrls;
}
