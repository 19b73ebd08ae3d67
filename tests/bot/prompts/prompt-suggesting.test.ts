import { expect, it } from "vitest";
import { createAccess } from "../../../src/access/access.ts";
import { createPromptSuggesting } from "../../../src/bot/prompts/prompt-suggesting.ts";
import { promptValues } from "../../../src/bot/prompts/prompt-values.ts";
import type { PersonId } from "../../../src/chat.ts";
import { Config } from "../../../src/config/schema.ts";
import { createLog } from "../../../src/watch/log.ts";

const config = Config.parse({
  models: [{ name: "main", provider: "custom", base_url: "http://127.0.0.1:9/v1", model: "m" }],
  agents: [{ name: "ops", llm_model: "main", system_prompt: "You are ops.", mcp_servers: ["library"] }],
  mcp_servers: [{ name: "library", command: "library" }],
});
const query = { field: "question" as const, address: { adapter: "console", channel: "general" } };
const gap = { name: "service", description: "", required: true };
const prompt = (name: string) => ({ name, title: "", description: "", arguments: [gap] });

/** Suggesting over a server that knows many prompts, and completes as it is told. */
function suggestingOver(complete: (value: string, signal: AbortSignal) => Promise<string[]>) {
  const names = Array.from({ length: 40 }, (_, n) => `p${n}`);
  const servers = () => [
    {
      name: "library",
      state: () => ({ state: "connected" }),
      tried: Promise.resolve(),
      prompts: {
        list: () => names.map(prompt),
        complete: (_name: string, { value }: { value: string }, _given: object, signal: AbortSignal) =>
          complete(value, signal),
        fetch: () => Promise.reject(new Error("nobody asked for it")),
        greet: async () => {},
        missed: () => {},
        underway: () => undefined,
      },
    },
  ];
  const log = createLog({ level: "silent", redact: (text) => text });
  const values = promptValues({ servers, redact: (text) => text.replace("hunter2", "…"), log });
  const who = (id: PersonId) => ({ id, roles: [], guest: false });
  const people = { who: async (id: PersonId) => who(id), known: who };
  return createPromptSuggesting(
    { config: () => config, access: createAccess(() => config), people },
    { servers, values },
  );
}

it("offers 25 ways at most", async () => {
  const suggest = suggestingOver(async () => Array.from({ length: 90 }, (_, n) => `v${n}`));
  expect(await suggest({ ...query, typed: "use ", person: "console:ana" })).toHaveLength(25);
  expect(await suggest({ ...query, typed: "use library.p1 service=", person: "console:ana" })).toHaveLength(25);
  const mixed = await suggest({ ...query, typed: "use library.p1 ", person: "console:ana" });
  expect(mixed).toHaveLength(25);
  expect(mixed.map(({ value }) => value)).toContain("use library.p1 service=");
});

it("offers no secret of ours", async () => {
  const suggest = suggestingOver(async () => ["hunter2", "hunter3"]);
  const found = await suggest({ ...query, typed: "use library.p1 service=h", person: "console:ana" });
  expect(found.map(({ value }) => value)).toEqual(["use library.p1 service=hunter3"]);
});

it("asks the server no more for what somebody has typed beyond, and does for others", async () => {
  const asked = new Map<string, AbortSignal>();
  const suggest = suggestingOver((value, signal) => {
    asked.set(value, signal);
    if (value === "se") return Promise.resolve(["search"]);
    return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  });
  const typed = (person: PersonId, value: string) =>
    suggest({ ...query, typed: `use library.p1 service=${value}`, person });
  const others = typed("console:tom", "x");
  const early = typed("console:ana", "s");
  expect((await typed("console:ana", "se")).map(({ value }) => value)).toEqual(["use library.p1 service=search"]);
  expect(asked.get("s")?.reason).toMatchObject({ message: "more was typed" });
  expect(await early).toEqual([]);
  expect(asked.get("x")?.aborted).toBe(false);
  // In the end it is given up.
  expect(await others).toEqual([]);
  expect(asked.get("x")?.reason).toMatchObject({ name: "TimeoutError" });
});
