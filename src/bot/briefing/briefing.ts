import { takesImages } from "../../agent/images.ts";
import type { ModelSpec, RunInput } from "../../agent/run-input.ts";
import type { ToolSpec } from "../../agent/tool.ts";
import type { Turn } from "../../agent/turn.ts";
import type { Agent } from "../../config/schema/agent.ts";
import type { Ledger } from "../../runs/ledger.ts";
import type { Heard, HeardFile, Run } from "../../runs/run.ts";
import { type Desk, zoneAt } from "../desk/desk.ts";
import type { Attachments } from "./attachments.ts";
import { surroundings, turnOf, turnsOf } from "./context.ts";
import { modelSpecs } from "./model-specs.ts";
import type { PromptFetching } from "./prompt-fetching.ts";

/** Somebody who watches files being read. `ends` is told what became of them. */
export type Reading = { signal: AbortSignal; begins(file: string): void; ends(files: HeardFile[]): void };

/** Makes what a worker is told of a run, files read and images fetched. */
export type Briefing = {
  /** All of it; with `results` the run goes on from where it was parked. */
  brief(run: Run, agent: Agent, tools: ToolSpec[], reading: Reading, results?: RunInput["results"]): Promise<RunInput>;
  /** What was said meanwhile, as turns. */
  turns(run: Run, heard: Heard[], models: ModelSpec[], reading: Reading): Promise<Turn[]>;
};

/** Tokens a conversation may take before it is compressed, where nothing says how much its model holds. */
const contextTokens = 48_000;
const noImages: ReadonlyMap<string, string> = new Map();

/** Briefings from the record and the config of the moment. */
export function createBriefing(parts: {
  config: Desk["config"];
  ledger: Ledger;
  attachments: Attachments;
  /** Fetches the prompts that were asked by. */
  prompts: Pick<PromptFetching, "fetch">;
  now(): number;
}): Briefing {
  const { config, ledger, attachments, prompts, now } = parts;

  /** The runs before this one that it goes on from. */
  async function earlier(run: Run, turns: number): Promise<Run[]> {
    if (!run.continues || turns === 0) return [];
    // Each run has a turn or more; this one may be among them.
    const runs = await ledger.conversation(run.conversation, turns + 1);
    return runs.filter((one) => one.at < run.at && one.id !== run.id && one.at >= (run.afresh ?? 0));
  }

  /** Reads the files of messages, and gives the images that are to be seen, those of earlier messages too. */
  async function imagesFor(run: Run, heard: Heard[], before: Heard[], models: ModelSpec[], reading: Reading) {
    const { adapter } = run.address;
    const prompt = heard.find((one) => one.prompt)?.prompt;
    if (prompt) {
      reading.begins(`${prompt.server}.${prompt.name}`);
      await prompts.fetch(heard, reading.signal);
      reading.ends([]);
    }
    const seesImages = models[0] !== undefined && takesImages(models[0]);
    const files = heard.flatMap((one) => one.files);
    if (files.length > 0) {
      reading.begins(files[0]?.name ?? "");
      await attachments.read(heard, { adapter, seesImages }, reading.signal);
    }
    const images = seesImages ? await attachments.images([...before, ...heard], adapter, reading.signal) : noImages;
    if (files.length > 0) reading.ends(files);
    return images;
  }

  return {
    async brief(run, agent, tools, reading, results) {
      const before = await earlier(run, agent.memory.turns);
      const zone = zoneAt(parts, run.address);
      const models = modelSpecs(config(), [agent.llm_model, ...agent.fallbacks], agent);
      const { compression_model } = agent.memory;
      const [compressWith] = compression_model ? modelSpecs(config(), [compression_model], agent) : [];
      const heardBefore = before.flatMap((one) => one.heard);
      const images = await imagesFor(run, run.heard, heardBefore, models, reading);
      const state = results && run.checkpoint;
      // What was said meanwhile is part of the state already.
      const heard = state ? run.heard.filter((one) => !one.meanwhile) : run.heard;
      const about = { agent: agent.name, adapter: run.address.adapter, zone, now: now() };
      return {
        id: run.id,
        agent: agent.name,
        instructions: `${agent.system_prompt}\n\n${surroundings(about)}`,
        models,
        turns: [...turnsOf(before, agent, zone, images), ...heard.map((one) => turnOf(one, zone, images))],
        tools,
        maxSteps: agent.max_steps,
        timeoutMs: run.timeoutMs ?? agent.timeout,
        contextTokens,
        ...(compressWith ? { compressWith } : {}),
        ...(run.held ? { held: run.held } : {}),
        ...(run.output ? { output: run.output } : {}),
        ...(agent.cache === undefined ? {} : { cacheMs: agent.cache }),
        ...(state ? { state, results } : {}),
      };
    },
    async turns(run, heard, models, reading) {
      const images = await imagesFor(run, heard, [], models, reading);
      return heard.map((one) => turnOf(one, zoneAt(parts, run.address), images));
    },
  };
}
