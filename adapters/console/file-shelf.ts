import { randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import type { ChatFile, PersonId } from "../../src/chat.ts";

/** The largest file somebody can send. */
export const largestFile = 30 * 1024 * 1024;

const mb = 1024 * 1024;

/** Says that a file has more bytes than fit. */
export class FileTooLarge extends Error {
  override name = "FileTooLarge";
}

/** The files of the console's messages, as bytes on disk. When the shelf is full, the oldest make room. */
export type FileShelf = {
  /** Makes known what the messages of an earlier life have, and deletes the rest. */
  load(files: Iterable<ChatFile>): Promise<void>;
  /** Contract: rejects with `FileTooLarge`, and leaves nothing behind when it rejects. */
  put(about: { name: string; type: string; by: PersonId }, bytes: AsyncIterable<Uint8Array>): Promise<ChatFile>;
  /** A file that is still there, and who brought it in this life of the shelf. */
  find(ref: string): { file: ChatFile; by?: PersonId } | undefined;
  read(ref: string, signal: AbortSignal): Promise<Uint8Array>;
  stream(ref: string): Readable;
  forget(refs: string[]): void;
  /** Resolves once nothing is being deleted any more; a shelf without a folder of its own is gone then. */
  close(): Promise<void>;
};

/** Opens a shelf in a folder, which is made when it is first needed; without one, in a folder that goes when it closes. */
export function createFileShelf(dir?: string, options: { largestSum?: number } = {}): FileShelf {
  const { largestSum = 500 * mb } = options;
  const known = new Map<string, { file: ChatFile; by?: PersonId }>();
  const going = new Set<Promise<unknown>>();
  let made: Promise<string> | undefined;
  let path = dir ?? "";

  function folder(): Promise<string> {
    made ??= (dir ? mkdir(dir, { recursive: true }).then(() => dir) : mkdtemp(join(tmpdir(), "bellhop-files-"))).then(
      (found) => {
        path = found;
        return found;
      },
    );
    return made;
  }
  function discard(ref: string): void {
    // A file that could not be deleted belongs to no message: the next life deletes it.
    const gone = rm(join(path, ref), { force: true })
      .catch(() => {})
      .finally(() => going.delete(gone));
    going.add(gone);
  }
  function forget(refs: string[]): void {
    for (const ref of refs) if (known.delete(ref)) discard(ref);
  }
  function makeRoom(size: number): void {
    let sum = size;
    for (const { file } of known.values()) sum += file.size;
    for (const { file } of [...known.values()]) {
      if (sum <= largestSum) return;
      sum -= file.size;
      forget([file.ref]);
    }
  }
  function there(ref: string): string {
    if (!known.has(ref)) throw new Error("The console does not have this file any more.");
    return join(path, ref);
  }

  return {
    async load(files) {
      if (!dir) return;
      const names: string[] = await readdir(dir).catch(() => []);
      for (const file of files) if (names.includes(file.ref)) known.set(file.ref, { file });
      for (const name of names) if (!known.has(name)) discard(name);
    },

    async put({ name, type, by }, bytes) {
      const ref = randomUUID();
      const path = join(await folder(), ref);
      let size = 0;
      async function* counted(): AsyncGenerator<Uint8Array> {
        for await (const chunk of bytes) {
          size += chunk.length;
          if (size > largestFile) throw new FileTooLarge(`A file may have at most ${largestFile / mb} MB.`);
          yield chunk;
        }
      }
      try {
        await writeFile(path, counted(), { flag: "wx" });
      } catch (error) {
        discard(ref);
        throw error;
      }
      makeRoom(size);
      const file = { name, type, size, ref };
      known.set(ref, { file, by });
      return file;
    },

    find: (ref) => known.get(ref),
    read: async (ref, signal) => readFile(there(ref), { signal }),
    stream: (ref) => createReadStream(there(ref)),
    forget,

    async close() {
      await Promise.all(going);
      if (made && !dir) await rm(await made, { recursive: true, force: true });
    },
  };
}
