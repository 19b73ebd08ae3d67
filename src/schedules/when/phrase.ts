/** A text that is read from its beginning, and how far. */
export interface Phrase {
  readonly text: string;
  at: number;
}

/** No *when* is longer; what comes after is not looked at. */
const longest = 300;

const sameSigns: Readonly<Record<string, string>> = {
  ...{ "’": "'", "‘": "'", "–": "-", "—": "-", "‒": "-", "‑": "-", "−": "-", "~": "-", "〜": "-" },
  ...{ 周: "週", 点: "點", 时: "時", 后: "後", 两: "兩", 个: "個", 号: "號", 钟: "鐘", 礼: "禮", 间: "間", 这: "這" },
  ...{ 从: "從", 开: "開", 于: "於", 与: "與", 过: "過", 隔: "隔", 内: "內", 里: "裡", 无: "無", 毎: "每" },
};

/** The text as the grammar knows it: lower case, half-width, one way to write a sign. Each character keeps its place. */
export function phraseOf(text: string): Phrase {
  const normal = Array.from({ length: Math.min(text.length, longest) }, (_, index) => {
    const code = text.charCodeAt(index);
    if (code >= 0x41 && code <= 0x5a) return String.fromCharCode(code + 32);
    if (code >= 0xff01 && code <= 0xff5e) return halfWidth(code - 0xfee0);
    if (code === 0x3000 || code === 0xa0 || (code >= 0x2000 && code <= 0x200b) || (code >= 9 && code <= 13)) return " ";
    const sign = text[index] ?? "";
    return sameSigns[sign] ?? sign;
  });
  return { text: normal.join(""), at: 0 };
}

function halfWidth(code: number): string {
  const sign = String.fromCharCode(code).toLowerCase();
  return sign === "~" ? "-" : sign;
}

/** A piece of the grammar: an expression that begins where the phrase stands, after blanks. Linear: no nested repeats. */
export function piece(source: string): RegExp {
  return new RegExp(` *(?:${source})`, "uy");
}

/** The same, made of English words: no letter may follow. */
export function words(source: string): RegExp {
  return piece(`(?:${source})(?![\\p{L}\\p{N}_'])`);
}

/** Reads on when the piece is next. */
export function take(phrase: Phrase, pattern: RegExp): RegExpExecArray | undefined {
  pattern.lastIndex = phrase.at;
  const found = pattern.exec(phrase.text) ?? undefined;
  if (found !== undefined) phrase.at = pattern.lastIndex;
  return found;
}

/** Reads, or stays where it was. */
export function attempt<T>(phrase: Phrase, read: (phrase: Phrase) => T | undefined): T | undefined {
  const { at } = phrase;
  const found = read(phrase);
  if (found === undefined) phrase.at = at;
  return found;
}

/** What reads furthest; of two that read as far, the former. */
export function furthest<T>(phrase: Phrase, reads: readonly ((phrase: Phrase) => T | undefined)[]): T | undefined {
  const { at } = phrase;
  let best: { found: T; end: number } | undefined;
  for (const read of reads) {
    phrase.at = at;
    const found = read(phrase);
    if (found !== undefined && phrase.at > (best?.end ?? at)) best = { found, end: phrase.at };
  }
  phrase.at = best?.end ?? at;
  return best?.found;
}

/** One or more, with something between them. */
export function listOf<T>(
  phrase: Phrase,
  read: (phrase: Phrase) => T | undefined,
  between: RegExp = listed,
): T[] | undefined {
  const first = attempt(phrase, read);
  if (first === undefined) return undefined;
  const all = [first];
  for (;;) {
    const next = attempt(phrase, (here) => (take(here, between) === undefined ? undefined : read(here)));
    if (next === undefined) return all;
    all.push(next);
  }
}

const listed = piece("(?:, ?)?(?:and|or)(?![a-z])|[,、&/+]|[和及與跟]");
