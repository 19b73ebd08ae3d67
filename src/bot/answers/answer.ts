import type { Access, Who } from "../../access/access.ts";
import type { Question, Reply } from "../../agent/question.ts";
import type { Ending, ModelSpec, RunInput } from "../../agent/run-input.ts";
import type { ToolCall } from "../../agent/turn.ts";
import type { Agent } from "../../config/schema/agent.ts";
import type { Config } from "../../config/schema.ts";
import type { Ledger } from "../../runs/ledger.ts";
import type { Heard, Run } from "../../runs/run.ts";
import type { RunHooks, Running } from "../../runs/run-in-hand.ts";
import type { Runner } from "../../runs/runner.ts";
import type { Journal } from "../../store/journal.ts";
import type { Store } from "../../store/store.ts";
import type { Gate, OpenGate } from "../../tools/gate.ts";
import type { Logger } from "../../watch/log.ts";
import type { Redact } from "../../watch/redact.ts";
import { type Words, wordsOf } from "../../words/words.ts";
import type { AskingBack } from "../asking-back/asking-back.ts";
import type { Briefing, Reading } from "../briefing/briefing.ts";
import { PromptTrouble } from "../briefing/prompt-fetching.ts";
import { type Ask, heardFrom } from "../desk/ask.ts";
import type { Underway } from "../desk/conversation.ts";
import { anybodyAt } from "../desk/people.ts";
import type { Delivery } from "./delivery.ts";
import { answered, type Cause, causeOf, type End, failed, stopped, type Told } from "./ends.ts";
import { Progress } from "./progress.ts";
import { openTools } from "./run-tools.ts";
import { ShownFiles } from "./shown-files.ts";

/** What an answer is made with. */
export type AnswerParts = {
  config(): Config;
  runner: Runner;
  gate: Gate;
  access: Access;
  ledger: Ledger;
  store: Pick<Store, "shelf">;
  journal: Journal;
  briefing: Briefing;
  log: Logger;
  redact: Redact;
  now(): number;
  noteModel(name: string, state: { state: "ok" | "failing"; error?: string }): void;
  who(run: Run): Who;
  /** Asks people what tools want to know of them. */
  asking: Pick<AskingBack, "ask">;
};

/** What the calls of a parked run waited for. */
export type Awaited = NonNullable<RunInput["results"]>;

const mostAttempts = 3;

/** One run on its way to its answer. */
export class Answer implements Underway {
  readonly run: Run;
  readonly done: Promise<void>;
  readonly untaken: Ask[] = [];
  readonly #delivery: Delivery;
  readonly #parts: AnswerParts;
  /** The answers whose runs are parked, by run. */
  readonly #parked: Map<string, Answer>;
  readonly #words: Words;
  readonly #progress: Progress;
  readonly #files: ShownFiles;
  readonly #reading: Reading;
  readonly #began: number;
  readonly #halted = new AbortController();
  #running: Running | undefined;
  #stopped: { by?: string } | undefined;
  #handedOver = false;
  #resolve: () => void = () => {};

