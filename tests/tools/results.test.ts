import type { CallToolResult, ContentBlock } from "@modelcontextprotocol/sdk/types.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ToolFile } from "../../src/agent/tool.ts";
import { fileKind, fileName } from "../../src/tools/file-kind.ts";
import { resultOf } from "../../src/tools/mcp/results.ts";
import { showFiles } from "../../src/tools/showing.ts";
import { png } from "../world/model/png.ts";

const base64 = (bytes: Uint8Array | string) => Buffer.from(bytes).toString("base64");
const picture = png(3, 2);
const same = (text: string) => text;
const image = (bytes: Uint8Array | string, mimeType: string): ContentBlock => ({
  type: "image",
  data: base64(bytes),
  mimeType,
});
const of = (...content: ContentBlock[]) => resultOf({ content } satisfies CallToolResult);

describe("what a server answers", () => {
  it("is told as text, with a picture as a file byte for byte", () => {
    const { text, files } = of({ type: "text", text: "Here:" }, image(picture, "image/png"));
    expect(text).toBe("Here:\n[image.png]");
    expect(files).toMatchObject([{ name: "image.png", type: "image/png" }]);
    expect(Buffer.compare(Buffer.from(files?.[0]?.bytes ?? []), picture)).toBe(0);
  });

  it("is what its bytes are, whatever the server says of it", () => {
    const page = "<!DOCTYPE html><script>alert(1)</script>";
    const drawing = '<?xml version="1.0"?>\n<!-- x -->\n<svg onload="alert(1)"/>';
    const { files = [] } = of(image(page, "image/png"), image(drawing, "image/jpeg"), image(picture, "text/html"));
    expect(files.map(({ name, type }) => [name, type])).toEqual([
      ["image.html", "text/html"],
      ["image.svg", "image/svg+xml"],
      ["image.png", "image/png"],
    ]);
  });

  it("has its embedded resources told and shown, by the last piece of their address", () => {
    const { text, files } = of(
      { type: "resource", resource: { uri: "repo://a/b/notes.md?v=2", mimeType: "text/markdown", text: "# Notes" } },
      { type: "resource", resource: { uri: "file:///srv/caf%C3%A9.png", blob: base64(picture) } },
      { type: "audio", data: base64("OggS…"), mimeType: "audio/ogg" },
    );
    expect(text).toBe("repo://a/b/notes.md?v=2:\n# Notes\n[café.png]\n[audio.ogg]");
    expect(files?.map(({ name }) => name)).toEqual(["notes.md", "café.png", "audio.ogg"]);
  });

  it.each([
    ["notes://today", "today.txt"],
    ["notes://today/", "today.txt"],
    ["https://example.com/a/b.csv?x=1#y", "b.csv"],
    ["urn:isbn:0451450523", "isbn_0451450523.txt"],
    ["not a uri/at all.md", "at all.md"],
    ["a://b/%E0%A4%A", "E0_A4_A.txt"],
    ["", "file.txt"],
  ])("calls a resource at %j %s", (uri, name) => {
    expect(of({ type: "resource", resource: { uri, text: "words" } }).files?.map((one) => one.name)).toEqual([name]);
  });

  it("has a link named, and nothing fetched", () => {
    const link = { type: "resource_link" as const, uri: "https://example.com/a.png", name: "a.png" };
    expect(of({ ...link, description: "A picture" })).toEqual({
      text: "[a.png](https://example.com/a.png): A picture",
    });
  });

  it("keeps what is meant for the model alone from people", () => {
    const forModel = { ...image(picture, "image/png"), annotations: { audience: ["assistant" as const] } };
    const forBoth = {
      ...image(picture, "image/png"),
      annotations: { audience: ["user" as const, "assistant" as const] },
    };
    expect(of(forModel, forBoth).files?.map(({ aside }) => aside)).toEqual([true, undefined]);
  });

  it("tells of what is empty, and makes no file of it", () => {
    const nothing: ContentBlock = { type: "resource", resource: { uri: "a://b/c.txt", text: "" } };
    expect(of(image("", "image/png"), nothing)).toEqual({ text: "[image: it is empty or damaged]\na://b/c.txt:\n" });
  });

  it("tells two files of one name apart", () => {
    const files = of(image(picture, ""), image(png(1, 1), ""), image(png(2, 2), "")).files;
    expect(files?.map(({ name }) => name)).toEqual(["image.png", "image-2.png", "image-3.png"]);
  });

  it("brings more files than can be of use has the first taken, and tells of the others", () => {
    const { text, files } = of(
      ...Array.from({ length: 20_000 }, () => image(picture, "image/png")),
      { type: "resource", resource: { uri: "a://b/c.txt", text: "words" } },
      { type: "text", text: "That is all." },
    );
    expect(files).toHaveLength(100);
    expect(new Set(files?.map(({ name }) => name)).size).toBe(100);
    expect(text.split("\n").slice(99)).toEqual([
      "[image-100.png]",
      "a://b/c.txt:",
      "words",
      "That is all.",
      "[19901 more files came with it; they were left out]",
    ]);
  });

  it.each([
    ["slashes", `a://b/${"/".repeat(1_000_000)}c.txt`, "c.txt"],
    ["slashes at the end", `a://b/c.txt${"/".repeat(1_000_000)}`, "c.txt"],
    ["dots", `a://b/${".".repeat(1_000_000)}c`, "file.c"],
    ["spaces", `a://b/c${" ".repeat(1_000_000)}d`, "c.txt"],
  ])("has an address that is a million %s read at once", (_, uri, name) => {
    const since = performance.now();
    expect(of({ type: "resource", resource: { uri, text: "words" } }).files?.map((one) => one.name)).toEqual([name]);
    expect(performance.now() - since).toBeLessThan(1000);
  });

  it("is told to reach nobody where nobody waits for it", async () => {
    const { files = [] } = of(image(picture, "image/png"));
    expect(await showFiles(files, undefined, same)).toEqual({
      text: `image.png, image/png, ${picture.length} bytes: nobody can be shown files here.`,
    });
    expect(await showFiles([], undefined, same)).toEqual({ text: "" });
  });
});

