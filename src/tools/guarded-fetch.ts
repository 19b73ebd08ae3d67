import { lookup as resolveName } from "node:dns";
import { request as plainRequest } from "node:http";
import { request as secureRequest } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import { isLoopbackHost, isPublicAddress, within } from "../access/reachable.ts";

/** Says that a URL of somebody else may not be asked. */
export class ForbiddenUrl extends Error {
  override name = "ForbiddenUrl";
}

/** Asks URLs that others named. Contract: a connection goes only to an address that was looked at and found allowed. */
export type UrlGuard = {
  /**
   * A `fetch` for URLs that a server named. `trusted` is the operator's own URL of that server: its origin may be asked
   * wherever it is, and where it is on this machine, other ports of this machine too. All else must be https and on the
   * open internet, or in one of the networks that the operator allows.
   */
  fetch(trusted?: URL): (url: string | URL, init?: RequestInit) => Promise<Response>;
  /** Throws `ForbiddenUrl` for a URL that a person must not be sent to. */
  checkLink(url: URL, trusted?: URL): Promise<void>;
};

type Resolve = (name: string) => Promise<string[]>;

const mostHops = 3;
const mostBytes = 1024 * 1024;
const patienceMs = 15_000;
const bodiless = new Set([204, 205, 304]);

/** A guard that asks the config of the moment which private networks are allowed. */
export function createUrlGuard(options: {
  allowPrivate(): readonly string[];
  resolve?: Resolve;
  patienceMs?: number;
}): UrlGuard {
  const { allowPrivate, resolve = addressesOf } = options;

  function check(url: URL, trusted: URL | undefined): { free: boolean } {
    if (url.protocol !== "https:" && url.protocol !== "http:") throw forbidden(url, "only http and https are allowed");
    if (url.username || url.password) throw forbidden(url, "it carries a user name or a password");
    const near = trusted && isLoopbackHost(trusted.hostname) && isLoopbackHost(url.hostname);
    if (trusted && (url.origin === trusted.origin || near)) return { free: true };
    return { free: false };
  }

  /** The addresses behind a URL that may be asked; throws where there are none. */
  async function reachable(url: URL): Promise<string[]> {
    const host = url.hostname.replace(/^\[|\]$/g, "");
    const addresses = isIP(host) ? [host] : await resolve(host);
    const isAllowed = within(allowPrivate());
    const secure = url.protocol === "https:";
    const fine = addresses.filter((one) => isAllowed(one) || (secure && isPublicAddress(one)));
    if (fine.length > 0) return fine;
    const why = addresses.some(isPublicAddress)
      ? "it is not https"
      : "it leads into a private network; workspace.allow_private says which are allowed";
    throw forbidden(url, why);
  }

  async function once(url: URL, init: RequestInit, trusted: URL | undefined): Promise<Response> {
    const { free } = check(url, trusted);
    return send(url, init, free ? undefined : await reachable(url), options.patienceMs ?? patienceMs);
  }

  return {
    fetch:
      (trusted) =>
      async (input, init = {}) => {
        let url = new URL(input);
        let asked = init;
        for (let hop = 0; ; hop++) {
          const answer = await once(url, asked, trusted);
          const to = answer.headers.get("location");
          if (init.redirect === "manual" || !to || ![301, 302, 303, 307, 308].includes(answer.status)) return answer;
          await answer.body?.cancel();
          const isRead = ["GET", "HEAD"].includes((asked.method ?? "GET").toUpperCase());
          if (!isRead || init.redirect === "error" || hop === mostHops || !URL.canParse(to, url.href))
            throw forbidden(url, "it leads elsewhere");
          const next = new URL(to, url);
          if (next.origin !== url.origin) asked = withoutCredentials(asked);
          url = next;
        }
      },
    async checkLink(url, trusted) {
      const { free } = check(url, trusted);
      // Where the name of a secure link leads is looked up by the browser that opens it.
      const isNamed = isIP(url.hostname.replace(/^\[|\]$/g, "")) === 0;
      if (!free && (url.protocol !== "https:" || !isNamed)) await reachable(url);
    },
  };
}

/** One request, to one of these addresses if some are given, whatever the name leads to by then. */
function send(url: URL, init: RequestInit, addresses: string[] | undefined, ms: number): Promise<Response> {
  const timeout = AbortSignal.timeout(ms);
  const signal = init.signal ? AbortSignal.any([init.signal, timeout]) : timeout;
  const headers = new Headers(init.headers);
  headers.set("accept-encoding", "identity");
  const body = bodyOf(init.body);
  if (body?.type && !headers.has("content-type")) headers.set("content-type", body.type);
  const options = {
    method: init.method ?? "GET",
    headers: Object.fromEntries(headers),
    signal,
    agent: false as const,
    ...(addresses ? { lookup: pinnedTo(addresses) } : {}),
  };
  return new Promise((resolve, reject) => {
    const request = url.protocol === "https:" ? secureRequest : plainRequest;
    const sent = request(url, options, (answer) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      answer.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > mostBytes) sent.destroy(new Error(`${url.host} answered with more than ${mostBytes} bytes`));
        else chunks.push(chunk);
      });
      answer.on("error", reject);
      answer.on("end", () => {
        const status = answer.statusCode ?? 0;
        const named = Object.entries(answer.headers).map(([name, value]): [string, string] => [name, String(value)]);
        try {
          resolve(new Response(bodiless.has(status) ? null : Buffer.concat(chunks), { status, headers: named }));
        } catch (error) {
          reject(error);
        }
      });
    });
    sent.on("error", (error) => reject(timeout.aborted ? new Error(`${url.host} did not answer in time`) : error));
    // Whoever answers by changing to another protocol is hung up on without an error.
    sent.on("close", () => reject(new Error(`${url.host} gave no answer`)));
    sent.end(body?.text);
  });
}

function pinnedTo(addresses: string[]): LookupFunction {
  const found = addresses.map((address) => ({ address, family: isIP(address) }));
  return (_name, { all }, done) => {
    const [first] = found;
    if (all) done(null, found);
    else done(null, first?.address ?? "", first?.family);
  };
}

function bodyOf(body: RequestInit["body"]): { text: string; type?: string } | undefined {
  if (body === undefined || body === null) return undefined;
  if (typeof body === "string") return { text: body };
  if (body instanceof URLSearchParams)
    return { text: body.toString(), type: "application/x-www-form-urlencoded;charset=UTF-8" };
  throw new TypeError("a guarded request takes text or a form as its body");
}

function withoutCredentials(init: RequestInit): RequestInit {
  const headers = new Headers(init.headers);
  for (const name of ["authorization", "cookie", "proxy-authorization"]) headers.delete(name);
  return { ...init, headers };
}

function addressesOf(name: string): Promise<string[]> {
  return new Promise((resolve, reject) => {
    resolveName(name, { all: true, verbatim: true }, (error, found) =>
      error ? reject(new Error(`${name} could not be found: ${error.code}`)) : resolve(found.map((one) => one.address)),
    );
  });
}

/** Without what may be secret in a URL: its query and its user. */
function forbidden(url: URL, why: string): ForbiddenUrl {
  const shown = url.protocol.startsWith("http") ? `${url.protocol}//${url.host}${url.pathname}` : url.protocol;
  return new ForbiddenUrl(`${shown} may not be asked: ${why}`);
}
