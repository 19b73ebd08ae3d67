import { decodedText } from "./decoded-text.ts";
import type { DocumentFile, DocumentText } from "./document.ts";
import { isPdfBomb } from "./pdf-bomb.ts";
import { isPdf } from "./pdf-mark.ts";
import { pdfText } from "./pdf-text.ts";
import { shortened } from "./shortened.ts";

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
