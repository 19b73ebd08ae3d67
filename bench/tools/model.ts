// A simulated model that makes as many calls as the last thing said to it asks for, all in one turn, then says so: of the one
// tool of `echo`, or of one that does not exist. It prints where it is.
import { createModel } from "../../tests/world/model/model.ts";

const model = await createModel({ keep: 10 });
model.answer(({ body }) => {
  const last = body.messages.at(-1);
  if (last?.role === "tool") return "All looked up.";
  const [, calls, where] = /look up (\d+) things (here|nowhere)/.exec(JSON.stringify(last?.content)) ?? [];
  return Array.from({ length: Number(calls) }, (_, at) => ({
    call: where === "here" ? "echo__look_up_0" : "echo__look_up_1",
    arguments: { query: `thing ${at}`, limit: 10 },
  }));
});
const { baseUrl, key, model: name } = model;
console.log(JSON.stringify({ baseUrl, key, model: name }));
process.once("SIGTERM", () => process.exit(model.violations.length > 0 ? 1 : 0));
