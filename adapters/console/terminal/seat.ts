import type { Readable, Writable } from "node:stream";
import type { Language, PersonId } from "../../../src/chat.ts";
import { Aside } from "./aside.ts";
import { Connection } from "./connection.ts";
import type { Pressing } from "./draw-message.ts";
import { Screen, type ScreenEvents, type ScreenParts } from "./screen.ts";
import { type Style, styleOf } from "./style.ts";
import { View } from "./view.ts";
import { type TerminalWords, terminalWords } from "./words.ts";

/** What all parts of a chat work with. `person`: somebody looks; else lines come from a pipe, and a script reads. */
export type Seat = {
  me: PersonId;
  wire: Connection;
  screen: Screen;
  view: View;
  aside: Aside;
  style: Style;
  words: TerminalWords;
  language: Language;
  person: boolean;
};

/** What a seat is made of. */
export type SeatParts = {
  /** Where the console listens. */
  url: string;
  /** Who chats. */
  as: string;
  language: Language;
  input: Readable;
  output: Writable;
  /** Keys come one by one and the screen can be drawn over; else lines are read and answered one after the other. */
  terminal: boolean;
  color: boolean;
  size(): { columns: number; rows: number };
  retryMs?: number;
};

/** Seats somebody at a console: what they look at, and what it speaks through. */
export function seatOf(parts: SeatParts, typed: ScreenEvents & Pick<ScreenParts, "complete">): Seat {
  const { url, as, language, input, output, terminal: person, color, size, retryMs } = parts;
  const me: PersonId = `console:${as.replace(/^console:/, "")}`;
  const wire = new Connection(url, me, retryMs);
  const style = styleOf(color);
  const words = terminalWords(language);
  const screen = new Screen({ input, output, terminal: person, size, complete: typed.complete }, typed);
  const aside = new Aside({ screen, style, language, person });
  const view = new View({
    screen,
    me,
    style,
    words,
    person,
    columns: () => (person ? size().columns - 1 : 100),
    fileAt: (ref) => wire.fileAt(ref),
    press: (message, what) => press(wire, message, what),
  });
  return { me, wire, screen, view, aside, style, words, language, person };
}

async function press(wire: Connection, message: string, what: Pressing): Promise<void> {
  if (what.kind === "rating") return void (await wire.send("POST /console/ratings", { message, rating: what.rating }));
  const { button, value } = what;
  await wire.send("POST /console/presses", { message, button, ...(value !== undefined && { value }) });
}
