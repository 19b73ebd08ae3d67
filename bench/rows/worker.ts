import { fileURLToPath } from "node:url";
import { median } from "../figures.ts";
import { compiled, startProgram } from "../program.ts";
import { type Row, row, times } from "../row.ts";
import { inTurns } from "./sides.ts";

const starts = 7;

/** How long a worker thread takes to start, against one that imports the packages one by one. */
export async function workerRows(): Promise<Row[]> {
  const script = await compiled("./thread-starts.ts");
  const unbundled = await compiled("./floors/unbundled-worker.ts");
  const bundled = fileURLToPath(new URL("../../dist/jobs/agent.js", import.meta.url));
  const measure = async (file: string) => {
    const args = [file, String(starts)];
    const program = await startProgram({ name: "thread-starts", script, args, ready: /^\[.*\]$/m });
    await program.stop();
    const took: number[] = JSON.parse(program.greeting);
    return { ms: median(took) };
  };
  const { floor, ours } = await inTurns(
    () => measure(unbundled),
    () => measure(bundled),
  );
  return [row({ what: "a worker's start", unit: "ms", goal: times(0.4), floor: floor.ms, ours: ours.ms })];
}
