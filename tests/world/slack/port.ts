import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { takeAnswer } from "./answers.ts";
import { receiveUpload, serveFile } from "./web-api/files.ts";
import { readBody } from "./web-api/request-body.ts";
import type { World } from "./world.ts";

interface PortParts {
  readonly world: World;
  api(request: IncomingMessage, method: string, body: Buffer, response: ServerResponse): void;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
}

/** The one port of the simulated Slack: Web API, sockets, files, response_urls. */
export function createPort({ world, api, upgrade }: PortParts) {
  const route = (request: IncomingMessage, body: Buffer, response: ServerResponse) => {
    const path = new URL(request.url ?? "/", "http://slack").pathname;
    if (path.startsWith("/api/")) api(request, path.slice("/api/".length), body, response);
    else if (path.startsWith("/upload/v1/")) receiveUpload(world, path, request, body, response);
    else if (path.startsWith("/files-pri/")) serveFile(world, path, request, response);
    else if (path.startsWith("/response/")) answerUrl(path, request, body, response);
    else if (path === "/signin")
      response.writeHead(200, { "content-type": "text/html" }).end("<!DOCTYPE html><title>Sign in</title>");
    else {
      world.violate(`request to an address Slack does not have: ${request.method} ${path}`);
      response.writeHead(404).end();
    }
  };

  const answerUrl = (path: string, request: IncomingMessage, body: Buffer, response: ServerResponse) => {
    const target = world.responseUrls.take(path);
    const fields = readBody(request.headers["content-type"], body);
    if (!target) {
      world.violate("response_url used up, expired or unknown");
      response.writeHead(404).end(JSON.stringify({ ok: false, error: "used_url" }));
      return;
    }
    const refused = typeof fields === "string" ? "invalid_payload" : takeAnswer(world, target, fields);
    if (refused) world.violate(`response_url refused: ${refused}`);
    response.writeHead(refused ? 400 : 200, { "content-type": "application/json" });
    response.end(JSON.stringify(refused ? { ok: false, error: refused } : { ok: true }));
  };

  let down = false;
  const server = createServer((request, response) => {
    if (down) {
      request.socket.destroy();
      return;
    }
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("error", () => response.destroy());
    request.on("end", () => {
      try {
        route(request, Buffer.concat(chunks), response);
      } catch (error) {
        // A fault of the simulator itself: told, never hidden as Slack's.
        world.violate(`the simulator failed: ${error instanceof Error ? error.stack : error}`);
        response.writeHead(500).end();
      }
    });
  });
  server.on("upgrade", (request, socket, head) => (down ? socket.destroy() : upgrade(request, socket, head)));
  // undici keeps connections longer than Node's 5 s; a reset on reuse would look like a fault nobody ordered.
  server.keepAliveTimeout = 60_000;

  return {
    /** Nobody answers any more: every request is cut off before it is read. */
    goDown(on: boolean) {
      down = on;
    },
    listen: () =>
      new Promise<string>((resolve, reject) => {
        server.once("error", reject);
        server.listen(0, "127.0.0.1", () => {
          const address = server.address();
          resolve(`http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`);
        });
      }),
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
