import type { Access, Who } from "../../access/access.ts";
import type { Question, Reply } from "../../agent/question.ts";
import type { RunEvent } from "../../agent/run-event.ts";
import type { Ending, ModelSpec, RunInput } from "../../agent/run-input.ts";
import type { ToolResult } from "../../agent/tool.ts";
import type { ToolCall } from "../../agent/turn.ts";
import type { Post } from "../../chat.ts";
import type { Agent } from "../../config/schema/agent.ts";
import type { Config } from "../../config/schema.ts";
import type { Ledger } from "../../runs/ledger.ts";
import type { Heard, Run } from "../../runs/run.ts";
import type { Running } from "../../runs/run-in-hand.ts";
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
import { footerOf, whyFailed } from "./outcome-words.ts";
import { Progress } from "./progress.ts";
import { openTools } from "./run-tools.ts";
import { ShownFiles } from "./shown-files.ts";

/** Brings runs to their answers: the one road, whatever started them. */
export type Answers = {
  start(run: Run, delivery: Delivery): Underway;
  /** A parked run goes on with what its calls waited for. */
  resume(run: string, results: { call: string; result: ToolResult }[]): Promise<boolean>;
  /** A parked run of an earlier process is in mind again. */
  readopt(run: Run, delivery: Delivery): Underway;
};

