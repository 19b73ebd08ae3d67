import { type Context, createContext, Script } from "node:vm";

type Room = { sandbox: { work: (() => unknown) | undefined }; context: Context; script: Script };

/** Made when it is first needed: many a worker never does. */
let room: Room | undefined;

function opened(): Room {
  const sandbox = { work: undefined };
  return { sandbox, context: createContext(sandbox), script: new Script("work()") };
}

/**
 * Does work that must not take longer than this, and breaks it off where it stands if it does: then it throws. Only for
 * work that is begun and ended here and leaves nothing half done behind.
 */
export function bounded<Result>(ms: number, work: () => Result): Result {
  room ??= opened();
  const { sandbox, context, script } = room;
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
