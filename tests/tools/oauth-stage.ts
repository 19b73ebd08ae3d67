import { pino } from "pino";
import { McpServer } from "../../src/config/schema/mcp-server.ts";
import { sealedKv } from "../../src/store/sealed.ts";
import type { Kv } from "../../src/store/store.ts";
import { createUrlGuard } from "../../src/tools/guarded-fetch.ts";
import { connectMcpServer, type McpToolbox } from "../../src/tools/mcp/mcp.ts";
import { createSignIns, type Returned, type SignIns } from "../../src/tools/oauth/sign-ins.ts";
import type { RegisteredClient } from "../world/oauth/grants.ts";
import { createOAuthWorld, type OAuthOptions } from "../world/oauth/world.ts";

/** One protected server, its account, and the connection to it. */
export type Stage = Awaited<ReturnType<typeof openStage>>;

const open: { stop(): Promise<void> }[] = [];

/** A stage over a world; `leaveStages` closes it, and asserts that nobody broke a rule of OAuth. */
export async function openStage(
  options: {
    world?: OAuthOptions;
    oauth?: Record<string, unknown> | boolean | ((at: { issuer: string }) => Record<string, unknown>);
    /** A client that is known already. */
    client?: RegisteredClient;
    address?: string;
    transport?: "sse";
    allowPrivate?: string[];
  } = {},
) {
  let time = 1_700_000_000_000;
  const now = () => time;
  const world = await createOAuthWorld({ now, ...options.world });
  if (options.client) world.ledger.clients.set(options.client.id, options.client);
  const kept = new Map<string, unknown>();
  const kv: Kv = {
    get: async <Value>(key: string) => structuredClone(kept.get(key)) as Value | undefined,
    set: async (key, value) => void kept.set(key, structuredClone(value)),
    delete: async (key) => void kept.delete(key),
  };
  const claimed = new Set<string>();
  const claims = {
    claim: async (name: string) => !claimed.has(name) && claimed.add(name) !== undefined,
    sweep: async () => {},
  };
  const spoken = options.transport ? { transport: options.transport } : {};
  const oauth = typeof options.oauth === "function" ? options.oauth(world) : (options.oauth ?? true);
  const server = McpServer.parse({ name: "notes", url: world.resource, oauth, ...spoken });
  const told: string[] = [];
  const noted: unknown[] = [];
  const lines: string[] = [];
  const log = pino({ level: "trace" }, { write: (line: string) => void lines.push(line) });
  let address = options.address ?? "http://127.0.0.1:3000";

  const start = (key = "11".repeat(32)): { signIns: SignIns; box: McpToolbox } => {
    const signIns = createSignIns({
      servers: () => [server],
      sealed: sealedKv(kv, Buffer.from(key, "hex"), "oauth"),
      kv,
      claims,
      guard: createUrlGuard({ allowPrivate: () => options.allowPrivate ?? [] }),
      now,
      address: () => address,
      told: (name, why) => void told.push(`${name}: ${why}`),
      changed: () => {},
      noted: (error) => void noted.push(error),
    });
    const box = connectMcpServer(server, { log, env: {}, signIn: signIns.of(server) });
    return { signIns, box };
  };
  let running = start();

  const stage = {
    world,
    server,
    kept,
    told,
    noted,
    lines,
    get signIns() {
      return running.signIns;
    },
    get box() {
      return running.box;
    },
    later: (ms: number) => {
      time += ms;
    },
    moveTo(other: string) {
      address = other;
    },
    link: () => running.signIns.begin("notes", "slack:UKIM", "en"),
    /** Kim opens the link, says yes (or no), and her browser comes back. */
    async visit(link: string, allows = true): Promise<{ back: URL; returned: Returned }> {
      const back = await world.visit(link, "kim", allows);
      return { back, returned: await stage.comeBack(back) };
    },
    /** A browser is sent to an address of ours. */
    comeBack(back: URL): Promise<Returned> {
      return running.signIns.finish(back.searchParams, /^\/oauth\/callback\/(.+)$/.exec(back.pathname)?.[1]);
    },
    async signIn(): Promise<void> {
      await running.box.tried;
      const { returned } = await stage.visit(await stage.link());
      if (returned.kind !== "done") throw new Error(`not signed in: ${JSON.stringify(returned)}`);
      await until(() => running.box.state().state === "connected");
    },
    async call(name: string): Promise<{ text: string; failed?: boolean | undefined }> {
      const tool = running.box.tools().find((one) => one.name === name);
      if (!tool) return { text: `no ${name}: ${JSON.stringify(running.box.state())}`, failed: true };
      return tool.run({}, AbortSignal.timeout(5000));
    },
    /** What of its account is shown to these places, one after the other. */
    async shownTo(...urls: string[]): Promise<(string | null)[]> {
      const shown: (string | null)[] = [];
      const fetch = running.signIns.of(server)?.over(async (_url, init) => {
        shown.push(new Headers(init?.headers).get("authorization"));
        return new Response("elsewhere");
      });
      for (const url of urls) await fetch?.(url);
      return shown;
    },
    /** Another process on the same data. */
    async restart(key?: string): Promise<void> {
      await running.box.close();
      running = start(key);
      await running.box.tried;
    },
    async stop(): Promise<void> {
      await running.box.close();
      await world.stop();
      if (world.ledger.violations.length > 0) throw new Error(`rules broken: ${world.ledger.violations.join("; ")}`);
    },
  };
  open.push(stage);
  return stage;
}

/** Closes every stage of a test; for `afterEach`. */
export async function leaveStages(): Promise<void> {
  for (const stage of open.splice(0)) await stage.stop();
}

/** Waits for something that is on its way. */
export async function until(holds: () => boolean, ms = 5000): Promise<void> {
  const end = performance.now() + ms;
  while (!holds()) {
    if (performance.now() > end) throw new Error("it did not come about");
    await new Promise((resolve) => setImmediate(resolve));
  }
}
