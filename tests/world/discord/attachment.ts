import type { Attachment, Channel } from "./entities.ts";
import type { World } from "./world.ts";

const byEnding: Record<string, string> = {
  txt: "text/plain; charset=utf-8",
  log: "text/plain; charset=utf-8",
  md: "text/markdown; charset=utf-8",
  csv: "text/csv; charset=utf-8",
  html: "text/html; charset=utf-8",
  json: "application/json; charset=utf-8",
  pdf: "application/pdf",
  png: "image/png",
  ogg: "audio/ogg",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  gif: "image/gif",
  webp: "image/webp",
};

/** A file as it is kept with a message; its type follows its name, whatever the sender called it. */
export function newAttachment(
  world: World,
  channel: Channel,
  file: {
    name: string;
    bytes: Buffer;
    description?: string | undefined;
    voice?: { seconds: number; waveform: string };
  },
): Attachment {
  const filename = file.name.replaceAll(/[^\p{L}\p{N}._-]/gu, "_");
  const ending = filename.split(".").at(-1)?.toLowerCase() ?? "";
  return {
    id: world.id(),
    filename,
    contentType: byEnding[ending] ?? "application/octet-stream",
    description: file.description,
    bytes: file.bytes,
    channelId: channel.id,
    voice: file.voice,
  };
}
