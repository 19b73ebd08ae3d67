import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { json } from "node:stream/consumers";
import { afterEach, describe, expect, it } from "vitest";
import { leaveTowns, openTown } from "../stories/town.ts";
import { bellhop } from "./command-line.ts";

let server: Server | undefined;
afterEach(async () => {
  await leaveTowns();
  server?.close();
  server = undefined;
});

/** Something that answers as a running Bellhop does, and notes what it was told. */
async function listening(status: number, answer: unknown) {
  const heard: { path: string | undefined; key: string | undefined; body: unknown }[] = [];
  server = createServer(async (request, response) => {
    heard.push({ path: request.url, key: request.headers.authorization, body: await json(request) });
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(answer));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { heard, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

describe("bellhop schedule", () => {
  it("passes the words on as they are said in chat, for somebody in a channel, and prints the answer", async () => {
    const { heard, url } = await listening(200, { text: "No schedules here.", footer: "a quiet line" });
    const args = ["schedule", "list", "--url", url, "--as=slack:U0ANA", "--channel", "slack:C0TEAM"];
    expect(await bellhop(tmpdir(), args, { BELLHOP_API_KEY: "key-of-this-test" })).toEqual({
      code: 0,
      out: "No schedules here.\n— a quiet line\n",
      err: "",
    });
    expect(heard).toEqual([
      {
        path: "/api/v1/commands",
        key: "Bearer key-of-this-test",
        body: { text: "schedule list", as: "slack:U0ANA", channel: "slack:C0TEAM" },
      },
    ]);
  });

  it("prints what was said as words, whatever in it would steer the terminal", async () => {
    const { url } = await listening(200, { text: "All\u001b]0;root\u0007 is\u001b[2J\u202e well.\n好。" });
    const { out } = await bellhop(tmpdir(), ["schedule", "list", "--url", url]);
    expect(out).toBe("All␛]0;root␇ is␛[2J well.\n好。\n");
  });

  it("leaves a schedule's own fields alone, and gives back the quotes that the shell took", async () => {
    const { heard, url } = await listening(200, { text: "Done." });
    const said = [
      "every weekday 9:00",
      "researcher:",
      "what is new?",
      "--name",
      "the news",
      "--until=24 December",
      "--overlap",
      "queue",
    ];
    expect((await bellhop(tmpdir(), ["schedule", ...said, "--url", url])).code).toBe(0);
    expect(heard.map(({ body }) => body)).toEqual([
      {
        text: 'schedule every weekday 9:00 researcher: what is new? --name "the news" --until="24 December" --overlap queue',
      },
    ]);
  });

  it("ends with 1 when Bellhop refuses, or nothing answers", async () => {
    const { url } = await listening(400, {
      error: { code: "bad_command", message: "channel: teams is not connected." },
    });
    expect(await bellhop(tmpdir(), ["schedule", "list", "--url", url])).toEqual({
      code: 1,
      out: "",
      err: "channel: teams is not connected.\n",
    });
    expect(await bellhop(tmpdir(), ["schedule", "list", "--url", "http://127.0.0.1:9"])).toMatchObject({
      code: 1,
      err: "Nothing answers at http://127.0.0.1:9. Start Bellhop there, or give --url.\n",
    });
    expect((await bellhop(tmpdir(), ["schedule", "list", "--as"])).err).toMatch(/^--as wants a value/);
  });

  it("makes, lists and deletes in a channel of a running Bellhop; a shell has no buttons, so readings are listed", async () => {
    const { url, dataDir } = await openTown({ console: true });
    const say = async (...words: string[]) => {
      const args = ["schedule", ...words, "--channel", "console:general", "--as", "console:ana", "--url", url];
      return (await bellhop(tmpdir(), args, { BELLHOP_DATA: dataDir })).out;
    };
    expect(await say("every day at 5", "Say hello.")).toBe(
      "*every day at 5* — in the morning or in the afternoon?\n• every day at 05:00\n• every day at 17:00\n",
    );
    expect(await say("list")).toBe("Nothing is scheduled here.\n");
    const made = await say("every day at 05:00", "Say hello.", "--name", "early bird");
    const [id = ""] = /s-[a-z2-9]{3,5}/.exec(made) ?? [];
    expect(made).toContain("early bird");
    expect(await say("list")).toContain(`\`${id}\` every day at 05:00 (UTC) → this channel`);
    await say("every day 06:00", "Say hello.", "--name", "early worm");
    expect((await say("list")).match(/early (bird|worm)/g)?.sort()).toEqual(["early bird", "early worm"]);
    expect(await say("pause", "early")).toContain("`s-");
    expect(await say("delete", "early worm")).toContain("early worm");
    expect(await say("delete", id)).toContain("early bird");
    expect(await say("list")).toBe("Nothing is scheduled here.\n");
  });
});
