import type { Client } from "@modelcontextprotocol/sdk/client/index.js";
import {
  type ContentBlock,
  GetPromptResultSchema,
  PromptListChangedNotificationSchema,
  type PromptMessage,
} from "@modelcontextprotocol/sdk/types.js";
import { z } from "zod";
import type { Connection } from "./connection.ts";
import { keepLists, type ListNotes, type Lists, listAll } from "./pages.ts";

/** What a prompt wants to know. */
export type PromptArgument = { name: string; description: string; required: boolean };

/** A question that a server has ready, its gaps filled in when it is asked. */
export type ListedPrompt = { name: string; title: string; description: string; arguments: PromptArgument[] };

/** What stands in a prompt besides its text: read already, or as it is. */
export type PromptFile = { name: string; type: string } & ({ text: string } | { bytes: Uint8Array });

/** What a prompt came to, in the order of its messages. */
export type FetchedPrompt = { messages: { role: "user" | "assistant"; text: string }[]; files: PromptFile[] };

/** The prompts a server has. */
export type Prompts = Lists & {
  /** Those of the last session until there is another. */
  list(): readonly ListedPrompt[];
  /** Contract: rejects with `ServerTrouble`, or because the signal did. */
  fetch(name: string, values: Record<string, string>, signal: AbortSignal): Promise<FetchedPrompt>;
  /** How what is typed for an argument could go on, as far as the server knows; `given`: what the others are. Contract: as `fetch`. */
  complete(
    name: string,
    argument: { name: string; value: string },
    given: Record<string, string>,
    signal: AbortSignal,
  ): Promise<string[]>;
};

const listMs = 20_000;
const longestDescription = 500;
const mostArguments = 50;
/** Characters of all its messages together. */
const longestPrompt = 64 * 1024;
const mostFiles = 20;
/** MCP has no more of them in one answer; a longer one is nothing to be chosen from a list. */
const [mostValues, longestValue] = [100, 200];

const name = z.string().min(1).max(200);
const told = z.string().optional();
const shorten = (text = "") => text.slice(0, longestDescription);

const kind = {
  method: "prompts/list",
  key: "prompts",
  one: z
    .object({
      name,
      title: told,
      description: told,
      arguments: z.array(z.object({ name, description: told, required: z.boolean().optional() })).optional(),
    })
    .transform(
      ({ name, title, description, arguments: wanted = [] }): ListedPrompt => ({
        name,
        title: shorten(title),
        description: shorten(description),
        arguments: wanted.slice(0, mostArguments).map((one) => ({
          name: one.name,
          description: shorten(one.description),
          required: one.required === true,
        })),
      }),
    ),
};

const Completed = z.looseObject({ completion: z.looseObject({ values: z.array(z.unknown()) }) });
/** What has breaks or signs of control in it can't be typed. */
const Value = z
  .string()
  .min(1)
  .max(longestValue)
  .regex(/^\P{C}+$/u);

/** The prompts of the server at the other end. */
export function promptsOf(connection: () => Pick<Connection, "ask">, notes: ListNotes): Prompts {
  let prompts: ListedPrompt[] = [];
  const lists = keepLists({
    has: (client: Client) => client.getServerCapabilities()?.prompts !== undefined,
    canChange: (client) => client.getServerCapabilities()?.prompts?.listChanged === true,
    async read(client) {
      prompts = await listAll(client, kind, listMs);
      notes.listed("prompts", prompts.length);
    },
    none() {
      prompts = [];
    },
    onChange: (client, changed) => client.setNotificationHandler(PromptListChangedNotificationSchema, changed),
    failed: (error) => notes.failed("prompts", error),
  });
  return {
    ...lists,
    list: () => prompts,
    async fetch(name, values, signal) {
      const params = { name, ...(Object.keys(values).length > 0 ? { arguments: values } : {}) };
      const { messages } = await connection().ask(
        (client, options) => client.request({ method: "prompts/get", params }, GetPromptResultSchema, options),
        signal,
      );
      return fetchedFrom(messages);
    },
    async complete(name, argument, given, signal) {
      const context = Object.keys(given).length > 0 ? { context: { arguments: given } } : {};
      const params = { ref: { type: "ref/prompt", name }, argument, ...context };
      const { completion } = await connection().ask(
        async (client, options) =>
          client.getServerCapabilities()?.completions
            ? client.request({ method: "completion/complete", params }, Completed, options)
            : { completion: { values: [] } },
        signal,
      );
      const values = completion.values.slice(0, mostValues).flatMap((one) => Value.safeParse(one).data ?? []);
      return [...new Set(values)];
    },
  };
}

function fetchedFrom(written: PromptMessage[]): FetchedPrompt {
  const files: PromptFile[] = [];
  const messages: FetchedPrompt["messages"] = [];
  let room = longestPrompt;
  let left = 0;
  for (const { role, content } of written) {
    const isFile = content.type !== "text" && content.type !== "resource_link";
    if (isFile && files.length === mostFiles) {
      left++;
      continue;
    }
    const { text, file } = readBlock(content, files.length + 1);
    if (file) files.push("text" in file ? { ...file, text: file.text.slice(0, longestPrompt) } : file);
    if (text === "" || room === 0) continue;
    const kept = text.slice(0, room);
    messages.push({ role, text: kept.length < text.length ? `${kept}\n[… the rest of it was left out]` : kept });
    room -= kept.length;
  }
  if (left > 0) messages.push({ role: "user", text: `[${left} more files came with it; they were left out]` });
  return { messages, files };
}

/** A piece of a message, as text or as a file. */
function readBlock(block: ContentBlock, nth: number): { text: string; file?: PromptFile } {
  switch (block.type) {
    case "text":
      return { text: block.text };
    case "image":
    case "audio": {
      const { mimeType: type, data } = block;
      return { text: "", file: { name: `${block.type}-${nth}.${endingOf(type)}`, type, bytes: bytesOf(data) } };
    }
    case "resource_link":
      return { text: [`[${block.title ?? block.name}](${block.uri})`, block.description].filter(Boolean).join(": ") };
    case "resource": {
      const { resource } = block;
      const type = resource.mimeType ?? ("text" in resource ? "text/plain" : "application/octet-stream");
      const file = { name: fileNameOf(resource.uri) ?? `file-${nth}.${endingOf(type)}`, type };
      if ("text" in resource) return { text: "", file: { ...file, text: resource.text } };
      return { text: "", file: { ...file, bytes: bytesOf(resource.blob) } };
    }
  }
}

function bytesOf(base64: string): Uint8Array {
  return Buffer.from(base64, "base64");
}

function endingOf(type: string): string {
  return /^[a-z]+\/(?:x-)?([a-z0-9]{1,8})/i.exec(type)?.[1]?.toLowerCase() ?? "bin";
}

/** What a file at a URI would be called, where that tells anything. */
function fileNameOf(uri: string): string | undefined {
  const last =
    uri
      .replace(/[?#].*$/s, "")
      .split("/")
      .at(-1) ?? "";
  try {
    return (
      decodeURIComponent(last)
        .replace(/[\p{Cc}/\\]/gu, "")
        .slice(-100) || undefined
    );
  } catch {
    return last.slice(-100) || undefined;
  }
}
