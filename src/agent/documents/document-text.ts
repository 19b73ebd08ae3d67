import { z } from "zod";
import { decodedText } from "./decoded-text.ts";
import { isPdfBomb } from "./pdf-bomb.ts";
import { isPdf } from "./pdf-mark.ts";
import { pdfText } from "./pdf-text.ts";
import { shortened } from "./shortened.ts";

/** Why a file gave no text. `no-text`: a PDF of pictures; `too-slow`: nobody waits that long. */
export const Skipped = z.enum(["not-text", "encrypted", "empty", "damaged", "no-text", "too-large", "too-slow"]);
export type Skipped = z.infer<typeof Skipped>;

/** What a file says, or why it says nothing. */
export const DocumentText = z.union([z.object({ text: z.string() }), z.object({ skipped: Skipped })]);
export type DocumentText = z.infer<typeof DocumentText>;

/** A file with all its bytes. Its name and type are what somebody said of it; what it is, the bytes tell. */
export const DocumentFile = z.object({
  name: z.string(),
  type: z.string(),
  bytes: z.custom<Uint8Array>((value) => value instanceof Uint8Array),
});
export type DocumentFile = z.infer<typeof DocumentFile>;

/** Files over this many bytes are not read; a PDF is mostly pictures and fonts. */
export const mostBytes = { text: 1024 * 1024, pdf: 20 * 1024 * 1024 };

/** How much of a file's text is kept. */
export const mostCharacters = 100_000;

/** Reads a file by what is in it, whatever it is called. Contract: never rejects. */
export async function documentText({ bytes }: DocumentFile): Promise<DocumentText> {
  try {
    if (bytes.length === 0) return { skipped: "empty" };
    if (isPdf(bytes)) {
      if (bytes.length > mostBytes.pdf || isPdfBomb(bytes)) return { skipped: "too-large" };
      return await pdfText(bytes, mostCharacters);
    }
    const text = decodedText(bytes);
    if (text === undefined) return { skipped: "not-text" };
    if (bytes.length > mostBytes.text) return { skipped: "too-large" };
    return text.trim() === "" ? { skipped: "empty" } : { text: shortened(text, mostCharacters) };
  } catch {
    return { skipped: "damaged" };
  }
}
