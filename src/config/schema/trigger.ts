import { z } from "zod";
import { address, duration, flag, name, number, oneOf, secret, settings, text, timezone, url } from "./kinds.ts";

const common = {
  name: name.describe("What people call it; a webhook's address ends in it."),
  agent: name.describe("The agent it starts."),
  input_template: text
    .prefault("{{payload}}")
    .describe("What the agent is told; {{payload.user.name}} and {{event.type}} are filled in."),
  to: z.array(address).default([]).describe("Where the result is posted. Default: nowhere."),
  callback_url: url.optional().describe("Where the result is sent."),
  enabled: flag.prefault(true).describe("false: kept, never starts."),
  timeout: duration.optional().describe("Default: the agent's."),
};

/** What starts an agent besides people: a time, a web request, something that happened. */
export const Trigger = z.discriminatedUnion("type", [
  settings({
    type: z.literal("schedule").describe("Started by the clock."),
    ...common,
    when: text.describe('schedule: when, in words: "every weekday 9:00".'),
    timezone: timezone.optional().describe("schedule: default: the workspace's."),
  }),
  settings({
    type: z.literal("webhook").describe("Started by a request to /hooks/NAME."),
    ...common,
    methods: z.array(oneOf("POST", "GET")).default(["POST"]).describe("webhook: allowed methods."),
    secret: secret.optional().describe("webhook: sent by the caller as `X-Bellhop-Secret`."),
    hmac: secret.optional().describe("webhook: the key of the caller's HMAC-SHA256 signature."),
    per_minute: number({ min: 1, whole: true }).prefault(60).describe("webhook: requests taken in a minute."),
  }),
  settings({
    type: z.literal("event").describe("Started by something that happened."),
    ...common,
    on: oneOf("message", "reaction_added", "member_joined", "run_failed", "document_added").describe(
      "event: what happened.",
    ),
    match: text
      .optional()
      .describe("event: words or a `/regular expression/` the message must hold, or the reaction's name."),
    channels: z.array(address).default([]).describe("event: only there. Default: anywhere."),
  }),
]);
export type Trigger = z.infer<typeof Trigger>;

/** triggers.yaml */
export const TriggersFile = settings({
  triggers: z.array(Trigger).default([]).meta({ description: "What starts agents besides people.", later: true }),
});
