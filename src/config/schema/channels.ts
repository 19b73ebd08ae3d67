import { isIP } from "node:net";
import { z } from "zod";
import {
  address,
  addressGlob,
  Budget,
  duration,
  kind,
  language,
  name,
  number,
  oneOf,
  people,
  person,
  quietHours,
  settings,
  text,
  timezone,
} from "./kinds.ts";

const network = kind('a network such as "10.0.0.0/8"', (written) => {
  if (typeof written !== "string") return undefined;
  const [, base = "", bits = ""] = /^([0-9a-fA-F.:]+)\/(\d{1,3})$/.exec(written) ?? [];
  const version = isIP(base);
  return version !== 0 && Number(bits) <= (version === 4 ? 32 : 128) ? written : undefined;
});

const Retention = settings({
  runs: duration.prefault("90d").describe("Records of runs."),
  conversations: duration
    .prefault("90d")
    .meta({ description: "Conversations.", later: true, meanwhile: "they are kept as long as runs" }),
  audit: duration.prefault("400d").meta({ description: "The audit log.", later: true }),
});

const Roles = settings({
  member: z.array(person).default([]).describe("Members; with none listed, everyone who is not a guest."),
  guest: z.array(person).default([]).describe("Guests, besides those the platform calls so."),
});

/** What holds for the whole team. */
export const Workspace = settings({
  timezone: timezone.prefault("UTC").describe("For people and channels that have none of their own."),
  language: language.default("en").describe("For people and channels that have none of their own."),
  admins: z.array(person).default([]).describe("People and roles who may do everything."),
  roles: Roles.prefault({}).describe("Who is what, besides admins."),
  admin_channel: address.optional().describe("Where trouble is told."),
  allow_private: z
    .array(network)
    .default([])
    .describe("Private networks that URLs from outside these files may point into."),
  retention: Retention.prefault({}).describe("How long things are kept."),
});
export type Workspace = z.infer<typeof Workspace>;

/** A rule that sends a message to an agent by its words. */
export const Route = settings({
  match: text.describe("Words, or a `/regular expression/` (of the linear-time kind), to be found in the message."),
  agent: name.describe("The agent that answers."),
  tools: z
    .array(text)
    .default([])
    .describe("Globs of tools (`server.tool` or `server__tool`) to offer first, where not all fit; a hint."),
});
export type Route = z.infer<typeof Route>;

/** What holds in some channels; the first that matches is used. */
export const Channel = settings({
  match: addressGlob.describe("Which channels."),
  agent: name.optional().describe("The agent that answers here. Default: `default_agent`."),
  agents: z.array(name).optional().describe("The agents allowed here. Default: all."),
  reply: oneOf("mention", "thread", "all", "off")
    .default("thread")
    .describe(
      "mention: each message needs one. thread: the first does, then the thread goes on. all: every message. off: never.",
    ),
  overlap: oneOf("steer", "queue")
    .default("steer")
    .describe("A message during a run steers it at its next step, or waits its turn."),
  language: language.optional().describe("Default: the workspace's."),
  timezone: timezone.optional().describe("Default: the workspace's."),
  talkers: people.default("everyone").describe("Who may talk to agents here."),
  see_cost: people.default("everyone").describe("Who sees what answers cost."),
  quiet_hours: quietHours
    .optional()
    .describe("When schedules that post here first, and say nothing of it themselves, post nothing."),
  schedulers: people.default("members").describe("Who may make schedules here."),
  approvers: people
    .default([])
    .meta({ description: "Who may approve tool calls here, besides the asker.", later: true }),
  budget: Budget.optional().meta({ description: "What may be spent here.", later: true }),
});
export type Channel = z.infer<typeof Channel>;

/** Limits for people; schedules.yaml is exempt. */
export const Limits = settings({
  min_interval: duration.prefault("5m").describe("Runs of a schedule are at least this far apart."),
  schedules_per_person: number({ min: 0, whole: true }).prefault(20).describe("Schedules one person may have."),
  mentions_per_minute: number({ min: 1, whole: true }).prefault(10).describe("Mentions a person may make in a minute."),
});
export type Limits = z.infer<typeof Limits>;

/** channels.yaml */
export const ChannelsFile = settings({
  workspace: Workspace.prefault({}).describe("What holds for the whole team."),
  default_agent: name
    .optional()
    .describe("The agent that answers where no rule names one. Default: the first enabled one."),
  routes: z.array(Route).default([]).describe("Rules by words; asked after the thread's agent, before the channel's."),
  limits: Limits.prefault({}).describe("Limits for people."),
  channels: z.array(Channel).default([]).describe("What holds in some channels; the first that matches is used."),
});
