import { Allowance } from "./allowance.ts";
import { cutNote, readAnswer } from "./answer.ts";
import { callFinished, inOrderOfCalls, runCalls, toolTurn, withFound, withOwnIds } from "./calls.ts";
import { fitContext } from "./context.ts";
import { Gauge, roughTokens, roughToolTokens } from "./gauge.ts";
import type { ModelPart, OpenModel } from "./models/model.ts";
import { keepNewestImages } from "./newest-images.ts";
import { repeatedFailure } from "./repeats.ts";
import type { RunEvent } from "./run-event.ts";
import type { Ending, Go, ModelSaid, ModelSpec, RunInput, RunState } from "./run-input.ts";
import { Said } from "./said.ts";
import { NobodySpoke, type Spoken, speak } from "./speak.ts";
import { summarise } from "./summarise.ts";
import type { ToolResult, ToolSpec } from "./tool.ts";
import type { ToolCall, Turn, Usage } from "./turn.ts";
import { unlessAborted } from "./unless-aborted.ts";
import { priced, sumOf } from "./usage.ts";

/** What a run reaches out for. */
export type RunParts = {
  open: OpenModel;
  /** Asked before each model call; what main says there decides how the run goes on. */
  checkpoint(state: RunState): Promise<Go>;
  emit(event: RunEvent): void;
  call(call: ToolCall, signal: AbortSignal): Promise<ToolResult>;
  /** Told what the model at this place of `models` answered, whole; only for a run that has a cache. */
  spoke(said: ModelSaid, at: number): void;
  /** Is given what makes the time of the run stand still, and go on again: for when a person is asked. */
  heldBy?(hold: (held: boolean) => void): void;
  now(): number;
};

/** Below this a conversation is not made shorter still. */
const leastRoom = 2000;

/** One answer of a model, and who gave it, now or to an identical call before. */
type Heard = { said: ModelSaid; spec: ModelSpec; stopped: Spoken["end"]["stopped"]; fresh: boolean };

type FailureCode = Extract<Ending, { kind: "failed" }>["code"];

/**
 * Does one run: asks the model, runs the tools it calls, asks again, until it answers, fails, is stopped, or waits for
 * a person. Aborting `signal` stops it wherever it is. Contract: what goes wrong on the way is an ending; only what
 * `checkpoint` throws is thrown on.
 */
export async function runAgent(input: RunInput, parts: RunParts, signal: AbortSignal): Promise<Ending> {
  const run = new Run(input, parts);
  const stop = () => run.halt("stopped");
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  try {
    return await run.toItsEnd();
  } finally {
    signal.removeEventListener("abort", stop);
    run.close();
  }
}

/** A run while it is alive. */
class Run {
  readonly #input: RunInput;
  readonly #parts: RunParts;
  readonly #state: RunState;
  readonly #said: Said;
  readonly #gauge = new Gauge();
  readonly #halted = new AbortController();
  readonly #time: Allowance;
  /** Those of the input and those found since; another list once there are more. */
  #tools: readonly ToolSpec[];
  /** What every request carries: instructions and tools. */
  #fixed = 0;
  /** Tokens a request may take; less when a model turns out to read less. */
  #room: number;
  /** The answer was empty, or did not fit its schema, once already. */
  #secondChance = false;

