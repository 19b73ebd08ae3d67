import { setTimeout as sleep } from "node:timers/promises";
import {
  type APIApplication,
  ApplicationFlags,
  ApplicationFlagsBitField,
  type Client,
  Events,
  type GatewayDispatchPayload,
  GatewayIntentBits,
} from "discord.js";
import type { Logger } from "pino";
import { type AdapterState, DeliveryError, PlatformRefusal } from "../../src/chat.ts";
import { type Api, createApi } from "./api.ts";
import { createClient } from "./client.ts";
import { createIdentifyLimit, type Memory } from "./identify-limit.ts";
import { isUnauthorized } from "./refusals.ts";

/** The one connection to Discord: its gateway for hearing, its API for everything else. */
export type Connection = {
  /** The library's picture of servers, channels and roles, as the gateway tells it. */
  readonly client: Client;
  readonly me: string;
  readonly applicationId: string;
  open(signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
  state(): AdapterState;
  call: Api["call"];
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
  GatewayIntentBits.DirectMessages |
  GatewayIntentBits.DirectMessageReactions;
const badToken =
  "Discord refused the bot's token: copy it anew from the Bot page of the Developer Portal to DISCORD_TOKEN";
const withoutContent =
  "the Message Content intent is off in the Developer Portal: I hear mentions, replies that ping me, direct messages, commands and message menus; threads going on without a mention, what others said before one, and digests of channels do not work";

/** How long Discord may take to say goodbye. */
const farewell = 2_000;

/** Makes the connection; `open` begins it. */
export function createConnection(
  options: { token: string; apiUrl?: string; log: Logger; memory: Memory; now: () => number },
  listener: Listener,
): Connection {
  const { log } = options;
  const token = options.token.replace(/^Bot\s+/i, "");
  const api = createApi({ ...options, token, refused: () => refuse(badToken) });
  const limit = createIdentifyLimit(options);
  const closing = new AbortController();
  let intents = needed;
  let client: Client | undefined;
  let applicationId = "";
  let current: AdapterState = { state: "starting" };
  /** It was said already what does not work without all messages. */
  let missesContent = false;

  function become(state: AdapterState["state"], error?: string): void {
    if (current.state === "stopped" || (current.state === "refused" && state !== "stopped")) return;
    const changed = state !== current.state || error !== current.error;
    current = error === undefined ? { state } : { state, error };
    const known = error === withoutContent && missesContent;
    missesContent ||= error === withoutContent;
    if (changed) log.info(known ? { state } : current, "discord");
  }

  function connected(): void {
    const readsAll = (intents & GatewayIntentBits.MessageContent) !== 0;
    become("connected", readsAll ? undefined : withoutContent);
  }

  function refuse(error: string): void {
    become("refused", error);
    void hangUp();
  }

  async function hangUp(): Promise<void> {
    try {
      await Promise.race([client?.destroy(), sleep(farewell, undefined, { ref: false })]);
    } catch (error) {
      log.debug({ err: error }, "discord: hanging up failed");
    }
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
    fresh.on(Events.Raw, (packet: GatewayDispatchPayload) => {
      try {
        listener.packet(packet);
      } catch (error) {
        log.error({ err: error, event: packet.t }, "discord: an event was not dealt with");
      }
    });
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
    if (!up) await hangUp();
    return outcome;
  }

  async function reopen(code: number): Promise<void> {
    await hangUp();
    const refusal = narrowed(code);
    if (refusal) return refuse(refusal);
    become("reconnecting", "Discord ended the connection; I begin another");
    await open(closing.signal).catch((error: unknown) => {
      if (!closing.signal.aborted) log.error({ err: error }, "discord: not connected again");
    });
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
      const application = await api.application();
      applicationId = application.id;
      intents = needed | grantedBy(application);
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
    open,
    call: api.call,
    state: () => current,
    async close() {
      closing.abort();
      become("stopped");
      api.close();
      await hangUp();
    },
  };
}

/** The privileged intents that the owner switched on in the portal, as the application's flags tell them. */
function grantedBy(application: APIApplication): number {
  const flags = new ApplicationFlagsBitField(application.flags);
  const { GatewayMessageContent, GatewayMessageContentLimited, GatewayGuildMembers, GatewayGuildMembersLimited } =
    ApplicationFlags;
  const content = flags.any([GatewayMessageContent, GatewayMessageContentLimited]);
  const members = flags.any([GatewayGuildMembers, GatewayGuildMembersLimited]);
  return (content ? GatewayIntentBits.MessageContent : 0) | (members ? GatewayIntentBits.GuildMembers : 0);
}
