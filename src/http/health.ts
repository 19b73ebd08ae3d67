import type { IncomingMessage } from "node:http";
import type { Express } from "express";
import type { AdapterState } from "../chat.ts";
import { isTrusted, type Keys } from "./guard.ts";

/** How a model answered last. */
export type ModelState = { state: "untried" | "ok" | "failing"; error?: string };

type ServerState = { state: string; tools: number; error?: string };

/** How everything is, as `/healthz` tells it. */
export type Report = {
  status: "ok" | "degraded";
  adapters: Record<string, AdapterState>;
  models: Record<string, ModelState>;
  mcp: Record<string, ServerState>;
  schedules: { kept: number; running: number; waiting: number };
  runs: { workers: number; open: number; running: number; waiting: number };
  config: { ok: boolean; problems: string[] };
};

type Named<State> = State & { name: string };

/** How everything is, from what each part tells of itself. */
export function reportOf(
  parts: Pick<Report, "runs" | "schedules"> & {
    platforms: Named<AdapterState>[];
    models: Named<ModelState>[];
    mcp: Named<ServerState>[];
    problems: string[];
  },
): Report {
  const { platforms, models, mcp, problems, runs, schedules } = parts;
  const config = { ok: problems.length === 0, problems };
  const fine = config.ok && platforms.every(({ state }) => state === "connected");
  return {
    status: fine ? "ok" : "degraded",
    adapters: byName(platforms),
    models: byName(models),
    mcp: byName(mcp),
    runs,
    schedules,
    config,
  };
}

const idle = {
  runs: { workers: 0, open: 0, running: 0, waiting: 0 },
  schedules: { kept: 0, running: 0, waiting: 0 },
};

/** How it is while nothing is open. */
export function reportBefore(problems: string[]): Report {
  return { ...reportOf({ platforms: [], models: [], mcp: [], ...idle, problems }), status: "degraded" };
}

function byName<State extends object>(all: Named<State>[]): Record<string, Omit<Named<State>, "name">> {
  return Object.fromEntries(all.map(({ name, ...state }) => [name, state]));
}

/** How it is for those who are to learn that something is wrong, but not why: that may name hosts, files and accounts. */
function withoutReasons({ adapters, models, mcp, config, ...rest }: Report): Report {
  return {
    ...rest,
    adapters: withoutErrors(adapters),
    models: withoutErrors(models),
    mcp: withoutErrors(mcp),
    config: { ok: config.ok, problems: config.problems.map(() => "…") },
  };
}

function withoutErrors<State extends { error?: string }>(
  all: Record<string, State>,
): Record<string, Omit<State, "error">> {
  return Object.fromEntries(Object.entries(all).map(([name, { error: _, ...state }]) => [name, state]));
}

/**
 * `/healthz`: the process answers, and says how it is. `/readyz`: everything that was configured is connected. Why something
 * is not, only programs of this machine are told, and whoever has the key.
 */
export function healthRoom(whole: () => Report, keys: Keys): (app: Express) => void {
  return (app) => {
    const report = (request: IncomingMessage) => (isTrusted(request, keys) ? whole() : withoutReasons(whole()));
    app.get("/healthz", (request, response) => {
      response.json(report(request));
    });
    app.get("/readyz", (request, response) => {
      const { adapters, runs } = report(request);
      const waiting = Object.entries(adapters).flatMap(([name, { state, error }]) =>
        state === "connected" ? [] : [`${name}: ${error ?? state}`],
      );
      if (runs.open === 0) waiting.push("no worker has started yet");
      response.status(waiting.length === 0 ? 200 : 503).json({ ready: waiting.length === 0, waiting });
    });
  };
}
