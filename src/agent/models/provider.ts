import type { ModelSpec } from "../run-input.ts";

type ProviderName = ModelSpec["provider"];

/** What is known of a provider's Chat Completions: where they are, and how they differ. */
export type Provider = {
  /** Absent where config must say it. */
  baseUrl?: string;
  /** How an answer is bound to a schema: enforced, at least JSON, or asked for in words. */
  schema: "json_schema" | "json_object" | "words";
  /** The name of the limit on an answer's tokens. */
  limit: "max_tokens" | "max_completion_tokens";
  /** Whether a model's thoughts go back to it within a tool loop: always, when there are some, or never. */
  thoughts: "always" | "some" | "never";
  /** OpenAI's own narrow idea of a tool: short descriptions, arrays that say their items. */
  narrowTools: boolean;
  /** How long the first byte may take; Ollama may have to load the model first. */
  firstByteMs: number;
};

const usual: Provider = {
  schema: "words",
  limit: "max_tokens",
  thoughts: "never",
  narrowTools: false,
  firstByteMs: 30_000,
};
const openai: Provider = { ...usual, schema: "json_schema", limit: "max_completion_tokens", narrowTools: true };

const providers: Record<Exclude<ProviderName, "offline">, Provider> = {
  openai: { ...openai, baseUrl: "https://api.openai.com/v1" },
  azure_openai: openai,
  // It takes response_format and ignores it.
  anthropic: { ...usual, baseUrl: "https://api.anthropic.com/v1" },
  dashscope: {
    ...usual,
    baseUrl: "https://dashscope.aliyuncs.com/compatible-mode/v1",
    schema: "json_object",
    thoughts: "some",
  },
  deepseek: {
    ...usual,
    baseUrl: "https://api.deepseek.com/v1",
    schema: "json_object",
    thoughts: "always",
  },
  ollama: { ...usual, baseUrl: "http://127.0.0.1:11434/v1", schema: "json_schema", firstByteMs: 120_000 },
  custom: { ...usual, thoughts: "some" },
};

const hosts: [RegExp, keyof typeof providers][] = [
  [/(^|\.)openai\.azure\.com$|(^|\.)cognitiveservices\.azure\.com$/, "azure_openai"],
  [/(^|\.)openai\.com$/, "openai"],
  [/(^|\.)anthropic\.com$/, "anthropic"],
  [/(^|\.)deepseek\.com$/, "deepseek"],
  [/^dashscope[\w-]*\.aliyuncs\.com$/, "dashscope"],
];

/** The provider a model is asked of; a custom one may turn out, by its address, to be one we know. */
export function providerOf(spec: ModelSpec): Provider {
  if (spec.provider === "offline") return usual;
  if (spec.provider !== "custom" || spec.baseUrl === undefined) return providers[spec.provider];
  const host = URL.canParse(spec.baseUrl) ? new URL(spec.baseUrl).hostname : "";
  const known = hosts.find(([pattern]) => pattern.test(host));
  return providers[known?.[1] ?? "custom"];
}

/** Models that think first take no temperature. */
export function takesTemperature(spec: ModelSpec): boolean {
  return !/^(o\d|gpt-5)/.test(spec.model) || spec.model.startsWith("gpt-5-chat");
}

/** Where requests go, and what they carry: the key as this provider wants it. */
export type Endpoint = {
  baseUrl: string;
  headers: Record<string, string | null>;
  query: Record<string, string>;
};

/** The endpoint of a model; undefined when config does not say where it is. */
export function endpointOf(spec: ModelSpec): Endpoint | undefined {
  const given = spec.baseUrl ?? providerOf(spec).baseUrl;
  if (given === undefined || !URL.canParse(given)) return undefined;
  const baseUrl = given.replace(/\/+$/, "");
  if (spec.provider === "azure_openai") return azureEndpoint(spec, baseUrl);
  // Without a key of its own a server gets none: the client would insist on sending something.
  const headers = spec.key === undefined ? { ...spec.headers, authorization: null } : { ...spec.headers };
  return { baseUrl, headers, query: {} };
}

/** Azure's new address takes a plain client; the old ones name the deployment in the path and want `api-version`. */
function azureEndpoint(spec: ModelSpec, baseUrl: string): Endpoint {
  const headers = { "api-key": spec.key ?? null, authorization: null, ...spec.headers };
  const resource = baseUrl.replace(/\/openai(\/v1|\/deployments\/[^/]+)?$/, "");
  if (spec.apiVersion === undefined || baseUrl.endsWith("/openai/v1")) {
    return { baseUrl: `${resource}/openai/v1`, headers, query: {} };
  }
  const deployment = encodeURIComponent(spec.model);
  const named = /\/deployments\/[^/]+$/.test(baseUrl) ? baseUrl : `${resource}/openai/deployments/${deployment}`;
  return { baseUrl: named, headers, query: { "api-version": spec.apiVersion } };
}
