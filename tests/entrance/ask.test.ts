import { tmpdir } from "node:os";
import { afterEach, expect, it } from "vitest";
import { fileOf, giver } from "../stories/given-files.ts";
import { leaveTowns, openTown } from "../stories/town.ts";
import { bellhop } from "./command-line.ts";

afterEach(leaveTowns);

it("`bellhop ask` prints the answer, and names the files that came with it", async () => {
  const { agents, toolbox, give } = giver();
  const town = await openTown({ parts: { toolboxes: [toolbox] }, config: { agents } });
  town.model.queue([give(fileOf("notes.txt", "hello"))], "There it is.");
  const { code, out } = await bellhop(tmpdir(), ["ask", "ops", "notes, please", "--url", town.url]);
  expect(out).toMatch(/^There it is\.\n\+ notes\.txt \(text\/plain, 5 bytes\)\n— ops · /);
  expect(code).toBe(0);
});
