import { createHash, timingSafeEqual } from "node:crypto";
import type { RequestHandler, Response } from "express";
import { operator } from "./door.ts";
import { HttpError } from "./server.ts";

const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i;

/** What proves who comes: the operator's key; without one, what programs know that may read the data folder. */
export type Keys = { apiKey: string | undefined; localKey: string };

const keyed = new WeakSet<Response>();

/** Whoever is answered here came with a key. All others speak for nobody but the API's own person. */
export function hasKey(response: Response): boolean {
  return keyed.has(response);
}

const howToProve =
  "Set BELLHOP_API_KEY and send it, or use `bellhop` in a shell that can read the data folder (BELLHOP_DATA).";

/** Why something is not done for those who came without a key: any program of this machine can be made to send a request. */
export function keyWanted(why: string): HttpError {
  return new HttpError(403, "key_wanted", `${why} ${howToProve}`);
}

/** Refuses those who came without a key to speak for the API's own person where that one is an admin. */
export function checkAdminKey(response: Response, isAdmin: boolean): void {
  if (isAdmin && !hasKey(response)) throw keyWanted(`The settings make ${operator} an admin, and admins need a key.`);
}

/**
 * Lets in whoever has the key. Without a key, only programs of this machine: the connection must come from loopback,
 * and Host and Origin must say so too, since a web page can make a browser call addresses of its own machine.
 */
export function createGuard({ apiKey, localKey }: Keys): RequestHandler {
  return (request, response, next) => {
    const came = /^Bearer (.+)$/.exec(request.headers.authorization ?? "")?.[1];
    if (came !== undefined && same(came, apiKey ?? localKey)) keyed.add(response);
    if (apiKey !== undefined) {
      if (hasKey(response)) return next();
      throw new HttpError(401, "unauthorized", "Send the key of BELLHOP_API_KEY as `Authorization: Bearer …`.");
    }
    const { host, origin } = request.headers;
    const from = request.socket.remoteAddress ?? "";
    const near = /^(127\.|::1$|::ffff:127\.)/.test(from) && loopback.test(host ?? "");
    const page = origin === undefined || loopback.test(origin.replace(/^https?:\/\//, ""));
    if (near && page) return next();
    throw new HttpError(
      403,
      "loopback_only",
      "Without BELLHOP_API_KEY the API answers programs of the same machine only. Set the key to call it from elsewhere.",
    );
  };
}

/** Compares in constant time, whatever the lengths. */
function same(one: string, other: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}
