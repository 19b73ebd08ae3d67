import { setTimeout as sleep } from "node:timers/promises";
import {
  type APIApplication,
  ApplicationFlags,
  ApplicationFlagsBitField,
  type Client,
  Events,
  type GatewayDispatchPayload,
  GatewayIntentBits,
  REST,
  type RequestMethod,
  type RouteLike,
  Routes,
} from "discord.js";
import type { Logger } from "pino";
import { type AdapterState, DeliveryError, PlatformRefusal } from "../../src/chat.ts";
import { createClient } from "./client.ts";
import { createIdentifyLimit, type Memory } from "./identify-limit.ts";
import { isUnauthorized, isUncertain } from "./refusals.ts";

/** What a request to Discord carries. */
export type Request = {
  body?: unknown;
  query?: Record<string, string>;
  files?: { name: string; data: Buffer; contentType: string }[];
  /** Against an interaction's own token instead of the bot's; such a request is not repeated when its fate is unknown. */
  tokenless?: boolean;
};

/** The one connection to Discord: its gateway for hearing, its API for everything else. */
export type Connection = {
  /** The library's picture of servers, channels and roles, as the gateway tells it. */
  readonly client: Client;
  readonly me: string;
  readonly applicationId: string;
  /** May the bot read messages that do not call it? */
  readonly readsAll: boolean;
  open(signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
  state(): AdapterState;
  call<Answer>(method: RequestMethod, route: RouteLike, request?: Request): Promise<Answer>;
};

type Listener = {
  packet(packet: GatewayDispatchPayload): void;
  /** The stream of events broke; until the next `began` or `resumed` nothing is heard. */
  broke(): void;
  /** A new stream began: what was said before it is not told again. */
  began(): void;
  /** The broken stream goes on, with all that was said meanwhile. */
  resumed(): void;
};

const needed =
  GatewayIntentBits.Guilds |
  GatewayIntentBits.GuildMessages |
  GatewayIntentBits.GuildMessageReactions |
  GatewayIntentBits.DirectMessages;
const badToken =
  "Discord refused the bot's token: copy it anew from the Bot page of the Developer Portal to DISCORD_TOKEN";
const withoutContent =
  "the Message Content intent is off in the Developer Portal: mentions, direct messages and replies to me work; digests of channels and threads going on without a mention do not";

/** Makes the connection; `open` begins it. */
export function createConnection(
  options: { token: string; apiUrl?: string; log: Logger; memory: Memory; now: () => number },
  listener: Listener,
): Connection {
  const { log } = options;
  const token = options.token.replace(/^Bot\s+/i, "");
  const rest = createRest();
  const limit = createIdentifyLimit(options);
  const closing = new AbortController();
  let intents = needed;
  let client: Client | undefined;
  let applicationId = "";
  let current: AdapterState = { state: "starting" };
  let checking: Promise<void> | undefined;

  function createRest(): REST {
    return new REST({ ...(options.apiUrl && { api: options.apiUrl }), timeout: 10_000 }).setToken(token);
  }

  function become(state: AdapterState["state"], error?: string): void {
    if (current.state === "stopped" || (current.state === "refused" && state !== "stopped")) return;
    const changed = state !== current.state || error !== current.error;
    current = error === undefined ? { state } : { state, error };
    if (changed) log.info(current, "discord");
  }

  const readsAll = () => (intents & GatewayIntentBits.MessageContent) !== 0;
  const connected = () => become("connected", readsAll() ? undefined : withoutContent);

  async function call<Answer>(method: RequestMethod, route: RouteLike, request: Request = {}): Promise<Answer> {
    if (closing.signal.aborted) throw new DeliveryError("I am not connected to Discord any more", { final: false });
    const { query, tokenless, ...carried } = request;
    for (let attempt = 1; ; attempt++) {
      try {
        const answer = await rest.request({
          method,
          fullRoute: route,
          ...carried,
          ...(query && { query: new URLSearchParams(query) }),
          ...(tokenless && { auth: false }),
        });
        return answer as Answer;
      } catch (error) {
        if (isUnauthorized(error)) checking ??= checkToken().finally(() => (checking = undefined));
        // Our posts carry a nonce that Discord enforces and our edits are whole: doing either again does no harm.
        if (!isUncertain(error) || attempt === 3 || tokenless || closing.signal.aborted) throw error;
        log.debug({ err: error, method, route }, "discord gave no answer; asking again");
        await sleep(200 * attempt, undefined, { ref: false });
      }
    }
  }

  /** The library forgets the token at the first 401; only a second one says that the token is really refused. */
  async function checkToken(): Promise<void> {
    rest.setToken(token);
    try {
      await identity();
    } catch (error) {
      if (isUnauthorized(error)) refuse(badToken);
    }
  }

  async function identity(): Promise<void> {
    const application = (await rest.get(Routes.oauth2CurrentApplication())) as APIApplication;
    applicationId = application.id;
    const flags = new ApplicationFlagsBitField(application.flags);
    const may = (full: ApplicationFlags, limited: ApplicationFlags, intent: GatewayIntentBits) =>
      flags.any([full, limited]) ? intent : 0;
    const { GatewayMessageContent, GatewayMessageContentLimited, GatewayGuildMembers, GatewayGuildMembersLimited } =
      ApplicationFlags;
    intents =
      needed |
      may(GatewayMessageContent, GatewayMessageContentLimited, GatewayIntentBits.MessageContent) |
      may(GatewayGuildMembers, GatewayGuildMembersLimited, GatewayIntentBits.GuildMembers);
  }

  function refuse(error: string): void {
    become("refused", error);
    void client?.destroy();
  }

  /** One life of the library's client. Resolves with true once connected, with the close code when Discord hung up. */
  async function connect(signal: AbortSignal): Promise<true | number | undefined> {
    const fresh = createClient(
      intents,
      options.apiUrl,
      limit.throttle((why) => become("reconnecting", why)),
    );
    client = fresh;
    let up = false;
    fresh.on(Events.Raw, (packet: GatewayDispatchPayload) => listener.packet(packet));
    fresh.on(Events.Error, (error) => log.error({ err: error }, "discord: an event was not dealt with"));
    fresh.on(Events.ShardError, (error) => log.warn({ err: error }, "discord: trouble with the connection"));
    fresh.on(Events.ShardReady, () => {
      connected();
      listener.began();
    });
    fresh.on(Events.ShardResume, () => {
      connected();
      listener.resumed();
    });
    fresh.on(Events.ShardReconnecting, () => {
      become("reconnecting", "the connection to Discord broke; I keep trying");
      listener.broke();
    });
    const usable = new Promise<true>((resolve) => fresh.once(Events.ClientReady, () => resolve(true)));
    const over = new Promise<number | undefined>((resolve) => {
      signal.addEventListener("abort", () => resolve(undefined), { once: true });
      fresh.on(Events.ShardDisconnect, (event) => {
        resolve(event.code);
        listener.broke();
        // The library considers itself ready still, with no socket: without us it would stay deaf for ever.
        if (up) void reopen(event.code);
      });
    });
    const begun = fresh.login(token).then(
      () => usable,
      (error: unknown) => void log.debug({ err: error }, "discord: logging in failed"),
    );
    const outcome = await Promise.race([over, begun]);
    up = outcome === true;
    if (!up) await fresh.destroy();
    return outcome;
  }

  async function reopen(code: number): Promise<void> {
    await client?.destroy();
    const refusal = narrowed(code);
    if (refusal) return refuse(refusal);
    become("reconnecting", "Discord ended the connection; I begin another");
    await open(closing.signal).catch((error: unknown) => log.error({ err: error }, "discord: not connected again"));
  }

  /** After Discord hung up for good: asks for less if that may help, else says why it is over. */
  function narrowed(code: number): string | undefined {
    if (code === 4014 && intents !== needed) {
      intents = needed;
      return undefined;
    }
    return code === 4004 ? badToken : `Discord closed the connection for good (${code})`;
  }

  async function open(signal: AbortSignal): Promise<void> {
    const either = AbortSignal.any([signal, closing.signal]);
    for (let wait = 1_000; ; wait = Math.min(wait * 2, 60_000)) {
      const problem = await attempt(either);
      either.throwIfAborted();
      if (problem === undefined) return;
      become("reconnecting", problem);
      await sleep(wait, undefined, { signal: either, ref: false });
    }
  }

  /** Resolves with undefined once connected, else with what is in the way. */
  async function attempt(signal: AbortSignal): Promise<string | undefined> {
    try {
      rest.setToken(token);
      await identity();
    } catch (error) {
      if (!isUnauthorized(error)) return "Discord can't be reached; I keep trying";
      refuse(badToken);
      throw new PlatformRefusal(badToken, { cause: error });
    }
    for (;;) {
      const outcome = await connect(signal);
      if (outcome === true) return undefined;
      if (outcome === undefined) return "Discord's gateway can't be reached; I keep trying";
      const refusal = narrowed(outcome);
      if (!refusal) continue;
      refuse(refusal);
      throw new PlatformRefusal(refusal);
    }
  }

  return {
    get client() {
      if (!client) throw new DeliveryError("I am not connected to Discord yet", { final: false });
      return client;
    },
    get me() {
      return client?.user?.id ?? "";
    },
    get applicationId() {
      return applicationId;
    },
    get readsAll() {
      return readsAll();
    },
    open,
    call,
    state: () => current,
    async close() {
      closing.abort();
      become("stopped");
      await client?.destroy();
      rest.clearHashSweeper();
      rest.clearHandlerSweeper();
    },
  };
}
