import { createChanges } from "./changes.ts";
import { type Clock, wallClock } from "./clock.ts";
import { createDeliveries, type Transport } from "./deliveries.ts";
import { publish } from "./events.ts";
import { createFaults, type Faults } from "./faults.ts";
import { createRequestUrl, type RequestUrl } from "./http-delivery.ts";
import { createIds } from "./ids.ts";
import { type Grants, install } from "./install.ts";
import { createLimits } from "./limits.ts";
import { createLooking } from "./looking.ts";
import { createAgentView } from "./people/agent-view.ts";
import { createCommanding } from "./people/commanding.ts";
import { createInviting } from "./people/inviting.ts";
import { createPressing } from "./people/pressing.ts";
import { createSubmitting } from "./people/submitting.ts";
import { createTalking } from "./people/talking.ts";
import { createPort } from "./port.ts";
import { createResponseUrls } from "./response-urls.ts";
import { createSockets, type Sockets } from "./sockets.ts";
import { createTriggers } from "./triggers.ts";
import { createWebApi } from "./web-api/server.ts";
import { createWorkspace } from "./workspace.ts";
import type { World } from "./world.ts";

/** How the simulated workspace is set up; everything has a default. */
export interface SlackOptions extends Grants {
  readonly teamName?: string;
  /** `off` switches the rate limits off, never the size limits. */
  readonly limits?: "real" | "off";
  readonly seed?: number;
  readonly clock?: Clock;
}

/** A running simulated Slack. */
export type Slack = Awaited<ReturnType<typeof createSlack>>;

/** Starts a Slack workspace on a loopback port; an app connects with `clientOptions.slackApiUrl: slack.apiUrl`. */
export async function createSlack(options: SlackOptions = {}) {
  const clock = options.clock ?? wallClock;
  const ids = createIds(options.seed ?? 1);
  const changes = createChanges();
  const { due, ...faults } = createFaults();
  const violations: string[] = [];
  const violate = (what: string) => {
    violations.push(what);
    changes.happened();
  };

  let origin = "";
  let transport: Transport;
  const app = install(options, ids);
  const deliveries = createDeliveries(clock, due, () => transport, changes.happened);
  const sockets = createSockets({
    clock,
    ids,
    appId: app.id,
    violate,
    changed: changes.happened,
    connected: deliveries.reconnected,
  });
  transport = sockets.transport;

  const world: World = {
    clock,
    ids,
    workspace: createWorkspace(options.teamName ?? "Acme", clock, ids),
    app,
    deliveries,
    calls: [],
    changed: changes.happened,
    violate,
    origin: () => origin,
    ticket: () => sockets.ticket(origin),
    triggers: createTriggers(clock, ids),
    responseUrls: createResponseUrls(clock, ids, () => origin),
  };
  world.workspace.people.set(app.botUserId, {
    id: app.botUserId,
    team: world.workspace.team.id,
    name: app.name,
    tz: "America/Los_Angeles",
    locale: "en-US",
    guest: false,
    botId: app.botId,
    deactivated: false,
  });

  const limits = createLimits(clock, options.limits !== "off");
  const port = createPort({ world, api: createWebApi(world, limits, due).handle, upgrade: sockets.upgrade });
  origin = await port.listen();
  const looking = createLooking(world);

  return {
    /** What `SLACK_API_URL` and `clientOptions.slackApiUrl` take. */
    apiUrl: `${origin}/api/`,
    team: world.workspace.team,
    tokens: app.tokens,
    bot: { userId: app.botUserId, botId: app.botId, appId: app.id, name: app.name },
    ...createInviting(world),
    ...createTalking(world),
    ...createCommanding(world),
    ...createPressing(world),
    ...createAgentView(world),
    ...createSubmitting(world),
    ...looking,

    /** Resolves as soon as the predicate answers something truthy, looking again at each change. */
    until: <T>(predicate: () => T | Promise<T>, deadlineMs = 10_000): Promise<NonNullable<T>> =>
      changes.until(predicate, deadlineMs, () => `${looking.dump()}\nviolations: ${violations.join("\n  ") || "none"}`),

    /** Every Web API request, oldest first. */
    calls: world.calls,
    /** What a well-behaved app never does; tests expect this to stay empty. */
    violations,
    /** Events nobody acknowledged, whatever was tried. */
    lost: deliveries.lost,
    /** Events sent or waiting, not yet acknowledged. */
    pending: deliveries.pending,
    faults: faults satisfies Faults,
    sockets: sockets satisfies Sockets,

    /** From now on delivers to a request URL instead of the sockets; rejects unless it answers the challenge. */
    async deliverTo(url: string): Promise<RequestUrl> {
      const requestUrl = await createRequestUrl({ clock, ids, url, signingSecret: app.tokens.signingSecret, violate });
      transport = requestUrl.transport;
      deliveries.reconnected();
      return requestUrl;
    },

    /** Slack is not there at all, or there again; open sockets are cut. */
    outage(on: boolean) {
      port.goDown(on);
      if (on) sockets.disconnect("cut");
    },

    /** Tells the app that it gets no more events for this minute, as Slack does above 30,000 an hour. */
    rateLimitEvents() {
      deliveries.event({
        token: app.verification,
        type: "app_rate_limited",
        team_id: world.workspace.team.id,
        minute_rate_limited: Math.floor(clock.now() / 60_000) * 60,
        api_app_id: app.id,
      });
    },

    /** The tokens stop working, as after an uninstall. */
    revokeToken() {
      app.revoked = true;
      publish(world, "tokens_revoked", { type: "tokens_revoked", tokens: { oauth: [], bot: [app.botUserId] } });
    },

    /** Takes a scope away, as if the app had not been reinstalled after a change. */
    removeScope(name: string) {
      app.scopes.delete(name);
    },

    async stop() {
      changes.stop();
      await sockets.stop();
      await port.stop();
    },
  };
}
