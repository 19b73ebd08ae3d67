import { createHmac, randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { StoreError } from "./database.ts";

const file = "secret.key";
const wanted = /^[0-9a-fA-F]{64}$/;

/** The key for what is kept sealed: the one given (64 hex digits), else that of the data folder, made there once. */
export async function openSecretKey(dir: string, given?: string): Promise<Buffer> {
  return Buffer.from(given ?? (await kept(dir)), "hex");
}

/** What proves to a Bellhop of the same machine that one may read its data folder; it tells nothing of the key itself. */
export function localKeyOf(key: Buffer): string {
  return createHmac("sha256", key).update("bellhop local api").digest("hex");
}

/** The same for a program beside it: undefined where there is no key to be read. */
export async function readLocalKey(dir: string, given?: string): Promise<string | undefined> {
  const found = given || (await readFile(join(dir, file), "utf8").catch(() => "")).trim();
  return wanted.test(found) ? localKeyOf(Buffer.from(found, "hex")) : undefined;
}

async function kept(dir: string): Promise<string> {
  const path = join(dir, file);
  try {
    await mkdir(dir, { recursive: true });
    const fresh = randomBytes(32).toString("hex");
    await writeFile(path, `${fresh}\n`, { flag: "wx", mode: 0o600 });
    return fresh;
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST"))
      throw new StoreError(`the key ${path} could not be made: ${String(error)}`, { cause: error });
  }
  const found = (await readFile(path, "utf8")).trim();
  if (wanted.test(found)) return found;
  throw new StoreError(
    `${path} holds no key: wanted 64 hex digits. Put back the one that was there, or move the file away; what was sealed with it is lost then.`,
  );
}
