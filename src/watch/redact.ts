/**
 * Shapes of secrets that people paste or that providers hand out: how they begin and how they go on. What may fail late must
 * end soon: text can be hostile. `keeps`: the beginning is no secret.
 */
const shapes: { begins: RegExp; goesOn: RegExp; keeps?: true }[] = [
  { begins: /xox[abeoprs]-/, goesOn: /[\w-]{8,}/ },
  { begins: /xapp-/, goesOn: /[\w-]{8,}/ },
  { begins: /sk-/, goesOn: /[\w-]{16,}/ },
  { begins: /gh[pousr]_/, goesOn: /\w{20,}/ },
  { begins: /github_pat_/, goesOn: /\w{20,}/ },
  { begins: /AKIA/, goesOn: /[0-9A-Z]{16}/ },
  { begins: /AIza/, goesOn: /[\w-]{30,}/ },
  { begins: /eyJ/, goesOn: /[\w-]{8,1024}\.[\w-]{8,8192}\.[\w-]{8,}/ },
  { begins: /[MNO][\w-]{23}/, goesOn: /[\w-]{0,4}\.[\w-]{6}\.[\w-]{27,}/ },
  {
    begins: /-----BEGIN /,
    goesOn: /[A-Z ]{0,40}PRIVATE KEY-----[\s\S]{0,16384}?-----END [A-Z ]{0,40}PRIVATE KEY-----/,
  },
  { begins: /\bBearer /, goesOn: /[\w.~+/-]{12,}=*/, keeps: true },
  { begins: /:\/\/[^\s/:@]{1,64}:/, goesOn: /[^\s/@]{3,}(?=@)/, keeps: true },
];

/** Most texts have nothing in them that begins like a secret: those are looked through once. */
const beginning = new RegExp(shapes.map(({ begins }) => begins.source).join("|"));
const secrets = shapes.map(({ begins, goesOn, keeps }) => ({
  shape: new RegExp(keeps ? `(${begins.source})${goesOn.source}` : begins.source + goesOn.source, "g"),
  told: keeps ? "$1[redacted]" : "[redacted]",
}));

/** Takes secrets out of text: the values it was told, and whatever looks like a common token. */
export type Redact = (text: string) => string;

/** The one function that redacts. `values` may change while it lives (config is reloaded). */
export function createRedactor(values: () => Iterable<string>): Redact {
  return (text) => {
    let clean = text;
    // Values of a few characters would blank out ordinary words.
    for (const value of values())
      if (value.length >= 6 && clean.includes(value)) clean = clean.split(value).join("[redacted]");
    if (!beginning.test(clean)) return clean;
    for (const { shape, told } of secrets) clean = clean.replace(shape, told);
    return clean;
  };
}
