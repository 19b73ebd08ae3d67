import type { ModelSpec } from "../../agent/run-input.ts";
import type { Agent } from "../../config/schema/agent.ts";
import type { Model } from "../../config/schema/model.ts";
import type { Config } from "../../config/schema.ts";

/** The models an agent speaks with, in order, as workers are told of them; without their keys. */
export function modelSpecs(config: Config, names: string[], agent: Agent): ModelSpec[] {
  return names
    .flatMap((name) => config.models.filter((model) => model.name === name))
    .map((model) => specOf(model, agent));
}

/** A model with its key, and what its settings have sent along: only for the way to a worker, kept nowhere. */
export function withKey(config: Config, spec: ModelSpec): ModelSpec {
  const model = config.models.find((one) => one.name === spec.name);
  return {
    ...spec,
    ...(model?.api_key ? { key: model.api_key } : {}),
    ...(model && Object.keys(model.headers).length > 0 ? { headers: model.headers } : {}),
  };
}

function specOf(model: Model, agent: Agent): ModelSpec {
  const temperature = agent.temperature ?? model.temperature;
  const maxTokens = agent.max_tokens ?? model.max_tokens;
  return {
    name: model.name,
    provider: model.provider,
    model: model.model,
    ...(model.base_url ? { baseUrl: model.base_url } : {}),
    ...(model.api_version ? { apiVersion: model.api_version } : {}),
    ...(temperature === undefined ? {} : { temperature }),
    ...(maxTokens === undefined ? {} : { maxTokens }),
    ...(model.images === undefined ? {} : { images: model.images }),
    ...(model.price ? { price: model.price } : {}),
  };
}
