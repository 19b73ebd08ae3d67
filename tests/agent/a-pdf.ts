import { createHash } from "node:crypto";
import { deflateSync } from "node:zlib";

/** How a PDF is made. */
type PdfOptions = {
  /** Nobody reads it without this. */
  password?: string;
  /** How often its pages are packed. */
  packed?: number;
};

const padding = Buffer.from("28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a", "hex");
const fileId = Buffer.from("0123456789abcdef");

/** A PDF by hand, a page for each text; a page of null is a drawing without words. */
export function pdf(pages: readonly (string | null)[], { password, packed = 0 }: PdfOptions = {}): Buffer {
  const lock = password === undefined ? undefined : lockOf(password);
  const objects: (string | Buffer)[] = [];
  const kids = pages.map((_, nth) => `${4 + nth * 2} 0 R`).join(" ");
  objects.push("<< /Type /Catalog /Pages 2 0 R >>");
  objects.push(`<< /Type /Pages /Kids [${kids}] /Count ${pages.length} >>`);
  objects.push("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>");
  // Pages alike are packed once.
  const streams = new Map<string | null, Buffer>();
  for (const [nth, text] of pages.entries()) {
    const content = 5 + nth * 2;
    objects.push(
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F1 3 0 R >> >> /Contents ${content} 0 R >>`,
    );
    const plain = streams.get(text) ?? packedPage(text, packed);
    streams.set(text, plain);
    const filters = packed > 0 ? ` /Filter [${"/FlateDecode ".repeat(packed)}]` : "";
    const bytes = lock ? rc4(lock.keyOf(content), plain) : plain;
    const head = Buffer.from(`<< /Length ${bytes.length}${filters} >>\nstream\n`);
    objects.push(Buffer.concat([head, bytes, Buffer.from("\nendstream")]));
  }
  if (lock) objects.push(lock.dictionary);
  return assembled(objects, lock !== undefined);
}

function packedPage(text: string | null, times: number): Buffer {
  let page: Buffer = Buffer.from(text === null ? "10 10 100 100 re S" : written(text), "latin1");
  for (let layer = 0; layer < times; layer++) page = deflateSync(page);
  return page;
}

function written(text: string): string {
  const lines = text.split("\n").map((line) => `(${line.replace(/[()\\]/g, "\\$&")}) Tj T*`);
  return `BT /F1 12 Tf 14 TL 72 720 Td ${lines.join(" ")} ET`;
}

function assembled(objects: readonly (string | Buffer)[], locked: boolean): Buffer {
  const parts = [Buffer.from("%PDF-1.4\n%\xe2\xe3\xcf\xd3\n", "latin1")];
  const starts: number[] = [];
  let length = parts[0]?.length ?? 0;
  for (const [nth, object] of objects.entries()) {
    const body = typeof object === "string" ? Buffer.from(object, "latin1") : object;
    const part = Buffer.concat([Buffer.from(`${nth + 1} 0 obj\n`), body, Buffer.from("\nendobj\n")]);
    starts.push(length);
    length += part.length;
    parts.push(part);
  }
  const rows = starts.map((start) => `${String(start).padStart(10, "0")} 00000 n \n`).join("");
  const size = objects.length + 1;
  const id = `<${fileId.toString("hex")}>`;
  const lock = locked ? ` /Encrypt ${objects.length} 0 R` : "";
  parts.push(
    Buffer.from(
      `xref\n0 ${size}\n0000000000 65535 f \n${rows}trailer\n<< /Size ${size} /Root 1 0 R /ID [${id} ${id}]${lock} >>\nstartxref\n${length}\n%%EOF\n`,
    ),
  );
  return Buffer.concat(parts);
}

/** The standard lock of PDF 1.4: RC4 with a key of 40 bits. */
function lockOf(password: string): { dictionary: string; keyOf(object: number): Buffer } {
  const padded = Buffer.concat([Buffer.from(password, "latin1"), padding]).subarray(0, 32);
  const owner = rc4(md5(padded).subarray(0, 5), padded);
  const rights = Buffer.alloc(4);
  rights.writeInt32LE(-4);
  const key = md5(Buffer.concat([padded, owner, rights, fileId])).subarray(0, 5);
  const user = rc4(key, padding);
  return {
    dictionary: `<< /Filter /Standard /V 1 /R 2 /O <${owner.toString("hex")}> /U <${user.toString("hex")}> /P -4 >>`,
    keyOf(object) {
      const number = Buffer.from([object & 0xff, (object >> 8) & 0xff, (object >> 16) & 0xff, 0, 0]);
      return md5(Buffer.concat([key, number])).subarray(0, 10);
    },
  };
}

function md5(bytes: Buffer): Buffer {
  return createHash("md5").update(bytes).digest();
}

/** OpenSSL has given it up. */
function rc4(key: Buffer, bytes: Buffer): Buffer {
  const box = Uint8Array.from({ length: 256 }, (_, at) => at);
  const swap = (a: number, b: number) => {
    const was = box[a] ?? 0;
    box[a] = box[b] ?? 0;
    box[b] = was;
  };
  for (let i = 0, j = 0; i < 256; i++) {
    j = (j + (box[i] ?? 0) + (key[i % key.length] ?? 0)) & 255;
    swap(i, j);
  }
  let i = 0;
  let j = 0;
  const out = Buffer.from(bytes);
  for (const [at, byte] of bytes.entries()) {
    i = (i + 1) & 255;
    j = (j + (box[i] ?? 0)) & 255;
    swap(i, j);
    out[at] = byte ^ (box[((box[i] ?? 0) + (box[j] ?? 0)) & 255] ?? 0);
  }
  return out;
}
