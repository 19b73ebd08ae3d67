/** A file and what it says, as they cross the thread; apart from the reading, which needs no schemas where it is done. */
import { z } from "zod";

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
