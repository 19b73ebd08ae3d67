import { describe, expect, it } from "vitest";
import { documentText, mostCharacters } from "../../src/agent/documents/document-text.ts";
import { pdf } from "./a-pdf.ts";

function read(bytes: Uint8Array, name = "report.pdf") {
  return documentText({ name, type: "application/octet-stream", bytes });
}

describe("a PDF", () => {
  it("is read page by page, and pages without words are said to be so", async () => {
    expect(await read(pdf(["Minutes (draft)\nof Friday", null, "The end"]))).toEqual({
      text: "[page 1]\nMinutes (draft)\nof Friday\n\n[page 2]\n(no text)\n\n[page 3]\nThe end",
    });
  });

  it("is one whatever its name, and whatever a mailer put before it", async () => {
    expect(await read(pdf(["Hello"]), "notes.txt")).toEqual({ text: "[page 1]\nHello" });
    const mailed = Buffer.concat([Buffer.from("X-Mailer: none\r\n"), pdf(["Hello"])]);
    expect(await read(mailed)).toEqual({ text: "[page 1]\nHello" });
  });

  it("behind a password is said to be so; one that only keeps its owner's rights is read", async () => {
    expect(await read(pdf(["Secret"], { password: "open sesame" }))).toEqual({ skipped: "encrypted" });
    expect(await read(pdf(["Not to be printed"], { password: "" }))).toEqual({ text: "[page 1]\nNot to be printed" });
  });

  it("of pictures alone has no text", async () => {
    expect(await read(pdf([null, null]))).toEqual({ skipped: "no-text" });
  });

  it("cut off in the middle, or with nothing behind its mark, is damaged", async () => {
    expect(await read(pdf(["Hello", "again"]).subarray(0, 500))).toEqual({ skipped: "damaged" });
    expect(await read(Buffer.from("%PDF-1.4\nand nothing else"))).toEqual({ skipped: "damaged" });
  });

  it("that is long is read up to a limit, with what was left out", async () => {
    const page = "lorem ipsum dolor sit amet\n".repeat(50);
    const found = await read(pdf(Array.from({ length: 200 }, () => page)));
    if (!("text" in found)) throw new Error(found.skipped);
    expect(found.text).toMatch(/^\[page 1\]\nlorem[\s\S]*\n… \d+ characters left out\n… \d+ of 200 pages left out$/);
    expect(found.text.length).toBeLessThan(mostCharacters + 100);
  });

  it("over 20 MB is not read", async () => {
    const bytes = Buffer.concat([pdf(["Hello"]), Buffer.alloc(20 * 1024 * 1024)]);
    expect(await read(bytes)).toEqual({ skipped: "too-large" });
  });

  it("that is packed is read; one that unpacks to far more than anybody writes is not, however often it is packed", async () => {
    expect(await read(pdf(["Hello"], { packed: 1 }))).toEqual({ text: "[page 1]\nHello" });
    expect(await read(pdf(["Hello", "again"], { packed: 2 }))).toEqual({ text: "[page 1]\nHello\n\n[page 2]\nagain" });
    const bomb = " ".repeat(65 * 1024 * 1024);
    expect(await read(pdf([bomb], { packed: 1 }))).toEqual({ skipped: "too-large" });
    expect(await read(pdf(["Hello", bomb], { packed: 2 }))).toEqual({ skipped: "too-large" });
    const many = Array.from({ length: 20 }, () => bomb.slice(0, 30 * 1024 * 1024));
    expect(await read(pdf(many, { packed: 1 }))).toEqual({ skipped: "too-large" });
  });

  it("leaves the bytes it was given as they were", async () => {
    const bytes = pdf(["Hello"]);
    const before = Buffer.from(bytes);
    await read(bytes);
    expect(bytes.equals(before)).toBe(true);
  });
});
