import type { Suggestion } from "../../../src/chat.ts";
import type { Command } from "../../../src/words/commands.ts";
import { questionIn } from "../question-typed.ts";

/** One way to complete what is typed. */
export type Completion = { name: string; detail?: string; insert: string };

/** The ways there are, from where on they replace the text, and whether one is chosen before the writer chose. */
export type Completing = { from: number; choices: Completion[]; eager: boolean };

/** What completions are made of. */
export type Vocabulary = {
  bot: string;
  people: string[];
  commands: Command[];
  agents: string[];
  /** What the bot made of a question that uses a prompt, as it was typed then. */
  question?: { typed: string; ways: Suggestion[] } | undefined;
};

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

/** The ways in which what stands before the caret can go on; `heard`: the bot is meant also where it is not called. */
export function completionsFor(before: string, vocabulary: Vocabulary, heard: boolean): Completing | undefined {
  const { bot, people, commands, agents, question } = vocabulary;
  const offer = (typed: string, choices: Completion[], eager = true): Completing | undefined => {
    const begins = ({ name }: Completion) => bare(name).startsWith(bare(typed));
    const fitting = choices.filter(begins);
    return fitting.length > 0 ? { from: before.length - typed.length, choices: fitting, eager } : undefined;
  };

  const asked = questionIn(before, bot, heard);
  if (asked !== undefined) {
    // What was found for other words is of no use any more. Whoever presses Enter means what they wrote.
    const choices = question?.typed === asked ? question.ways.map(({ value, about }) => choiceOf(value, about)) : [];
    return choices.length > 0 ? { from: before.length - asked.length, choices, eager: false } : undefined;
  }

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

function choiceOf(value: string, about: string | undefined): Completion {
  return { name: value, insert: value, ...(about === undefined ? {} : { detail: about }) };
}

function takesAgent(commands: Command[], name: string): boolean {
  const command = commands.find((command) => command.name === name.toLowerCase());
  // When something runs comes before the agent.
  return command?.fields.find(({ suggests }) => suggests === "agent" || suggests === "when")?.suggests === "agent";
}

/** The one word after the bot's name. */
function afterBot(before: string, bot: string): string | undefined {
  const [, called, typed] = /(?:^|\s)[@＠]([\p{L}\p{N}_-]+)[,:，：]?\s+([\p{L}\p{N}_-]*)$/u.exec(before) ?? [];
  return called?.toLowerCase() === bot.toLowerCase() ? typed : undefined;
}

function bare(name: string): string {
  return name.replace(/^＠/, "@").toLowerCase();
}
