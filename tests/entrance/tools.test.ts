import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { leaveTowns, openTown } from "../stories/town.ts";
import { bellhop } from "./command-line.ts";

const shifting = fileURLToPath(new URL("../world/mcp/shifting-server.mjs", import.meta.url));
let dir: string | undefined;
afterEach(async () => {
  await leaveTowns();
  if (dir !== undefined) await rm(dir, { recursive: true, force: true });
});

describe("bellhop tools", () => {
  it("lists what is held back, shows it, and accepts what it showed, for an admin who is named", async () => {
    dir = await mkdtemp(join(tmpdir(), "bellhop-tools-"));
    const file = join(dir, "tools.json");
    const shows = (...words: string[]) =>
      writeFile(file, JSON.stringify(words.map((name) => ({ name, inputSchema: { type: "object" } }))));
    await shows("read");
    const town = await openTown({
      console: true,
      config: {
        workspace: { admins: ["console:kim"], admin_channel: "console:team" },
        mcp_servers: [{ name: "wiki", command: process.execPath, args: [shifting, file] }],
        agents: [{ name: "ops", llm_model: "main", mcp_servers: ["wiki"] }],
      },
    });
    // Its tools are seen once an agent could have used them.
    const asked = await town.console.say("ana", "@Bellhop hello");
    await town.console.answer({ thread: asked.id });
    await shows("read", "write");
    await town.console.answer({ channel: "team" });

    const run = (words: string[], data: string) =>
      bellhop(tmpdir(), ["tools", ...words, "--url", town.url], { BELLHOP_DATA: data });
    const say = async (...words: string[]) => (await run(words, town.dataDir)).out;
    expect(await run(["--as", "console:kim"], tmpdir())).toMatchObject({
      code: 1,
      out: "",
      err: expect.stringMatching(/^Without a key nobody speaks for anybody but api:operator\..*BELLHOP_DATA/),
    });
    expect(await say()).toBe(
      "Only admins can look at servers and accept their tools: `console:kim`. In a shell, `--as` says on whose behalf.\n",
    );
    expect(await say("--as", "console:kim")).toBe(
      "**wiki** — connected, 1 tool\n`read`\n⚠ Held back, new: `write`. See `tools diff wiki`.\n",
    );
    const first = await say("diff", "wiki.write", "--as", "console:kim");
    const no = /`tools reject wiki\.write (\w{6})`/.exec(first)?.[1] ?? "";
    expect(await say("reject", "wiki.write", no, "--as", "console:kim")).toBe(
      "Turned down of **wiki**: `write`. No agent has it, and I'll ask again only when it changes.\n",
    );
    expect(await say("--as", "console:kim")).toBe(
      "**wiki** — connected, 1 tool\n`read`\nTurned down, until it changes again: `write`.\n",
    );
    const shown = await say("diff", "wiki.write", "--as", "console:kim");
    const code = /`tools accept wiki\.write (\w{6})`/.exec(shown)?.[1] ?? "";
    expect(await say("accept", "wiki.write", code, "--as", "console:kim")).toBe(
      "Accepted of **wiki**: `write`. Agents have it from their next question on.\n",
    );
    expect(await say("--as", "console:kim")).toBe("**wiki** — connected, 2 tools\n`read`, `write`\n");
  });
});
