import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { type Fault, type Faults, pause } from "../faults.ts";
import { Form, type Json } from "../form.ts";
import { invalidLimit, type Limits } from "../limits.ts";
import { plainRefusal, Refusal, refusal } from "../refusal.ts";
import type { Violations } from "../violations.ts";
import type { World } from "../world.ts";
import { serveAttachment } from "./attachments.ts";
import { commandRoutes } from "./commands.ts";
import { interactionRoutes } from "./interactions.ts";
import { messageRoutes } from "./messages.ts";
import { placeRoutes } from "./places.ts";
import { readBody } from "./request-body.ts";
import type { Answer, Route } from "./route.ts";
import { threadRoutes } from "./threads.ts";

/** One request as it was made and answered, for tests to read. */
export interface CallRecord {
  method: string;
  /** The route as documented, or the bare path when there is none. */
  route: string;
  path: string;
  body: unknown;
  at: number;
  /** The status answered; 0 when the connection was cut instead. */
  status: number;
  /** The code of the refusal, if it was one. */
  code?: number;
}

/** What the REST side of the simulator is made of. */
export interface RestParts {
  world: World;
  faults: Faults;
  violations: Violations;
  /** Absent when limits are switched off. */
  limits: Limits | undefined;
  gatewayRoutes: Route[];
  calls: CallRecord[];
}

type Reply = { status: number; headers: Record<string, string>; text: string };
type Match = { route: Route; params: Record<string, string> };

/** Answers every HTTP request as Discord would. */
export function createRest(parts: RestParts): (request: IncomingMessage, response: ServerResponse) => void {
  const routes = [
    ...parts.gatewayRoutes,
    ...messageRoutes,
    ...threadRoutes,
    ...placeRoutes,
    ...commandRoutes,
    ...interactionRoutes,
  ].map(compile);
  let refusedTokens = 0;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://localhost");
    if (url.pathname.startsWith("/attachments/")) return serveAttachment(parts.world, url, response);
    const body = await readBody(request);
    const record: CallRecord = {
      method: request.method ?? "GET",
      route: url.pathname,
      path: url.pathname + url.search,
      body: body.json,
      at: parts.world.clock.now(),
      status: 0,
    };
    parts.calls.push(record);
    const found = find(record.method, url.pathname.replace(/^\/api(\/v\d+)?/, ""));
    if (found.match) record.route = found.match.route.path;
    const fault = parts.faults.next(record.method, record.route);
    if (fault?.do === "delay") await pause(parts.world.clock, fault.ms);
    if (fault?.do === "refuse") return cutOff();
    const reply = fault && early(fault) ? early(fault) : undefined;
    const real = reply ?? handle();
    if (fault?.do === "answer late") await pause(parts.world.clock, fault.ms);
    const out = fault?.do === "error" ? outage(fault.status) : real;
    parts.world.changed();
    if (fault?.do === "lose") return cutOff();
    record.status = fault?.do === "cut" ? 0 : out.status;
    response.writeHead(out.status, { "content-length": Buffer.byteLength(out.text), ...out.headers });
    if (fault?.do === "cut") {
      response.write(Buffer.from(out.text).subarray(0, Math.floor(Buffer.byteLength(out.text) / 2)), cutOff);
      return;
    }
    response.end(out.text);

    function cutOff(): void {
      request.socket.destroy();
      parts.world.changed();
    }

    function handle(): Reply {
      const headers: Record<string, string> = {};
      try {
        const result = checked(headers);
        return {
          status: result.status,
          headers: { ...headers, "content-type": "application/json" },
          text: result.body === undefined ? "" : JSON.stringify(result.body),
        };
      } catch (error) {
        const no = asRefusal(error);
        record.code = no.code;
        if ([401, 403].includes(no.status)) parts.limits?.noteInvalid();
        return {
          status: no.status,
          headers: { ...headers, "content-type": "application/json" },
          text: JSON.stringify(no.body),
        };
      }
    }

    function checked(headers: Record<string, string>): Answer {
      checkCaller();
      const { match } = found;
      if (!match) throw found.otherMethod ? plainRefusal(405, "Method Not Allowed") : plainRefusal(404, "Not Found");
      if (!match.route.open) authorise();
      const refusedByLimit = limit(match, headers);
      if (refusedByLimit) return refusedByLimit;
      if (body.problem) throw refusal(body.problem);
      const { world, violations } = parts;
      const call = {
        world,
        violations,
        params: match.params,
        query: url.searchParams,
        form: new Form(body.json),
        files: body.files,
      };
      return match.route.run(call);
    }

    function checkCaller(): void {
      const agent = request.headers["user-agent"] ?? "";
      if (!/^DiscordBot \(\S+, \S+\)/.test(agent)) {
        parts.violations.add("user agent", `"${agent}" is not "DiscordBot (url, version)"`);
        throw refusal(40333);
      }
      if (!/^\/api\/v10\//.test(url.pathname))
        throw url.pathname.startsWith("/api/") ? refusal(50041) : plainRefusal(404, "Not Found");
    }

    function authorise(): void {
      if (request.headers.authorization === `Bot ${parts.world.token}`) return;
      refusedTokens += 1;
      if (refusedTokens > 1) parts.violations.add("kept calling after 401", `${record.method} ${record.path}`);
      throw plainRefusal(401, "Unauthorized");
    }

    function limit({ route, params }: Match, headers: Record<string, string>): Answer | undefined {
      const { limits } = parts;
      if (!limits) return undefined;
      if (limits.invalidRequests >= invalidLimit) {
        parts.violations.add("banned", "10,000 invalid requests in ten minutes");
        return tooMany(600, "global", headers);
      }
      const general = route.open ? undefined : limits.takeGlobal();
      if (general) {
        parts.violations.add(
          "global rate limit",
          `more than 50 requests in a second, at ${record.method} ${route.path}`,
        );
        return tooMany(general.retryAfter, "global", headers);
      }
      const major = params.channel_id ?? params.guild_id ?? params.webhook_token ?? "";
      const takes: [string, string, readonly [number, number]][] = route.limit
        ? [[bucketOf(route), major, route.limit]]
        : [];
      if (renames(route)) takes.push([`${bucketOf(route)}-name`, major, [2, 600_000]]);
      for (const [bucket, place, allowance] of takes) {
        const standing = limits.take(bucket, place, allowance);
        if (!bucket.endsWith("-name")) Object.assign(headers, standing.headers);
        if (!standing.exceeded) continue;
        if (standing.exceeded.wasTold && !bucket.endsWith("-name"))
          parts.violations.add(
            "rate limit",
            `${record.method} ${record.path} was sent though its bucket was known to be empty`,
          );
        return tooMany(standing.exceeded.retryAfter, standing.exceeded.scope, headers);
      }
      return undefined;
    }

    /** Channel names and topics change twice in ten minutes at most, which no header tells beforehand. */
    function renames(route: Route): boolean {
      const form = new Form(body.json);
      return (
        route.method === "PATCH" && route.path === "/channels/{channel_id}" && (form.sent("name") || form.sent("topic"))
      );
    }

    function tooMany(retryAfter: number, scope: string, headers: Record<string, string>): Answer {
      parts.limits?.noteInvalid();
      Object.assign(headers, limitHeaders(retryAfter, scope));
      return { status: 429, body: limitBody(retryAfter, scope) };
    }
  }

  function find(method: string, path: string): { match?: Match; otherMethod: boolean } {
    let otherMethod = false;
    for (const { route, pattern, names } of routes) {
      const hit = pattern.exec(path);
      if (!hit) continue;
      if (route.method !== method) otherMethod = true;
      else
        return {
          match: {
            route,
            params: Object.fromEntries(names.map((name, at) => [name, decodeURIComponent(hit[at + 1] ?? "")])),
          },
          otherMethod,
        };
    }
    return { otherMethod };
  }

  function asRefusal(error: unknown): Refusal {
    if (error instanceof Refusal) return error;
    const message = error instanceof Error ? error.message : String(error);
    parts.violations.add("not simulated", message);
    return new Refusal(501, 0, message);
  }

  return (request, response) => {
    answer(request, response).catch(() => request.socket.destroy());
  };
}

