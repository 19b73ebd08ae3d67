import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
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
export function createGuard(keys: Keys): RequestHandler {
  return (request, response, next) => {
    if (showsKey(request, keys)) keyed.add(response);
    if (keys.apiKey !== undefined) {
      if (hasKey(response)) return next();
      throw new HttpError(401, "unauthorized", "Send the key of BELLHOP_API_KEY as `Authorization: Bearer …`.");
    }
    if (isNear(request)) return next();
    throw new HttpError(
      403,
      "loopback_only",
      "Without BELLHOP_API_KEY the API answers programs of the same machine only. Set the key to call it from elsewhere.",
    );
  };
}

/** Whether the operator is the one who asks, as far as can be told: a program of this machine, or whoever has the key. */
export function isTrusted(request: IncomingMessage, keys: Keys): boolean {
  return isNear(request) || showsKey(request, keys);
}

function isNear({ headers: { host, origin }, socket }: IncomingMessage): boolean {
  const near = /^(127\.|::1$|::ffff:127\.)/.test(socket.remoteAddress ?? "") && loopback.test(host ?? "");
  return near && (origin === undefined || loopback.test(origin.replace(/^https?:\/\//, "")));
}

function showsKey({ headers }: IncomingMessage, { apiKey, localKey }: Keys): boolean {
  const came = /^Bearer (.+)$/.exec(headers.authorization ?? "")?.[1];
  return came !== undefined && same(came, apiKey ?? localKey);
}

/** Compares in constant time, whatever the lengths. */
function same(one: string, other: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}
