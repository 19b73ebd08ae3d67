/** How far into a file readers look for the mark of a PDF; mail and proxies may put something before it. */
const farthest = 1024;
const end = 2048;

/** Whether a file is a PDF, by its mark. A text that only speaks of the mark is none. */
export function isPdf(bytes: Uint8Array): boolean {
  const head = latin(bytes.subarray(0, farthest));
  if (/^(?:\u00EF\u00BB\u00BF)?\s*%PDF-\d/.test(head)) return true;
  return /[\r\n]%PDF-\d\.\d\s/.test(head) && latin(bytes.subarray(-end)).includes("startxref");
}

function latin(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
}
