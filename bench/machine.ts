import { execFileSync } from "node:child_process";
import { cpus, loadavg, totalmem } from "node:os";

/** Where and of what figures were measured. */
export interface Circumstances {
  date: string;
  commit: string;
  node: string;
  machine: { cores: number; model: string; memoryGb: number; platform: string };
  /** Processes that wanted a core in the last minute, before the bench began: other work makes figures worse. */
  loadBefore: number;
}

/** The circumstances at this moment. */
export function circumstances(): Circumstances {
  const [load = 0] = loadavg();
  const all = cpus();
  return {
    date: new Date().toISOString(),
    commit: commit(),
    node: process.version,
    machine: {
      cores: all.length,
      model: all[0]?.model ?? "unknown",
      memoryGb: Math.round(totalmem() / 2 ** 30),
      platform: `${process.platform} ${process.arch}`,
    },
    loadBefore: Math.round(load * 10) / 10,
  };
}

function commit(): string {
  const git = (...args: string[]) => execFileSync("git", args, { encoding: "utf8" }).trim();
  try {
    const changed = git("status", "--porcelain", "--untracked-files=no", "--", "src", "adapters", "jobs") !== "";
    return git("rev-parse", "--short", "HEAD") + (changed ? " with changes" : "");
  } catch {
    return "unknown";
  }
}
