import { LRUCache } from "lru-cache";
import { mostBytes } from "../../agent/documents/document-text.ts";
import { dataUrl } from "../../agent/images.ts";
import type { Heard, HeardFile, SkippedFile } from "../../runs/run.ts";
import type { Runner } from "../../runs/runner.ts";
import type { Logger } from "../../watch/log.ts";

/** Reads the files that come with messages. */
export type Attachments = {
  /** Reads what can be read, each file once, and says of the others why not; images are only noted. */
  read(heard: Heard[], about: { adapter: string; seesImages: boolean }, signal: AbortSignal): Promise<void>;
  /** The newest images of a conversation as data URLs, by their `ref`. */
  images(heard: Heard[], adapter: string, signal: AbortSignal): Promise<ReadonlyMap<string, string>>;
};

const mb = 1024 * 1024;
const mostImageBytes = 5 * mb;
const mostFiles = 8;
const mostImages = 4;
const keptBytes = 32 * mb;
const imageTypes = /^image\/(png|jpe?g|gif|webp)$/i;
const imageNames = /\.(png|jpe?g|gif|webp)$/i;

/** Attachments over the adapters; what is in a file, a worker finds out. */
export function createAttachments(parts: {
  /** What is in a file of a platform's; undefined where nobody can tell. */
  contents(adapter: string, file: HeardFile, signal: AbortSignal): Promise<Uint8Array> | undefined;
  runner: Pick<Runner, "read">;
  log: Logger;
}): Attachments {
  const { runner, log } = parts;
  /** Images lately shown, for the questions that follow. */
  const shown = new LRUCache<string, string>({ maxSize: keptBytes, sizeCalculation: (url) => url.length });

  async function fetched(adapter: string, file: HeardFile, signal: AbortSignal): Promise<Uint8Array | undefined> {
    try {
      return await parts.contents(adapter, file, signal);
    } catch (error) {
      log.warn({ err: error, file: file.name }, "a file could not be fetched");
      return undefined;
    }
  }

  /** What reading gave: text, a picture to be shown, or why neither. */
  async function found(
    file: HeardFile,
    adapter: string,
    seesImages: boolean,
    signal: AbortSignal,
  ): Promise<Pick<HeardFile, "text" | "image" | "skipped">> {
    const refusal = refusalOf(file, seesImages);
    if (refusal) return { skipped: refusal };
    if (isImage(file)) return { image: true };
    const bytes = await fetched(adapter, file, signal);
    if (!bytes) return { skipped: "unreachable" };
    try {
      return await runner.read({ name: file.name, type: file.type, bytes }, signal);
    } catch (error) {
      // Stopped meanwhile: nobody will read it.
      if (signal.aborted) return {};
      throw error;
    }
  }

  return {
    async read(heard, { adapter, seesImages }, signal) {
      const files = heard.flatMap((one) => one.files);
      for (const file of files.slice(mostFiles)) file.skipped ??= "too-many";
      const unread = files.filter((file) => file.text === undefined && !file.image && !file.skipped);
      await Promise.all(
        unread.map(async (file) => Object.assign(file, await found(file, adapter, seesImages, signal))),
      );
    },
    async images(heard, adapter, signal) {
      const files = heard.flatMap((one) => one.files.filter((file) => file.image && !file.skipped)).slice(-mostImages);
      const urls = new Map<string, string>();
      for (const file of files) {
        const key = `${adapter}:${file.ref}`;
        let url = shown.get(key);
        if (!url) {
          const bytes = await fetched(adapter, file, signal);
          url = bytes && dataUrl(bytes);
          if (url) shown.set(key, url);
          else file.skipped = bytes ? "damaged" : "unreachable";
        }
        if (url) urls.set(file.ref, url);
      }
      return urls;
    },
  };
}

/** By what its platform calls it; by its name where the platform does not know. */
function isImage({ name, type }: HeardFile): boolean {
  return imageTypes.test(type) || (/^(application\/octet-stream)?$/i.test(type) && imageNames.test(name));
}

/** Why a file need not even be fetched. */
function refusalOf(file: HeardFile, seesImages: boolean): SkippedFile | undefined {
  const { name, type, size } = file;
  if (isImage(file)) return seesImages ? (size > mostImageBytes ? "too-large" : undefined) : "no-images";
  if (/^(audio|video)\//i.test(type)) return "not-text";
  const isPdf = type === "application/pdf" || /\.pdf$/i.test(name);
  return size > (isPdf ? mostBytes.pdf : mostBytes.text) ? "too-large" : undefined;
}
