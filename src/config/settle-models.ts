import { didYouMean } from "./nearest.ts";
import type { Agent } from "./schema/agent.ts";
import { defaultModel } from "./schema/agent.ts";
import { Model, Provider, providers } from "./schema/model.ts";

type Unsettled = {
  agents: Agent[];
  models: Model[];
  default_model?: string | undefined;
  default_agent?: string | undefined;
};

/** A model that is named and is not there. */
export type UnknownModel = { path: (string | number)[]; name: string; message: string };

/** The key a provider's own environment variable holds. */
export type KeyOf = (provider: Provider) => string | undefined;

/** Settings whose models and default agent are known to be there. */
type Settled<T> = Omit<T, keyof Unsettled> & {
  agents: Agent[];
  models: Model[];
  default_model: string;
  default_agent: string | undefined;
};

/** Every agent gets the name of a model that is there; models get their provider's own key. */
export function settleModels<T extends Unsettled>(
  config: T,
  keyOf: KeyOf = () => undefined,
): { config: Settled<T>; unknown: UnknownModel[] } {
  const unknown: UnknownModel[] = [];
  const models = config.models.map((model) => withKey(model, keyOf));
  const alone = models.length === 0;
  if (alone) models.push(onlyModel(keyOf));
  const first = models.find((model) => model.active) ?? models[0];

  const settle = (written: string, path: (string | number)[]): string => {
    const found = modelNamed(written, models) ?? unlisted(written, alone, keyOf);
    if (found !== undefined) {
      if (!models.includes(found)) models.push(found);
      return found.name;
    }
    if (alone && first !== undefined) return first.name;
    const names = models.flatMap((model) => [model.name, model.model]);
    unknown.push({
      path,
      name: written,
      message: `no model named "${written}"${didYouMean(written, names) || ` — there are ${[...new Set(models.map((model) => model.name))].join(", ")}`}`,
    });
    return written;
  };

  const default_model =
    config.default_model === undefined ? (first?.name ?? defaultModel) : settle(config.default_model, ["default"]);
  const agents = config.agents.map((agent, index) => {
    const { compression_model } = agent.memory;
    return {
      ...agent,
      llm_model:
        agent.llm_model === defaultModel && modelNamed(defaultModel, models) === undefined
          ? default_model
          : settle(agent.llm_model, ["agents", index, "llm_model"]),
      fallbacks: agent.fallbacks.map((name, position) => settle(name, ["agents", index, "fallbacks", position])),
      memory:
        compression_model === undefined
          ? agent.memory
          : {
              ...agent.memory,
              compression_model: settle(compression_model, ["agents", index, "memory", "compression_model"]),
            },
    };
  });
  const default_agent = config.default_agent ?? (agents.find((agent) => agent.enabled) ?? agents[0])?.name;
  return { config: { ...config, agents, models, default_model, default_agent }, unknown };
}

/** The model meant by a `name`, a `model` or `provider/model`. */
export function modelNamed(written: string, models: Model[]): Model | undefined {
  return (
    models.find((model) => model.name === written) ??
    models.find((model) => model.model === written) ??
    models.find((model) => `${model.provider}/${model.model}` === written)
  );
}

function withKey(model: Model, keyOf: KeyOf): Model {
  const api_key = model.api_key ?? keyOf(model.provider);
  return api_key === undefined ? model : { ...model, api_key };
}

// `offline` and `provider/model` need not be listed; without llm.yaml, OpenAI's own names neither.
function unlisted(written: string, alone: boolean, keyOf: KeyOf): Model | undefined {
  if (written === "offline") return offline();
  const spelled = alone && /^(gpt-|chatgpt-|o\d)/.test(written) ? `openai/${written}` : written;
  const [, prefix, model] = /^([a-z_]+)\/(.+)$/.exec(spelled) ?? [];
  const provider = Provider.safeParse(prefix);
  if (!provider.success || model === undefined) return undefined;
  const { base_url, key } = providers[provider.data];
  if (base_url === undefined) return undefined;
  // Without llm.yaml and without a key the offline model answers instead.
  if (alone && key !== undefined && keyOf(provider.data) === undefined) return undefined;
  return withKey(Model.parse({ name: spelled, provider: provider.data, model }), keyOf);
}

function onlyModel(keyOf: KeyOf): Model {
  return keyOf("openai") === undefined ? offline() : withKey(Model.parse({ name: "gpt-5", provider: "openai" }), keyOf);
}

function offline(): Model {
  return Model.parse({ name: "offline", provider: "offline" });
}
