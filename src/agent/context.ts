import type { Gauge } from "./gauge.ts";
import type { RunState } from "./run-input.ts";
import type { Turn } from "./turn.ts";

export type Summary = NonNullable<RunState["summary"]>;

/** Tells a stretch of conversation in few words; undefined when it could not. */
export type Summarise = (transcript: string) => Promise<string | undefined>;

/** What fits, and the summary it stands on, if any. */
export type Fitted = { turns: Turn[]; summary: Summary | undefined };

const shortResult = 600;
const shortWords = 200;

/**
 * Makes a conversation fit `room` tokens: as it is, else with older tool results shortened, else with the older turns
 * told by a summary. A call and its results stay together, and what was asked last stays as it was said.
 */
export async function fitContext(
  turns: readonly Turn[],
  known: Summary | undefined,
  room: number,
  gauge: Gauge,
  summarise: Summarise,
): Promise<Fitted> {
  const told = (summary: Summary | undefined) => withSummary(turns, summary);
  let view = told(known);
  if (gauge.turns(view) <= room) return { turns: view, summary: known };
  view = withShortResults(view);
  if (gauge.turns(view) <= room) return { turns: view, summary: known };

  const cut = cutOf(turns, known?.turns ?? 0, room / 2, gauge);
  if (cut === undefined) return { turns: squeezed(view, room, gauge), summary: known };
  const older = turns.slice(known?.turns ?? 0, cut);
  const earlier = known === undefined ? "" : `Summary of what came before:\n${known.text}\n\n`;
  const text = await summarise(clipped(earlier + transcriptOf(older), charactersFor(room * 0.75)));
  const summary = { turns: cut, text: text ?? leftOut(known, older) };
  view = told(summary);
  if (gauge.turns(view) > room) view = withShortResults(view);
  return { turns: squeezed(view, room, gauge), summary };
}

/** The conversation with its older part told: the summary, what was asked last, and what came after. */
function withSummary(turns: readonly Turn[], summary: Summary | undefined): Turn[] {
  if (summary === undefined) return [...turns];
  const asked = turns.findLastIndex((turn) => turn.role === "user");
  const ask = asked >= 0 && asked < summary.turns ? turns[asked] : undefined;
  const words = `(Earlier in this conversation, in short:)\n${summary.text}`;
  return [{ role: "user", text: words }, ...(ask === undefined ? [] : [ask]), ...turns.slice(summary.turns)];
}

/** Where the newer part begins that is kept whole; never between a call and its results. */
function cutOf(turns: readonly Turn[], from: number, room: number, gauge: Gauge): number | undefined {
  let kept = 0;
  let cut: number | undefined;
  for (let at = turns.length - 1; at > from; at--) {
    const turn = turns[at];
    if (turn === undefined) break;
    kept += gauge.turn(turn);
    if (cut !== undefined && kept > room) break;
    if (turn.role !== "tool") cut = at;
  }
  return cut;
}

/** Tool results but the newest, by their beginning and end. */
function withShortResults(turns: readonly Turn[]): Turn[] {
  const newest = turns.findLastIndex((turn) => turn.role !== "tool");
  return turns.map((turn, at) => {
    if (turn.role !== "tool" || at >= newest) return turn;
    const { images: _, ...alone } = turn;
    return { ...alone, text: clipped(turn.text, shortResult) };
  });
}

/** The last resort: every long text by its beginning and end, the longest first to suffer. */
function squeezed(turns: Turn[], room: number, gauge: Gauge): Turn[] {
  let view = turns;
  for (let limit = charactersFor(room); limit > shortWords && gauge.turns(view) > room; limit /= 2) {
    const characters = Math.floor(limit);
    view = view.map((turn) =>
      turn.text.length > characters ? { ...turn, text: clipped(turn.text, characters) } : turn,
    );
  }
  return view;
}

function charactersFor(tokens: number): number {
  return Math.max(2000, Math.floor(tokens * 3));
}

/** The beginning and the end of a text, and between them how much is missing. */
function clipped(text: string, characters: number): string {
  if (text.length <= characters) return text;
  const half = Math.floor(characters / 2);
  return `${text.slice(0, half)}\n… (${text.length - 2 * half} characters left out) …\n${text.slice(-half)}`;
}

function transcriptOf(turns: readonly Turn[]): string {
  return turns.map(lineOf).join("\n");
}

function lineOf(turn: Turn): string {
  const images = turn.role !== "assistant" && turn.images?.length ? ` (with ${turn.images.length} images)` : "";
  if (turn.role === "user") {
    return `asked${images}: ${clipped(turn.text, 4000)}`;
  }
  if (turn.role === "tool") return `tool result${images}: ${clipped(turn.text, shortResult)}`;
  const calls = (turn.calls ?? []).map(({ name, input }) => `called ${name} ${clipped(input, shortWords)}`);
  return [turn.text === "" ? "" : `answered: ${clipped(turn.text, 4000)}`, ...calls].filter(Boolean).join("\n");
}

/** What is said of the older part when no model could tell it. */
function leftOut(known: Summary | undefined, older: readonly Turn[]): string {
  const asked = older.filter((turn) => turn.role === "user").map((turn) => `- ${turn.text.slice(0, shortWords)}`);
  const lines = known === undefined ? asked : [known.text, ...asked];
  return [`(${older.length} entries were left out; of them, these were said to you:)`, ...lines.slice(-20)].join("\n");
}
