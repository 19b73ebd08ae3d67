import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";
import type { Kv } from "./store.ts";

/** Says that what was kept can't be opened: it was sealed with another key, or changed since. */
export class SealError extends Error {
  override name = "SealError";
}

type Sealed = { sealed: 1; key: string; iv: string; tag: string; data: string };

/** Small values by name, encrypted where they lie (AES-256-GCM). A value put under another name opens for nobody. */
export function sealedKv(kv: Kv, key: Buffer, namespace: string): Kv {
  const keyId = createHash("sha256").update("bellhop key id").update(key).digest("hex").slice(0, 8);
  const bound = (name: string) => Buffer.from(`${namespace}:${name}`);

  return {
    async get<Value>(name: string): Promise<Value | undefined> {
      const kept = await kv.get<unknown>(name);
      if (kept === undefined || kept === null) return undefined;
      if (!isSealed(kept)) throw new SealError(`what is kept as ${namespace}:${name} is not sealed`);
      if (kept.key !== keyId) {
        throw new SealError(
          `what is kept as ${namespace}:${name} was sealed with another key (${kept.key}, this is ${keyId}): set BELLHOP_SECRET_KEY, or secret.key in the data folder, to that one`,
        );
      }
      try {
        const open = createDecipheriv("aes-256-gcm", key, Buffer.from(kept.iv, "base64"), { authTagLength: 16 });
        open.setAAD(bound(name)).setAuthTag(Buffer.from(kept.tag, "base64"));
        const text = Buffer.concat([open.update(Buffer.from(kept.data, "base64")), open.final()]).toString();
        return JSON.parse(text) as Value;
      } catch (error) {
        throw new SealError(`what is kept as ${namespace}:${name} was changed since it was sealed`, { cause: error });
      }
    },
    async set(name, value, ttlMs) {
      const iv = randomBytes(12);
      const seal = createCipheriv("aes-256-gcm", key, iv, { authTagLength: 16 });
      seal.setAAD(bound(name));
      const data = Buffer.concat([seal.update(JSON.stringify(value)), seal.final()]).toString("base64");
      const sealed: Sealed = {
        sealed: 1,
        key: keyId,
        iv: iv.toString("base64"),
        tag: seal.getAuthTag().toString("base64"),
        data,
      };
      await kv.set(name, sealed, ttlMs);
    },
    delete: (name) => kv.delete(name),
  };
}

function isSealed(value: unknown): value is Sealed {
  return typeof value === "object" && value !== null && "sealed" in value && value.sealed === 1 && "key" in value;
}
