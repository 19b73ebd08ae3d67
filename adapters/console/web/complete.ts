import type { Command } from "../../../src/words/commands.ts";

/** One way to complete what is typed. */
export type Completion = { name: string; detail?: string; insert: string };

/** The ways there are, from where on they replace the text, and whether one is chosen before the writer chose. */
export type Completing = { from: number; choices: Completion[]; eager: boolean };

/** What completions are made of. */
export type Vocabulary = { bot: string; people: string[]; commands: Command[]; agents: string[] };

const atWord = /(?:^|[\s(（])([@＠][\p{L}\p{N}_-]*)$/u;

/** What of the name of an agent is typed before the caret, if one could stand there. */
export function agentTyped(
  before: string,
  { bot, commands }: Pick<Vocabulary, "bot" | "commands">,
): string | undefined {
  const [, name, typed] = /^\/(\w+)\s+([\p{L}\p{N}_-]*)$/u.exec(before) ?? [];
  if (name) return takesAgent(commands, name) ? typed : undefined;
  if (atWord.test(before)) return "";
  return afterBot(before, bot);
}

/** The ways in which what stands before the caret can go on. */
export function completionsFor(before: string, vocabulary: Vocabulary): Completing | undefined {
  const { bot, people, commands, agents } = vocabulary;
  const offer = (typed: string, choices: Completion[], eager = true): Completing | undefined => {
    const begins = ({ name }: Completion) => bare(name).startsWith(bare(typed));
    const fitting = choices.filter(begins);
    return fitting.length > 0 ? { from: before.length - typed.length, choices: fitting, eager } : undefined;
  };

  const command = /^\/\w*$/.exec(before)?.[0];
  if (command)
    return offer(
      command,
      commands.map(({ name, usage, does }) => ({
        name: `/${name}`,
        detail: usage ? `${usage} — ${does}` : does,
        insert: `/${name} `,
      })),
    );

  const [, name, typed = ""] = /^\/(\w+)\s+([\p{L}\p{N}_-]*)$/u.exec(before) ?? [];
  const known = name && commands.find((command) => command.name === name.toLowerCase());
  if (known) {
    const verbs = known.verbs.map(({ name, does }) => ({ name, detail: does, insert: name }));
    const named = takesAgent(commands, known.name) ? agents.map((name) => ({ name, insert: `${name} ` })) : [];
    return offer(typed, [...verbs, ...named], typed !== "");
  }

  const after = afterBot(before, bot);
  if (after !== undefined) {
    const verbs = commands.flatMap(({ verbs, fields }) => (fields.length === 0 ? verbs : []));
    const offered = [
      ...agents.map((name) => ({ name, insert: `${name}: ` })),
      ...verbs.map(({ name, does }) => ({ name, detail: does, insert: name })),
    ];
    return offer(after, after === "" ? offered.slice(0, agents.length) : offered, after !== "");
  }

  const called = atWord.exec(before)?.[1];
  if (!called) return undefined;
  const callsBot = `@${bot}`;
  return offer(called, [
    { name: callsBot, insert: `${callsBot} ` },
    ...agents.map((agent) => ({ name: `${callsBot} ${agent}:`, insert: `${callsBot} ${agent}: ` })),
    ...people.map((person) => ({ name: `@${person}`, insert: `@${person} ` })),
  ]);
}

function takesAgent(commands: Command[], name: string): boolean {
  const command = commands.find((command) => command.name === name.toLowerCase());
  // What comes first in a command is its first field that can be completed.
  return command?.fields.find(({ suggests }) => suggests !== undefined)?.suggests === "agent";
}

/** The one word after the bot's name. */
function afterBot(before: string, bot: string): string | undefined {
  const [, called, typed] = /(?:^|\s)[@＠]([\p{L}\p{N}_-]+)[,:，：]?\s+([\p{L}\p{N}_-]*)$/u.exec(before) ?? [];
  return called?.toLowerCase() === bot.toLowerCase() ? typed : undefined;
}

function bare(name: string): string {
  return name.replace(/^＠/, "@").toLowerCase();
}
