import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createFileShelf } from "../../adapters/console/file-shelf.ts";
import { png } from "../world/model/png.ts";
import { setConsoleWire } from "./console-wire.ts";

const [ana, tom] = ["console:ana", "console:tom"] as const;
const mb = 1024 * 1024;
const wire = setConsoleWire();
let filesDir: string;

beforeEach(async () => {
  filesDir = await mkdtemp(join(tmpdir(), "console-files-"));
  await wire.open({ filesDir });
});
afterEach(() => rm(filesDir, { recursive: true }));

/** Sends a file and says something with it. */
async function share(text = "see", channel = "general"): Promise<{ id: string; ref: string }> {
  const { body } = await wire.workspace.sendFile(ana, "notes.txt", "buy milk");
  const said = await wire.say({ channel, as: ana, text, files: [body.ref] });
  expect(said.status).toBe(201);
  return { id: said.body.id ?? "", ref: body.ref };
}
const fetchFile = (ref: string, as: string = ana) => fetch(`${wire.workspace.url}/console/files/${ref}?as=${as}`);
const read = (ref: string) =>
  wire.workspace.adapter.read({ name: "", type: "", size: 0, ref }, new AbortController().signal);

describe("a file that somebody sends", () => {
  it("comes with their message, and may be all there is to it", async () => {
    const { id, ref } = await share("");
    const { message } = await wire.inbox.next("message");
    expect(message).toMatchObject({ id, text: "", files: [{ name: "notes.txt", type: "text/plain", size: 8, ref }] });
    expect(Buffer.from(await read(ref)).toString()).toBe("buy milk");
  });

  it("may have 30 MB, and not one byte more", async () => {
    const { status, body } = await wire.workspace.sendFile(ana, "disk.img", new Uint8Array(30 * mb).fill(7));
    expect([status, body.size]).toEqual([201, 30 * mb]);
    const bytes = new Uint8Array(await (await fetchFile(body.ref)).arrayBuffer());
    expect([bytes.length, bytes.every((byte) => byte === 7)]).toEqual([30 * mb, true]);
    const larger = async function* () {
      for (let n = 0; n < 31; n++) yield new Uint8Array(mb);
    };
    const shelf = createFileShelf(filesDir);
    await expect(shelf.put({ name: "a", type: "b/c", by: ana }, larger())).rejects.toThrow("at most 30 MB");
    await shelf.close();
    expect(await readdir(filesDir)).toEqual([body.ref]);
  });

  it("that is too large is refused before it is read", async () => {
    const bytes = new Uint8Array(30 * mb + 1);
    const refused = await wire.workspace.sendFile(ana, "disk.img", bytes).catch(() => undefined);
    // A client that is still sending may see the connection end instead of the answer.
    if (refused) expect(refused.body.error?.message).toBe("A file may have at most 30 MB.");
    expect(await readdir(filesDir)).toEqual([]);
  });

  it("is called by the last part of its name, without signs that mislead", async () => {
    const { body } = await wire.workspace.sendFile(ana, "../../etc/pass\u202ewd\u0000\n.txt", "x");
    expect(body.name).toBe("passwd.txt");
    expect((await wire.workspace.sendFile(ana, "/", "x")).body.name).toBe("file");
  });

  it("is sent along by its sender only, and once only", async () => {
    const { body } = await wire.workspace.sendFile(ana, "notes.txt", "buy milk");
    const foreign = await wire.say({ channel: "general", as: tom, text: "mine", files: [body.ref] });
    expect([foreign.status, foreign.body.error?.code]).toEqual([400, "no_such_file"]);
    const said = { channel: "general", as: ana, text: "see", files: [body.ref] };
    expect((await wire.say({ ...said, key: "k1" })).status).toBe(201);
    expect((await wire.say({ ...said, key: "k1" })).status).toBe(200);
    expect((await wire.say(said)).body.error?.code).toBe("no_such_file");
    expect((await wire.workspace.state()).messages).toHaveLength(1);
  });

  it("waits to be sent again when its message could not be kept", async () => {
    const { body } = await wire.workspace.sendFile(ana, "notes.txt", "buy milk");
    const said = { channel: "general", as: ana, text: "see", files: [body.ref] };
    wire.inbox.refuseNext();
    expect((await wire.say(said)).status).toBe(503);
    expect((await wire.say(said)).status).toBe(201);
    expect(await (await fetchFile(body.ref)).text()).toBe("buy milk");
  });

  it("does not come with a command, which says so", async () => {
    const { body } = await wire.workspace.sendFile(ana, "notes.txt", "buy milk");
    const refused = await wire.say({ channel: "general", as: ana, text: "/ask why?", files: [body.ref] });
    expect(refused.body.error?.code).toBe("only_words");
    expect(wire.inbox.heard).toEqual([]);
  });

  it("is had by those only who see its message", async () => {
    const { ref } = await share("see", "dm-ana");
    expect((await fetchFile(ref)).status).toBe(200);
    expect((await fetchFile(ref, tom)).status).toBe(404);
    expect((await fetchFile("../index")).status).toBe(404);
  });

  it("is downloaded as it is and never run; pictures are shown, drawings that could run scripts are not", async () => {
    const { ref } = await share();
    const text = await fetchFile(ref);
    expect(text.headers.get("content-type")).toBe("text/plain");
    expect(text.headers.get("content-disposition")).toBe("attachment; filename*=UTF-8''notes.txt");
    expect(text.headers.get("x-content-type-options")).toBe("nosniff");
    expect(text.headers.get("content-security-policy")).toBe("default-src 'none'; sandbox");
    const how = async (name: string, type: string) => {
      const { body } = await wire.workspace.sendFile(ana, name, "<svg/>", type);
      const { headers } = await fetchFile(body.ref);
      return [headers.get("content-type"), headers.get("content-disposition")];
    };
    expect(await how("猫.png", "image/png")).toEqual(["image/png", "inline; filename*=UTF-8''%E7%8C%AB.png"]);
    const [type, disposition] = await how("a.svg", "image/svg+xml");
    expect([type, disposition?.split(";")[0]]).toEqual(["application/octet-stream", "attachment"]);
    expect((await how("a.html", "text/html"))[0]).toBe("text/plain");
    expect((await how("a", 'x/y; charset="'))[0]).toBe("application/octet-stream");
  });

  it("stays when its message is edited, and goes with it", async () => {
    const { id, ref } = await share();
    await wire.workspace.send("/console/edits", { message: id, as: ana, text: "look" });
    expect((await wire.workspace.state()).messages[0]?.files).toHaveLength(1);
    await wire.workspace.send("/console/deletions", { message: id, as: ana });
    expect((await fetchFile(ref)).status).toBe(404);
    await wire.workspace.adapter.stop();
    expect(await readdir(filesDir)).toEqual([]);
  });

  it("is there after a restart, while one that was never said with a message is not", async () => {
    const { ref } = await share();
    await wire.workspace.sendFile(ana, "draft.txt", "never said");
    await wire.workspace.restart();
    expect(await (await fetchFile(ref)).text()).toBe("buy milk");
    await wire.workspace.adapter.stop();
    expect(await readdir(filesDir)).toEqual([ref]);
  });

  it("goes when newer ones need its room, and then says so", async () => {
    const shelf = createFileShelf(filesDir, { largestSum: 10 });
    const put = (text: string) =>
      shelf.put(
        { name: text, type: "text/plain", by: ana },
        (async function* () {
          yield Buffer.from(text);
        })(),
      );
    const first = await put("1234");
    const second = await put("5678");
    const third = await put("9");
    expect(shelf.find(first.ref)).toBeDefined();
    await put("abcd");
    expect(shelf.find(first.ref)).toBeUndefined();
    expect([second, third].map(({ ref }) => shelf.find(ref)?.file.name)).toEqual(["5678", "9"]);
    await expect(shelf.read(first.ref, new AbortController().signal)).rejects.toThrow("any more");
    await shelf.close();
    expect(await readdir(filesDir)).toHaveLength(3);
  });
});

