import type { Access, Who } from "../access/access.ts";
import type { RunEvent } from "../agent/run-event.ts";
import type { Ending, ModelSpec, RunInput } from "../agent/run-input.ts";
import type { ToolResult } from "../agent/tool.ts";
import type { Turn } from "../agent/turn.ts";
import type { ChatAdapter, Draft, DraftState, Post, PostKey, ToolLine } from "../chat.ts";
import type { Agent } from "../config/schema/agent.ts";
import type { Config } from "../config/schema.ts";
import { closingOf } from "../runs/closing.ts";
import type { Ledger } from "../runs/ledger.ts";
import type { Run } from "../runs/run.ts";
import type { Runner, Running } from "../runs/runner.ts";
import type { Journal } from "../store/journal.ts";
import type { Gate, OpenGate } from "../tools/gate.ts";
import type { Logger } from "../watch/log.ts";
import type { Redact } from "../watch/redact.ts";
import type { Words } from "../words/words.ts";
import { surroundings, turnsOf } from "./context.ts";
import { wordsAt, zoneAt } from "./desk.ts";
import { modelSpecs } from "./model-specs.ts";
import { footerOf, whyFailed } from "./outcome-words.ts";
import type { Postman } from "./postman.ts";

/** A message that came while its conversation was being answered. */
export type Steer = { turn: Turn; event: string; message?: string };

/** A run on its way to its answer. */
export type Answering = {
  readonly run: Run;
  /** A message that came meanwhile; it is taken at the next step. */
  steer(steer: Steer): void;
  stop(by?: string): void;
  /** Leaves the work to the next process: nothing more is shown or recorded. */
  handOver(): void;
  /** Contract: resolves once the answer stands, or can't. */
  done: Promise<void>;
  /** The events of steers that no step took. */
  untaken(): string[];
};

/** Brings runs to their answers: the one road, whatever started them. */
export type Answers = {
  start(run: Run, options?: { again?: boolean }): Answering;
  /** A parked run goes on with what its calls waited for. */
  resume(run: string, results: { call: string; result: ToolResult }[]): Promise<boolean>;
  /** A parked run of an earlier process is in mind again. */
  readopt(run: Run): Answering;
};

/** What answers are made from. */
export type AnswersParts = {
  config(): Config;
  adapter(name: string): ChatAdapter | undefined;
  runner: Runner;
  gate: Gate;
  access: Access;
  ledger: Ledger;
  journal: Journal;
  postman: Postman;
  log: Logger;
  redact: Redact;
  now(): number;
  noteModel(name: string, state: { state: "ok" | "failing"; error?: string }): void;
  who(run: Run): Who;
};

/** Tokens a conversation may take before it is compressed, where nothing says how much its model holds. */
const contextTokens = 48_000;
const mostAttempts = 3;
const longestInputKept = 2000;

