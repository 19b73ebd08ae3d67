/** Shapes of secrets that people paste or that providers hand out. What may fail late must end soon: text can be hostile. */
const shapes: RegExp[] = [
  /xox[abeoprs]-[\w-]{8,}/g,
  /xapp-[\w-]{8,}/g,
  /sk-[\w-]{16,}/g,
  /gh[pousr]_\w{20,}/g,
  /github_pat_\w{20,}/g,
  /AKIA[0-9A-Z]{16}/g,
  /AIza[\w-]{30,}/g,
  /eyJ[\w-]{8,1024}\.[\w-]{8,8192}\.[\w-]{8,}/g,
  /[MNO][\w-]{23,27}\.[\w-]{6}\.[\w-]{27,}/g,
  /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[\s\S]{0,16384}?-----END [A-Z ]{0,40}PRIVATE KEY-----/g,
  /(?<=\bBearer )[\w.~+/-]{12,}=*/g,
  /(?<=:\/\/[^\s/:@]{1,64}:)[^\s/@]{3,}(?=@)/g,
];

/** Takes secrets out of text: the values it was told, and whatever looks like a common token. */
export type Redact = (text: string) => string;

/** The one function that redacts. `values` may change while it lives (config is reloaded). */
export function createRedactor(values: () => Iterable<string>): Redact {
  return (text) => {
    let clean = text;
    // Values of a few characters would blank out ordinary words.
    for (const value of values())
      if (value.length >= 6 && clean.includes(value)) clean = clean.split(value).join("[redacted]");
    for (const shape of shapes) clean = clean.replace(shape, "[redacted]");
    return clean;
  };
}
