import type { Clock } from "./clock.ts";
import type { Ids } from "./ids.ts";

const lifeMs = 30 * 60_000;
const mostUses = 5;

/** Where an answer to a response_url goes. */
export interface ResponseTarget {
  readonly person: string;
  readonly channel: string;
  /** The message whose button was pressed, if one was. */
  readonly ts?: string;
}

/** The addresses given out with commands and interactions: five uses within thirty minutes. */
export interface ResponseUrls {
  issue(target: ResponseTarget): string;
  /** One use of the address with this path; undefined when there is none left. */
  take(path: string): ResponseTarget | undefined;
}

/** A drawer of response_urls under `origin()`. */
export function createResponseUrls(clock: Clock, ids: Ids, origin: () => string): ResponseUrls {
  const issued = new Map<string, { target: ResponseTarget; at: number; uses: number }>();
  return {
    issue(target) {
      const path = `/response/${ids.secret(12)}/${ids.secret(24)}`;
      issued.set(path, { target, at: clock.now(), uses: 0 });
      return `${origin()}${path}`;
    },
    take(path) {
      const url = issued.get(path);
      if (!url || url.uses >= mostUses || clock.now() - url.at > lifeMs) return undefined;
      url.uses += 1;
      return url.target;
    },
  };
}
