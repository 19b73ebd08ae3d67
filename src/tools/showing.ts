import type { Meanwhile, Shown, ToolFile } from "../agent/tool.ts";

/** Has files shown to whoever waits for a call, and tells what became of them. */
export async function showFiles(files: readonly ToolFile[], meanwhile: Meanwhile | undefined): Promise<Shown> {
  if (files.length === 0) return { text: "" };
  if (meanwhile?.shows) return meanwhile.shows([...files]);
  return { text: files.map((file) => `${lineOf(file)}: nobody can be shown files here.`).join("\n") };
}

/** A file in one line, as models are told of it. */
export function lineOf({ name, type, bytes }: ToolFile): string {
  const size = bytes.length < 1024 ? `${bytes.length} bytes` : `${Math.ceil(bytes.length / 1024)} KB`;
  return `${name}, ${type}, ${size}`;
}
