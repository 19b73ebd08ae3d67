import type { Server } from "node:http";
import express, { type ErrorRequestHandler, type Express } from "express";
import type { Route } from "../chat.ts";
import type { Logger } from "../watch/log.ts";

/** Says in words for the operator why the port can't be had. */
export class PortError extends Error {
  override name = "PortError";
}

/** The one port. */
export type HttpServer = { listen(): Promise<{ port: number; url: string }>; stop(): Promise<void> };

/** An HTTP error as the API tells it: `{ error: { code, message, timestamp } }`, never a stack. */
export class HttpError extends Error {
  override name = "HttpError";
  status: number;
  code: string;
  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** One server for everything over HTTP: the adapters' routes first, unparsed, then the rooms given. */
export function createHttpServer(options: {
  host: string;
  port: number;
  routes: Route[];
  rooms: ((app: Express) => void)[];
  log: Logger;
}): HttpServer {
  const { host, port, routes, rooms, log } = options;
  const app = express();
  app.disable("x-powered-by");
  app.set("etag", false);
  app.use((request, response, next) => {
    const route = routes.find((one) => one.method === request.method && fits(one.path, request.path));
    if (route) route.answer(request, response);
    else next();
  });
  for (const open of rooms) open(app);
  app.use((request, _response, next) => {
    next(new HttpError(404, "not_found", `There is nothing at ${request.method} ${request.path}.`));
  });
  const failed: ErrorRequestHandler = (error: unknown, _request, response, _next) => {
    const known = knownError(error);
    if (!known) log.error({ err: error }, "a request failed");
    const { status, code, message } = known ?? new HttpError(500, "internal", "Bellhop failed at this; see its log.");
    if (!response.headersSent)
      response.status(status).json({ error: { code, message, timestamp: new Date().toISOString() } });
  };
  app.use(failed);

  let server: Server | undefined;
  return {
    listen: () =>
      new Promise((resolve, reject) => {
        server = app.listen(port, host, (error) => {
          if (error) return reject(refusal(error, host, port));
          const address = server?.address();
          const taken = typeof address === "object" && address ? address.port : port;
          resolve({ port: taken, url: `http://${host.includes(":") ? `[${host}]` : host}:${taken}` });
        });
      }),
    stop: () =>
      new Promise((resolve) => {
        if (!server) return resolve();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function fits(pattern: string, path: string): boolean {
  return pattern.endsWith("/*") ? path.startsWith(pattern.slice(0, -1)) : path === pattern;
}

function refusal(error: Error, host: string, port: number): PortError {
  const code = "code" in error ? error.code : undefined;
  if (code === "EADDRINUSE") {
    return new PortError(
      `PORT ${port} on ${host} is taken by another program. Stop that one, or set PORT to another number (0 picks a free one).`,
    );
  }
  if (code === "EACCES")
    return new PortError(`PORT ${port} needs rights this user does not have. Set PORT to a number above 1023.`);
  if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND") {
    return new PortError(
      `HOST ${host} is no address of this machine. Set HOST to 127.0.0.1, 0.0.0.0 or one of its own.`,
    );
  }
  return new PortError(`Listening on ${host}:${port} failed: ${error.message}`, { cause: error });
}

/** What of a failure may be told to the caller: ours, and what a body could not be read for. */
export function knownError(error: unknown): HttpError | undefined {
  if (error instanceof HttpError) return error;
  if (!(error instanceof Error)) return undefined;
  const type = "type" in error ? error.type : undefined;
  if (type === "entity.too.large") return new HttpError(413, "too_large", "The body may have at most 1 MB.");
  if (type === "entity.parse.failed") return new HttpError(400, "bad_json", "The body must be JSON, and this is not.");
  const status = "status" in error ? Number(error.status) : 500;
  return type !== undefined && status >= 400 && status < 500
    ? new HttpError(status, "bad_body", `The body can't be read: ${error.message}.`)
    : undefined;
}
