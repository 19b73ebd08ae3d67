import { afterEach, expect, it } from "vitest";
import { McpServer } from "../../src/config/schema/mcp-server.ts";
import { leaveStages, openStage } from "./oauth-stage.ts";

afterEach(leaveStages);

it("a server whose address the settings change gets no token of the account that was made for the old one", async () => {
  const stage = await openStage();
  await stage.signIn();
  expect(stage.kept.has("account:notes")).toBe(true);
  const asked: (string | null)[] = [];
  const askAt = async (address: string) => {
    const server = McpServer.parse({ name: "notes", url: address, oauth: true });
    const fetch = stage.signIns.of(server)?.over(async (_url, init) => {
      asked.push(new Headers(init?.headers).get("authorization"));
      return new Response("here");
    });
    await fetch?.(address);
  };
  await askAt("https://other.example/mcp");
  expect(asked).toEqual([null]);
  // Back where it was made for, it is good again.
  await askAt(stage.world.resource);
  expect(asked).toEqual([null, expect.stringContaining("Bearer access-")]);
});
