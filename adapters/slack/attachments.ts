import { type Fields, listIn, textIn } from "./fields.ts";
import { readBlocks } from "./rich-text.ts";
import type { NameOf } from "./text.ts";

/** Is it a message that somebody passes on: forwarded, shared, or linked to? */
export function isPassedOn(attachment: Fields): boolean {
  return attachment.is_msg_unfurl === true || attachment.is_share === true;
}

/** The words of what other apps attached, alerts mostly; neither what is passed on nor the previews of links. */
export function readAttachments(attachments: readonly Fields[], nameOf: NameOf): string {
  const parts = attachments
    .filter((one) => !isPassedOn(one) && !textIn(one, "from_url"))
    .map((one) => {
      const fields = listIn(one, "fields").map(
        (field) => `${textIn(field, "title") ?? ""}: ${textIn(field, "value") ?? ""}`,
      );
      const told = [textIn(one, "pretext"), textIn(one, "title"), textIn(one, "text"), ...fields].filter(Boolean);
      return told.join("\n") || readBlocks(listIn(one, "blocks"), nameOf) || (textIn(one, "fallback") ?? "");
    });
  return parts.filter((part) => part !== "").join("\n\n");
}
