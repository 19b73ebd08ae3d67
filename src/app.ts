import { availableParallelism } from "node:os";
import { createAccess } from "./access/access.ts";
import { quietHoursAt } from "./access/places.ts";
import type { Toolbox, ToolResult } from "./agent/tool.ts";
import { type Bot, createBot } from "./bot/bot.ts";
import { withKey } from "./bot/briefing/model-specs.ts";
import type { ChatAdapter } from "./chat.ts";
import type { Config } from "./config/schema.ts";
import { commandsRoom } from "./http/commands.ts";
import { apiAdapter, createApiDoor, operator } from "./http/door.ts";
import { healthRoom, type ModelState, type Report, reportBefore, reportOf } from "./http/health.ts";
import { createMcpRoom, type McpRoom } from "./http/mcp.ts";
import { oauthRoom } from "./http/oauth.ts";
import { createHttpServer } from "./http/server.ts";
import { openLedger } from "./runs/ledger.ts";
import { withModelCache } from "./runs/model-cache.ts";
import { createRunner } from "./runs/runner.ts";
import type { StartWorkers } from "./runs/workers.ts";
import { draftsOf } from "./schedules/config-drafts.ts";
import { createSchedules, type Schedules } from "./schedules/schedules.ts";
import type { Time } from "./schedules/time.ts";
import { sealedKv } from "./store/sealed.ts";
import { localKeyOf, openSecretKey } from "./store/secret-key.ts";
import { type Kv, openStore } from "./store/store.ts";
import { createGate } from "./tools/gate.ts";
import { createUrlGuard } from "./tools/guarded-fetch.ts";
import { createMcpServers, type McpServers } from "./tools/mcp-servers.ts";
import { createSignIns, type SignIns } from "./tools/oauth/sign-ins.ts";
import { createPins } from "./tools/pins.ts";
import { createResultCache } from "./tools/result-cache.ts";
import type { Logger } from "./watch/log.ts";
import type { Redact } from "./watch/redact.ts";
import { wordsOf } from "./words/words.ts";

/** What an app is made of besides its config. */
export type AppParts = {
  /** Makes the adapters; each may keep small values under its own name. */
  adapters(kv: (namespace: string) => Kv): ChatAdapter[];
  dataDir: string;
  /** The folder of the settings: files that these name are looked for there. */
  configDir?: string;
  /** The folder with the built jobs. */
  jobs: string;
  log: Logger;
  redact: Redact;
  host?: string;
  port?: number;
  apiKey?: string | undefined;
  /** Where browsers reach the port; without it, where it listens. */
  publicUrl?: string | undefined;
  /** 64 hex digits that seal what is kept of accounts; without it, those of the data folder. */
  secretKey?: string | undefined;
  /** What children may see of the environment: PATH, HOME and LANG are taken from it. */
  env?: Record<string, string | undefined>;
  now?: () => number;
  /** What schedules go by. */
  time?: Time;
  workers?: number;
  /** What starts the workers, if they do not start for this Bellhop alone. */
  startWorkers?: StartWorkers | undefined;
  /** Toolboxes besides the MCP servers of the config; agents name them among their servers. */
  toolboxes?: Toolbox[];
  /** Told when the port is open, which may be long before everything is connected. */
  onListening?: (url: string) => void;
  watchWorkers?: { pingMs?: number; silenceMs?: number; heapLimitMb?: number };
};

/** A whole Bellhop. */
export type App = {
  /** Contract: resolves when every adapter is connected; rejects when one is refused, or the data or the port can't be had. */
  start(): Promise<{ url: string; port: number }>;
  /** Where it listens, as soon as it does. */
  readonly url: string | undefined;
  /** A new config is in force from now on; runs under way keep what they were given. */
  use(config: Config): void;
  /** A broken config was saved: the old one stays, and this is said. */
  broken(problems: string[]): void;
  report(): Report;
  /** What came to be known while it ran, and must never be shown. */
  secrets(): string[];
  resume(run: string, results: { call: string; result: ToolResult }[]): Promise<boolean>;
  /** Finishes or hands over what is going on, within the time, and closes everything in reverse order of opening. */
  stop(withinMs?: number): Promise<void>;
};

const minuteMs = 60_000;
const dayMs = 86_400_000;
/** So long schedules wait for every platform to be connected. */
const schedulesWaitMs = 30_000;

