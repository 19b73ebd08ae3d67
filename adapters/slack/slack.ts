import { webApi } from "@slack/bolt";
import type { Logger } from "pino";
import {
  type AdapterState,
  type Capabilities,
  type ChatAdapter,
  DeliveryError,
  type Inbox,
  PlatformRefusal,
} from "../../src/chat.ts";
import { boltLogger } from "./bolt-log.ts";
import { type Clock, pause, wallClock } from "./clock.ts";
import { keptCalls } from "./kept-calls.ts";
import { missingScopes } from "./manifest.ts";
import { adapterName, type Bot } from "./messages.ts";
import type { Memory } from "./missed.ts";
import { linkTo } from "./poster.ts";
import { refusalOf, tokenRefusal } from "./refusals.ts";
import { createRoutes } from "./requests.ts";
import { createSocketLine } from "./socket.ts";
import type { Pace } from "./wire.ts";
import { createWorkplace, type Workplace } from "./workplace.ts";

/** What it takes to be in a Slack workspace: an app token for Socket Mode, or a signing secret for HTTP mode. */
export type SlackOptions = {
  botToken: string;
  appToken?: string;
  signingSecret?: string;
  /** Slack's Web API, ending in `/api/`; a proxy or a simulator. */
  apiUrl?: string;
  log: Logger;
  /** What Slack asked to wait for is waited for by the next process too, and what this one missed is read by it. */
  memory?: Memory;
  clock?: Clock;
  /** `none` is for measuring against a simulator without limits. */
  pace?: Pace;
};

const can: Capabilities = {
  drafts: "native",
  threads: true,
  status: true,
  stopControl: true,
  whispers: true,
  buttons: true,
  slashCommands: true,
  forms: true,
  catchesUp: true,
};

const callTimeout = 10_000;
const firstWait = 1_000;
const longestWait = 30_000;
// For shorter gaps Slack keeps what happened and tells it again.
const longGap = 60_000;
const lookEvery = 20_000;
// So long ago another process may still have used some of Slack's minute.
const minute = 60_000;
const heldKey = "held";

