import type { ChatFile } from "../../src/chat.ts";
import { type Clock, pause } from "./clock.ts";
import { isFields } from "./fields.ts";
import { readFile as readTold } from "./messages.ts";
import { deliveryError } from "./refusals.ts";
import type { Wire } from "./wire.ts";

const mostBytes = 20 * 1024 * 1024;
const mostRedirects = 3;
// What is heard must be acknowledged within three seconds.
const patience = 1_000;

/** Reads a file that came with a message, with the bot's token: only from Slack's own hosts, at most 20 MB. */
export async function readFile(
  file: ChatFile,
  options: { wire: Wire; token: string; isSlacks: (url: URL) => boolean; signal: AbortSignal },
): Promise<Uint8Array> {
  if (file.size > mostBytes) throw new Error(`${file.name} is larger than 20 MB.`);
  let url = isBare(file) ? await addressOfFile(file, options.wire) : file.ref;
  for (let hop = 0; hop <= mostRedirects; hop++) {
    if (!URL.canParse(url) || !options.isSlacks(new URL(url))) {
      throw new Error(`${file.name} is not kept by Slack; the bot's token does not go elsewhere.`);
    }
    const headers = { authorization: `Bearer ${options.token}` };
    const answer = await fetch(url, { headers, redirect: "manual", signal: options.signal }).catch((cause) => {
      throw new Error(`Slack could not be reached to read ${file.name}.`, { cause });
    });
    const next = answer.status >= 300 && answer.status < 400 ? answer.headers.get("location") : undefined;
    // Without the right to read it, Slack leads to its login page, or answers with that and 200.
    if (!next) return bytesOf(file, answer, hop > 0 && !/^\/files/.test(new URL(url).pathname));
    await answer.body?.cancel();
    url = new URL(next, url).href;
  }
  throw new Error(`Slack sends from one address to the next for ${file.name}.`);
}

/** Does Slack tell no more of it than its id? So it does of another workspace's files. */
export function isBare(file: ChatFile): boolean {
  return !file.ref.includes(":");
}

/** Files with what an event left out, as far as Slack tells it soon. */
export async function knownFiles(files: ChatFile[], wire: Wire, clock: Clock): Promise<ChatFile[]> {
  const ask = async (file: ChatFile): Promise<ChatFile> => {
    if (!isBare(file)) return file;
    const { file: told } = await wire.call("files.info", () => wire.client.files.info({ file: file.ref }));
    return (isFields(told) && readTold(told)[0]) || file;
  };
  const asked = Promise.all(files.map((file) => ask(file).catch(() => file)));
  return Promise.race([asked, pause(clock, patience).then(() => files)]);
}

/** Of a file from another workspace an event tells the id alone. */
async function addressOfFile(file: ChatFile, wire: Wire): Promise<string> {
  try {
    const { file: told } = await wire.call("files.info", () => wire.client.files.info({ file: file.ref }));
    return told?.url_private_download ?? told?.url_private ?? "";
  } catch (error) {
    throw deliveryError(error, `read ${file.name}`);
  }
}

async function bytesOf(file: ChatFile, answer: Response, isElsewhere: boolean): Promise<Uint8Array> {
  const mayBePage = /^(?:text\/html|application\/vnd\.slack-docs)/.test(file.type) && !isElsewhere;
  const isPage = answer.headers.get("content-type")?.startsWith("text/html") && !mayBePage;
  if (!answer.ok || isPage) {
    await answer.body?.cancel();
    throw new Error(`Slack did not hand out ${file.name} (${isPage ? "files:read is missing" : answer.status}).`);
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of answer.body ?? []) {
    size += chunk.length;
    if (size > mostBytes) throw new Error(`${file.name} is larger than 20 MB.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