  constructor(run: Run, delivery: Delivery, parts: AnswerParts, parked: Map<string, Answer>) {
    this.run = run;
    this.#delivery = delivery;
    this.#parts = parts;
    this.#parked = parked;
    this.#words = wordsOf(run.language);
    this.#files = new ShownFiles(run, { shelf: parts.store.shelf, log: parts.log });
    this.#progress = new Progress(run, {
      words: this.#words,
      redact: parts.redact,
      show: (state) => {
        if (!this.#handedOver) delivery.show(state);
      },
    });
    this.#reading = {
      signal: this.#halted.signal,
      begins: (name) => this.#progress.reads(name),
      ends: (files) => this.#progress.hasRead(files),
    };
    this.#began = parts.now();
    this.done = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  steer(question: Ask): void {
    this.untaken.push(question);
  }

  stop(by?: string): void {
    this.#stopped = by ? { by } : {};
    // Who stops it wants none of what was added to it either.
    if (by) this.#takeIn();
    this.#halted.abort();
    if (!this.#parked.delete(this.run.id)) {
      this.#running?.stop();
      return;
    }
    this.#finish(stopped(this.#told(), by, this.#progress.text)).catch((error: unknown) => {
      this.#parts.log.error({ err: error, run: this.run.id }, "that a run was stopped could not be told");
      this.#resolve();
    });
  }

  handOver(): void {
    this.#handedOver = true;
  }

  /** From the model to the post; never rejects. */
  async go(awaited?: Awaited): Promise<void> {
    const { log } = this.#parts;
    try {
      await this.#work(awaited);
    } catch (error) {
      log.error({ err: error, run: this.run.id }, "a run failed outside its worker");
      await this.#fail(this.#causeOf(error)).catch((fault: unknown) => {
        log.error({ err: fault, run: this.run.id }, "its failure could not be told");
        this.#resolve();
      });
    }
  }

  #causeOf(error: unknown): Cause {
    const detail = String(error);
    if (!(error instanceof PromptTrouble)) return { code: "worker", detail, why: this.#words.why.worker };
    return { code: "prompt", detail, why: this.#parts.redact(error.why(this.#words, this.#parts.now())) };
  }

  async #work(awaited?: Awaited): Promise<void> {
    const { run } = this;
    const { config, runner, briefing } = this.#parts;
    const agent = config().agents.find((one) => one.name === run.agent);
    if (!agent) {
      const why = this.#words.noSuchAgent(run.agent, undefined);
      return this.#fail({ code: "worker", detail: `agent ${run.agent} is gone`, why });
    }
    run.state = "running";
    // The run is not written down yet: its event is, and starts it over. What may not be repeated is written down first.
    this.#progress.begins();

    const open = await openTools(run, agent, this.#parts);
    for (let lost = 0; ; lost++) {
      if (this.#stopped) return this.#finish(stopped(this.#told(), this.#stopped.by, ""));
      if (!awaited) delete run.recalled;
      // Made anew each time: steers that a lost worker had taken are part of what was heard.
      const input = await briefing.brief(run, agent, open.specs, this.#reading, awaited);
      if (this.#stopped) continue;
      const lane = `${run.address.adapter}:${run.address.channel}`;
      const place = { interactive: this.#delivery.interactive, lane, alone: lost > 1 };
      this.#running = runner.run(input, this.#hooks(open, input.models), place);
      if (this.#running.ahead > 0) this.#progress.waitsBehind(this.#running.ahead);
      const ending = await this.#running.ended;
      if (this.#handedOver) return this.#resolve();
      run.refused = open.refused;
      const wasLost = ending.kind === "failed" && ending.code === "worker";
      if (wasLost && !run.changed && this.#progress.untouched && lost + 1 < mostAttempts) continue;
      return this.#settle(ending, agent, input.models);
    }
  }

  #hooks(open: OpenGate, models: ModelSpec[]): RunHooks {
    const { run } = this;
    return {
      checkpoint: async (state) => {
        if (this.#stopped) return { kind: "stop" };
        if ((this.#running?.ahead ?? 0) > 0 && state.step === 0) this.#progress.thinks();
        const heard = this.#takeIn();
        const { briefing, ledger } = this.#parts;
        const steers = await briefing.turns(run, heard, models, this.#reading);
        // The first state is the input itself, journalled already.
        if (state.step > 0 || heard.length > 0) await ledger.keepCheckpoint(run, state);
        return { kind: "go", steers };
      },
      event: (event) => this.#progress.hear(event),
      call: (call, signal) =>
        open.call(call, signal, {
          told: (progress) => void this.#progress.moves(call.id, progress),
          queues: () => this.#progress.queues(call.id),
          shows: (files) => this.#files.take(files, models),
          run: run.id,
          // Nobody waits for what the clock started.
          ...(run.slot === undefined ? { ask: (question, signal) => this.#ask(call, question, signal) } : {}),
        }),
    };
  }

  /** Asks the person who waits; the time of the run stands still meanwhile. */
  async #ask(call: ToolCall, question: Question, signal: AbortSignal): Promise<Reply> {
    const release = this.#running?.hold();
    const goesOn = this.#progress.waits(call.id, this.run.asker.name);
    try {
      return await this.#parts.asking.ask(this.run, question, signal);
    } finally {
      release?.();
      goesOn();
    }
  }

  /** What came meanwhile is the run's own from here on. */
  #takeIn(): Heard[] {
    const { run } = this;
    const taken = this.untaken.splice(0);
    for (const { event, message } of taken) {
      run.events.push(event);
      if (message) run.readUntil = message;
    }
    const heard = taken.map((question) => ({ ...heardFrom(question, []), meanwhile: true as const }));
    run.heard.push(...heard);
    return heard;
  }

  async #settle(ending: Ending, agent: Agent, models: ModelSpec[]): Promise<void> {
    if (ending.kind === "parked") return this.#park(ending);
    const { run } = this;
    const { noteModel, now } = this.#parts;
    run.usage = ending.usage;
    if (ending.kind === "answered") {
      // An answer from the cache alone says nothing of how the model is.
      if (!run.recalled || ending.usage.input > 0) noteModel(ending.model, { state: "ok" });
      const seconds = (now() - this.#began) / 1000;
      const given = { ending, agent, models, seconds, showCost: this.#seesCost() };
      return this.#finish(answered(this.#told(), given));
    }
    const soFar = ending.text || this.#progress.text;
    if (ending.kind === "stopped") return this.#finish(stopped(this.#told(), this.#stopped?.by, soFar));
    if (ending.code === "model" || ending.code === "refused-key")
      noteModel(agent.llm_model, { state: "failing", error: ending.detail });
    return this.#fail(causeOf(ending, agent, this.#words), soFar);
  }

  async #park({ state }: Ending & { kind: "parked" }): Promise<void> {
    const { run } = this;
    run.state = "parked";
    this.#parked.set(run.id, this);
    await this.#parts.ledger.keepCheckpoint(run, state);
    this.#parts.log.info({ run: run.id, calls: state.pending.map((call) => call.name) }, "a run is parked");
  }

  async #fail(cause: Cause, soFar = ""): Promise<void> {
    const { id, agent } = this.run;
    this.#parts.log.warn({ run: id, agent, code: cause.code, detail: cause.detail }, "a run failed");
    await this.#finish(failed(this.#told(), cause, soFar));
  }

  #told(): Told {
    return { run: this.run, words: this.#words, lines: this.#progress.lines };
  }

  /** The answer is durable before it is posted; what follows a crash in between is a second look, not a second answer. */
  async #finish({ post, outcome, bare }: End): Promise<void> {
    const { run } = this;
    this.#delivery.hold();
    run.outcome = outcome;
    run.ms = this.#parts.now() - this.#began;
    run.state = "finished";
    delete run.checkpoint;
    // What came of tools stands under an answer, be it half of one, or not at all.
    if (bare) this.#files.drop();
    this.#progress.end();
    const last = this.#files.under({ ...post, language: run.language }, this.#words);
    const { kept, posted } = this.#delivery.end(last, outcome);
    await kept;
    await posted;
    this.#parts.journal.settle(run.events);
    this.#resolve();
  }

  /** An answer is read by all who are there: its cost stands under it only where everyone may see it. */
  #seesCost(): boolean {
    const at = this.run.address;
    return this.#parts.access.authorize(anybodyAt(at), "see-cost", { at }).allowed;
  }
}
