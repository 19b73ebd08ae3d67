// Loaded into a measured process with `--import`, ours and the floor's alike: tells how it is to whoever connects to the
// socket named in BENCH_PROBE. It costs a hundred timer ticks a second, on both sides.
import { createServer } from "node:net";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { isMainThread } from "node:worker_threads";

/** How a process is; its threads are part of it. */
export interface Vitals {
  /** Since its start, user and system. */
  cpuMs: number;
  rssBytes: number;
  heapBytes: number;
  /** How late the main loop's timers came since the last look. */
  lateP99Ms: number;
  lateMaxMs: number;
}

const resolution = 10;
const { BENCH_PROBE } = process.env;

if (BENCH_PROBE !== undefined && isMainThread) {
  const delay = monitorEventLoopDelay({ resolution });
  delay.enable();
  const late = (nanoseconds: number) => Math.max(0, nanoseconds / 1e6 - resolution);
  const server = createServer((socket) => {
    const { user, system } = process.cpuUsage();
    const vitals: Vitals = {
      cpuMs: (user + system) / 1000,
      rssBytes: process.memoryUsage.rss(),
      heapBytes: process.memoryUsage().heapUsed,
      lateP99Ms: late(delay.percentile(99)),
      lateMaxMs: late(delay.max),
    };
    delay.reset();
    socket.end(JSON.stringify(vitals));
  });
  server.listen(BENCH_PROBE).unref();
}
