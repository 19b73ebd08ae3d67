import { legacyText } from "./legacy-text.ts";

/** How files begin that are no text, whatever bytes follow. */
const magics = [
  [0x89, 0x50, 0x4e, 0x47], // PNG
  [0xff, 0xd8, 0xff], // JPEG
  [0x47, 0x49, 0x46, 0x38], // GIF
  [0x50, 0x4b, 0x03, 0x04], // ZIP, and with it docx, xlsx, jar
  [0x50, 0x4b, 0x05, 0x06], // an empty ZIP
  [0x1f, 0x8b], // gzip
  [0x42, 0x5a, 0x68], // bzip2
  [0xfd, 0x37, 0x7a, 0x58, 0x5a], // xz
  [0x28, 0xb5, 0x2f, 0xfd], // zstd
  [0x37, 0x7a, 0xbc, 0xaf], // 7z
  [0x52, 0x61, 0x72, 0x21, 0x1a], // RAR
  [0x7f, 0x45, 0x4c, 0x46], // ELF
  [0xca, 0xfe, 0xba, 0xbe], // Java, Mach-O
  [0xcf, 0xfa, 0xed, 0xfe], // Mach-O
  [0xd0, 0xcf, 0x11, 0xe0], // doc, xls, ppt of old
  [0x00, 0x61, 0x73, 0x6d], // WebAssembly
  [0x49, 0x44, 0x33], // MP3
  [0x4f, 0x67, 0x67, 0x53], // Ogg
  [0x52, 0x49, 0x46, 0x46], // WAV, AVI, WebP
  [...Buffer.from("SQLite format 3")],
];

/** More of other control characters than one in so many, and it is no text. */
const fewControls = 200;

/** The text of a file in UTF-8, UTF-16 with its mark, or an older encoding; undefined for what is no text. */
export function decodedText(bytes: Uint8Array): string | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return sound(decoded(bytes, "utf-16le"));
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return sound(decoded(bytes, "utf-16be"));
  if (magics.some((magic) => magic.every((byte, at) => bytes[at] === byte))) return undefined;
  if (bytes.includes(0) || !fewControlBytes(bytes)) return undefined;
  return decoded(bytes, "utf-8") ?? mostlyUtf8(bytes) ?? legacyText(bytes);
}

function decoded(bytes: Uint8Array, encoding: string): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** UTF-16 that is none would be full of characters nobody writes. */
function sound(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const odd = text.match(/(?![\t\n\v\f\r])[\p{Cc}\p{Co}\p{Cn}]/gu)?.length ?? 0;
  return odd * fewControls > text.length ? undefined : text;
}

function fewControlBytes(bytes: Uint8Array): boolean {
  let controls = 0;
  for (const byte of bytes) {
    // Back space to carriage return, and the escape of colours, stand in honest logs.
    if ((byte < 8 || (byte > 13 && byte < 32) || byte === 127) && byte !== 27) controls++;
  }
  return controls * fewControls <= bytes.length;
}

/** UTF-8 that was cut off in a character, or holds a stray byte here and there. */
function mostlyUtf8(bytes: Uint8Array): string | undefined {
  const text = new TextDecoder("utf-8").decode(bytes);
  const stray = text.match(/\uFFFD/g)?.length ?? 0;
  const good = text.match(/[\u0080-\uFFFC]/g)?.length ?? 0;
  return good >= 10 * stray ? text : undefined;
}
