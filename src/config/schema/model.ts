import { z } from "zod";
import { aliasOf, flag, number, secret, settings, text, textByName, title, url } from "./kinds.ts";

const providerNames = [
  "openai",
  "azure_openai",
  "anthropic",
  "dashscope",
  "deepseek",
  "ollama",
  "custom",
  "offline",
] as const;

/** Who serves a model; all speak Chat Completions. */
export const Provider = z.enum(providerNames);
export type Provider = z.infer<typeof Provider>;

/** Where a provider is, and the environment variable that holds its key. */
export const providers: Readonly<Record<Provider, { base_url?: string; key?: string }>> = {
  openai: { base_url: "https://api.openai.com/v1", key: "OPENAI_API_KEY" },
  azure_openai: { key: "AZURE_OPENAI_API_KEY" },
  anthropic: { base_url: "https://api.anthropic.com/v1", key: "ANTHROPIC_API_KEY" },
  dashscope: { base_url: "https://dashscope.aliyuncs.com/compatible-mode/v1", key: "DASHSCOPE_API_KEY" },
  deepseek: { base_url: "https://api.deepseek.com/v1", key: "DEEPSEEK_API_KEY" },
  ollama: { base_url: "http://127.0.0.1:11434/v1" },
  custom: {},
  offline: {},
};

const spelledProvider = z
  .enum([...providerNames, "openai_compatible", "azure"])
  .transform(
    (written): Provider =>
      written === "openai_compatible" ? "custom" : written === "azure" ? "azure_openai" : written,
  );

const Price = settings({
  input: number({ min: 0 }).describe("Dollars per million tokens read."),
  output: number({ min: 0 }).describe("Dollars per million tokens written."),
});

/** A model that agents can use. */
export const Model = settings({
  name: title.optional().describe("How agents name it. Default: `model`."),
  provider: spelledProvider
    .prefault("openai")
    .describe("`openai_compatible` and `azure` are accepted for `custom` and `azure_openai`."),
  model: title.optional().describe("What the provider calls it. Default: `name`."),
  model_name: aliasOf("model", title),
  api_key: secret.optional().describe("Default: the provider's own variable, e.g. `OPENAI_API_KEY`."),
  base_url: url.optional().describe("Where it is served. `custom` and `azure_openai` need it; others know theirs."),
  api_version: text.optional().describe("For older Azure endpoints only."),
  headers: textByName.default({}).meta({ description: "Sent with every call.", secret: true }),
  display_name: title.optional().describe("How people see it. Default: `name`."),
  description: text.optional().describe("What it is good for, as `/agents` says it."),
  active: flag.prefault(true).describe("false: kept, not used."),
  temperature: number({ min: 0, max: 2 }).optional().describe("For agents that set none."),
  max_tokens: number({ min: 1, whole: true }).optional().describe("For agents that set none."),
  images: flag
    .optional()
    .describe("Whether it is shown images. Default: known by its name for well-known models, else no."),
  price: Price.optional().describe("What it costs; without it costs are not shown."),
}).transform((written, context) => {
  const { model_name, ...rest } = written;
  const model = rest.model ?? model_name ?? rest.name;
  const base_url = rest.base_url ?? providers[rest.provider].base_url;
  const complain = (message: string) => context.issues.push({ code: "custom", message, input: written });
  if (model === undefined) {
    complain("a model needs a name, or the provider's name for it in `model`");
    return z.NEVER;
  }
  if (base_url === undefined && rest.provider !== "offline") complain(`provider ${rest.provider} needs a base_url`);
  const name = rest.name ?? model;
  return {
    ...rest,
    name,
    model,
    display_name: rest.display_name ?? name,
    ...(base_url === undefined ? {} : { base_url }),
  };
});
export type Model = z.infer<typeof Model>;

const Embeddings = settings({
  provider: spelledProvider.prefault("openai").describe("As for models."),
  model: title.prefault("text-embedding-3-small").describe("What the provider calls it."),
  api_key: secret.optional().describe("Default: the provider's own variable."),
  base_url: url.optional().describe("Where it is served, unless the provider's usual place."),
});

const ShortForm = settings({
  provider: spelledProvider.prefault("custom").describe("As for models."),
  base_url: url.optional().describe("As for models."),
  api_key: secret.optional().describe("As for models."),
  default_model: title.describe("What the provider calls the model every agent uses."),
  temperature: number({ min: 0, max: 2 }).optional().describe("As for models."),
  max_tokens: number({ min: 1, whole: true }).optional().describe("As for models."),
}).transform(({ default_model, ...rest }, context) => {
  const model = Model.safeParse({ ...rest, name: default_model });
  if (model.success) return model.data;
  context.issues.push({ code: "custom", message: model.error.issues[0]?.message ?? "", input: default_model });
  return z.NEVER;
});

/** llm.yaml */
export const LlmFile = settings({
  models: z.array(Model).default([]).describe("Models that agents can use."),
  default: title.optional().describe("The model of agents that name none. Default: the first active one."),
  embeddings: Embeddings.optional().meta({ description: "The model that embeds documents.", later: true }),
  llm: ShortForm.optional().describe("The older short form: one model for every agent."),
}).transform(({ models, llm, default: named, embeddings }) => {
  const default_model = named ?? llm?.name;
  return {
    models: llm === undefined ? models : [...models, llm],
    ...(default_model === undefined ? {} : { default_model }),
    ...(embeddings === undefined ? {} : { embeddings }),
  };
});
