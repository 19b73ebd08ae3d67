import { createHash, randomUUID } from "node:crypto";
import { mkdir, open, readdir, readFile, rename, rm, stat, utimes } from "node:fs/promises";
import { join } from "node:path";

/** Says why a file can't be had from the shelf, or not be laid on it. */
export class ShelfError extends Error {
  override name = "ShelfError";
}

/** Files on their way to people, as bytes on disk: what is durable names them, and does not hold them. */
export type Shelf = {
  /** Contract: the bytes are durable under this name when it resolves. The same bytes of one owner have one name. */
  put(owner: string, bytes: Uint8Array): Promise<string>;
  /** Contract: rejects with `ShelfError` when they are not there any more, or not as they were. */
  read(ref: string): Promise<Uint8Array>;
  /** Contract: nothing of these owners is kept when this resolves. */
  forget(owners: readonly string[]): Promise<void>;
  sweep(before: number): Promise<void>;
};

const mb = 1024 * 1024;
const owners = /^[a-z0-9_-]{1,80}$/i;
const refs = /^[a-z0-9_-]{1,80}\.[0-9a-f]{64}$/i;

/** The shelf in a folder, which is made when it is first needed. When it is full, the oldest files make room. */
export function openShelf(dir: string, now: () => number, options: { mostBytes?: number } = {}): Shelf {
  const { mostBytes = 1024 * mb } = options;
  /** Sizes by name, the one laid down longest ago first. */
  let known: Map<string, number> | undefined;
  let turn: Promise<unknown> = Promise.resolve();

  /** One at a time: what is known and what lies there must not part. */
  function inTurn<Done>(work: (sizes: Map<string, number>) => Promise<Done>): Promise<Done> {
    const done = turn.then(async () => {
      known ??= await look();
      return work(known);
    });
    turn = done.catch(() => {
      // What lies there is looked at anew.
      known = undefined;
    });
    return done;
  }

  async function look(): Promise<Map<string, number>> {
    const names: string[] = await readdir(dir).catch(() => []);
    const found = await Promise.all(
      names.map(async (name) => {
        // What an earlier process did not finish laying down is nobody's.
        if (!refs.test(name)) await rm(join(dir, name), { force: true });
        const { size, mtimeMs } = await stat(join(dir, name)).catch(() => ({ size: 0, mtimeMs: 0 }));
        return { name, size, mtimeMs };
      }),
    );
    const laid = found.filter(({ name }) => refs.test(name)).sort((a, b) => a.mtimeMs - b.mtimeMs);
    return new Map(laid.map(({ name, size }) => [name, size]));
  }

  async function discard(sizes: Map<string, number>, names: readonly string[]): Promise<void> {
    for (const name of names) {
      await rm(join(dir, name), { force: true });
      sizes.delete(name);
    }
  }

  async function makeRoom(sizes: Map<string, number>, size: number): Promise<void> {
    let sum = size;
    for (const one of sizes.values()) sum += one;
    for (const [name, one] of [...sizes]) {
      if (sum <= mostBytes) return;
      await discard(sizes, [name]);
      sum -= one;
    }
  }

  async function layDown(name: string, bytes: Uint8Array): Promise<void> {
    await mkdir(dir, { recursive: true, mode: 0o700 });
    const unfinished = join(dir, `${randomUUID()}.part`);
    try {
      const file = await open(unfinished, "wx", 0o600);
      try {
        await file.writeFile(bytes);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(unfinished, join(dir, name));
    } catch (error) {
      await rm(unfinished, { force: true }).catch(() => {});
      throw error;
    }
  }

  /** Counts as laid down now; false when it is not there. */
  async function isTouched(ref: string): Promise<boolean> {
    const at = now() / 1000;
    return utimes(join(dir, ref), at, at).then(
      () => true,
      () => false,
    );
  }

  return {
    put(owner, bytes) {
      return inTurn(async (sizes) => {
        if (!owners.test(owner)) throw new ShelfError(`nobody called "${owner}" may lay files down`);
        if (bytes.length > mostBytes) throw new ShelfError(`${bytes.length} bytes are more than fit`);
        const ref = `${owner}.${hashOf(bytes)}`;
        const isThere = sizes.delete(ref) && (await isTouched(ref));
        if (!isThere) {
          await makeRoom(sizes, bytes.length);
          await layDown(ref, bytes);
          await isTouched(ref);
        }
        sizes.set(ref, bytes.length);
        return ref;
      });
    },

    async read(ref) {
      if (!refs.test(ref)) throw new ShelfError(`"${ref}" names no file`);
      let bytes: Uint8Array;
      try {
        bytes = await readFile(join(dir, ref));
      } catch (cause) {
        throw new ShelfError(`the file ${ref} is not there any more`, { cause });
      }
      if (!ref.endsWith(`.${hashOf(bytes)}`)) throw new ShelfError(`the file ${ref} is damaged`);
      return bytes;
    },

    forget: (gone) =>
      inTurn(async (sizes) => {
        const theirs = [...sizes.keys()].filter((name) => gone.includes(name.slice(0, name.lastIndexOf("."))));
        await discard(sizes, theirs);
      }),

    sweep: (before) =>
      inTurn(async (sizes) => {
        const old: string[] = [];
        for (const name of sizes.keys()) {
          const { mtimeMs } = await stat(join(dir, name)).catch(() => ({ mtimeMs: 0 }));
          if (mtimeMs < before) old.push(name);
        }
        await discard(sizes, old);
      }),
  };
}

function hashOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
