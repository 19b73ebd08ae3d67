import type { Access } from "../access/access.ts";
import type { ChatAdapter } from "../chat.ts";
import type { Config } from "../config/schema.ts";
import type { SignIns } from "../tools/oauth/sign-ins.ts";
import type { Logger } from "../watch/log.ts";
import { commandsRoom } from "./commands.ts";
import { type ApiDoor, apiAdapter, operator } from "./door.ts";
import type { Keys } from "./guard.ts";
import { healthRoom, type Report } from "./health.ts";
import { createMcpRoom } from "./mcp.ts";
import { oauthRoom } from "./oauth.ts";
import { createHttpServer, type HttpServer } from "./server.ts";

/** Everything over HTTP. */
export type Port = HttpServer & {
  /** Other agents may be offered now. */
  changed(): void;
};

/** The one port: the routes of the platforms, and our own rooms. */
export function createPort(parts: {
  host: string;
  port: number;
  config(): Config;
  access: Access;
  /** Programs come in by it. */
  door: ApiDoor;
  keys: Keys;
  platforms: readonly ChatAdapter[];
  signIns: SignIns;
  report(): Report;
  log: Logger;
  now(): number;
}): Port {
  const { host, port, config, access, door, keys, platforms, log, now } = parts;
  const who = { id: operator, roles: [], guest: false };
  const isAdmin = () => access.authorize(who, "administer", {}).allowed;
  const agents = () => {
    const at = { adapter: apiAdapter, channel: "" };
    return config().agents.filter(({ name }) => access.authorize(who, "talk", { agent: name, at }).allowed);
  };
  const mcp = createMcpRoom({ door, keys, agents, isAdmin, now, log });
  const server = createHttpServer({
    host,
    port,
    routes: platforms.flatMap((one) => one.routes ?? []),
    rooms: [
      healthRoom(parts.report, keys),
      commandsRoom({ door, keys, isAdmin, platforms: () => platforms.map(({ name }) => name) }),
      mcp.room,
      oauthRoom(parts.signIns, () => config().workspace.language),
    ],
    log,
  });
  return {
    listen: server.listen,
    changed: mcp.changed,
    stop() {
      mcp.close();
      return server.stop();
    },
  };
}
