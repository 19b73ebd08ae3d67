import { appendFileSync, existsSync, renameSync, rmSync, statSync } from "node:fs";
import { Writable } from "node:stream";
import { type Logger, pino } from "pino";
import type { Redact } from "./redact.ts";

export type { Logger } from "pino";

const fileLimit = 10 * 1024 * 1024;
const filesKept = 5;

/** JSON logs, redacted by value on every line whatever the depth; to standard error, and to a file rotated by size. */
export function createLog(options: {
  level: string;
  file?: string | undefined;
  redact: Redact;
  toStandardError?: (line: string) => void;
}): Logger {
  const toStandardError = options.toStandardError ?? ((line) => void process.stderr.write(line));
  const toFile = options.file ? rotatingFile(options.file) : undefined;
  const sink = new Writable({
    decodeStrings: false,
    write(chunk: string | Buffer, _encoding, done) {
      const line = options.redact(chunk.toString());
      toStandardError(line);
      toFile?.(line);
      done();
    },
  });
  return pino({ level: options.level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, sink);
}

/** Appends to a file; past 10 MB it becomes `file.1`, and so on, five kept. */
function rotatingFile(file: string): (line: string) => void {
  let size = existsSync(file) ? statSync(file).size : 0;
  return (line) => {
    if (size + line.length > fileLimit) {
      rmSync(`${file}.${filesKept - 1}`, { force: true });
      for (let n = filesKept - 2; n >= 1; n--)
        if (existsSync(`${file}.${n}`)) renameSync(`${file}.${n}`, `${file}.${n + 1}`);
      if (existsSync(file)) renameSync(file, `${file}.1`);
      size = 0;
    }
    appendFileSync(file, line);
    size += Buffer.byteLength(line);
  };
}
