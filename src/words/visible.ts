const hidden = /(?![\n ])[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]/gu;

/**
 * A text in which every sign can be seen: what is drawn as nothing, as a space, or turns the direction of writing or the
 * look of a terminal stands as its number, `⟨U+200B⟩`.
 */
export function visible(text: string): string {
  return text.replace(
    hidden,
    (sign) => `⟨U+${(sign.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}⟩`,
  );
}
