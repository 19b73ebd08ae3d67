import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { documentText, mostCharacters } from "../../src/agent/documents/document-text.ts";
import { png } from "../world/model/png.ts";

function read(bytes: Uint8Array, name = "notes.txt") {
  return documentText({ name, type: "text/plain", bytes });
}

describe("a text", () => {
  it.each([
    ["plain words", "The office moves on Friday.\n"],
    ["Chinese", "週五辦公室搬遷，請大家準備。"],
    ["emoji", "Ship it 🚀👩‍🚀"],
    ["CSV", 'name,count\r\n"a, b",3\r\n'],
    ["HTML, as it is", "<!doctype html><p>Hello</p>"],
    ["JSON", '{"a":[1,2,3]}'],
    ["a log with colours", "\u001b[31merror\u001b[0m it broke\n"],
    ["source code that speaks of PDFs", 'const mark = "%PDF-1.7";\nif (head.startsWith("%PDF-1.4")) return;\n'],
    ["one letter", "x"],
  ])("in UTF-8 is read: %s", async (_name, text) => {
    expect(await read(Buffer.from(text))).toEqual({ text });
  });

  it("is read without its byte order mark, in UTF-8 and UTF-16 either way round", async () => {
    const text = "Größe: 12 µm, 大小 🚀";
    const little = Buffer.from(`\uFEFF${text}`, "utf16le");
    expect(await read(Buffer.from(`\uFEFF${text}`))).toEqual({ text });
    expect(await read(little)).toEqual({ text });
    expect(await read(Buffer.from(little).swap16())).toEqual({ text });
  });

  it("cut off in the middle of a character, or with a stray byte, is still read as what it is", async () => {
    const text = "會議記錄：下週三之前完成測試。";
    const cut = Buffer.from(text).subarray(0, -1);
    expect(await read(cut)).toEqual({ text: `${text.slice(0, -1)}\uFFFD` });
    const stray = Buffer.concat([Buffer.from(text), Buffer.from([0xe9]), Buffer.from(text)]);
    expect(await read(stray)).toEqual({ text: `${text}\uFFFD${text}` });
  });

  it("with nothing but blanks is empty", async () => {
    expect(await read(Buffer.alloc(0))).toEqual({ skipped: "empty" });
    expect(await read(Buffer.from(" \r\n\t"))).toEqual({ skipped: "empty" });
    expect(await read(Buffer.from("\uFEFF"))).toEqual({ skipped: "empty" });
  });

  it("that is long is kept up to a limit, with how much is missing, and never half a character", async () => {
    const long = `${"a".repeat(mostCharacters - 1)}🚀${"b".repeat(50)}`;
    expect(await read(Buffer.from(long))).toEqual({
      text: `${"a".repeat(mostCharacters - 1)}\n… 52 characters left out`,
    });
  });

  it("over 1 MB is not read", async () => {
    expect(await read(Buffer.alloc(1024 * 1024 + 1, "a"))).toEqual({ skipped: "too-large" });
    expect(await read(Buffer.alloc(1024 * 1024, "a"))).toMatchObject({ text: expect.stringContaining("left out") });
  });

  it("in the middle of a larger buffer is read alone", async () => {
    const larger = Buffer.from("before the middle after");
    expect(await read(larger.subarray(7, 17))).toEqual({ text: "the middle" });
  });
});

