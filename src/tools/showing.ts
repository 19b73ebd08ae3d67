import type { Meanwhile, Shown, ToolFile } from "../agent/tool.ts";
import type { Redact } from "../watch/redact.ts";
import { redactLong } from "../watch/redact-long.ts";

/** Has files shown to whoever waits for a call, texts without secrets, and tells what became of them. */
export async function showFiles(
  files: readonly ToolFile[],
  meanwhile: Pick<Meanwhile, "shows"> | undefined,
  redact: Redact,
): Promise<Shown> {
  if (files.length === 0) return { text: "" };
  const clean: ToolFile[] = [];
  for (const file of files) clean.push(await withoutSecrets(file, redact));
  if (meanwhile?.shows) return meanwhile.shows(clean);
  return { text: clean.map((file) => `${lineOf(file)}: nobody can be shown files here.`).join("\n") };
}

/** A file in one line, as models are told of it. */
export function lineOf({ name, type, bytes }: ToolFile): string {
  const size = bytes.length < 1024 ? `${bytes.length} bytes` : `${Math.ceil(bytes.length / 1024)} KB`;
  return `${name}, ${type}, ${size}`;
}

/** What is written in a file is looked through as what is said; pictures and the like go as they are. */
async function withoutSecrets(file: ToolFile, redact: Redact): Promise<ToolFile> {
  if (!/^text\/|^application\/json$|^image\/svg/.test(file.type)) return file;
  const text = Buffer.from(file.bytes).toString();
  const clean = await redactLong(text, redact);
  return clean === text ? file : { ...file, bytes: Buffer.from(clean) };
}
