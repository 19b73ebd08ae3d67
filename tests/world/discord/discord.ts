import { createServer } from "node:http";
import { watchAbsence } from "./absence.ts";
import type { Channel, Message, Person } from "./entities.ts";
import { Faults } from "./faults.ts";
import type { JsonObject } from "./form.ts";
import { createGateway, type Gateway } from "./gateway.ts";
import { Limits } from "./limits.ts";
import { createPeople, type People } from "./people.ts";
import { createGate, restRoutes } from "./rest/gate.ts";
import { type CallRecord, createRest } from "./rest/server.ts";
import { messagesIn, portrait, type SeenMessage, seen, typingIn, until } from "./seeing.ts";
import type { Violation } from "./violations.ts";
import { type Clock, World } from "./world.ts";

export type { Channel, Interaction, Message, Person, Server } from "./entities.ts";
export type { SeenMessage } from "./seeing.ts";
export type { Clock } from "./world.ts";

/** What a simulated Discord can be told at its start. */
export interface DiscordOptions {
  /** "off" lifts the rate limits, for benches; everything else stays strict. */
  limits?: "real" | "off";
  /** The privileged intents switched on in the developer portal. */
  intents?: { messageContent?: boolean; members?: boolean };
  /** The simulator's time: limits, deadlines, ids. Sockets and `until` keep real time. */
  clock?: Clock;
  seed?: number;
  botName?: string;
  token?: string;
  heartbeatMs?: number;
  port?: number;
}

/** A whole Discord in one object: people speak in it, a bot connects to it, a test looks at it. */
export interface Discord extends People {
  /** What the bot gets as its REST address. */
  apiUrl: string;
  readonly token: string;
  /** What the developer portal grants; a change counts from the next IDENTIFY and the next request on. */
  portal: { messageContent: boolean; members: boolean };
  bot: Person & { applicationId: string };
  /** The commands registered for everywhere. */
  readonly commands: JsonObject[];
  /** Every REST request so far. */
  calls: CallRecord[];
  /** What a well-behaved bot would not have done. A test ends by asserting that this is empty. */
  violations: Violation[];
  /** REST requests that go wrong. */
  faults: Faults;
  gateway: Gateway;
  /** How many requests of the last ten minutes were invalid. */
  readonly invalidRequests: number;
  /** What people see in a channel or thread, oldest first; with `as`, what is private to that person too. */
  messages(channel: Channel, as?: Person): SeenMessage[];
  /** One message as people see it now. */
  look(message: Message): SeenMessage;
  /** The names of those typing there now. */
  typing(channel: Channel): string[];
  /** Waits until `look` finds something, asking after every change; rejects with all that is there instead. */
  until<T>(look: () => T | undefined | null | false | "" | 0, deadlineMs?: number): Promise<T>;
  /** Lasts until the bot is connected and ready. */
  connected(deadlineMs?: number): Promise<void>;
  /** Makes the old token worthless, as an owner does who lost it; connections are closed with 4004. */
  resetToken(): void;
  stop(): Promise<void>;
}

/** Starts a simulated Discord on a free port of the loopback. */
export async function createDiscord(options: DiscordOptions = {}): Promise<Discord> {
  const { messageContent = true, members = true } = options.intents ?? {};
  const world = new World({
    seed: options.seed ?? 1,
    portal: { messageContent, members },
    botName: options.botName ?? "Bellhop",
    ...(options.clock ? { clock: options.clock } : {}),
    ...(options.token ? { token: options.token } : {}),
  });
  const { violations } = world;
  const faults = new Faults();
  const calls: CallRecord[] = [];
  const absence = watchAbsence();
  // A clock that tests move knows no lateness.
  const awayMs = options.clock ? undefined : absence.recentMs;
  const limits = options.limits === "off" ? undefined : new Limits(world.clock, awayMs);
  const gateway = createGateway({
    world,
    violations,
    heartbeatMs: options.heartbeatMs ?? 41_250,
    limits: limits !== undefined,
  });
  const gate = createGate(world, [...gateway.routes, ...restRoutes], limits);
  const http = createServer(createRest({ world, faults, gate, calls }));
  gateway.attach(http);
  await new Promise<void>((resolve, reject) => {
    http.once("error", reject);
    http.listen(options.port ?? 0, "127.0.0.1", resolve);
  });
  const bound = http.address();
  if (bound === null || typeof bound === "string") throw new Error("the simulator has no port");
  world.origin = `http://127.0.0.1:${bound.port}`;

  const dump = () => {
    const recent = calls
      .slice(-15)
      .map(
        ({ method, path, status, code }) =>
          `  ${method} ${path} → ${status || "cut"}${code === undefined ? "" : ` (${code})`}`,
      );
    const offences = violations.list.map(({ rule, detail }) => `  ${rule}: ${detail}`);
    return [portrait(world), "last calls:", ...recent, "violations:", ...offences].join("\n");
  };
  const wait = <T>(look: () => T | undefined | null | false | "" | 0, deadlineMs = 10_000) =>
    until(world, look, deadlineMs, dump);

  return {
    ...createPeople(world, wait),
    apiUrl: `${world.origin}/api`,
    get token() {
      return world.token;
    },
    portal: world.portal,
    bot: { ...world.bot, applicationId: world.applicationId },
    calls,
    violations: violations.list,
    faults,
    gateway,
    get commands() {
      return world.commands;
    },
    get invalidRequests() {
      return limits?.invalidRequests ?? 0;
    },
    messages: messagesIn,
    look: seen,
    typing: (channel) => typingIn(world, channel),
    until: wait,
    async connected(deadlineMs) {
      await wait(() => gateway.connected > 0, deadlineMs);
    },
    resetToken() {
      world.token = world.newToken();
      gateway.disconnect(4004);
    },
    stop() {
      absence.stop();
      gateway.stop();
      http.closeAllConnections();
      return new Promise((resolve) => {
        http.close(() => resolve());
      });
    },
  };
}
