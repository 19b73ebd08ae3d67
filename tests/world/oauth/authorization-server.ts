import { createHash, randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { knownAlgorithms, wrongIn } from "./assertions.ts";
import { type Grant, type Ledger, notTaken, type RegisteredClient } from "./grants.ts";

/** How an authorization server behaves; what is not said is as it should be. */
export type AuthorityOptions = {
  /** false: it says nothing of itself, as servers from before metadata. */
  metadata?: boolean;
  /** It says of itself what OpenID Connect wants, and there alone. */
  openId?: boolean;
  /** false: it registers nobody. */
  registration?: boolean;
  /** Reads the documents that clients name as themselves. */
  documents?: boolean;
  /** Ways in which clients prove themselves. */
  methods?: string[];
  /** What it gives tokens for. */
  grants?: string[];
  /** How assertions may be signed. */
  algorithms?: string[];
  /** false: it lets in programs alone, and has no page to sign in. */
  people?: boolean;
  scopes?: string[];
  revocation?: boolean;
  /** Put over the metadata, for servers that lie. */
  says?: Record<string, unknown>;
  /** What comes back with the browser instead of `iss`. */
  iss?: string | undefined;
};

/** An authorization server at its wire: strict in all that OAuth 2.1 wants of a client. */
export function authorizationServer(
  options: AuthorityOptions,
  ledger: Ledger,
  at: { issuer: string; resource: string; now(): number },
) {
  const { methods = ["client_secret_basic", "client_secret_post", "none"], scopes } = options;
  const { grants = ["authorization_code", "refresh_token"], algorithms = knownAlgorithms } = options;

  function metadata(): Record<string, unknown> {
    const { issuer } = at;
    return {
      issuer,
      ...(options.people === false ? {} : { authorization_endpoint: `${issuer}/authorize` }),
      token_endpoint: `${issuer}/token`,
      ...(options.registration === false ? {} : { registration_endpoint: `${issuer}/register` }),
      ...(options.revocation === false ? {} : { revocation_endpoint: `${issuer}/revoke` }),
      grant_types_supported: grants,
      token_endpoint_auth_methods_supported: methods,
      ...(methods.includes("private_key_jwt") ? { token_endpoint_auth_signing_alg_values_supported: algorithms } : {}),
      ...(options.people === false
        ? { response_types_supported: [] }
        : {
            response_types_supported: ["code"],
            code_challenge_methods_supported: ["S256"],
            authorization_response_iss_parameter_supported: true,
          }),
      ...(scopes ? { scopes_supported: scopes } : {}),
      ...(options.openId
        ? {
            jwks_uri: `${issuer}/keys`,
            subject_types_supported: ["public"],
            id_token_signing_alg_values_supported: ["RS256"],
          }
        : {}),
      ...(options.documents ? { client_id_metadata_document_supported: true } : {}),
      ...options.says,
    };
  }

  async function register(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const asked: unknown = JSON.parse(await bodyOf(request));
    const {
      redirect_uris: uris,
      token_endpoint_auth_method: method = "client_secret_basic",
      grant_types: grants,
    } = Object(asked) as Record<string, unknown>;
    if (options.registration === false) return refuse(response, 403, "access_denied", "Nobody is registered here.");
    if (!Array.isArray(uris) || uris.length === 0 || !uris.every((uri) => isRedirect(String(uri))))
      return complain(response, "invalid_redirect_uri", `redirects to ${JSON.stringify(uris)}`);
    if (typeof method !== "string" || !methods.includes(method))
      return complain(response, "invalid_client_metadata", `proves itself by ${String(method)}`);
    if (!Array.isArray(grants) || !grants.includes("authorization_code"))
      return complain(response, "invalid_client_metadata", "wants no codes");
    const id = `client-${ledger.clients.size + 1}`;
    const secret = method === "none" ? undefined : `client-secret-${randomBytes(12).toString("hex")}`;
    const client: RegisteredClient = { id, secret, method, redirects: uris.map(String) };
    ledger.clients.set(id, client);
    json(response, 201, {
      ...Object(asked),
      client_id: id,
      ...(secret ? { client_secret: secret } : {}),
      ...ledger.registers,
    });
  }

  /** The page a person sees; `allow` is their press of a button. */
  async function authorize(url: URL, person: string | undefined, allow: boolean, response: ServerResponse) {
    const asked = url.searchParams;
    const client = await clientNamed(asked.get("client_id") ?? "");
    const redirect = asked.get("redirect_uri") ?? "";
    // To an address that is not the client's own nobody is ever sent.
    if (!client) return page(response, 400, "Unknown client.");
    if (!client.redirects.includes(redirect)) return complain(response, "invalid_request", `redirects to ${redirect}`);
    const wrong =
      asked.get("response_type") !== "code"
        ? "asks for no code"
        : asked.get("code_challenge_method") !== "S256" || !/^[\w-]{43}$/.test(asked.get("code_challenge") ?? "")
          ? "comes without PKCE"
          : asked.get("resource") !== at.resource
            ? `is for another resource: ${asked.get("resource")}`
            : (asked.get("state") ?? "").length < 32
              ? "has a state that can be guessed"
              : undefined;
    if (wrong) return complain(response, "invalid_request", `the request to authorize ${wrong}`);
    if (!person) return page(response, 200, "Sign in, and allow Bellhop to use your account?");
    const back = new URL(redirect);
    back.searchParams.set("state", asked.get("state") ?? "");
    const iss = "iss" in options ? options.iss : at.issuer;
    if (iss !== undefined) back.searchParams.set("iss", iss);
    if (allow) {
      const scope = asked.get("scope") ?? "";
      const challenge = asked.get("code_challenge") ?? "";
      back.searchParams.set("code", ledger.code({ client: client.id, redirect, challenge, scope, person }));
    } else {
      back.searchParams.set("error", "access_denied");
      back.searchParams.set("error_description", `${person} said no <b>"today"</b>`);
    }
    response.writeHead(302, { location: back.href }).end();
  }

  async function token(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const form = await formOf(request, ledger);
    const client = await proven(request, form);
    if (ledger.quotes) {
      const brought = ["code", "code_verifier", "refresh_token", "client_secret"].map((name) => form.get(name) ?? "-");
      return refuse(response, 400, ledger.quotes, brought.join(" "));
    }
    if (!client) return refuse(response, 401, "invalid_client", "I do not know you.");
    if (form.get("resource") !== at.resource)
      return complain(response, "invalid_target", `asks for a token for ${form.get("resource")}`);
    const grant = form.get("grant_type") ?? "";
    if (!grants.includes(grant)) return refuse(response, 400, "unsupported_grant_type", `No tokens for ${grant}.`);
    if (Boolean(client.program) !== (grant === "client_credentials"))
      return refuse(response, 400, "unauthorized_client", `${client.id} gets nothing for ${grant}.`);
    if (grant === "client_credentials") {
      const wanted = (form.get("scope") ?? "").split(" ").filter(Boolean);
      const denied = wanted.filter((one) => !client.program?.scopes.includes(one));
      if (denied.length > 0) return refuse(response, 400, "invalid_scope", `${client.id} may not ${denied.join(" ")}.`);
      return give(response, ledger.admit(client, wanted.join(" ")));
    }
    if (grant === "authorization_code") {
      const code = ledger.takeCode(form.get("code") ?? "");
      if (!code || code === notTaken) return refuse(response, 400, "invalid_grant", "That code is not good.");
      const verifier = form.get("code_verifier") ?? "";
      const challenge = createHash("sha256").update(verifier).digest("base64url");
      if (verifier.length < 43 || challenge !== code.challenge)
        return complain(response, "invalid_grant", "brings a verifier that is not its own");
      if (code.client !== client.id || code.redirect !== form.get("redirect_uri"))
        return complain(response, "invalid_grant", "brings a code of another client, or from another address");
      return give(response, ledger.grant({ client: client.id, person: code.person, scope: code.scope }));
    }
    if (grant === "refresh_token") {
      const fresh = ledger.refresh(form.get("refresh_token") ?? "", client.id);
      return fresh ? give(response, fresh) : refuse(response, 400, "invalid_grant", "That token is not good any more.");
    }
    return complain(response, "unsupported_grant_type", `asks by ${grant}`);
  }

  async function revoke(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const form = await formOf(request, ledger);
    if (!(await proven(request, form))) return refuse(response, 401, "invalid_client", "I do not know you.");
    ledger.revoke(form.get("token") ?? "");
    response.writeHead(200).end();
  }

  /** The client of a request, if it proves to be the one, in the way it said it would. */
  async function proven(request: IncomingMessage, form: URLSearchParams): Promise<RegisteredClient | undefined> {
    const assertion = form.get("client_assertion");
    if (assertion !== null) return asserted(request, form, assertion);
    const basic = /^Basic (.+)$/.exec(request.headers.authorization ?? "")?.[1];
    const [id = "", secret] = basic
      ? Buffer.from(basic, "base64").toString().split(":").map(decodeURIComponent)
      : [form.get("client_id") ?? "", form.get("client_secret") ?? undefined];
    const client = await clientNamed(id);
    if (basic && form.has("client_secret")) ledger.violations.push(`${id} proves itself twice`);
    const method = basic ? "client_secret_basic" : secret === undefined ? "none" : "client_secret_post";
    if (client && client.method !== method) ledger.violations.push(`${id} proves itself by ${method}`);
    const isTaken = methods.includes(method);
    if (client && !isTaken) ledger.violations.push(`${id} proves itself by ${method}, which is not taken here`);
    return client && isTaken && client.secret === secret && client.method === method ? client : undefined;
  }

  /** The client that an assertion shows, if it is one and was not shown before. */
  function asserted(request: IncomingMessage, form: URLSearchParams, assertion: string): RegisteredClient | undefined {
    const client = ledger.clients.get(form.get("client_id") ?? "");
    if (request.headers.authorization !== undefined || form.has("client_secret"))
      ledger.violations.push("a client proves itself twice");
    if (form.get("client_assertion_type") !== "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
      ledger.violations.push("an assertion is of no known type");
    if (client?.method !== "private_key_jwt" || !methods.includes("private_key_jwt")) return undefined;
    const wrong = wrongIn(assertion, client, { ...at, now: at.now(), algorithms, used: ledger.assertions });
    ledger.wrong = wrong;
    return wrong === undefined ? client : undefined;
  }

  async function clientNamed(id: string): Promise<RegisteredClient | undefined> {
    const known = ledger.clients.get(id);
    if (known || !options.documents || !URL.canParse(id)) return known;
    const document = Object(await (await fetch(id)).json()) as Record<string, unknown>;
    const redirects = Array.isArray(document.redirect_uris) ? document.redirect_uris.map(String) : [];
    return document.client_id === id ? { id, secret: undefined, method: "none", redirects } : undefined;
  }

  function give(response: ServerResponse, { access, refresh, scope, seconds }: Grant): void {
    json(response, 200, {
      access_token: access,
      token_type: "Bearer",
      expires_in: seconds,
      ...(refresh ? { refresh_token: refresh } : {}),
      ...(scope ? { scope } : {}),
      ...ledger.gives,
    });
  }

  function complain(response: ServerResponse, error: string, what: string): void {
    ledger.violations.push(what);
    refuse(response, 400, error, what);
  }

  return {
    async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
      const url = new URL(request.url ?? "", at.issuer);
      ledger.asked.push(`${request.method} ${url.pathname}`);
      const fault = ledger.fault?.(url.pathname);
      if (fault) return void response.writeHead(fault.status, fault.headers).end(fault.body ?? "");
      const person = request.headers["x-person"]?.toString();
      const route = `${request.method} ${url.pathname}`;
      const place = options.openId ? "openid-configuration" : "oauth-authorization-server";
      if (route === `GET /.well-known/${place}` && options.metadata !== false) return json(response, 200, metadata());
      if (route === "POST /register") return register(request, response);
      if (route === "GET /authorize") return authorize(url, person, request.headers["x-allows"] === "yes", response);
      if (route === "POST /token") return token(request, response);
      if (route === "POST /revoke") return revoke(request, response);
      return page(response, 404, "Nothing here.");
    },
  };
}

/** A redirect must be encrypted, or stay on the person's own machine. */
function isRedirect(uri: string): boolean {
  if (!URL.canParse(uri)) return false;
  const { protocol, hostname, hash } = new URL(uri);
  return hash === "" && (protocol === "https:" || ["127.0.0.1", "localhost", "[::1]"].includes(hostname));
}

async function formOf(request: IncomingMessage, ledger: Ledger): Promise<URLSearchParams> {
  const type = request.headers["content-type"] ?? "";
  if (!type.startsWith("application/x-www-form-urlencoded")) ledger.violations.push(`sends ${type} to a form`);
  return new URLSearchParams(await bodyOf(request));
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) text += chunk;
  return text;
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response
    .writeHead(status, { "content-type": "application/json", "cache-control": "no-store" })
    .end(JSON.stringify(body));
}

function refuse(response: ServerResponse, status: number, error: string, why: string): void {
  json(response, status, { error, error_description: why });
}

function page(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { "content-type": "text/html" }).end(`<p>${text}</p>`);
}
