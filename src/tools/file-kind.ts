import { imageSize } from "../agent/image-size.ts";

/** What a file is by what is in it, and the ending that says so. */
export type FileKind = { type: string; ending: string };

/** Endings of texts that may stay; others get `.txt` behind them, so that nothing is run by a double click. */
const texts: Record<string, string> = {
  txt: "text/plain",
  log: "text/plain",
  md: "text/markdown",
  csv: "text/csv",
  tsv: "text/tab-separated-values",
  json: "application/json",
  jsonl: "text/plain",
  yaml: "text/plain",
  toml: "text/plain",
  xml: "text/plain",
  ini: "text/plain",
  css: "text/plain",
  sql: "text/plain",
  diff: "text/plain",
  ics: "text/calendar",
  ts: "text/plain",
  tsx: "text/plain",
  py: "text/plain",
  go: "text/plain",
  rs: "text/plain",
  java: "text/plain",
  rb: "text/plain",
  c: "text/plain",
  h: "text/plain",
  cpp: "text/plain",
};

/** Endings said in more than one way. */
const alike: Record<string, string> = {
  jpeg: "jpg",
  htm: "html",
  yml: "yaml",
  markdown: "md",
  tif: "tiff",
  text: "txt",
};

const byClaim: Record<string, string> = {
  "text/csv": "csv",
  "text/markdown": "md",
  "application/json": "json",
  "text/yaml": "yaml",
  "application/yaml": "yaml",
  "application/xml": "xml",
  "text/xml": "xml",
  "text/calendar": "ics",
};

/** Files that are ZIP archives inside, by their endings. */
const zipped: Record<string, string> = {
  docx: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
  xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
  pptx: "application/vnd.openxmlformats-officedocument.presentationml.presentation",
  odt: "application/vnd.oasis.opendocument.text",
  ods: "application/vnd.oasis.opendocument.spreadsheet",
  odp: "application/vnd.oasis.opendocument.presentation",
  epub: "application/epub+zip",
};

/** What files begin with: signs, and where they stand. */
const marks: { signs: [at: number, text: string][]; kind: FileKind }[] = [
  { signs: [[0, "%PDF-"]], kind: { type: "application/pdf", ending: "pdf" } },
  {
    signs: [
      [0, "RIFF"],
      [8, "WAVE"],
    ],
    kind: { type: "audio/wav", ending: "wav" },
  },
  { signs: [[0, "OggS"]], kind: { type: "audio/ogg", ending: "ogg" } },
  { signs: [[0, "fLaC"]], kind: { type: "audio/flac", ending: "flac" } },
  { signs: [[0, "ID3"]], kind: { type: "audio/mpeg", ending: "mp3" } },
  { signs: [[4, "ftypM4A"]], kind: { type: "audio/mp4", ending: "m4a" } },
  { signs: [[4, "ftypavif"]], kind: { type: "image/avif", ending: "avif" } },
  { signs: [[4, "ftypheic"]], kind: { type: "image/heic", ending: "heic" } },
  { signs: [[4, "ftyp"]], kind: { type: "video/mp4", ending: "mp4" } },
  { signs: [[0, "\x1a\x45\xdf\xa3"]], kind: { type: "video/webm", ending: "webm" } },
  { signs: [[0, "\x1f\x8b"]], kind: { type: "application/gzip", ending: "gz" } },
  { signs: [[0, "II*\0"]], kind: { type: "image/tiff", ending: "tiff" } },
  { signs: [[0, "MM\0*"]], kind: { type: "image/tiff", ending: "tiff" } },
];

/** Tells what a file is by its bytes; what it is called and said to be decides only among what they allow. */
export function fileKind(bytes: Uint8Array, claimed: { name: string; type: string }): FileKind {
  const ending = endingOf(claimed.name);
  const image = imageSize(bytes)?.kind;
  if (image) return { type: `image/${image}`, ending: image === "jpeg" ? "jpg" : image };
  const head = Buffer.from(bytes.subarray(0, 16)).toString("latin1");
  const marked = marks.find(({ signs }) => signs.every(([at, text]) => head.startsWith(text, at)));
  if (marked) return marked.kind;
  if (head.startsWith("PK\x03\x04")) {
    const office = zipped[ending];
    return office ? { type: office, ending } : { type: "application/zip", ending: "zip" };
  }
  const isFrame = bytes[0] === 0xff && ((bytes[1] ?? 0) & 0xe0) === 0xe0;
  if (isFrame && /^audio\/(mpeg|mp3)$/.test(claimed.type)) return { type: "audio/mpeg", ending: "mp3" };
  const text = textOf(bytes);
  if (text === undefined) return { type: "application/octet-stream", ending: "bin" };
  return textKind(text, ending, claimed.type);
}

function textKind(text: string, ending: string, claimed: string): FileKind {
  const head = text.slice(0, 1000).replace(/^\s*(?:<\?xml[^>]*>\s*|<!--[\s\S]*?-->\s*)*/, "");
  if (/^(?:<!doctype svg[^>]*>\s*)?<svg[\s>]/i.test(head)) return { type: "image/svg+xml", ending: "svg" };
  if (/^<(?:!doctype html|html|head|body|script|iframe)[\s>]/i.test(head)) return { type: "text/html", ending: "html" };
  const own = texts[ending];
  if (own) return { type: own, ending };
  const said = byClaim[claimed.split(";")[0]?.trim().toLowerCase() ?? ""] ?? "txt";
  return { type: texts[said] ?? "text/plain", ending: said };
}

/** What stands in it, if it is text: UTF-8 without signs that steer machines, but for the colours of logs. */
function textOf(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return /\p{Cc}/u.test(text.replace(/[\t\n\f\r]/g, "").replaceAll("\x1b[", "")) ? undefined : text;
  } catch {
    return undefined;
  }
}

/** The ending of a name, as it is mostly written. */
function endingOf(name: string): string {
  const ending = /\.([a-z0-9]{1,8})$/i.exec(name)?.[1]?.toLowerCase() ?? "";
  return alike[ending] ?? ending;
}

const longestName = 60;
/** Of a longer name the rest is not even looked at: it can be as long as whoever wrote it likes. */
const longestRead = 500;

/** A name that is only a name on every system, is read as it is written, and ends with what the file is. */
export function fileName(wanted: string, { ending }: FileKind): string {
  const last = wanted.split(/[/\\]/).at(-1) ?? "";
  const plain = last
    .slice(0, longestRead)
    .replace(/[\p{C}\p{Zl}\p{Zp}]/gu, "")
    .normalize("NFC")
    .replace(/[^\p{L}\p{M}\p{N}._() +-]/gu, "_")
    .replace(/[\s_]{2,}/g, "_")
    .replace(/^[\s._-]+|[\s._-]+$/g, "");
  const named = endingOf(plain) === ending ? plain.slice(0, plain.lastIndexOf(".")) : plain;
  const body = [...named]
    .slice(0, longestName)
    .join("")
    .replace(/[\s._-]+$/, "");
  return `${body || "file"}.${ending}`;
}
