import { pipeline } from "node:stream/promises";
import type { ChatFile, PersonId } from "../../src/chat.ts";
import type { Answering, Asking } from "./asking.ts";
import { FileTooLarge, largestFile } from "./file-shelf.ts";
import { answer, Looking, Refusal, Sending } from "./requests.ts";
import { sees } from "./wire.ts";

/** Images that are shown as such; an SVG may run scripts. */
const pictures = new Set(["image/png", "image/jpeg", "image/gif", "image/webp"]);

/** Files in and out. */
export function sharingRoutes(asking: Asking): Record<"send" | "fetch", Answering> {
  const { workspace, shelf } = asking.parts;

  const send: Answering = async (request, response, url) => {
    asking.listening();
    const { as, name } = asking.query(url, Sending);
    if (Number(request.headers["content-length"] ?? 0) > largestFile) throw tooLarge();
    const about = { name: safeName(name), type: safeType(request.headers["content-type"]), by: as };
    const file = await shelf.put(about, request).catch((error: unknown) => {
      throw error instanceof FileTooLarge ? tooLarge() : error;
    });
    answer(response, 201, file);
  };

  const fetch: Answering = async (_request, response, url) => {
    const { as } = asking.query(url, Looking);
    const file = visible(url.pathname.slice("/console/files/".length), as);
    const picture = pictures.has(file.type);
    response.writeHead(200, {
      "content-type": picture ? file.type : file.type.startsWith("text/") ? "text/plain" : "application/octet-stream",
      "content-length": file.size,
      "content-disposition": `${picture ? "inline" : "attachment"}; filename*=UTF-8''${encoded(file.name)}`,
      "content-security-policy": "default-src 'none'; sandbox",
      "cross-origin-resource-policy": "same-origin",
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "cache-control": "private, max-age=3600",
    });
    // A reader who goes away ends it.
    await pipeline(shelf.stream(file.ref), response).catch(() => response.destroy());
  };

  /** A file that a person sent, or sees in a message. */
  function visible(ref: string, as: PersonId): ChatFile {
    const found = shelf.find(ref);
    const seen = [...workspace.messages()].some(
      (message) =>
        message.files?.some((file) => file.ref === ref) && workspace.canRead(as, message.channel) && sees(as, message),
    );
    if (!found || !(seen || found.by === as)) throw new Refusal(404, "no_such_file", "This file is no longer there.");
    return found.file;
  }

  return { send, fetch };
}

function tooLarge(): Refusal {
  return new Refusal(413, "too_large", "A file may have at most 30 MB.");
}

/** The last part of a path, without what could mislead in a name. */
function safeName(name: string): string {
  const last = name.split(/[\\/]/).at(-1) ?? "";
  const shown = last.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, "").trim();
  return [...shown].slice(-150).join("") || "file";
}

function safeType(type: string | undefined): string {
  return /^[\w.+-]+\/[\w.+-]+/.exec(type ?? "")?.[0].toLowerCase() ?? "application/octet-stream";
}

function encoded(name: string): string {
  return encodeURIComponent(name).replace(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}
