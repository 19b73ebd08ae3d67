/**
 * Words for one line of a post that are only words: no links, no marks of Markdown, no line breaks. An address of the web
 * becomes its host, since links come from elsewhere.
 */
export function plainLine(text: string, longest: number): string {
  const words = text
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, " ")
    .replace(/!?\[([^[\]]*)\]\([^()]*\)/g, "$1")
    .replace(/[a-z][a-z\d+.-]*:\/\/\S*/gi, "…")
    .replace(/\b(?:mailto|javascript|data|tel):\S*/gi, "…")
    .replace(/\bwww\.\S+/gi, "…")
    .replace(/[[［]/g, "(")
    .replace(/[\]］]/g, ")")
    .replace(/`+/g, "'")
    .replace(/[*~|\\]+/g, " ")
    .replace(/(?<![\p{L}\p{N}])_+|_+(?![\p{L}\p{N}])/gu, "")
    .replace(/</g, "‹")
    .replace(/>/g, "›")
    .replace(/^[\s#+.-]+(?=\s)/, "")
    .replace(/\s+/g, " ")
    .trim();
  const signs = [...words];
  return signs.length > longest
    ? `${signs
        .slice(0, longest - 1)
        .join("")
        .trimEnd()}…`
    : words;
}
