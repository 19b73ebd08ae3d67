import { until } from "./due.ts";
import type { Town } from "./town.ts";

/** Resolves once a town's server of tools is connected: on a busy machine its program takes longer to start than people wait. */
export async function connected<Open extends { app: Town["app"] }>(town: Open, name = "library"): Promise<Open> {
  await until(() => town.app.report().mcp[name]?.state === "connected");
  return town;
}
