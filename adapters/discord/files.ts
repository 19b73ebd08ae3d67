import type { ChatFile } from "../../src/chat.ts";

const largest = 25 * 1_024 * 1_024;
const hosts = new Set(["cdn.discordapp.com", "media.discordapp.net"]);

/** Reads a file that came with a message: from Discord's own hosts only, and no more than 25 MB of it. */
export async function readFile(file: ChatFile, apiUrl: string | undefined, signal: AbortSignal): Promise<Uint8Array> {
  const url = new URL(file.ref);
  const own = url.protocol === "https:" && url.port === "" && hosts.has(url.hostname);
  if (!own && (!apiUrl || url.origin !== new URL(apiUrl).origin)) {
    throw new Error(`${file.name} is not on one of Discord's hosts, so I don't read it`);
  }
  const response = await fetch(url, { signal, redirect: "error" });
  if (!response.ok || !response.body) throw new Error(`Discord did not give ${file.name} (HTTP ${response.status})`);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body) {
    size += chunk.byteLength;
    if (size > largest) throw new Error(`${file.name} is larger than 25 MB, so I don't read it`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
