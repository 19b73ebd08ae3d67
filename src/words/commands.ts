import type { Suggested } from "../chat.ts";
import type { Words } from "./words.ts";

/** What can be said to the bot itself, after `/bellhop` or after a mention. */
export const verbs = [
  "status",
  "why",
  "help",
  "prompts",
  "usage",
  "mute",
  "unmute",
  "new",
  "forget",
  "tools",
  "connect",
  "disconnect",
  "stop",
] as const;
export type Verb = (typeof verbs)[number];

/** What can be said of schedules, after `/schedule`; everything else there makes one. */
export const scheduleVerbs = [
  "list",
  "show",
  "run",
  "pause",
  "resume",
  "edit",
  "delete",
  "history",
  "why",
  "export",
  "board",
] as const;
export type ScheduleVerb = (typeof scheduleVerbs)[number];

/** A slash command, as platforms are told of it. */
export type Command = {
  name: string;
  does: string;
  /** How what comes after it looks, in one line; empty when nothing does. */
  usage: string;
  /** What it takes, for platforms that have a field for each. */
  fields: { name: string; does: string; required: boolean; suggests?: Suggested }[];
  /**
   * What its first word may be, for platforms that list them; where there are fields too, it stands in the first. `more`:
   * what may come after it.
   */
  verbs: { name: Verb | ScheduleVerb; does: string; more?: { name: string; does: string } }[];
};

/** Something to be done about one message, chosen from its menu; titles have at most 24 characters. */
export type MessageShortcut = { name: "ask-about" | "schedule-this"; title: string };

/** The slash commands; what is registered on a platform comes from here. */
export function commandsIn({ commands }: Words): Command[] {
  return [
    {
      name: "ask",
      does: commands.ask,
      usage: commands.askUsage,
      fields: [
        { name: "question", does: commands.question, required: true, suggests: "question" },
        { name: "agent", does: commands.agent, required: false, suggests: "agent" },
      ],
      verbs: [],
    },
    {
      name: "schedule",
      does: commands.schedule,
      usage: commands.scheduleUsage,
      fields: [
        { name: "when", does: commands.scheduleWhen, required: true, suggests: "when" },
        { name: "what", does: commands.scheduleWhat, required: false },
        { name: "agent", does: commands.agent, required: false, suggests: "agent" },
      ],
      verbs: scheduleVerbs.map((name) => ({ name, does: commands.scheduleVerbs[name] })),
    },
    { name: "agents", does: commands.agents, usage: "", fields: [], verbs: [] },
    {
      name: "bellhop",
      does: commands.bellhop,
      usage: verbs.join(" | "),
      fields: [],
      verbs: verbs.map((name) => ({
        name,
        does: commands.verbs[name],
        ...(name === "tools" ? { more: { name: "what", does: commands.toolsMore } } : {}),
        ...(name === "connect" || name === "disconnect"
          ? { more: { name: "server", does: commands.whichServer } }
          : {}),
      })),
    },
  ];
}

/** The shortcuts in a message's menu. */
export function shortcutsIn({ shortcuts }: Words): MessageShortcut[] {
  return [
    { name: "ask-about", title: shortcuts.askAbout },
    { name: "schedule-this", title: shortcuts.scheduleThis },
  ];
}