  constructor(input: RunInput, parts: RunParts) {
    if (input.models.length === 0) throw new Error("a run needs a model");
    this.#input = input;
    this.#parts = parts;
    const usage = { input: 0, output: 0 };
    this.#state = structuredClone(input.state) ?? { turns: [], step: 0, usage, pending: [], speaking: 0 };
    this.#state.speaking = Math.min(this.#state.speaking, input.models.length - 1);
    const earlier = input.state?.turns.flatMap((turn) => (turn.role === "assistant" ? [turn.text] : []));
    this.#said = new Said(parts.emit, input.output !== undefined, earlier);
    this.#tools = input.tools;
    this.#offer();
    this.#room = input.contextTokens;
    const left = input.timeoutMs - (this.#state.elapsedMs ?? 0);
    this.#time = new Allowance(left, () => this.halt("timeout"), parts.now);
    let release: (() => void) | undefined;
    parts.heldBy?.((held) => {
      release?.();
      release = held ? this.#time.hold() : undefined;
    });
  }

  /** What is known and what was found is offered together. */
  #offer(): void {
    const { found } = this.#state;
    const known = new Set(this.#input.tools.map(({ name }) => name));
    // What was found before a rest may be offered anyway after it.
    if (found !== undefined) this.#tools = [...this.#input.tools, ...found.filter(({ name }) => !known.has(name))];
    this.#fixed = roughTokens(this.#input.instructions) + roughToolTokens(this.#tools);
  }

  halt(why: "stopped" | "timeout"): void {
    this.#halted.abort(why);
  }

  close(): void {
    this.#time.close();
  }

  async toItsEnd(): Promise<Ending> {
    try {
      const parked = this.#takeResults();
      if (parked !== undefined) return parked;
      for (;;) {
        const go = await this.#checkpoint();
        const ending = go.kind === "go" ? await this.#step(go.cached) : this.#restAs(go.kind);
        if (ending !== undefined) return ending;
      }
    } catch (error) {
      if (!this.#halted.signal.aborted) throw error;
      return this.#halted.signal.reason === "timeout"
        ? this.#failed("timeout", `it took longer than ${this.#input.timeoutMs / 1000} s`)
        : { kind: "stopped", text: this.#said.shown, usage: this.#state.usage };
    }
  }

  /** The results a parked run waited for; it is parked again while some are missing. */
  #takeResults(): Ending | undefined {
    const { pending, turns } = this.#state;
    if (pending.length === 0) return undefined;
    const given = new Map(this.#input.results?.map((entry) => [entry.call, entry]));
    const still: ToolCall[] = [];
    for (const call of pending) {
      const entry = given.get(call.id);
      if (entry === undefined || entry.result.parked) {
        still.push(call);
        continue;
      }
      turns.push(toolTurn(call, entry.result));
      this.#parts.emit(callFinished(call, entry.result, entry.ms ?? 0));
    }
    this.#state.pending = still;
    inOrderOfCalls(turns);
    return still.length > 0 ? this.#parked() : this.#repeating();
  }

  /** Main has its say before each model call. */
  async #checkpoint(): Promise<Go> {
    keepNewestImages(this.#state.turns);
    const go = await unlessAborted(this.#parts.checkpoint(this.#snapshot()), this.#halted.signal);
    if (go.kind === "go") this.#state.turns.push(...go.steers);
    return go;
  }

  #restAs(kind: "park" | "stop"): Ending {
    if (kind === "park") return this.#parked();
    return { kind: "stopped", text: this.#said.shown, usage: this.#state.usage };
  }

  /** One model call, or what it was answered before, and the tools it asks for. */
  async #step(cached?: ModelSaid): Promise<Ending | undefined> {
    const state = this.#state;
    if (state.step >= this.#input.maxSteps) {
      return this.#failed("steps", `it had no answer after ${state.step} model calls`);
    }
    state.step += 1;
    const heard = cached === undefined ? await this.#listen() : this.#recall(cached);
    if (heard === undefined || "kind" in heard) return heard;
    const { text, calls, reasoning } = heard.said;
    const turn: Turn = { role: "assistant", text };
    if (reasoning !== undefined) turn.reasoning = reasoning;
    if (calls.length === 0) return this.#answer(turn, heard);
    this.#remember(heard);
    state.turns.push({ ...turn, calls });
    this.#said.endStep();
    return this.#work(calls);
  }

  /** Asks the models; undefined when the conversation must be shortened first. */
  async #listen(): Promise<Heard | Ending | undefined> {
    const state = this.#state;
    let spoken: Spoken;
    const heard = { thought: "" };
    const turns = await this.#fitted();
    const estimate = this.#gauge.tokens(this.#fixed) + this.#gauge.turns(turns);
    try {
      spoken = await unlessAborted(this.#ask(turns, heard), this.#halted.signal);
    } catch (error) {
      if (this.#halted.signal.aborted) this.#spend(this.#speaker(), this.#estimated(estimate, heard.thought, []));
      if (!(error instanceof NobodySpoke)) throw error;
      if (error.kind === "too-long" && this.#room > leastRoom) {
        this.#room /= 2;
        state.step -= 1;
        return undefined;
      }
      const code = error.kind === "refused-key" ? "refused-key" : "model";
      return { ...this.#failed(code, error.message), tried: error.tried };
    }
    state.speaking = spoken.at;
    const calls = withOwnIds(spoken.end.calls, [...this.#input.turns, ...state.turns]);
    if (spoken.end.tokens !== undefined) this.#gauge.learn(estimate, spoken.end.tokens.input);
    this.#spend(spoken.spec, spoken.end.tokens ?? this.#estimated(estimate, heard.thought, calls));
    const said: ModelSaid = { text: this.#said.step, calls };
    if (heard.thought !== "") said.reasoning = heard.thought;
    return { said, spec: spoken.spec, stopped: spoken.end.stopped, fresh: true };
  }

  /** As if the model had said it now; only what it asks of tools is done anew. */
  #recall(said: ModelSaid): Heard {
    const spec = this.#speaker();
    this.#parts.emit({ kind: "recalled", model: spec.name });
    if (said.reasoning !== undefined) this.#parts.emit({ kind: "thought", text: said.reasoning });
    this.#said.add(said.text);
    return { said, spec, stopped: "done", fresh: false };
  }

  /** Has main keep what was said for identical calls; what was cut short or of no use is not worth it. */
  #remember({ said, stopped, fresh }: Heard): void {
    if (this.#input.cacheMs !== undefined && fresh && stopped === "done") this.#parts.spoke(said, this.#state.speaking);
  }

  async #ask(turns: readonly Turn[], heard: { thought: string }): Promise<Spoken> {
    const { models, instructions, output } = this.#input;
    const tools = this.#tools;
    const hear = (part: Exclude<ModelPart, { kind: "end" }>) => {
      if (this.#halted.signal.aborted) return;
      if (part.kind === "text") this.#said.add(part.text);
      else if (part.kind === "afresh") {
        this.#said.takeBack();
        heard.thought = "";
      } else {
        heard.thought += part.text;
        this.#parts.emit({ kind: "thought", text: part.text });
      }
    };
    const request = { instructions, turns, tools, output };
    return speak(request, models, this.#state.speaking, this.#parts.open, hear, this.#parts.now, this.#halted.signal);
  }

  /** The tools do their work; calls that wait for a person park the run once their siblings are done. */
  async #work(calls: ToolCall[]): Promise<Ending | undefined> {
    const { call, emit, now } = this.#parts;
    const { signal } = this.#halted;
    const parts = { tools: this.#tools, held: this.#input.held, call, emit, now };
    const results = await unlessAborted(runCalls(calls, parts, signal), signal);
    const found = withFound(this.#state.found ?? [], results, this.#input.tools);
    if (found !== undefined) {
      this.#state.found = found;
      this.#offer();
    }
    for (const [at, asked] of calls.entries()) {
      const result = results[at];
      if (result === undefined) continue;
      if (result.parked) this.#state.pending.push(asked);
      else this.#state.turns.push(toolTurn(asked, result));
    }
    return this.#state.pending.length > 0 ? this.#parked() : this.#repeating();
  }

  #repeating(): Ending | undefined {
    const name = repeatedFailure(this.#state.turns);
    return name === undefined ? undefined : this.#failed("repeating", `${name} failed three times with the same input`);
  }

  /** The model called no tool: that was its answer, if it is one. */
  async #answer(turn: Turn, heard: Heard): Promise<Ending | undefined> {
    const { output } = this.#input;
    const { spec, stopped } = heard;
    if (turn.text.trim() === "" && stopped !== "filtered") {
      if (this.#secondChance) return this.#failed("empty", "the model answered with nothing, twice");
      this.#secondChance = true;
      return undefined;
    }
    if (output === undefined) {
      this.#remember(heard);
      if (stopped !== "done") this.#said.addNote(cutNote(stopped, this.#input.turns));
      return this.#answered(spec);
    }
    const read = await readAnswer(turn.text, output);
    if (read.complaint === undefined) {
      this.#remember(heard);
      return this.#answered(spec, read.value);
    }
    if (this.#secondChance) return this.#failed("output", read.complaint);
    this.#secondChance = true;
    this.#said.endStep();
    const again = `That is not an answer I can use: ${read.complaint}. Answer again, with the JSON value alone.`;
    this.#state.turns.push(turn, { role: "user", text: again });
    return undefined;
  }

  #answered(spec: ModelSpec, output?: unknown): Ending {
    const { usage } = this.#state;
    const text = this.#said.shown;
    this.#parts.emit({ kind: "finished", text, model: spec.name, usage });
    return { kind: "answered", text, model: spec.name, usage, ...(output === undefined ? {} : { output }) };
  }

  #failed(code: FailureCode, detail: string): Extract<Ending, { kind: "failed" }> {
    return { kind: "failed", code, detail, text: this.#said.shown, usage: this.#state.usage };
  }

  #parked(): Ending {
    return { kind: "parked", state: this.#snapshot() };
  }

  #snapshot(): RunState {
    const elapsedMs = (this.#input.state?.elapsedMs ?? 0) + this.#time.spent;
    return { ...this.#state, turns: [...this.#state.turns], pending: [...this.#state.pending], elapsedMs };
  }

  /** The conversation, made to fit. */
  async #fitted(): Promise<Turn[]> {
    const turns = [...this.#input.turns, ...this.#state.turns];
    // Instructions and tools that leave no room are for the provider to judge; shortening more would not help.
    const room = Math.max(leastRoom / 2, this.#room - this.#gauge.tokens(this.#fixed));
    const fitted = await fitContext(turns, this.#state.summary, room, this.#gauge, (text) => this.#summarise(text));
    if (fitted.summary !== undefined) this.#state.summary = fitted.summary;
    return fitted.turns;
  }

  async #summarise(transcript: string): Promise<string | undefined> {
    const spec = this.#input.compressWith ?? this.#speaker();
    const { signal } = this.#halted;
    const told = await unlessAborted(summarise(transcript, spec, this.#parts.open, signal), signal);
    if (told === undefined) return undefined;
    const estimated = { input: this.#gauge.text(transcript), output: this.#gauge.text(told.text), estimated: true };
    this.#spend(spec, told.tokens ?? estimated);
    return told.text;
  }

  #speaker(): ModelSpec {
    const spec = this.#input.models[this.#state.speaking] ?? this.#input.models[0];
    if (spec === undefined) throw new Error("a run needs a model");
    return spec;
  }

  /** Adds to what the run used, and tells it. */
  #spend({ name, price }: ModelSpec, used: Usage): void {
    const usage = priced(used, price);
    this.#state.usage = sumOf(this.#state.usage, usage);
    this.#parts.emit({ kind: "usage", model: name, usage });
  }

  #estimated(input: number, thought: string, calls: readonly ToolCall[]): Usage {
    const written = [this.#said.step, thought, ...calls.map((call) => call.name + call.input)];
    return { input, output: this.#gauge.text(written.join("")), estimated: true };
  }
}
