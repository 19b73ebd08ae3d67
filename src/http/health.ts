import type { Express } from "express";
import type { AdapterState } from "../chat.ts";

/** How everything is, as `/healthz` tells it. */
export type Report = {
  status: "ok" | "degraded";
  adapters: Record<string, AdapterState>;
  models: Record<string, { state: "untried" | "ok" | "failing"; error?: string }>;
  mcp: Record<string, { state: string; tools: number; error?: string }>;
  schedules: { kept: number; running: number; waiting: number };
  runs: { workers: number; open: number; running: number; waiting: number };
  config: { ok: boolean; problems: string[] };
};

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
