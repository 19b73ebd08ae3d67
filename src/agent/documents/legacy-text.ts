type Encoding = "big5" | "gbk" | "shift_jis";

/** How likely a pair of bytes is in honest text of an encoding: 1 where its everyday characters lie. */
const everyday: Record<Encoding, (lead: number, trail: number) => boolean> = {
  // Signs, then the 5,401 characters taught at school.
  big5: (lead) => lead >= 0xa1 && lead <= 0xc6,
  // Signs, then the 3,755 of the first level of GB 2312.
  gbk: (lead, trail) => trail >= 0xa1 && ((lead >= 0xa1 && lead <= 0xa3) || (lead >= 0xb0 && lead <= 0xd7)),
  // Signs, kana, then the 2,965 of the first level of JIS.
  shift_jis: (lead, trail) =>
    lead === 0x81 ||
    (lead === 0x82 && trail >= 0x4f) ||
    (lead === 0x83 && trail <= 0x96) ||
    (lead >= 0x88 && lead <= 0x98),
};

/** The characters that come most often; they tell encodings apart where a text is short. */
const frequent: Record<Encoding, string> = {
  big5: "的一是不了在人有我他這個們中來上大為和國地到以說時要就出會可也你對生能而子那得於著下自之年過發後作里好小么沒請問文件資料嗎謝明天，。、：？！",
  gbk: "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里好小么没请问文件资料吗谢明天，。、：？！",
  shift_jis: "のにはをたがでてとしれさいるなっもらかりこうよせずんだきどけあおまそや日本人年一大、。ー・「」",
};

const leastEveryday = 0.85;

/** The text of a file in Big5, GBK, Shift_JIS or Windows-1252, where it is clearly one of them. */
export function legacyText(bytes: Uint8Array): string | undefined {
  let best: { text: string; score: number } | undefined;
  for (const encoding of ["big5", "gbk", "shift_jis"] as const) {
    const share = everydayShare(bytes, encoding);
    if (share < leastEveryday) continue;
    const text = decoded(bytes, encoding);
    if (text === undefined) continue;
    const score = share + frequentShare(text, frequent[encoding]);
    if (best === undefined || score > best.score) best = { text, score };
  }
  return best?.text ?? westernText(bytes);
}

/** How many of the characters beyond ASCII are everyday ones. */
function everydayShare(bytes: Uint8Array, encoding: Encoding): number {
  let common = 0;
  let all = 0;
  for (let at = 0; at < bytes.length; at++) {
    const lead = bytes[at] ?? 0;
    if (lead < 0x80) continue;
    all++;
    // Katakana of half width take one byte; real text has few.
    if (encoding === "shift_jis" && lead >= 0xa0 && lead <= 0xdf) continue;
    at++;
    if (everyday[encoding](lead, bytes[at] ?? 0)) common++;
  }
  return all === 0 ? 0 : common / all;
}

function frequentShare(text: string, known: string): number {
  let found = 0;
  let all = 0;
  for (const character of text) {
    if (character <= "\u007F") continue;
    all++;
    if (known.includes(character)) found++;
  }
  return all === 0 ? 0 : found / all;
}

/** Windows-1252: letters with marks stand among plain ones, seldom two together. */
function westernText(bytes: Uint8Array): string | undefined {
  let high = 0;
  let beside = 0;
  let plain = 0;
  for (const [at, byte] of bytes.entries()) {
    if (byte >= 0x80) {
      high++;
      if ((bytes[at + 1] ?? 0) >= 0x80) beside++;
      if (!isWestern(byte)) return undefined;
    } else if (/[A-Za-z]/.test(String.fromCharCode(byte))) plain++;
  }
  if (high > plain || beside * 4 > high) return undefined;
  // By hand: on Node 20 `TextDecoder` takes Windows-1252 for Latin-1.
  const latin = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
  return latin.replace(/[\u0080-\u009F]/g, (sign) => signs[sign.charCodeAt(0) - 0x80] ?? sign);
}

/** What the bytes from 0x80 to 0x9F say in Windows-1252; a blank for the five that say nothing. */
const signs = "€ ‚ƒ„…†‡ˆ‰Š‹Œ Ž  ‘’“”•–—˜™š›œ žŸ";

/** Letters, and the signs people type: quotes, dashes, currencies, fractions. */
function isWestern(byte: number): boolean {
  return byte > 0x9f || signs[byte - 0x80] !== " ";
}

function decoded(bytes: Uint8Array, encoding: string): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
