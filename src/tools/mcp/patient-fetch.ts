import type { FetchLike } from "@modelcontextprotocol/sdk/shared/transport.js";
import type { Agent } from "undici";

/** A `fetch` whose answers may be silent for so long; by itself it would give up any after five minutes. */
export function patientFetch(silenceMs: number): FetchLike {
  let agent: Promise<Agent> | undefined;
  return async (url, init) => {
    // Loaded when the first request is made: many a Bellhop has no remote servers.
    // By its default: what is bundled has no other names for a CommonJS package.
    agent ??= import("undici").then(
      ({ default: { Agent } }) => new Agent({ headersTimeout: silenceMs, bodyTimeout: silenceMs }),
    );
    return fetch(url, Object.assign({}, init, { dispatcher: await agent }));
  };
}