/** The answers over a runner and a ledger. */
export function createAnswers(parts: AnswersParts): Answers {
  const parked = new Map<string, AnswerInHand>();
  return {
    start(run, { again = false } = {}) {
      const answer = new AnswerInHand(run, parts, parked, again);
      void answer.go();
      return answer;
    },
    readopt(run) {
      const answer = new AnswerInHand(run, parts, parked, true);
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

class AnswerInHand implements Answering {
  readonly run: Run;
  readonly done: Promise<void>;
  #parts: AnswersParts;
  #parked: Map<string, AnswerInHand>;
  #resolve: () => void = () => {};
  #steers: Steer[] = [];
  /** What tools were called with, for the record. */
  #inputs = new Map<string, string>();
  #running: Running | undefined;
  #stopped: { by?: string } | undefined;
  #handedOver = false;
  #draft: Draft | undefined;
  #state: DraftState;
  #key: PostKey;
  #words: Words;
  #began: number;

  constructor(run: Run, parts: AnswersParts, parked: Map<string, AnswerInHand>, again: boolean) {
    this.run = run;
    this.#parts = parts;
    this.#parked = parked;
    this.#words = wordsAt(parts, run.address);
    this.#key = {
      id: run.id,
      since: run.at,
      ...(run.message ? { answers: run.message } : {}),
      ...(again ? { again } : {}),
    };
    this.#state = {
      text: "",
      lines: [],
      status: this.#words.thinking,
      stop: { id: "stop", value: run.id, text: this.#words.stop },
    };
    this.#began = parts.now();
    this.done = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  steer(steer: Steer): void {
    this.#steers.push(steer);
  }

  stop(by?: string): void {
    this.#stopped = by ? { by } : {};
    if (!this.#parked.delete(this.run.id)) {
      this.#running?.stop();
      return;
    }
    this.#finish(this.#stoppedPost(this.#state.text), { kind: "stopped", ...this.#stopped }).catch((error: unknown) => {
      this.#parts.log.error({ err: error, run: this.run.id }, "that a run was stopped could not be told");
      this.#resolve();
    });
  }

  untaken(): string[] {
    return this.#steers.map((one) => one.event);
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
      await this.#fail("worker", String(error), this.#words.why.worker).catch((fault: unknown) => {
        log.error({ err: fault, run: this.run.id }, "its failure could not be told");
        this.#resolve();
      });
    }
  }

  async #work(results?: { call: string; result: ToolResult }[]): Promise<void> {
    const { run } = this;
    const { config, adapter, runner, gate, ledger } = this.#parts;
    const agent = config().agents.find((one) => one.name === run.agent);
    if (!agent)
      return this.#fail("worker", `agent ${run.agent} is gone`, this.#words.noSuchAgent(run.agent, undefined));
    this.#draft ??= adapter(run.address.adapter)?.draft(run.address, this.#key, {
      person: run.asker.id,
      ...(run.message ? { message: run.message } : {}),
    });
    run.state = "running";
    // The run is not written down yet: its event is, and starts it over. What may not be repeated is written down first.
    this.#show();

    let changing: Promise<void> | undefined;
    const open = await gate.open({
      agent,
      asker: this.#parts.who(run),
      at: run.address,
      beforeChange: () => {
        run.changed = true;
        changing ??= ledger.keep(run);
        return changing;
      },
    });
    run.offered = open.specs.map((spec) => spec.name);
    for (let lost = 0; ; lost++) {
      if (this.#stopped) return this.#finish(this.#stoppedPost(""), { kind: "stopped", ...this.#stopped });
      if (!results) delete run.recalled;
      // Made anew each time: steers that a lost worker had taken are part of what was heard.
      const input = await this.#input(agent, open, results);
      this.#running = runner.run(input, this.#hooks(open), { interactive: true, alone: lost > 1 });
      const ending = await this.#running.ended;
      if (this.#handedOver) return this.#resolve();
      run.refused = open.refused;
      const wasLost = ending.kind === "failed" && ending.code === "worker";
      const untouched = !run.changed && this.#state.text === "" && this.#state.lines.length === 0;
      if (wasLost && untouched && lost + 1 < mostAttempts) continue;
      return this.#settle(ending, agent, input.models);
    }
  }

  async #input(agent: Agent, open: OpenGate, results?: { call: string; result: ToolResult }[]): Promise<RunInput> {
    const { run } = this;
    const { config, ledger, now } = this.#parts;
    const { turns } = agent.memory;
    // Each run has a turn or more; this one may be among them.
    const before =
      run.continues && turns > 0
        ? (await ledger.conversation(run.conversation, turns + 1)).filter((one) => one.at < run.at && one.id !== run.id)
        : [];
    const zone = zoneAt(this.#parts, run.address);
    const models = modelSpecs(config(), [agent.llm_model, ...agent.fallbacks], agent);
    const { compression_model } = agent.memory;
    const [compressWith] = compression_model ? modelSpecs(config(), [compression_model], agent) : [];
    return {
      id: run.id,
      agent: agent.name,
      instructions: `${agent.system_prompt}\n\n${surroundings({ agent: agent.name, adapter: run.address.adapter, zone, now: now() })}`,
      models,
      turns: [...turnsOf(before, agent), ...run.heard],
      tools: open.specs,
      maxSteps: agent.max_steps,
      timeoutMs: agent.timeout,
      contextTokens,
      ...(compressWith ? { compressWith } : {}),
      ...(agent.cache === undefined ? {} : { cacheMs: agent.cache }),
      ...(results && run.checkpoint ? { state: run.checkpoint, results } : {}),
    };
  }

  #hooks(open: OpenGate) {
    const { run } = this;
    return {
      checkpoint: async (state: RunInput["state"] & object) => {
        if (this.#stopped) return { kind: "stop" as const };
        const taken = this.#steers.splice(0);
        for (const { turn, event, message } of taken) {
          run.heard.push(turn);
          run.events.push(event);
          if (message) run.readUntil = message;
        }
        // The first state is the input itself, journalled already.
        if (state.step > 0 || taken.length > 0) await this.#parts.ledger.keepCheckpoint(run, state);
        return { kind: "go" as const, steers: taken.map((one) => one.turn) };
      },
      event: (event: RunEvent) => this.#hear(event),
      call: open.call,
    };
  }

  #hear(event: RunEvent): void {
    const { run } = this;
    const state = this.#state;
    switch (event.kind) {
      case "text":
        state.text = event.afresh ? event.text : state.text + event.text;
        break;
      case "tool-started":
        this.#inputs.set(event.call, this.#parts.redact(event.input.slice(0, longestInputKept)));
        state.lines.push({ id: event.call, title: titleOf(event.tool), state: "running" });
        state.status = this.#words.using(titleOf(event.tool));
        break;
      case "tool-finished": {
        const line = state.lines.find((one) => one.id === event.call);
        if (line)
          Object.assign(line, { state: event.failed ? "failed" : "done", ms: event.ms } satisfies Partial<ToolLine>);
        const input = this.#inputs.get(event.call) ?? "";
        run.used.push({ tool: event.tool, input, failed: event.failed, ms: event.ms, summary: event.summary });
        state.status = this.#words.thinking;
        break;
      }
      case "recalled":
        run.recalled = (run.recalled ?? 0) + 1;
        return;
      default:
        return;
    }
    this.#show();
  }

  /** Drafts keep what they are given: each gets a state of its own. */
  #show(): void {
    if (this.#handedOver) return;
    const { lines, ...rest } = this.#state;
    this.#draft?.show({ ...rest, lines: lines.map((line) => ({ ...line })) });
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
      return this.#finish(
        { text, lines: this.#state.lines, footer },
        { kind: "answered", text: ending.text, model: ending.model },
      );
    }
    if (ending.kind === "stopped") {
      return this.#finish(this.#stoppedPost(ending.text || this.#state.text), { kind: "stopped", ...this.#stopped });
    }
    if (ending.code === "model" || ending.code === "refused-key") {
      this.#parts.noteModel(agent.llm_model, { state: "failing", error: ending.detail });
    }
    return this.#fail(
      ending.code,
      ending.detail,
      whyFailed(ending, agent, this.#words),
      ending.text || this.#state.text,
    );
  }

  #stoppedPost(soFar: string): Post {
    return { text: this.#words.stopped(this.#stopped?.by, soFar), lines: this.#state.lines };
  }

  async #fail(code: string, detail: string, why: string, soFar = ""): Promise<void> {
    const { run } = this;
    this.#parts.log.warn({ run: run.id, agent: run.agent, code, detail }, "a run failed");
    const text = this.#words.failed({ why, changed: run.changed, soFar, run: run.id });
    const buttons = [{ id: "retry", value: run.id, text: this.#words.retry }];
    await this.#finish({ text, lines: this.#state.lines, card: { buttons } }, { kind: "failed", code, detail, why });
  }

  /** The answer is durable before it is posted; what follows a crash in between is a second look, not a second answer. */
  async #finish(post: Post, outcome: Run["outcome"] & object): Promise<void> {
    const { run } = this;
    const { postman, ledger, journal, log } = this.#parts;
    this.#draft?.hold?.();
    run.outcome = outcome;
    run.ms = this.#parts.now() - this.#began;
    run.state = "finished";
    delete run.checkpoint;
    for (const line of this.#state.lines) if (line.state === "running") line.state = "failed";
    const record = closingOf(run, outcome);
    const { kept, posted } = postman.send({ address: run.address, post, key: this.#key, record }, this.#draft);
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
    const anybody: Who = { id: `${this.run.address.adapter}:anybody`, roles: [], guest: true };
    return this.#parts.access.authorize(anybody, "see-cost", { at: this.run.address }).allowed;
  }
}

function titleOf(tool: string): string {
  return tool.replace("__", " ");
}
