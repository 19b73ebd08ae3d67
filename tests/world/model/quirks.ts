/** Ways in which real servers depart from OpenAI's own stream. None by default. */
export interface Quirks {
  /** Pieces of tool calls carry no `index`. */
  callsWithoutIndex?: boolean;
  /** Every tool call says `index: 0`. */
  twoWithIndexZero?: boolean;
  /** Tool calls carry no `type`. */
  noType?: boolean;
  /** Which pieces of a call name its id and function: OpenAI the first only; some all; some send "" after the first. */
  idOn?: "first" | "every" | "empty-after-first";
  /** A call comes in one piece. */
  wholeCalls?: boolean;
  /** Arguments are an object, not JSON text. */
  argumentsAsObject?: boolean;
  /** A chunk with `choices: []` and usage ends the stream, asked for or not. */
  emptyChoicesUsageChunk?: boolean;
  /** Usage stands on the chunk with the finish reason, asked for or not. */
  usageOnLastChunk?: boolean;
  /** No usage, even when asked. */
  noUsage?: boolean;
  /** A chunk with `choices: []` opens the stream. */
  emptyChoicesFirst?: boolean;
  /** The field thoughts come in. */
  thoughtField?: "reasoning_content" | "reasoning";
  /** No `[DONE]`. */
  noDone?: boolean;
  /** Lines end in CR LF. */
  crlf?: boolean;
  /** Comment lines before every chunk. */
  keepAliveComments?: boolean;
  /** Answers JSON although a stream was asked for. */
  nonStreamJson?: boolean;
  /** The whole answer is one delta, finish reason included. */
  oneChunk?: boolean;
  /** TCP packets end in the middle of characters. */
  splitUtf8?: boolean;
  /** Every delta says `role`. */
  roleInEachDelta?: boolean;
  /** `content: null` wherever there is no text. */
  nullContent?: boolean;
}
