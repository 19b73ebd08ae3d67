import { createHash } from "node:crypto";
import type { ChatFile } from "../../chat.ts";
import type { Heard, HeardFile, HeardPrompt } from "../../runs/run.ts";
import type { Kv } from "../../store/store.ts";
import type { FetchedPrompt, PromptFile } from "../../tools/mcp/prompts.ts";
import { ServerTrouble } from "../../tools/mcp/trouble.ts";
import type { Redact } from "../../watch/redact.ts";
import { plainLine } from "../../words/plain-line.ts";
import type { Words } from "../../words/words.ts";
import type { PromptServer } from "./prompt-server.ts";

/** Says why a run could not begin with the prompt it was asked by. */
export class PromptTrouble extends Error {
  override name = "PromptTrouble";
  readonly #about: HeardPrompt;
  readonly #kind: keyof Words["serverPrompts"]["why"];
  constructor(about: HeardPrompt, kind: "gone" | "empty" | ServerTrouble["kind"], cause?: unknown) {
    super(
      `the prompt ${about.server}.${about.name} could not be fetched: ${cause instanceof Error ? cause.message : kind}`,
      {
        cause,
      },
    );
    this.#about = about;
    this.#kind = kind;
  }

  /** In words for people. */
  why(words: Words, now: number): string {
    const { server } = this.#about;
    const name = plainLine(`${server}.${this.#about.name}`, 200);
    const told = words.serverPrompts.why;
    const trouble = this.cause instanceof ServerTrouble ? this.cause : undefined;
    switch (this.#kind) {
      case "gone":
        return told.gone(server);
      case "away":
        return told.away(
          server,
          trouble?.back === undefined ? undefined : Math.max(1, Math.ceil((trouble.back - now) / 1000)),
        );
      case "refused":
        return told.refused(name, plainLine(trouble?.said ?? "", 200));
      case "empty":
        return told.empty(name);
      case "failed":
        return told.failed(name);
    }
  }
}

/** Fetches the prompts that people ask by, when a run begins with them, and keeps the files that came with them. */
export type PromptFetching = {
  /** Fills in what was not fetched yet. Contract: rejects with `PromptTrouble`, unless it was said while a run went on. */
  fetch(heard: Heard[], signal: AbortSignal): Promise<void>;
  /** What is in a file that came with a prompt; undefined for the files of others. */
  read(file: ChatFile): Promise<Uint8Array> | undefined;
};

const own = "prompt:";
const keptForMs = 7 * 24 * 3_600_000;

/** Fetching from these servers. */
export function createPromptFetching(parts: {
  servers(): readonly PromptServer[];
  files: Kv;
  redact: Redact;
}): PromptFetching {
  const { files, redact } = parts;

  async function fetchOne(prompt: HeardPrompt, signal: AbortSignal): Promise<FetchedPrompt> {
    const server = parts.servers().find((one) => one.name === prompt.server);
    if (!server) throw new PromptTrouble(prompt, "gone");
    const fetched = await server.prompts.fetch(prompt.name, prompt.values, signal).catch((error: unknown) => {
      throw error instanceof ServerTrouble ? new PromptTrouble(prompt, error.kind, error) : error;
    });
    if (fetched.messages.length + fetched.files.length === 0) throw new PromptTrouble(prompt, "empty");
    return fetched;
  }

  async function keep(file: PromptFile): Promise<HeardFile> {
    const { name, type } = file;
    if ("text" in file) {
      const text = redact(file.text);
      return { name, type, size: Buffer.byteLength(text), ref: own + markOf(text), text };
    }
    const ref = own + markOf(file.bytes);
    await files.set(ref, Buffer.from(file.bytes).toString("base64"), keptForMs);
    return { name, type, size: file.bytes.length, ref };
  }

  return {
    async fetch(heard, signal) {
      for (const { prompt, files: beside, meanwhile } of heard) {
        if (!prompt || prompt.messages || prompt.failed !== undefined) continue;
        try {
          const fetched = await fetchOne(prompt, signal);
          beside.push(...(await Promise.all(fetched.files.map(keep))));
          prompt.messages = fetched.messages.map(({ role, text }) => ({ role, text: redact(text) }));
        } catch (error) {
          // Stopped meanwhile: nobody will read it.
          if (signal.aborted) return;
          if (!meanwhile || !(error instanceof PromptTrouble)) throw error;
          prompt.failed = redact(error.message);
        }
      }
    },
    read(file) {
      if (!isOfPrompt(file)) return undefined;
      return files.get<string>(file.ref).then((kept) => {
        if (kept === undefined) throw new Error(`${file.name} is not kept any more`);
        return Buffer.from(kept, "base64");
      });
    },
  };
}

/** Whether a file came with a prompt. */
export function isOfPrompt({ ref }: ChatFile): boolean {
  return ref.startsWith(own);
}

function markOf(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex").slice(0, 32);
}
