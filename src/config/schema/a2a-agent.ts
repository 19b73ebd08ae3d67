import { z } from "zod";
import { duration, flag, kind, name, secret, settings, text, textByName } from "./kinds.ts";

const cardUrl = kind(
  "the http(s) URL of an A2A 1.0 (or 0.3) agent; `/.well-known/agent.json` and `/tasks/send` are of an older protocol and gone: give the agent's base URL",
  (written) =>
    typeof written === "string" &&
    /^https?:\/\/\S+$/.test(written) &&
    URL.canParse(written) &&
    !/\/(\.well-known\/agent\.json|tasks\/send\w*)\/?$/.test(written)
      ? written
      : undefined,
);

/** An agent that lives elsewhere, spoken to over A2A. */
export const A2aAgent = settings({
  name: name.describe("How people and agents name it."),
  url: cardUrl.optional().describe("Where it is."),
  command: text.optional().describe("The program to start, when it is not running elsewhere."),
  args: z.array(text).default([]).describe("Its arguments."),
  env: textByName.default({}).meta({ description: "Its environment.", secret: true }),
  headers: textByName.default({}).meta({ description: "Sent with every request.", secret: true }),
  api_key: secret.optional().describe("Sent as `Authorization: Bearer …`."),
  description: text.optional().describe("What it is for."),
  fallback: name.optional().describe("The agent that answers when it is down."),
  timeout: duration.prefault("5m").describe("How long an answer may take."),
  enabled: flag.prefault(true).describe("false: kept, not used."),
}).refine((agent) => agent.url !== undefined || agent.command !== undefined, {
  error: "needs a url to reach or a command to start",
});
export type A2aAgent = z.infer<typeof A2aAgent>;

/** a2a_agents.yaml */
export const A2aAgentsFile = settings({
  a2a_agents: z.array(A2aAgent).default([]).meta({ description: "Agents that live elsewhere.", later: true }),
});
