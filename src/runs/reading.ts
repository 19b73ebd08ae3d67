import type { DocumentFile, DocumentText } from "../agent/documents/document.ts";
import { isPdf } from "../agent/documents/pdf-mark.ts";
import type { WorkerMessage } from "./crossing.ts";
import type { Seat, StartWorkers, Workers, WorkersOptions } from "./workers.ts";

/** Has files read by workers: texts by those that run agents, PDFs one after the other by a worker of their own. */
export type Reading = {
  /** Contract: rejects only when `signal` is aborted. A PDF's bytes are handed over: nobody may use them afterwards. */
  read(file: DocumentFile, signal: AbortSignal): Promise<DocumentText>;
  /** A worker that runs agents has told what a file says. */
  said(message: Extract<WorkerMessage, { kind: "text" }>): void;
  /** There may be a worker now that takes texts. */
  opened(): void;
  lost(seat: Seat): void;
  stop(): Promise<void>;
};

/** How files are read; `seat` is the worker with the least to do, if one is open. */
export type ReadingOptions = {
  start: StartWorkers;
  workers: WorkersOptions;
  seat(): Seat | undefined;
  waitMs: number;
  idleMs: number;
};

/** A file that is to be read. */
type Errand = {
  id: string;
  file: DocumentFile;
  tries: number;
  seat?: Seat | undefined;
  done(text: DocumentText): void;
};

/** Prepares to have files read; the worker for PDFs starts with the first, and ends when none came for a while. */
export function createReading({ start, workers, seat, waitMs, idleMs }: ReadingOptions): Reading {
  const texts = new Map<string, Errand>();
  /** The first is with the reader, the others wait. */
  const pdfs: Errand[] = [];
  let reader: Workers | undefined;
  let idle: NodeJS.Timeout | undefined;
  let count = 0;
  let stopped = false;

  function startTexts(): void {
    for (const errand of texts.values()) {
      if (errand.seat) continue;
      const free = seat();
      if (!free) return;
      errand.seat = free;
      errand.tries++;
      // A copy: if the worker is lost, another one gets it.
      free.tell({ kind: "read", id: errand.id, file: { ...errand.file, bytes: movable(errand.file.bytes) } });
    }
  }

  function startPdfs(): void {
    const errand = pdfs[0];
    clearTimeout(idle);
    if (stopped) return;
    if (!errand) {
      idle = setTimeout(closeReader, idleMs).unref();
      return;
    }
    reader ??= start({ ...workers, count: 1, called: "reader" }, { said: told, opened: startPdfs, lost: lostReader });
    const free = reader.seats.find((one) => one.open);
    if (!free || errand.seat) return;
    errand.seat = free;
    const { name, type } = errand.file;
    const bytes = movable(errand.file.bytes);
    free.tell({ kind: "read", id: errand.id, file: { name, type, bytes } }, [bytes.buffer]);
  }

  function closeReader(): Promise<void> | undefined {
    const closing = reader?.stop();
    reader = undefined;
    return closing;
  }

  /** Nobody waits for it any more. The reader, if it is at it, makes room for a new one. */
  function giveUp(errand: Errand): void {
    const at = pdfs.indexOf(errand);
    if (at < 0) return;
    pdfs.splice(at, 1);
    if (errand.seat) void closeReader();
    startPdfs();
  }

  function told(_: Seat, message: WorkerMessage): void {
    if (message.kind !== "text" || pdfs[0]?.id !== message.id) return;
    pdfs.shift()?.done(message.text);
    startPdfs();
  }

  /** It read one file alone: that one was why. */
  function lostReader(): void {
    if (pdfs[0]?.seat) pdfs.shift()?.done({ skipped: "damaged" });
    startPdfs();
  }

  return {
    read(file, signal) {
      if (signal.aborted) return Promise.reject(signal.reason);
      return new Promise((resolve, reject) => {
        const id = `read-${++count}`;
        const pdf = isPdf(file.bytes);
        const leave = () => {
          clearTimeout(timer);
          signal.removeEventListener("abort", abandon);
          texts.delete(id);
        };
        const errand: Errand = {
          id,
          file,
          tries: 0,
          done(text) {
            leave();
            resolve(text);
          },
        };
        const abandon = () => {
          leave();
          giveUp(errand);
          reject(signal.reason);
        };
        const timer = setTimeout(() => {
          errand.done({ skipped: "too-slow" });
          giveUp(errand);
        }, waitMs);
        signal.addEventListener("abort", abandon, { once: true });
        if (stopped) return errand.done({ skipped: "damaged" });
        if (pdf) {
          pdfs.push(errand);
          startPdfs();
        } else {
          texts.set(id, errand);
          startTexts();
        }
      });
    },
    said: ({ id, text }) => texts.get(id)?.done(text),
    opened: startTexts,
    lost(seat) {
      for (const errand of texts.values()) {
        if (errand.seat !== seat) continue;
        errand.seat = undefined;
        if (errand.tries > 1) errand.done({ skipped: "damaged" });
      }
      startTexts();
    },
    async stop() {
      stopped = true;
      clearTimeout(idle);
      await closeReader();
      for (const errand of [...texts.values(), ...pdfs.splice(0)]) errand.done({ skipped: "damaged" });
    },
  };
}

/** The bytes in a buffer of their own: only a whole buffer can be moved, and Node's small ones share theirs. */
function movable(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer } = bytes;
  const whole = buffer instanceof ArrayBuffer && buffer.byteLength === bytes.byteLength;
  return whole ? new Uint8Array(buffer) : new Uint8Array(bytes);
}
