import type { DocumentText } from "./document.ts";
import { shortened } from "./shortened.ts";

/** Past this much time a PDF is told as far as it was read. */
const mostMs = 15_000;

type Pdf = Awaited<ReturnType<typeof import("unpdf")["getDocumentProxy"]>>;

/** The text of a PDF, page by page under `[page N]`, up to so many characters. */
export async function pdfText(bytes: Uint8Array, mostCharacters: number): Promise<DocumentText> {
  // Loaded with the first PDF: most workers never see one.
  const { getDocumentProxy } = await import("unpdf");
  const until = performance.now() + mostMs;
  let pdf: Pdf;
  try {
    // The reader takes the bytes away, and only knows plain arrays.
    pdf = await getDocumentProxy(new Uint8Array(bytes), { isEvalSupported: false, verbosity: 0 });
  } catch (error) {
    return { skipped: error instanceof Error && error.name === "PasswordException" ? "encrypted" : "damaged" };
  }
  try {
    return await readPages(pdf, mostCharacters, until);
  } finally {
    await pdf.destroy();
  }
}

async function readPages(pdf: Pdf, mostCharacters: number, until: number): Promise<DocumentText> {
  let text = "";
  let said = 0;
  let page = 1;
  let broken = 0;
  for (; page <= pdf.numPages && text.length < mostCharacters && performance.now() < until; page++) {
    const words = await pageText(pdf, page).catch(() => undefined);
    if (words === undefined) broken++;
    said += words?.length ?? 0;
    text += `${text === "" ? "" : "\n\n"}[page ${page}]\n${words === undefined ? "(this page could not be read)" : words || "(no text)"}`;
  }
  const read = page - 1;
  if (said === 0) {
    if (broken > 0) return { skipped: "damaged" };
    return { skipped: read < pdf.numPages ? "too-slow" : "no-text" };
  }
  const kept = shortened(text, mostCharacters);
  return { text: read < pdf.numPages ? `${kept}\n… ${pdf.numPages - read} of ${pdf.numPages} pages left out` : kept };
}

async function pageText(pdf: Pdf, number: number): Promise<string> {
  const page = await pdf.getPage(number);
  const { items } = await page.getTextContent();
  let text = "";
  for (const item of items) if ("str" in item) text += item.str + (item.hasEOL ? "\n" : "");
  page.cleanup();
  return text.trim();
}
