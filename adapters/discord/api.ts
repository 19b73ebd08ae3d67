import { setTimeout as sleep } from "node:timers/promises";
import { type APIApplication, REST, type RequestMethod, type RouteLike, Routes } from "discord.js";
import type { Logger } from "pino";
import { DeliveryError } from "../../src/chat.ts";
import { packed } from "./packed.ts";
import { isUnauthorized, isUncertain } from "./refusals.ts";

// Discord takes 50 requests in any second, and the library counts in seconds of its own: across two of them it would send
// twice as many. A process that ended a moment ago may have used nearly all of them, and coming back asks for much at once.
const [atOnce, soon, later] = [5, 20, 45];
const [atOnceMs, soonMs] = [1_000, 5_000];
/** How long a request may take on its way; files take longer. */
const [patienceMs, patienceWithFilesMs] = [10_000, 60_000];

/** What a request to Discord carries. */
export type Request = {
  body?: unknown;
  query?: Record<string, string>;
  files?: { name: string; data: Buffer; contentType: string }[];
  /** Against an interaction's own token instead of the bot's; such a request is not repeated when its fate is unknown. */
  tokenless?: boolean;
};

/** Discord's API. The limits of single routes are kept by the library: it waits before it would be told to. */
export type Api = ReturnType<typeof createApi>;

/** Makes the way to Discord's API. `refused` is called once Discord really does not take the token any more. */
export function createApi(options: { token: string; apiUrl?: string; log: Logger; refused: () => void }) {
  const { token, apiUrl, log, refused } = options;
  const began = performance.now();
  const takeTurn = createTurns(() => {
    const age = performance.now() - began;
    return age < atOnceMs ? atOnce : age < soonMs ? soon : later;
  });
  // Those that had their turn wait for their own route's limit, and may come out of that together.
  const takeDoor = createTurns(() => later);
  const rest = new REST({
    ...(apiUrl && { api: apiUrl }),
    timeout: patienceWithFilesMs,
    async makeRequest(url, init) {
      if (init.headers && "Authorization" in init.headers) await takeDoor();
      if (init.body instanceof FormData) return packed(url, init);
      // Instead of the library's own signal, which only ever comes later: to heed both costs a hundredth of an answer.
      const late = new AbortController();
      const timer = setTimeout(() => late.abort(), patienceMs);
      return packed(url, { ...init, signal: late.signal }).finally(() => clearTimeout(timer));
    },
  }).setToken(token);
  let closed = false;
  let checking = false;

  /** The library forgets the token at the first 401; only a second one says that the token is really refused. */
  async function checkToken(): Promise<void> {
    if (checking) return;
    checking = true;
    try {
      await application();
    } catch (error) {
      if (isUnauthorized(error)) refused();
    } finally {
      checking = false;
    }
  }

  /** Who we are, and what the portal lets us do. */
  async function application(): Promise<APIApplication> {
    rest.setToken(token);
    return (await rest.get(Routes.oauth2CurrentApplication())) as APIApplication;
  }

  return {
    application,

    async call<Answer>(method: RequestMethod, route: RouteLike, request: Request = {}): Promise<Answer> {
      if (closed) throw new DeliveryError("I am not connected to Discord any more", { final: false });
      const { query, tokenless, ...carried } = request;
      for (let attempt = 1; ; attempt++) {
        try {
          // Answers to interactions are not counted among the 50, and somebody is waiting for each.
          if (!tokenless) await takeTurn();
          const answer = await rest.request({
            method,
            fullRoute: route,
            ...carried,
            ...(query && { query: new URLSearchParams(query) }),
            ...(tokenless && { auth: false }),
          });
          return answer as Answer;
        } catch (error) {
          if (isUnauthorized(error) && !tokenless) void checkToken();
          // Our posts carry a nonce that Discord enforces and our edits are whole: doing either again does no harm.
          if (!isUncertain(error) || attempt === 3 || tokenless || closed) throw error;
          log.debug({ err: error, method, route }, "discord gave no answer; asking again");
          await sleep(200 * attempt, undefined, { ref: false });
        }
      }
    },

    close(): void {
      closed = true;
      rest.clearHashSweeper();
      rest.clearHandlerSweeper();
    },
  };
}

/** Lets so many requests go in any second, first come first served. */
function createTurns(mostNow: () => number): () => Promise<void> | undefined {
  const gone: number[] = [];
  let waiting: Promise<void> | undefined;

  /** How long the next one has to wait; 0 when it may go, and is counted. */
  function wait(): number {
    const now = performance.now();
    while (gone[0] !== undefined && gone[0] <= now - 1000) gone.shift();
    const blocking = gone[gone.length - mostNow()];
    if (blocking !== undefined) return Math.ceil(blocking + 1000 - now);
    gone.push(now);
    return 0;
  }

  async function queue(before: Promise<void> | undefined): Promise<void> {
    await before;
    for (let ms = wait(); ms > 0; ms = wait()) await sleep(ms, undefined, { ref: false });
  }

  return () => {
    if (!waiting && wait() === 0) return undefined;
    const mine = queue(waiting);
    waiting = mine;
    void mine.then(() => {
      if (waiting === mine) waiting = undefined;
    });
    return mine;
  };
}