/** The Slack adapter: one workspace, over Socket Mode when there is an app token, over HTTP else. */
export function createSlackAdapter(options: SlackOptions): ChatAdapter {
  const { botToken, appToken, signingSecret, apiUrl, memory, clock = wallClock, pace = "slack" } = options;
  const log = options.log.child({ adapter: adapterName });
  if (!appToken && !signingSecret) {
    throw new PlatformRefusal(
      "Slack needs SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP mode); neither is set.",
    );
  }
  const clientOptions: webApi.WebClientOptions = {
    ...(apiUrl && { slackApiUrl: apiUrl }),
    // The library would post again after a lost answer, and wait without end.
    retryConfig: { retries: 0 },
    fetch: keptCalls(callTimeout),
    rejectRateLimitedCalls: true,
    logger: boltLogger(log),
  };
  const client = new webApi.WebClient(botToken, clientOptions);
  const quieting = new AbortController();
  const closing = new AbortController();
  let state: AdapterState = { state: "starting" };
  let workplace: Workplace | undefined;
  let line: ReturnType<typeof createSocketLine> | undefined;
  let warning: string | undefined;
  let homeAddress = "";
  let cancelLook = () => {};

  function become(next: AdapterState): void {
    // Nothing but a restart leads out of these.
    if (state.state === "stopped" || (state.state === "refused" && next.state !== "stopped")) return;
    state = next;
  }

  function refuse(why: string, variable = "SLACK_BOT_TOKEN"): PlatformRefusal {
    const refusal = new PlatformRefusal(
      `Slack refuses ${variable}: ${why}. Put the token of an installed app there (OAuth & Permissions), then start again.`,
    );
    if (state.state !== "refused") log.error(refusal.message);
    become({ state: "refused", error: refusal.message });
    return refusal;
  }

  function connected(): void {
    become({ state: "connected", ...(warning && { error: warning }) });
  }

  /** Asks Slack who we are until it answers. */
  async function introduce(starting: AbortSignal): Promise<{ bot: Bot; home: string }> {
    if (botToken.startsWith("xapp-")) throw refuse("it is an app token (xapp-…), a bot token (xoxb-…) is wanted");
    for (let wait = firstWait; ; wait = Math.min(wait * 2, longestWait)) {
      if (starting.aborted) throw new Error("The Slack adapter was stopped before Slack answered.");
      try {
        const me = await client.auth.test();
        const { user_id: user, bot_id: bot, team_id: team, url: home = "" } = me;
        if (!user || !bot || !team) throw refuse("it is not a bot token (xoxb-…)");
        warning = scopeWarning(me.response_metadata?.scopes);
        return { bot: { user, bot, team }, home };
      } catch (error) {
        const why = tokenRefusal(refusalOf(error));
        if (error instanceof PlatformRefusal) throw error;
        if (why) throw refuse(why);
        const what = error instanceof Error ? error.message : String(error);
        become({ state: "starting", error: `Slack can't be reached (${what}); trying again.` });
        log.warn(`Slack can't be reached: ${what}; trying again in ${wait / 1000} s`);
        await pause(clock, wait, starting);
      }
    }
  }

  function scopeWarning(granted: string[] | undefined): string | undefined {
    const missing = missingScopes(granted ?? []);
    if (!granted || missing.length === 0) return undefined;
    const text = `Slack has not granted ${missing.join(", ")}; some things will not work until you reinstall the app from its manifest.`;
    log.warn(text);
    return text;
  }

  /** Resolves when Slack's first greeting has come. */
  function connect(place: Workplace, token: string, starting: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const stopped = () => reject(new Error("The Slack adapter was stopped before Slack answered."));
      starting.addEventListener("abort", stopped, { once: true });
      line = createSocketLine({
        appToken: token,
        clientOptions,
        receive: place.receive,
        log,
        clock,
        events: {
          connected(gap) {
            connected();
            if (gap === undefined || gap > longGap) place.catchUp();
            starting.removeEventListener("abort", stopped);
            resolve();
          },
          lost(why) {
            const now = state.state === "starting" ? "starting" : "reconnecting";
            become({ state: now, error: `no connection to Slack (${why}); trying again` });
          },
          refused(why) {
            reject(refuse(why, "SLACK_APP_TOKEN"));
          },
        },
      });
      line.start();
    });
  }

  /** A process that was stopped for a while, as in a sleeping laptop, has missed what was said, whatever its line says. */
  function watchForSleep(): void {
    let last = clock.now();
    const look = () => {
      const now = clock.now();
      if (now - last > longGap) workplace?.catchUp();
      last = now;
      cancelLook = clock.after(lookEvery, look);
    };
    cancelLook = clock.after(lookEvery, look);
  }

  function here(): Workplace {
    if (!workplace || closing.signal.aborted) {
      throw new DeliveryError("The Slack adapter is not connected.", { final: false });
    }
    return workplace;
  }

  async function quiet(): Promise<void> {
    quieting.abort();
    await line?.stop();
  }

  /** What the process before this one knew of Slack's limits, and how this one leaves word. */
  async function inherit(inbox: Inbox) {
    const heardUntil = await inbox.heardUntil(adapterName);
    const kept = await memory?.get(heldKey).catch(() => undefined);
    const known: Record<string, number> = {};
    for (const [method, until] of Object.entries(Object(kept))) if (typeof until === "number") known[method] = until;
    return {
      inherited: { held: { ...known }, wasAtWork: heardUntil !== undefined && clock.now() - heardUntil < minute },
      held(method: string, until: number) {
        known[method] = until;
        memory?.set(heldKey, known).catch((err: unknown) => log.debug({ err }, "a wait could not be written down"));
      },
    };
  }

  const adapter: ChatAdapter = {
    name: adapterName,
    can,
    async start(inbox: Inbox, signal: AbortSignal) {
      // Once connected, only `quiet` and `stop` end it: what is being posted is to be finished.
      const starting = AbortSignal.any([signal, quieting.signal, closing.signal]);
      const { bot, home } = await introduce(starting);
      homeAddress = home;
      const { inherited, held } = await inherit(inbox);
      workplace = createWorkplace({
        inherited,
        held,
        client,
        clientOptions,
        token: botToken,
        api: new URL(client.slackApiUrl),
        bot,
        home,
        inbox,
        memory,
        log,
        clock,
        pace,
        quieting: quieting.signal,
        closing: closing.signal,
        refused: (why) => void refuse(why),
      });
      watchForSleep();
      if (appToken) return connect(workplace, appToken, starting);
      connected();
      workplace.catchUp();
    },
    quiet,
    async stop() {
      closing.abort();
      cancelLook();
      await quiet();
      workplace?.close();
      become({ state: "stopped" });
    },
    state: () => state,
    post: async (address, post, key) => here().poster.post(address, post, key),
    draft: (address, key, answering) => here().draft(address, key, answering),
    edit: async (posted, post) => here().poster.edit(posted, post),
    pin: async (posted) => here().poster.pin(posted),
    react: async (address, message, emoji) => here().react(address, message, emoji),
    history: async (address, wanted) => here().past.history(address, wanted),
    threads: async (channel, since) => here().past.threads(channel, since),
    who: async (id) => here().people.who(id),
    find: async (name) => here().people.find(name),
    canRead: async (id, address) => here().people.canRead(id, address),
    link: (address, message) => linkTo(homeAddress, address, message),
    direct: async (id) => here().people.direct(id),
    place: async (address) => here().people.place(address),
    read: async (file, signal) => here().read(file, signal),
    open: async (whisper, form) => here().open(whisper, form),
    home: async (person, page) => here().pages.publish(person, page),
    prompt: async (address, prompts) => here().pages.prompt(address, prompts),
  };
  if (appToken || !signingSecret) return adapter;
  const receive = () => (quieting.signal.aborted ? undefined : workplace?.receive);
  return { ...adapter, routes: createRoutes({ signingSecret, receive, log, clock }) };
}