describe("a text among the files", () => {
  it("loses its secrets before anybody sees it, and a picture nothing", async () => {
    const secret = "xoxb-1234567890-abcdef";
    const { files = [] } = of(
      { type: "resource", resource: { uri: "file:///.env", text: `${"x ".repeat(200_000)}TOKEN=${secret}\n` } },
      image(Buffer.concat([picture, Buffer.from(secret)]), "image/png"),
    );
    const seen: ToolFile[] = [];
    const shows = async (given: ToolFile[]) => {
      seen.push(...given);
      return { text: "" };
    };
    await showFiles(files, { shows }, (text) => text.replaceAll(secret, "[redacted]"));
    expect(Buffer.from(seen[0]?.bytes ?? []).toString()).toMatch(/x TOKEN=\[redacted\]\n$/);
    expect(seen[1]).toBe(files[1]);
  });
});

describe("a file's name", () => {
  const nameOf = (name: string, bytes: Uint8Array | string, type = "") => {
    const given = Buffer.from(bytes);
    return fileName(name, fileKind(given, { name, type }));
  };

  it.each([
    ["../../etc/passwd", "root", "passwd.txt"],
    ["C:\\Windows\\run.bat", "echo", "run.bat.txt"],
    ["a\u202egnp.exe", "text", "agnp.exe.txt"],
    ["a\u0000b\nc\u200b.txt", "text", "abc.txt"],
    ["caf\u200be\u200b\u0301.txt", "text", "caf\u00e9.txt"],
    ["…", "text", "file.txt"],
    [".bashrc", "text", "bashrc.txt"],
    ["<b>`x`*|@everyone", "text", "b_x_everyone.txt"],
    ["報告 7月.csv", "a,b", "報告 7月.csv"],
    ["x".repeat(300), "text", `${"x".repeat(60)}.txt`],
  ])("%j is only a name, in letters that say what they are", (name, text, safe) => {
    expect(nameOf(name, text)).toBe(safe);
  });

  it("is safe whatever it was, and the same when it is made again", () => {
    // Any sign at all, and often those that names are made of and spoiled by.
    const unit = fc.oneof(
      fc.constantFrom(..."./\\ _-…aé0\u0301\u202e\u0000\n"),
      fc.integer({ min: 0, max: 0x10ffff }).map((code) => String.fromCodePoint(code)),
    );
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 200 }), fc.uint8Array({ maxLength: 40 }), (wanted, bytes) => {
        const kind = fileKind(bytes, { name: wanted, type: "" });
        const name = fileName(wanted, kind);
        expect(name).toMatch(/^[\p{L}\p{M}\p{N}._() +-]+\.[a-z0-9]+$/u);
        expect(name).not.toMatch(/^[.\s-]|\.\.\//);
        expect(name.endsWith(`.${kind.ending}`)).toBe(true);
        expect([...name].length).toBeLessThanOrEqual(70);
        expect(fileName(name, kind)).toBe(name);
      }),
    );
  });

  it.each([
    [
      "photo.JPEG",
      Buffer.from("\xff\xd8\xff\xc0\x00\x0b\x08\x00\x01\x00\x01\x01\x01\x11\x00", "latin1"),
      "",
      "photo.jpg",
    ],
    ["photo.jpg", picture, "image/jpeg", "photo.jpg.png"],
    ["setup.exe", Buffer.from("MZ\x90\x00\x03", "latin1"), "image/png", "setup.exe.bin"],
    ["table", "a,b\n1,2", "text/csv; charset=utf-8", "table.csv"],
    ["notes.htm", "<html>x", "text/plain", "notes.html"],
    ["report.docx", "PK\x03\x04", "", "report.docx"],
    ["report.html", "PK\x03\x04", "text/html", "report.html.zip"],
    ["a.pdf", "%PDF-1.7", "", "a.pdf"],
    ["a.pdf", "no pdf at all", "application/pdf", "a.pdf.txt"],
    ["song", Buffer.from([0xff, 0xfb, 0x90, 0x00]), "audio/mpeg", "song.mp3"],
    ["film.mp4", "\0\0\0 ftypisom", "", "film.mp4"],
    ["build.log", "\u001b[31mfailed\u001b[0m", "", "build.log"],
    ["latin.txt", Buffer.from([0x67, 0x72, 0xfc, 0xdf]), "text/plain", "latin.txt.bin"],
  ])("of %s ends with what is in it", (name, bytes, type, is) => {
    expect(nameOf(name, bytes, type)).toBe(is);
  });
});
