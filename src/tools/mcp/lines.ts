/** Takes bytes apart into lines, in bounded memory. */
export type Lines = { take(chunk: Buffer): void };

/** What is left of a line too long to keep: how it began and how it ended. */
export type LongLine = { head: string; tail: string; bytes: number };

const newline = 0x0a;
const keptOfLong = 200;

/** Lines up to so many bytes go whole to `line`, a longer one by its ends to `long`. */
export function createLines(most: number, on: { line(line: Buffer): void; long(line: LongLine): void }): Lines {
  let parts: Buffer[] = [];
  let bytes = 0;
  let head: string | undefined;
  let tail = Buffer.alloc(0);

  function grow(piece: Buffer): void {
    bytes += piece.length;
    if (head === undefined) {
      parts.push(piece);
      if (bytes <= most) return;
      head = Buffer.concat(parts).subarray(0, keptOfLong).toString();
      tail = Buffer.from(Buffer.concat(parts.slice(-2)).subarray(-keptOfLong));
      parts = [];
    } else tail = Buffer.from(Buffer.concat([tail, piece.subarray(-keptOfLong)]).subarray(-keptOfLong));
  }

  function end(): void {
    if (head === undefined) on.line(parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts));
    else on.long({ head, tail: tail.toString(), bytes });
    [parts, bytes, head] = [[], 0, undefined];
  }

  return {
    take(chunk) {
      let from = 0;
      for (let at = chunk.indexOf(newline); at >= 0; at = chunk.indexOf(newline, from)) {
        grow(chunk.subarray(from, at));
        end();
        from = at + 1;
      }
      if (from < chunk.length) grow(chunk.subarray(from));
    },
  };
}
