import { createHash } from "node:crypto";
import { Form, type Json } from "../form.ts";
import { invalidLimit, type Limits } from "../limits.ts";
import { plainRefusal, Refusal, refusal } from "../refusal.ts";
import type { World } from "../world.ts";
import { commandRoutes } from "./commands.ts";
import { interactionRoutes } from "./interactions.ts";
import { messageRoutes } from "./messages.ts";
import { placeRoutes } from "./places.ts";
import type { RequestBody } from "./request-body.ts";
import type { Answer, Route } from "./route.ts";
import { threadRoutes } from "./threads.ts";

/** The routes of the simulator, the gateway's own aside. */
export const restRoutes: Route[] = [
  ...messageRoutes,
  ...threadRoutes,
  ...placeRoutes,
  ...commandRoutes,
  ...interactionRoutes,
];

/** A request as it came in. */
export interface Incoming {
  method: string;
  url: URL;
  userAgent: string;
  authorization: string;
  body: RequestBody;
}

/** What goes around an answer. */
interface Envelope {
  headers: Record<string, string>;
  /** To be called once the answer was read. */
  told?: () => void;
}

/** What is to be written back. */
export interface Reply extends Answer, Envelope {
  /** The refusal's code, if it was one. */
  code?: number;
}

/** A route found for a path, with what varies in it. */
export interface Match {
  route: Route;
  params: Record<string, string>;
}

/** Stands before the routes: finds them, and turns away who may not pass. */
export interface Gate {
  find(method: string, url: URL): Match | undefined;
  pass(incoming: Incoming, match: Match | undefined): Reply;
}

const nameChanges = [2, 600_000] as const;

/** A gate before these routes; without `limits` everybody may come as often as they like. */
export function createGate(world: World, routes: Route[], limits: Limits | undefined): Gate {
  const { violations } = world;
  // A path spelled out goes before one that leaves the same place open.
  const compiled = routes.map(compile).sort((one, other) => one.names.length - other.names.length);
  let refusedTokens = 0;

  function find(method: string, url: URL): Match | undefined {
    const path = versionless(url);
    for (const { route, pattern, names } of compiled) {
      const hit = route.method === method ? pattern.exec(path) : null;
      if (!hit) continue;
      const params = names.map((name, at) => [name, decodeURIComponent(hit[at + 1] ?? "")]);
      return { route, params: Object.fromEntries(params) };
    }
    return undefined;
  }

  function checkCaller({ userAgent, url }: Incoming): void {
    if (!/^DiscordBot \(\S+, \S+\)/.test(userAgent)) {
      violations.add("user agent", `"${userAgent}" is not "DiscordBot (url, version)"`);
      throw refusal(40333);
    }
    if (url.pathname.startsWith("/api/v10/")) return;
    throw url.pathname.startsWith("/api/") ? refusal(50041) : plainRefusal(404, "Not Found");
  }

  function missing({ method, url }: Incoming): Refusal {
    violations.add("unknown route", `${method} ${url.pathname}`);
    const known = compiled.some(({ pattern }) => pattern.test(versionless(url)));
    return known ? plainRefusal(405, "Method Not Allowed") : plainRefusal(404, "Not Found");
  }

  function authorise({ authorization, method, url }: Incoming): void {
    if (authorization === `Bot ${world.token}`) return;
    refusedTokens += 1;
    if (refusedTokens > 1) violations.add("kept calling after 401", `${method} ${url.pathname}`);
    throw plainRefusal(401, "Unauthorized");
  }

  /** Counts the request; a reply is what it gets instead of being heard. */
  function count({ route, params }: Match, form: Form, envelope: Envelope): Reply | undefined {
    if (!limits) return undefined;
    const name = `${route.method} ${route.path}`;
    if (name === "GET /gateway/bot") limits.forgetTold();
    if (limits.invalidRequests >= invalidLimit) {
      violations.add("banned", "10,000 invalid requests in ten minutes");
      return tooMany(600, "global");
    }
    const general = route.open ? undefined : limits.takeGlobal();
    if (general) {
      if (general.isBlamed) violations.add("global rate limit", `more than 50 requests in a second, at ${name}`);
      return tooMany(general.retryAfter, "global");
    }
    const major = params.channel_id ?? params.guild_id ?? params.webhook_token ?? "";
    // No header tells beforehand that a channel's name and topic change twice in ten minutes at most.
    const renamed = name === "PATCH /channels/{channel_id}" && (form.sent("name") || form.sent("topic"));
    if (renamed) {
      const { exceeded } = limits.take(`${name}, name`, major, nameChanges);
      if (exceeded) return tooMany(exceeded.retryAfter, exceeded.scope);
    }
    if (!route.limit) return undefined;
    const standing = limits.take(createHash("md5").update(name).digest("hex"), major, route.limit);
    Object.assign(envelope.headers, standing.headers);
    envelope.told = standing.told;
    if (!standing.exceeded) return undefined;
    if (standing.exceeded.wasTold)
      violations.add("rate limit", `${name} was sent though its bucket was known to be empty`);
    return tooMany(standing.exceeded.retryAfter, standing.exceeded.scope);
  }

  function enter(incoming: Incoming, match: Match | undefined, envelope: Envelope): Answer & Partial<Reply> {
    checkCaller(incoming);
    if (!match) throw missing(incoming);
    if (!match.route.open) authorise(incoming);
    const { body, url } = incoming;
    const form = new Form(body.json);
    const refused = count(match, form, envelope);
    if (refused) return refused;
    if (body.problem) throw refusal(body.problem);
    const { params, route } = match;
    return route.run({ world, violations, params, query: url.searchParams, form, files: body.files });
  }

  function answered(incoming: Incoming, match: Match | undefined, envelope: Envelope): Reply {
    try {
      return { headers: {}, ...enter(incoming, match, envelope) };
    } catch (error) {
      const { status, code, body } = asRefusal(error);
      return { status, code, body, headers: {} };
    }
  }

  function asRefusal(error: unknown): Refusal {
    if (error instanceof Refusal) return error;
    const message = error instanceof Error ? error.message : String(error);
    violations.add("not simulated", message);
    return new Refusal(501, 0, message);
  }

  return {
    find,
    pass(incoming, match) {
      const envelope: Envelope = { headers: {} };
      const reply = answered(incoming, match, envelope);
      if ([401, 403, 429].includes(reply.status)) limits?.noteInvalid();
      return { ...envelope, ...reply, headers: { ...envelope.headers, ...reply.headers } };
    },
  };
}

/** A 429, as the limits or a fault answer it. */
export function tooMany(retryAfter: number, scope: "user" | "global" | "shared"): Reply {
  const isGlobal = scope === "global";
  const body: Json = {
    message: "You are being rate limited.",
    retry_after: Math.ceil(retryAfter * 1000) / 1000,
    global: isGlobal,
  };
  const headers = {
    "retry-after": String(Math.ceil(retryAfter)),
    "x-ratelimit-scope": scope,
    ...(isGlobal ? { "x-ratelimit-global": "true" } : {}),
  };
  return { status: 429, body, headers };
}

function versionless(url: URL): string {
  return url.pathname.replace(/^\/api(\/v\d+)?/, "");
}

function compile(route: Route): { route: Route; pattern: RegExp; names: string[] } {
  const names = [...route.path.matchAll(/\{(\w+)\}/g)].flatMap(([, name]) => name ?? []);
  return { route, names, pattern: new RegExp(`^${route.path.replaceAll(/\{\w+\}/g, "([^/]+)")}$`) };
}
