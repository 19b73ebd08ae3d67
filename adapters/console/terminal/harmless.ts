/** Signs that steer a terminal, or turn the reading order of what follows. */
const steering = /[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** A text that a terminal shows and never obeys: what would steer it stands as a sign for itself, or is left out. */
export function harmless(text: string): string {
  return text
    .replace(/\r\n?/g, "\n")
    .replace(/\t/g, "    ")
    .replace(steering, (sign) => {
      const code = sign.charCodeAt(0);
      if (sign === "\n") return sign;
      return code < 0x20 ? String.fromCharCode(0x2400 + code) : code === 0x7f ? "␡" : "";
    });
}
