import { createContext, Script } from "node:vm";

const sandbox: { work: (() => unknown) | undefined } = { work: undefined };
const context = createContext(sandbox);
const script = new Script("work()");

/**
 * Does work that must not take longer than this, and breaks it off where it stands if it does: then it throws. Only for
 * work that is begun and ended here and leaves nothing half done behind.
 */
export function bounded<Result>(ms: number, work: () => Result): Result {
  let result: { value: Result } | undefined;
  sandbox.work = () => {
    result = { value: work() };
  };
  try {
    script.runInContext(context, { timeout: ms });
  } finally {
    sandbox.work = undefined;
  }
  if (result === undefined) throw new Error("the work gave nothing");
  return result.value;
}
