import type { IncomingMessage, ServerResponse } from "node:http";
import type { CallFault, DueFaults } from "../faults.ts";
import type { Limits } from "../limits.ts";
import type { Fields } from "../workspace.ts";
import type { CallRecord, World } from "../world.ts";
import { type Method, Refusal, readArgs, refuse } from "./method.ts";
import { METHODS } from "./methods.ts";
import { readBody } from "./request-body.ts";

// Refusals that say nothing about the workspace, only about a careless app.
const malformed = new Set([
  ...["invalid_arguments", "no_text", "markdown_text_conflict", "as_user_not_supported", "no_item_specified"],
  ...["invalid_metadata_format", "invalid_metadata_schema", "metadata_too_large", "invalid_attachments"],
  ...["invalid_thread_ts", "invalid_ts_oldest", "invalid_ts_latest", "invalid_cursor", "invalid_limit"],
  ...["invalid_types", "invalid_name", "bad_timestamp", "missing_recipient_user_id", "missing_recipient_team_id"],
]);

interface Call {
  readonly method: string;
  readonly raw: Fields;
  readonly record: CallRecord;
}

/** Answers Web API requests: authentication, limits, scopes, arguments, then the method itself. */
export function createWebApi(world: World, limits: Limits, faults: DueFaults) {
  const { app, violate } = world;

  const readCall = (request: IncomingMessage, method: string, body: Buffer): Call => {
    const url = new URL(request.url ?? "/", "http://slack");
    const parsed = readBody(request.headers["content-type"], body);
    const raw: Fields = { ...Object.fromEntries(url.searchParams), ...(typeof parsed === "string" ? {} : parsed) };
    const header = /^Bearer\s+(\S+)$/i.exec(request.headers.authorization ?? "")?.[1];
    const token = header ?? (typeof raw.token === "string" ? raw.token : "");
    const { token: _, ...args } = raw;
    const kind = token === app.tokens.bot ? "bot" : token === app.tokens.app ? "app" : token ? "unknown" : "none";
    const record: CallRecord = { method, args, at: world.clock.now(), token: kind };
    world.calls.push(record);
    world.changed();
    if (typeof parsed === "string") {
      violate(`${method}: ${parsed} (${request.headers["content-type"]})`);
      record.error = parsed;
    }
    return { method, raw: args, record };
  };

  const authenticate = (call: Call, method: Method) => {
    const { token } = call.record;
    if (token === "none") {
      if (call.method === "api.test") return;
      violate(`${call.method} called without a token`);
      refuse("not_authed");
    }
    if (token === "unknown") {
      violate(`${call.method} called with an unknown token`);
      refuse("invalid_auth");
    }
    if (app.revoked) refuse("token_revoked");
    if (method.token !== "any" && method.token !== token) {
      violate(`${call.method} called with the ${token} token`);
      refuse("not_allowed_token_type");
    }
  };

  const checkScopes = (method: Method) => {
    const { scopes } = method;
    if (!scopes || scopes.some((scope) => app.scopes.has(scope))) return;
    refuse("missing_scope", { needed: scopes.join(","), provided: [...app.scopes].join(",") });
  };

  const run = (call: Call, method: Method): Fields => {
    try {
      if (call.record.error) refuse(call.record.error);
      authenticate(call, method);
      checkScopes(method);
      for (const name of Object.keys(call.raw)) {
        // Bolt's own clients name their team with every call.
        if (!(name in method.args) && name !== "team_id")
          violate(`${call.method} called with an unknown argument: ${name}`);
      }
      return { ok: true, ...method.run(readArgs(method, call.raw), world) };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      call.record.error = error.message;
      if (malformed.has(error.message)) violate(`${call.method}: ${error.message} ${JSON.stringify(error.fields)}`);
      return { ok: false, error: error.message, ...error.fields };
    }
  };

  const reply = (call: Call, response: ServerResponse, status: number, body: Fields, headers: Fields = {}) => {
    call.record.status = status;
    if (body.ok === false) call.record.error = String(body.error);
    const accepted = METHODS.get(call.method)?.scopes?.join(",");
    response.writeHead(status, {
      "content-type": "application/json; charset=utf-8",
      "x-oauth-scopes": call.record.token === "app" ? "connections:write" : [...app.scopes].join(","),
      ...(accepted ? { "x-accepted-oauth-scopes": accepted } : {}),
      "x-slack-req-id": world.ids.secret(32),
      ...headers,
    });
    response.end(JSON.stringify(body));
    world.changed();
  };

  const tooMany = (call: Call, response: ServerResponse, key: string, seconds: number) => {
    limits.holdOff(key, seconds);
    reply(call, response, 429, { ok: false, error: "ratelimited" }, { "retry-after": String(seconds) });
  };

  const cutOff = (call: Call, request: IncomingMessage) => {
    call.record.error = "cut off";
    request.socket.destroy();
    world.changed();
  };

  const answer = (
    call: Call,
    method: Method,
    fault: CallFault | undefined,
    request: IncomingMessage,
    response: ServerResponse,
  ) => {
    const { raw } = call;
    const channel = method.limit === "posting" && typeof raw.channel === "string" ? raw.channel : undefined;
    const key = `${call.method} ${channel ?? ""}`;
    const early = limits.early(key);
    if (early !== undefined) {
      violate(`${call.method} called ${Math.ceil(early)} ms before the Retry-After of a 429 was over`);
      return tooMany(call, response, key, Math.ceil(early / 1000));
    }
    if (fault?.kind === "rate limit") return tooMany(call, response, key, fault.seconds);
    if (fault?.kind === "status" && !fault.applied)
      return reply(call, response, fault.status, { ok: false, error: "down" });
    if (fault?.kind === "refuse") return reply(call, response, 200, { ok: false, error: fault.error, ...fault.fields });
    const wait = limits.exceeded(call.method, method.limit, channel);
    if (wait !== undefined) {
      if (channel) violate(`${call.method}: more than one post a second in ${channel}`);
      return tooMany(call, response, key, wait);
    }
    const body = run(call, method);
    if (fault?.kind === "lose") return cutOff(call, request);
    if (fault?.kind === "cut") {
      const text = JSON.stringify(body);
      response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(text) });
      response.write(text.slice(0, text.length / 2), () => cutOff(call, request));
      return;
    }
    if (fault?.kind === "status") return reply(call, response, fault.status, { ok: false, error: "down" });
    reply(call, response, 200, body);
  };

  return {
    handle(request: IncomingMessage, name: string, body: Buffer, response: ServerResponse) {
      const call = readCall(request, name, body);
      const method = METHODS.get(name);
      if (!method) {
        violate(`unknown method: ${name}`);
        return reply(call, response, 200, { ok: false, error: "unknown_method", req_method: name });
      }
      const fault = faults.call(name);
      if (fault?.kind === "hang") return;
      if (fault?.kind === "delay") {
        world.clock.after(fault.ms, () => answer(call, method, undefined, request, response));
        return;
      }
      answer(call, method, fault, request, response);
    },
  };
}