/** What answers are made from. */
export type AnswersParts = {
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

const mostAttempts = 3;

/** The answers over a runner and a ledger. */
export function createAnswers(parts: AnswersParts): Answers {
  const parked = new Map<string, AnswerInHand>();
  return {
    start(run, delivery) {
      const answer = new AnswerInHand(run, parts, parked, delivery);
      void answer.go();
      return answer;
    },
    readopt(run, delivery) {
      const answer = new AnswerInHand(run, parts, parked, delivery);
      parked.set(run.id, answer);
      return answer;
    },
    async resume(id, results) {
      const answer = parked.get(id);
      if (!answer) return false;
      parked.delete(id);
      void answer.go(results);
      return true;
    },
  };
}

class AnswerInHand implements Underway {
  readonly run: Run;
  readonly done: Promise<void>;
  #parts: AnswersParts;
  #parked: Map<string, AnswerInHand>;
  #resolve: () => void = () => {};
  readonly untaken: Ask[] = [];
  #running: Running | undefined;
  #stopped: { by?: string } | undefined;
  #halted = new AbortController();
  #handedOver = false;
  #delivery: Delivery;
  #progress: Progress;
  #files: ShownFiles;
  /** How people see that files are read. */
  #reading: Reading;
  #words: Words;
  #began: number;

  constructor(run: Run, parts: AnswersParts, parked: Map<string, AnswerInHand>, delivery: Delivery) {
    this.run = run;
    this.#parts = parts;
    this.#parked = parked;
    this.#words = wordsOf(run.language);
    this.#delivery = delivery;
    this.#files = new ShownFiles(run, { shelf: parts.store.shelf, log: parts.log });
    this.#progress = new Progress(run, this.#words, parts.redact);
    this.#reading = {
      signal: this.#halted.signal,
      begins: (name) => {
        this.#progress.reads(name);
        this.#show();
      },
      ends: (files) => {
        this.#progress.skipped(files);
        this.#say(this.#words.thinking);
      },
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
    this.#finish(this.#stoppedPost(this.#progress.text), { kind: "stopped", ...this.#stopped }).catch(
      (error: unknown) => {
        this.#parts.log.error({ err: error, run: this.run.id }, "that a run was stopped could not be told");
        this.#resolve();
      },
    );
  }

  handOver(): void {
    this.#handedOver = true;
  }

  /** From the model to the post; never rejects. */
  async go(results?: { call: string; result: ToolResult }[]): Promise<void> {
    const { log } = this.#parts;
    try {
      await this.#work(results);
    } catch (error) {
      log.error({ err: error, run: this.run.id }, "a run failed outside its worker");
      const [code, why] = this.#causeOf(error);
      await this.#fail(code, String(error), why).catch((fault: unknown) => {
        log.error({ err: fault, run: this.run.id }, "its failure could not be told");
        this.#resolve();
      });
    }
  }

  #causeOf(error: unknown): [code: string, why: string] {
    if (!(error instanceof PromptTrouble)) return ["worker", this.#words.why.worker];
    return ["prompt", this.#parts.redact(error.why(this.#words, this.#parts.now()))];
  }

  async #work(results?: { call: string; result: ToolResult }[]): Promise<void> {
    const { run } = this;
    const { config, runner, briefing } = this.#parts;
    const agent = config().agents.find((one) => one.name === run.agent);
    if (!agent)
      return this.#fail("worker", `agent ${run.agent} is gone`, this.#words.noSuchAgent(run.agent, undefined));
    run.state = "running";
    // The run is not written down yet: its event is, and starts it over. What may not be repeated is written down first.
    this.#show();

    const open = await openTools(run, agent, this.#parts);
    for (let lost = 0; ; lost++) {
      if (this.#stopped) return this.#finish(this.#stoppedPost(""), { kind: "stopped", ...this.#stopped });
      if (!results) delete run.recalled;
      // Made anew each time: steers that a lost worker had taken are part of what was heard.
      const input = await briefing.brief(run, agent, open.specs, this.#reading, results);
      if (this.#stopped) continue;
      const lane = `${run.address.adapter}:${run.address.channel}`;
      const place = { interactive: this.#delivery.interactive, lane, alone: lost > 1 };
      this.#running = runner.run(input, this.#hooks(open, input.models), place);
      if (this.#running.ahead > 0) this.#say(this.#words.waiting(this.#running.ahead));
      const ending = await this.#running.ended;
      if (this.#handedOver) return this.#resolve();
      run.refused = open.refused;
      const wasLost = ending.kind === "failed" && ending.code === "worker";
      if (wasLost && !run.changed && this.#progress.untouched && lost + 1 < mostAttempts) continue;
      return this.#settle(ending, agent, input.models);
    }
  }

  #hooks(open: OpenGate, models: ModelSpec[]) {
    const { run } = this;
    return {
      checkpoint: async (state: RunInput["state"] & object) => {
        if (this.#stopped) return { kind: "stop" as const };
        if ((this.#running?.ahead ?? 0) > 0 && state.step === 0) this.#say(this.#words.thinking);
        const heard = this.#takeIn();
        const { briefing, ledger } = this.#parts;
        const steers = await briefing.turns(run, heard, models, this.#reading);
        // The first state is the input itself, journalled already.
        if (state.step > 0 || heard.length > 0) await ledger.keepCheckpoint(run, state);
        return { kind: "go" as const, steers };
      },
      event: (event: RunEvent) => this.#hear(event),
      call: (call: ToolCall, signal: AbortSignal) =>
        open.call(call, signal, {
          told: (progress) => {
            if (this.#progress.moves(call.id, progress)) this.#show();
          },
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
    const waiting = this.#progress.waits(call.id, this.#words.elicitation.waits(this.run.asker.name));
    if (waiting.seen) this.#show();
    try {
      return await this.#parts.asking.ask(this.run, question, signal);
    } finally {
      release?.();
      if (waiting.goesOn()) this.#show();
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

  /** What is done while there is nothing else to be seen. */
  #say(status: string): void {
    this.#progress.says(status);
    this.#show();
  }

  #hear(event: RunEvent): void {
    if (this.#progress.hear(event)) this.#show();
  }

  #show(): void {
    if (!this.#handedOver) this.#delivery.show(this.#progress.snapshot());
  }

  async #settle(ending: Ending, agent: Agent, models: ModelSpec[]): Promise<void> {
    const { run } = this;
    const words = this.#words;
    if (ending.kind === "parked") {
      run.state = "parked";
      this.#parked.set(run.id, this);
      await this.#parts.ledger.keepCheckpoint(run, ending.state);
      this.#parts.log.info({ run: run.id, calls: ending.state.pending.map((call) => call.name) }, "a run is parked");
      return;
    }
    run.usage = ending.usage;
    if (ending.kind === "answered") {
      // An answer from the cache alone says nothing of how the model is.
      if (!run.recalled || ending.usage.input > 0) this.#parts.noteModel(ending.model, { state: "ok" });
      const footer = footerOf({
        ending,
        agent,
        models,
        run,
        words,
        seconds: (this.#parts.now() - this.#began) / 1000,
        showCost: this.#seesCost(),
      });
      const text = run.announced ? `**${agent.name}:** ${ending.text}` : ending.text;
      const rating = { value: run.id, good: words.good, bad: words.bad };
      return this.#finish(
        { text, lines: this.#progress.lines, footer, rating, ...(run.people ? { people: run.people } : {}) },
        {
          kind: "answered",
          text: ending.text,
          model: ending.model,
          ...(ending.output === undefined ? {} : { output: ending.output }),
        },
      );
    }
    if (ending.kind === "stopped") {
      return this.#finish(this.#stoppedPost(ending.text || this.#progress.text), { kind: "stopped", ...this.#stopped });
    }
    if (ending.code === "model" || ending.code === "refused-key") {
      this.#parts.noteModel(agent.llm_model, { state: "failing", error: ending.detail });
    }
    return this.#fail(
      ending.code,
      ending.detail,
      whyFailed(ending, agent, this.#words),
      ending.text || this.#progress.text,
    );
  }

  #stoppedPost(soFar: string): Post {
    if (!soFar) this.#files.drop();
    return { text: this.#words.stopped(this.#stopped?.by, soFar), lines: this.#progress.lines };
  }

  async #fail(code: string, detail: string, why: string, soFar = ""): Promise<void> {
    const { run } = this;
    this.#parts.log.warn({ run: run.id, agent: run.agent, code, detail }, "a run failed");
    // What came of tools stands under an answer, be it half of one, or not at all.
    if (!soFar) this.#files.drop();
    const text = this.#words.failed({ why, changed: run.changed, soFar, run: run.id });
    const buttons = [{ id: "retry", value: run.id, text: this.#words.retry }];
    await this.#finish({ text, lines: this.#progress.lines, card: { buttons } }, { kind: "failed", code, detail, why });
  }

  /** The answer is durable before it is posted; what follows a crash in between is a second look, not a second answer. */
  async #finish(post: Post, outcome: Run["outcome"] & object): Promise<void> {
    const { run } = this;
    const { ledger, journal, log } = this.#parts;
    this.#delivery.hold();
    run.outcome = outcome;
    run.ms = this.#parts.now() - this.#began;
    run.state = "finished";
    delete run.checkpoint;
    this.#progress.end();
    const { kept, posted } = this.#delivery.end(
      this.#files.under({ ...post, language: run.language }, this.#words),
      outcome,
    );
    await kept;
    // The answer is sure to be posted from here on; a record that can't be kept is no reason to say otherwise.
    await ledger
      .keep(run)
      .catch((error: unknown) => log.error({ err: error, run: run.id }, "a run could not be recorded"));
    await posted;
    journal.settle(run.events);
    this.#resolve();
  }

  /** An answer is read by all who are there: its cost stands under it only where everyone may see it. */
  #seesCost(): boolean {
    const at = this.run.address;
    return this.#parts.access.authorize(anybodyAt(at), "see-cost", { at }).allowed;
  }
}
