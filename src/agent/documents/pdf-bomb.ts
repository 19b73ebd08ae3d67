import { constants, inflateSync } from "node:zlib";

/** What one stream of a PDF, and all of them, may unpack to: an honest page is far below, and nothing else limits it. */
const mostInOne = 64 * 1024 * 1024;
const mostInAll = 512 * 1024 * 1024;
/** A stream may be packed several times over. */
const mostLayers = 3;

const begin = Buffer.from("stream");
const end = Buffer.from("endstream");

/** Whether a PDF unpacks to far more than anybody would write. */
export function isPdfBomb(bytes: Uint8Array): boolean {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  let all = 0;
  for (let at = file.indexOf(begin); at >= 0; ) {
    let start = at + begin.length;
    if (file[start] === 13) start++;
    if (file[start] === 10) start++;
    const size = unpackedSize(file.subarray(start));
    all += size;
    if (size > mostInOne || all > mostInAll) return true;
    const next = file.indexOf(end, start);
    at = next < 0 ? -1 : file.indexOf(begin, next + end.length);
  }
  return false;
}

/** How large a packed stream becomes, at its largest layer; 0 for what is not packed. */
function unpackedSize(packed: Uint8Array): number {
  let layer = packed;
  let largest = 0;
  for (let depth = 0; depth < mostLayers && isZlib(layer); depth++) {
    try {
      // What is cut off or followed by something is as good as a reader of PDFs would take it.
      layer = inflateSync(layer, { maxOutputLength: mostInOne, finishFlush: constants.Z_SYNC_FLUSH });
    } catch (error) {
      const tooLarge = error instanceof Error && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE";
      return tooLarge ? mostInOne + 1 : largest;
    }
    largest = Math.max(largest, layer.length);
  }
  return largest;
}

function isZlib(bytes: Uint8Array): boolean {
  const [first = 0, second = 0] = bytes;
  return (first & 0x0f) === 8 && (first * 256 + second) % 31 === 0;
}