describe("a file that the bot posts", () => {
  const post = { text: "Here.", files: [{ name: "answer.md", type: "text/markdown", text: "# 答案" }] };

  it("replaces that of an earlier attempt, and nothing is left over", async () => {
    const key = { id: "r1", since: 0 };
    await wire.workspace.adapter.post(wire.workspace.channel, post, key);
    const { id } = await wire.workspace.adapter.post(wire.workspace.channel, post, { ...key, again: true });
    const [message] = (await wire.workspace.state()).messages;
    const [file] = message?.files ?? [];
    expect(await (await fetchFile(file?.ref ?? "", tom)).text()).toBe("# 答案");
    await wire.workspace.adapter.edit({ address: wire.workspace.channel, id }, { text: "gone" });
    await wire.workspace.adapter.stop();
    expect(await readdir(filesDir)).toEqual([]);
  });

  it("is shown when it is a picture, and else only downloaded, in a place of its own where nothing runs", async () => {
    const drawing = "<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>";
    const files = [
      { name: "a.png", type: "image/png", bytes: png(2, 2) },
      { name: "b.svg", type: "image/svg+xml", bytes: Buffer.from(drawing) },
      { name: "c.html", type: "text/html", bytes: Buffer.from("<script>alert(1)</script>") },
    ];
    await wire.workspace.adapter.post(wire.workspace.channel, { text: "Here.", files }, { id: "r1", since: 0 });
    const [message] = (await wire.workspace.state()).messages;
    const got = await Promise.all((message?.files ?? []).map(({ ref }) => fetchFile(ref, tom)));
    expect(got.map(({ headers }) => [headers.get("content-type"), headers.get("content-disposition")])).toEqual([
      ["image/png", "inline; filename*=UTF-8''a.png"],
      ["application/octet-stream", "attachment; filename*=UTF-8''b.svg"],
      ["text/plain", "attachment; filename*=UTF-8''c.html"],
    ]);
    for (const { headers } of got) {
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("content-security-policy")).toBe("default-src 'none'; sandbox");
    }
    expect(Buffer.compare(Buffer.from((await got[0]?.arrayBuffer()) ?? new ArrayBuffer(0)), png(2, 2))).toBe(0);
  });

  it("does not stay when the message could not be posted", async () => {
    const nowhere = { adapter: "console", channel: "nowhere" };
    await expect(wire.workspace.adapter.post(nowhere, post, { id: "r1", since: 0 })).rejects.toThrow("no channel");
    await wire.workspace.adapter.stop();
    expect(await readdir(filesDir)).toEqual([]);
  });

  it("keeps its place among posts begun at one moment", async () => {
    const { adapter, channel } = wire.workspace;
    await Promise.all(
      [{ text: "one" }, { ...post, text: "two" }, { text: "three" }].map((post, n) =>
        adapter.post(channel, post, { id: `r${n}`, since: 0 }),
      ),
    );
    expect((await wire.workspace.state()).messages.map(({ text }) => text)).toEqual(["one", "two", "three"]);
  });
});
