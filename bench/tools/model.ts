// A simulated model that calls the one tool of `echo` as often as the last thing said to it asks for, all in one turn, then
// says so. It prints where it is.
import { createModel } from "../../tests/world/model/model.ts";

const model = await createModel({ keep: 10 });
model.answer(({ body }) => {
  const last = body.messages.at(-1);
  if (last?.role === "tool") return "All looked up.";
  const calls = Number(/look up (\d+) things/.exec(JSON.stringify(last?.content))?.[1] ?? 1);
  return Array.from({ length: calls }, (_, at) => ({
    call: "echo__look_up_0",
    arguments: { query: `thing ${at}`, limit: 10 },
  }));
});
const { baseUrl, key, model: name } = model;
console.log(JSON.stringify({ baseUrl, key, model: name }));
process.once("SIGTERM", () => process.exit(model.violations.length > 0 ? 1 : 0));
