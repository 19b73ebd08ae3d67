import { setTimeout as sleep } from "node:timers/promises";
import { type APIApplication, REST, type RequestMethod, type RouteLike, Routes } from "discord.js";
import type { Logger } from "pino";
import { DeliveryError } from "../../src/chat.ts";
import { isUnauthorized, isUncertain } from "./refusals.ts";

/** What a request to Discord carries. */
export type Request = {
  body?: unknown;
  query?: Record<string, string>;
  files?: { name: string; data: Buffer; contentType: string }[];
  /** Against an interaction's own token instead of the bot's; such a request is not repeated when its fate is unknown. */
  tokenless?: boolean;
};

/** Discord's API. Its limits are kept by the library: it waits before it would be told to. */
export type Api = ReturnType<typeof createApi>;

/** Makes the way to Discord's API. `refused` is called once Discord really does not take the token any more. */
export function createApi(options: { token: string; apiUrl?: string; log: Logger; refused: () => void }) {
  const { token, apiUrl, log, refused } = options;
  const rest = new REST({ ...(apiUrl && { api: apiUrl }), timeout: 10_000 }).setToken(token);
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
