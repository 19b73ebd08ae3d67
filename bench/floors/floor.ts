import { compiled, type Program, startProgram } from "../program.ts";

/** The raw bots; `raw-both` is the two in one process. */
export type FloorName = "raw-slack" | "raw-discord" | "raw-both";

/** A raw bot in a process of its own, connected and ready. */
export type Floor = Program;

/** Starts a raw bot as plain JavaScript, as the product is. Rejects when it ends before it is ready. */
export async function startFloor(
  name: FloorName,
  args: readonly string[],
  env: Record<string, string>,
): Promise<Floor> {
  const script = await compiled(`./floors/${name}.ts`);
  const ready = name === "raw-both" ? /^ready$[\s\S]*^ready$/m : /^ready$/m;
  const floor = await startProgram({ name, script, args, env, ready });
  // A floor that fails at its work is no floor: it is heard.
  floor.child.stderr?.pipe(process.stderr);
  return floor;
}