/** Wires the rooms together. */
export function createApp(first: Config, parts: AppParts): App {
  const { log, redact, now = Date.now, host = "127.0.0.1", port = 0, env = {} } = parts;
  let config = first;
  let problems: string[] = [];
  let bot: Bot | undefined;
  let schedules: Schedules | undefined;
  let mcpRoom: McpRoom | undefined;
  let url: string | undefined;
  let report = (): Report => reportBefore(problems);
  const opened: (() => Promise<unknown>)[] = [];
  let toolServers: McpServers | undefined;
  let signIns: SignIns | undefined;
  const spoke = new Map<string, ModelState>();
  const aborter = new AbortController();

  async function start(): Promise<{ url: string; port: number }> {
    const store = await openStore(parts.dataDir, now);
    opened.push(() => store.close());
    const ledger = await openLedger(store);
    const door = createApiDoor({ now });
    const adapters = new Map(
      [...parts.adapters((namespace) => store.kv(namespace)), door.adapter].map((one) => [one.name, one]),
    );

    const workers = createRunner({
      jobs: parts.jobs,
      count: parts.workers ?? Math.min(4, Math.max(2, availableParallelism())),
      log,
      start: parts.startWorkers,
      ...parts.watchWorkers,
      withKey: (spec) => withKey(config, spec),
    });
    opened.push(() => workers.stop());
    const cache = { kv: store.kv("model-calls"), log, redact, now };
    const runner = { ...workers, run: withModelCache(workers.run, cache) };
    const guard = createUrlGuard({ allowPrivate: () => config.workspace.allow_private });
    const secretKey = await openSecretKey(parts.dataDir, parts.secretKey);
    const results = createResultCache({ servers: () => config.mcp_servers, kv: store.kv("results"), log, now });
    const accounts = createSignIns({
      servers: () => config.mcp_servers,
      sealed: sealedKv(store.kv("oauth"), secretKey, "oauth"),
      kv: store.kv("oauth"),
      claims: store.claims,
      guard,
      now,
      address: () => parts.publicUrl ?? url,
      told: (server, why) => {
        const text = wordsOf(config.workspace.language).oauth.told[why](server);
        void bot?.tellAdmins(text, `sign-in:${server}:${why}`).catch(noted);
      },
      changed: (server) => void results.forget(server),
      noted,
    });
    signIns = accounts;
    const servers = createMcpServers({
      log,
      env,
      signIn: accounts.of,
      checkLink: guard.checkLink,
      pins: createPins(store.kv("tool-pins")),
      check: workers.check,
      onHeld: (server) => void bot?.toolsHeld(server).catch(noted),
    });
    toolServers = servers;
    servers.use(config.mcp_servers);
    opened.push(() => servers.close());

    const access = createAccess(() => config);
    const gate = createGate({
      toolboxes: () => [...servers.toolboxes(), ...(parts.toolboxes ?? [])],
      own: () => bot?.toolboxes ?? [],
      access,
      redact,
      cache: results,
    });
    const born = createBot({
      config: () => config,
      adapters,
      store,
      ledger,
      runner,
      gate,
      access,
      servers: () => servers.toolboxes(),
      tools: servers,
      signIns: accounts,
      schedules() {
        if (!schedules) throw new Error("the schedules are not open");
        return schedules;
      },
      log,
      redact,
      now,
      time: parts.time,
      noteModel: (name, state) => spoke.set(name, clean(state)),
      health: () => ({
        adapters: [...adapters.values()]
          .filter((one) => one !== door.adapter)
          .map((one) => ({ name: one.name, state: one.state().state })),
        runs: runner.load(),
        mcp: servers.report().map(clean),
        configProblems: problems,
      }),
    });
    bot = born;
    const kept = await createSchedules({
      query: store.query,
      ...born.scheduled,
      quietHours: ({ to }) => quietHoursAt(config, to),
      ...(parts.time ? { time: parts.time } : {}),
      trouble: (error) => log.error({ err: error }, "schedules are in trouble"),
      jumped: (byMs) => log.warn({ byMs }, "the clock was put forward or back"),
    });
    schedules = kept;
    const platforms = [...adapters.values()].filter((one) => one !== door.adapter);
    report = () =>
      reportOf({
        platforms: platforms.map((one) => ({ name: one.name, ...clean(one.state()) })),
        models: config.models.map(({ name }) => ({ name, ...(spoke.get(name) ?? { state: "untried" }) })),
        mcp: servers.report().map(clean),
        runs: runner.load(),
        schedules: kept.load(),
        problems,
      });

    const keys = { apiKey: parts.apiKey, localKey: localKeyOf(secretKey) };
    const who = { id: operator, roles: [], guest: false };
    const agents = () => {
      const at = { adapter: apiAdapter, channel: "" };
      return config.agents.filter(({ name }) => access.authorize(who, "talk", { agent: name, at }).allowed);
    };
    const isAdmin = () => access.authorize(who, "administer", {}).allowed;
    mcpRoom = createMcpRoom({ door, keys, agents, isAdmin, now, log });
    const http = createHttpServer({
      host,
      port,
      routes: platforms.flatMap((one) => one.routes ?? []),
      rooms: [
        healthRoom(() => report(), keys),
        commandsRoom({
          door,
          keys,
          isAdmin,
          platforms: () => platforms.map(({ name }) => name),
        }),
        mcpRoom.room,
        oauthRoom(accounts, () => config.workspace.language),
      ],
      log,
    });
    opened.push(() => {
      mcpRoom?.close();
      return http.stop();
    });
    const listening = await http.listen();
    url = listening.url;
    parts.onListening?.(url);

    const sweeps = [setTimeout(() => void sweepOld(), minuteMs), setInterval(() => void sweepOld(), dayMs / 4)];
    for (const sweep of sweeps) sweep.unref();
    opened.push(async () => sweeps.forEach(clearInterval));
    async function sweepOld(): Promise<void> {
      const { runs } = config.workspace.retention;
      try {
        await store.journal.sweep(now() - 7 * dayMs);
        await store.outbox.sweep(now() - runs);
        await store.shelf.sweep(now() - runs);
        await store.claims.sweep(now() - runs);
        await store.sweepExpired();
        await ledger.sweep(now() - runs);
        await kept.sweep(now() - runs);
      } catch (error) {
        log.error({ err: error }, "old records could not be swept");
      }
    }

    opened.push(() => Promise.all([...adapters.values()].map((one) => one.stop())));
    const connecting = Promise.all([
      runner.ready(),
      ...[...adapters.values()].map(async (one) => {
        await one.start(born.inbox, aborter.signal);
        await born.open(one.name);
      }),
    ]);
    // What is due is posted by whoever can post; a platform that can't be reached keeps only its own waiting.
    const patience = new Promise<void>((resolve) => setTimeout(resolve, schedulesWaitMs).unref());
    const onTime = Promise.race([connecting, patience])
      .then(() => adopt(kept))
      .then(() => (aborter.signal.aborted ? undefined : kept.start()));
    await Promise.all([connecting, onTime]);
    return listening;
  }

  return {
    start,
    get url() {
      return url;
    },
    use(fresh) {
      const mended = problems.length > 0;
      config = fresh;
      problems = [];
      toolServers?.use(fresh.mcp_servers);
      // There may be somebody to tell now.
      for (const { server, held } of toolServers?.trusted() ?? [])
        if (held.length > 0) void bot?.toolsHeld(server).catch(noted);
      mcpRoom?.changed();
      if (schedules) void adopt(schedules).catch(noted);
      if (mended) void bot?.tellAdmins(wordsOf(config.workspace.language).configMended, "config-mended").catch(noted);
    },
    broken(found) {
      problems = found;
      void bot?.tellAdmins(wordsOf(config.workspace.language).configBroken(found), "config-broken").catch(noted);
    },
    report: () => report(),
    secrets: () => signIns?.secrets() ?? [],
    resume: async (run, results) => (await bot?.resume(run, results)) ?? false,
    async stop(withinMs = 20_000) {
      // Asked again after that, only what is still open is closed.
      const working = aborter.signal.aborted ? [] : [schedules?.stop(withinMs), bot?.stop(withinMs)];
      aborter.abort();
      await Promise.all(working);
      for (const close of opened.splice(0).reverse()) {
        await close().catch((error: unknown) => log.error({ err: error }, "closing failed"));
      }
    },
  };

  /** What is told of a trouble tells no secret. */
  function clean<State extends { error?: string }>(state: State): State {
    return state.error === undefined ? state : { ...state, error: redact(state.error) };
  }

  /** The schedules of the config are in force. */
  async function adopt(kept: Schedules): Promise<void> {
    const trouble = (error: unknown) => log.error({ err: error }, "a schedule of the config is off");
    await kept.adopt(await draftsOf(config, { configDir: parts.configDir, now: now(), trouble }));
  }

  function noted(error: unknown): void {
    log.error({ err: error }, "something that nobody waits for failed");
  }
}