describe("an older encoding is known by what it says", () => {
  const hex = (text: string) => Buffer.from(text.replaceAll(" ", ""), "hex");

  it.each([
    ["Big5", "big5", "請問會議記錄在哪裡？我們下週三要給客戶看，謝謝。"],
    ["Big5 in a table", "big5", "name,部門,備註\r\nana,業務部,已完成\r\nben,工程部,請確認\r\n"],
    ["GBK", "gbk", "请问会议记录在哪里？我们下周三要给客户看，谢谢。"],
    ["GBK, two words", "gbk", "你好"],
    ["Shift_JIS", "shift_jis", "会議の記録はどこにありますか。来週の水曜日までにお願いします。"],
  ])("%s", async (_name, encoding, text) => {
    expect(await read(encoded(text, encoding))).toEqual({ text });
  });

  it("Windows-1252", async () => {
    expect(await read(Buffer.from("caf\xe9\n", "latin1"))).toEqual({ text: "café\n" });
    const bytes = Buffer.from(
      "Der K\xe4se kostet 5 \x80 \x96 \x84gr\xf6\xdfer\x93 als fr\xfcher, fa\xe7ade.",
      "latin1",
    );
    expect(await read(bytes)).toEqual({ text: "Der Käse kostet 5 € – „größer“ als früher, façade." });
  });

  it("and bytes that are clearly none of them are not guessed at", async () => {
    expect(await read(hex("a0a1 ffff fefe 8080 c3c3 d9e9 f9fb"))).toEqual({ skipped: "not-text" });
    expect(await read(hex("cfe8e2e5f220 ece8f02c20 eae0ea20 e4e5ebe0"))).toEqual({ skipped: "not-text" });
  });
});

describe("what is no text is not taken for one, whatever it is called", () => {
  const program = Buffer.concat([Buffer.from("\x7fELF\x02\x01\x01", "latin1"), Buffer.alloc(64), Buffer.from("main")]);
  const zip = Buffer.from("504b03041400000008000000210000000000", "hex");

  it.each([
    ["a program", program],
    ["a ZIP", zip],
    ["a gzip", gzipSync("The office moves on Friday.")],
    ["a PNG", png(4, 4)],
    ["a JPEG's head", Buffer.from("ffd8ffe000104a464946", "hex")],
    ["a database", Buffer.from("SQLite format 3\0", "latin1")],
    ["an old Word document", Buffer.from("d0cf11e0a1b11ae1", "hex")],
    ["words with a NUL", Buffer.from("hello\0world")],
    ["words among control characters", Buffer.from("a\x01b\x02c\x03d\x04")],
    ["UTF-16 that is none", Buffer.concat([Buffer.from([0xff, 0xfe]), program])],
    ["a broken UTF-16", Buffer.from([0xff, 0xfe, 0x61])],
  ])("%s named .txt", async (_name, bytes) => {
    expect(await read(bytes)).toEqual({ skipped: "not-text" });
  });

  it("random bytes of some length never are text", () => {
    return fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 64, maxLength: 2000, size: "max" }), async (bytes) => {
        fc.pre(new Set(bytes).size > 40);
        expect(await read(bytes)).toEqual({ skipped: "not-text" });
      }),
      { numRuns: 300 },
    );
  });

  it("reading never throws, whatever comes", () => {
    return fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 300 }),
        fc.constantFrom("", "\xff\xfe", "\xfe\xff", "\xef\xbb\xbf"),
        (bytes, head) =>
          read(Buffer.concat([Buffer.from(head, "latin1"), bytes])).then((found) => {
            expect(Object.keys(found)).toHaveLength(1);
          }),
      ),
      { numRuns: 300 },
    );
  });
});

/** What TextDecoder reads, the other way round: by trying every byte and pair of bytes there is. */
function encoded(text: string, encoding: string): Buffer {
  const decoder = new TextDecoder(encoding);
  const table = new Map<string, number[]>();
  const learn = (bytes: number[]) => {
    const character = decoder.decode(Uint8Array.from(bytes));
    if ([...character].length === 1 && character !== "\uFFFD" && !table.has(character)) table.set(character, bytes);
  };
  for (let byte = 0; byte < 256; byte++) learn([byte]);
  for (let lead = 0x81; lead < 0xff; lead++) for (let trail = 0x40; trail < 0xff; trail++) learn([lead, trail]);
  return Buffer.from(
    [...text].flatMap((character) => {
      const bytes = table.get(character);
      if (!bytes) throw new Error(`${character} is not in ${encoding}`);
      return bytes;
    }),
  );
}
