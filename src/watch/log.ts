import { appendFileSync, existsSync, renameSync, rmSync, statSync } from "node:fs";
import { Writable } from "node:stream";
import { type Logger, pino } from "pino";
import type { Redact } from "./redact.ts";

export type { Logger } from "pino";

const fileLimit = 10 * 1024 * 1024;
const filesKept = 5;

/**
 * JSON logs, redacted by value on every line whatever the depth; to standard error, and to a file rotated by size.
 * Contract: throws when the file can't be written at the start; later on, standard error has it all.
 */
export function createLog(options: {
  level: string;
  file?: string | undefined;
  redact: Redact;
  toStandardError?: (line: string) => void;
}): Logger {
  const toStandardError = options.toStandardError ?? ((line) => void process.stderr.write(line));
  const toFile = options.file ? rotatingFile(options.file, fileFailed) : undefined;
  const sink = new Writable({
    decodeStrings: false,
    write(chunk: string | Buffer, _encoding, done) {
      const line = options.redact(chunk.toString());
      toStandardError(line);
      toFile?.(line);
      done();
    },
  });
  function fileFailed(error: unknown): void {
    const told = { level: 50, time: new Date().toISOString(), msg: `the log file can't be written: ${error}` };
    toStandardError(`${options.redact(JSON.stringify(told))}\n`);
  }
  return pino({ level: options.level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, sink);
}

/** Appends to a file; past 10 MB it becomes `file.1`, and so on, five kept. What a full disk does not take is left out. */
function rotatingFile(file: string, failed: (error: unknown) => void): (line: string) => void {
  appendFileSync(file, "");
  let size = statSync(file).size;
  let isFailing = false;

  function append(line: string): void {
    if (size + line.length > fileLimit) {
      rmSync(`${file}.${filesKept - 1}`, { force: true });
      for (let n = filesKept - 2; n >= 1; n--)
        if (existsSync(`${file}.${n}`)) renameSync(`${file}.${n}`, `${file}.${n + 1}`);
      if (existsSync(file)) renameSync(file, `${file}.1`);
      size = 0;
    }
    appendFileSync(file, line);
    size += Buffer.byteLength(line);
  }

  return (line) => {
    try {
      append(line);
      isFailing = false;
    } catch (error) {
      // Told once: a sink that throws would end the log for good.
      if (!isFailing) failed(error);
      isFailing = true;
    }
  };
}
