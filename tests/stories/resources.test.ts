import { afterEach, describe, expect, it } from "vitest";
import { libraryProgram } from "../tools/library.ts";
import { openAnywhere, platforms } from "./anywhere.ts";
import { leaveTowns } from "./town.ts";

afterEach(leaveTowns);

const server = (name: string, more: Record<string, unknown> = {}) => ({
  name,
  command: process.execPath,
  args: [libraryProgram],
  ...more,
});
const ops = { name: "ops", llm_model: "main", system_prompt: "You are ops.", mcp_servers: ["city", "school"] };
const config = (more: Record<string, unknown> = {}) => ({
  mcp_servers: [server("city"), server("school", { env: { BOOK: "signed" } })],
  agents: [{ ...ops, ...more }],
});

describe.each(platforms)("an agent whose servers have things to read, on %s", (platform) => {
  it("finds one and reads it, from the server it means", async () => {
    const { town, open } = await openAnywhere(platform, { config: config() });
    const book = { uri: "lib://book/two" };
    town.model.on(
      "who signed the second book?",
      [{ call: "list_resources", arguments: { query: "two" } }],
      [{ call: "read_resource", arguments: book }],
      [{ call: "read_resource", arguments: { ...book, server: "school" } }],
      "Somebody did.",
    );
    const talk = await open("ana", "@Bellhop who signed the second book?");
    const answer = await talk.answer("Somebody did.");
    expect(answer.text).toContain("read_resource");
    const messages: unknown[] = Object(town.model.requests.at(-1)?.body).messages;
    const told = messages.flatMap((one) => (Object(one).role === "tool" ? [String(Object(one).content)] : []));
    expect(told).toEqual([
      "city: lib://book/two (text/plain) two — Book two.\nschool: lib://book/two (text/plain) two — Book two.",
      'city, school all have lib://book/two. Say which is meant, as "server".',
      "The whole of two, signed.",
    ]);
  });
});

describe("what an agent reads", () => {
  it("and can't be told in words is shown to people, what can is not", async () => {
    const { town, open } = await openAnywhere("Slack", { config: config({ mcp_servers: ["city"] }) });
    town.model.queue(
      [
        { call: "read_resource", arguments: { uri: "lib://book/one" } },
        { call: "read_resource", arguments: { uri: "lib://cover/front.png" } },
      ],
      "There it is.",
    );
    const talk = await open("ana", "@Bellhop show me the cover");
    await talk.answer("There it is.");
    expect(await talk.file()).toContain("PNG");
    expect((await talk.ours()).flatMap(({ files }) => files)).toHaveLength(1);
  });

  it("is nothing where its filters leave the tools out", async () => {
    const { town, open } = await openAnywhere("Slack", {
      config: config({ mcp_servers: [{ name: "city", deny: ["*_resource*"] }] }),
    });
    town.model.answer("I can't.");
    const talk = await open("ana", "@Bellhop read me a book");
    await talk.answer("I can't.");
    expect(JSON.stringify(town.model.requests.at(-1)?.body.tools)).not.toContain("resource");
  });
});
