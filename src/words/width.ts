const graphemes = new Intl.Segmenter();

const wide =
  /^[\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18cff}\u{1aff0}-\u{1b2ff}\u{1f200}-\u{1f2ff}\u{20000}-\u{3fffd}]/u;
const emoji = /^\p{Emoji_Presentation}|^\p{Emoji}.*\ufe0f|^\p{Regional_Indicator}{2}/u;
const unseen = /^[\p{M}\p{Cf}\p{Cc}\p{Default_Ignorable_Code_Point}]*$/u;

/** How many cells a text takes in a font of fixed width: two for East Asian characters and emoji, none for marks. */
export function widthOf(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let width = 0;
  for (const character of charactersOf(text)) width += cells(character);
  return width;
}

/** A text's characters, as people see them. */
export function charactersOf(text: string): string[] {
  return Array.from(graphemes.segment(text), ({ segment }) => segment);
}

function cells(character: string): number {
  if (unseen.test(character)) return 0;
  return wide.test(character) || emoji.test(character) ? 2 : 1;
}
