import type { Express } from "express";
import type { AdapterState } from "../chat.ts";

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

/** `/healthz`: the process answers, and says how it is. `/readyz`: everything that was configured is connected. */
export function healthRoom(report: () => Report): (app: Express) => void {
  return (app) => {
    app.get("/healthz", (_request, response) => {
      response.json(report());
    });
    app.get("/readyz", (_request, response) => {
      const { adapters, runs } = report();
      const waiting = Object.entries(adapters).flatMap(([name, { state, error }]) =>
        state === "connected" ? [] : [`${name}: ${error ?? state}`],
      );
      if (runs.open === 0) waiting.push("no worker has started yet");
      response.status(waiting.length === 0 ? 200 : 503).json({ ready: waiting.length === 0, waiting });
    });
  };
}
