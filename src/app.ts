import { availableParallelism } from "node:os";
import { createAccess } from "./access/access.ts";
import { quietHoursAt } from "./access/places.ts";
import type { ToolResult } from "./agent/tool.ts";
import { conditionOf } from "./app/condition.ts";
import type { AppParts } from "./app/parts.ts";
import { keepSwept } from "./app/sweeping.ts";
import { type Bot, createBot } from "./bot/bot.ts";
import { withKey } from "./bot/briefing/model-specs.ts";
import type { Config } from "./config/schema.ts";
import { createApiDoor } from "./http/door.ts";
import { type Report, reportBefore } from "./http/health.ts";
import { createPort, type Port } from "./http/port.ts";
import { openLedger } from "./runs/ledger.ts";
import { withModelCache } from "./runs/model-cache.ts";
import { createRunner } from "./runs/runner.ts";
import { draftsOf } from "./schedules/config-drafts.ts";
import { createSchedules, type Schedules } from "./schedules/schedules.ts";
import { localKeyOf, openSecretKey } from "./store/secret-key.ts";
import { openStore } from "./store/store.ts";
import { createTools, type Tools } from "./tools/tools.ts";
import { type Words, wordsOf } from "./words/words.ts";

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

/** So long schedules wait for every platform to be connected. */
const patienceMs = 30_000;

/** Wires the rooms together. */
export function createApp(first: Config, parts: AppParts): App {
  const { log, redact, now = Date.now, host = "127.0.0.1", port = 0, env = {}, time } = parts;
  let current = first;
  let problems: string[] = [];
  const config = () => current;
  let tools: Tools | undefined;
  let bot: Bot | undefined;
  let schedules: Schedules | undefined;
  let http: Port | undefined;
  let url: string | undefined;
  let report = (): Report => reportBefore(problems);
  const opened: (() => Promise<unknown>)[] = [];
  const aborter = new AbortController();

  async function start(): Promise<{ url: string; port: number }> {
    const store = await openStore(parts.dataDir, now);
    opened.push(() => store.close());
    const ledger = await openLedger(store);
    const door = createApiDoor({ now });
    const platforms = parts.adapters((namespace) => store.kv(namespace));
    const adapters = new Map([...platforms, door.adapter].map((one) => [one.name, one]));

    const workers = createRunner({
      jobs: parts.jobs,
      count: parts.workers ?? Math.min(4, Math.max(2, availableParallelism())),
      log,
      start: parts.startWorkers,
      ...parts.watchWorkers,
      withKey: (spec) => withKey(current, spec),
    });
    opened.push(() => workers.stop());
    const cache = { kv: store.kv("model-calls"), log, redact, now };
    const runner = { ...workers, run: withModelCache(workers.run, cache) };

    const secretKey = await openSecretKey(parts.dataDir, parts.secretKey);
    const access = createAccess(config);
    tools = createTools({
      config,
      store,
      secretKey,
      access,
      own: () => bot?.toolboxes ?? [],
      besides: parts.toolboxes ?? [],
      check: workers.check,
      address: () => parts.publicUrl ?? url,
      onSignInNeeded: (server, why) => tellAdmins(({ oauth }) => oauth.told[why](server), `sign-in:${server}:${why}`),
      onHeld: (server) => void bot?.toolsHeld(server).catch(noted),
      noted,
      env,
      log,
      redact,
      now,
    });
    const { servers, signIns, gate } = tools;
    opened.push(() => servers.close());

    const condition = conditionOf({
      platforms,
      servers,
      runner,
      schedules: () => schedules,
      config,
      problems: () => problems,
      redact,
    });
    report = condition.report;
    const born = createBot({
      config,
      adapters,
      store,
      ledger,
      runner,
      gate,
      access,
      servers: () => servers.toolboxes(),
      tools: servers,
      signIns,
      schedules() {
        if (!schedules) throw new Error("the schedules are not open");
        return schedules;
      },
      noteModel: condition.noteModel,
      health: condition.health,
      log,
      redact,
      now,
      time,
    });
    bot = born;

    schedules = await createSchedules({
      query: store.query,
      ...born.scheduled,
      quietHours: ({ to }) => quietHoursAt(current, to),
      ...(time ? { time } : {}),
      trouble: (error) => log.error({ err: error }, "schedules are in trouble"),
      jumped: (byMs) => log.warn({ byMs }, "the clock was put forward or back"),
    });

    const keys = { apiKey: parts.apiKey, localKey: localKeyOf(secretKey) };
    http = createPort({ host, port, config, access, door, keys, platforms, signIns, report, log, now });
    opened.push(http.stop);
    const listening = await http.listen();
    url = listening.url;
    parts.onListening?.(url);

    const keptMs = () => current.workspace.retention.runs;
    const stopSweeping = keepSwept({ store, ledger, schedules, keptMs, log, now });
    opened.push(async () => stopSweeping());

    opened.push(() => Promise.all([...adapters.values()].map((adapter) => adapter.stop())));
    const connecting = Promise.all([
      runner.ready(),
      ...[...adapters.values()].map(async (adapter) => {
        await adapter.start(born.inbox, aborter.signal);
        await born.open(adapter.name);
      }),
    ]);
    // What is due is posted by whoever can post; a platform that can't be reached keeps only its own waiting.
    const patience = new Promise<void>((resolve) => setTimeout(resolve, patienceMs).unref());
    const onTime = Promise.race([connecting, patience])
      .then(adopt)
      .then(() => (aborter.signal.aborted ? undefined : schedules?.start()));
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
      current = fresh;
      problems = [];
      tools?.servers.use(fresh.mcp_servers);
      // There may be somebody to tell now.
      for (const { server, held } of tools?.servers.trusted() ?? [])
        if (held.length > 0) void bot?.toolsHeld(server).catch(noted);
      http?.changed();
      void adopt().catch(noted);
      if (mended) tellAdmins((words) => words.configMended, "config-mended");
    },
    broken(found) {
      problems = found;
      tellAdmins((words) => words.configBroken(found), "config-broken");
    },
    report: () => report(),
    secrets: () => tools?.signIns.secrets() ?? [],
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

  /** The schedules of the config are in force. */
  async function adopt(): Promise<void> {
    const trouble = (error: unknown) => log.error({ err: error }, "a schedule of the config is off");
    await schedules?.adopt(await draftsOf(current, { configDir: parts.configDir, now: now(), trouble }));
  }

  function tellAdmins(say: (words: Words) => string, key: string): void {
    void bot?.tellAdmins(say(wordsOf(current.workspace.language)), key).catch(noted);
  }

  function noted(error: unknown): void {
    log.error({ err: error }, "something that nobody waits for failed");
  }
}
