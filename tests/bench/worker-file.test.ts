import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";

test("a worker starts without the library of schemas: main checks what crosses the thread", async () => {
  const file = await readFile(new URL("../../dist/jobs/agent.js", import.meta.url), "utf8");
  expect(file).toContain("parentPort");
  expect(file).not.toContain("node_modules/zod/");
});
