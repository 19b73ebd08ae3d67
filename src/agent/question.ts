/** One of several things to choose from. */
export type Option = { value: string; text: string };

/** One thing that is asked for. `title` is what people read where the name is for machines. */
export type Field = { name: string; title?: string; about?: string; optional?: true } & (
  | {
      kind: "text";
      format?: "email" | "uri" | "date" | "date-time";
      least?: number;
      most?: number;
      preset?: string;
    }
  | { kind: "number"; whole?: true; least?: number; most?: number; preset?: number }
  | { kind: "yes-no"; preset?: boolean }
  | { kind: "one"; options: Option[]; preset?: string }
  | { kind: "some"; options: Option[]; least?: number; most?: number; preset?: string[] }
);

/**
 * What a tool wants of the person who waits for it: to fill something in, or to do something at an address of the web.
 * `from` is what the team calls whoever asks; all else is theirs: data. `done` is aborted once it was done there.
 */
export type Question = { from: string; message: string } & (
  | { kind: "form"; fields: Field[] }
  | { kind: "link"; url: string; done: AbortSignal }
);

/** What was filled in, by the names of the fields. */
export type Given = Record<string, string | number | boolean | string[]>;

/** What came of a question. `why` nobody could be asked, or nobody answered, is told to the model. */
export type Reply =
  | { kind: "given"; values: Given }
  | { kind: "declined"; why?: string }
  | { kind: "unanswered"; why: string };