function compile(route: Route): { route: Route; pattern: RegExp; names: string[] } {
  const names = [...route.path.matchAll(/\{(\w+)\}/g)].flatMap(([, name]) => name ?? []);
  return { route, names, pattern: new RegExp(`^${route.path.replaceAll(/\{\w+\}/g, "([^/]+)")}$`) };
}

function bucketOf(route: Route): string {
  return createHash("md5").update(`${route.method} ${route.path}`).digest("hex");
}

function limitHeaders(retryAfter: number, scope: string): Record<string, string> {
  return {
    "retry-after": String(Math.ceil(retryAfter)),
    "x-ratelimit-scope": scope,
    ...(scope === "global" ? { "x-ratelimit-global": "true" } : {}),
  };
}

function limitBody(retryAfter: number, scope: string): Json {
  return {
    message: "You are being rate limited.",
    retry_after: Math.round(retryAfter * 1000) / 1000,
    global: scope === "global",
  };
}

/** What a fault answers before anything is applied; undefined when the request is to be applied. */
function early(fault: Fault): Reply | undefined {
  if (fault.do === "error" && !fault.applied) return outage(fault.status);
  if (fault.do !== "limit") return undefined;
  const scope = fault.scope ?? "user";
  return {
    status: 429,
    headers: { "content-type": "application/json", ...limitHeaders(fault.retryAfter, scope) },
    text: JSON.stringify(limitBody(fault.retryAfter, scope)),
  };
}

function outage(status: number): Reply {
  return {
    status,
    headers: { "content-type": "text/html" },
    text: `<html><head><title>${status}</title></head><body>upstream connect error</body></html>`,
  };
}
