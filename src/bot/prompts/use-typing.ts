import type { ListedPrompt } from "../../tools/mcp/prompts.ts";
import { filledGap, longest, onlyGap, type PromptList, startsWith, valueIn } from "./use-text.ts";

/** Of a text that is to use a prompt, what is being typed: which prompt, which gap, or what fills one. `head` stands before it. */
export type Typing =
  | { kind: "prompt"; head: string; typed: string }
  | ({ kind: "gap"; head: string; typed: string } & Filling)
  | ({ kind: "value"; head: string; typed: string; gap: string } & Filling);

/** A prompt that is being filled in, and what is in its gaps so far. */
export type Filling = { server: string; prompt: ListedPrompt; given: Record<string, string> };

const begun = /^(?:u|us|use|使|使用|用)?$/iu;
const opener = /^(?:(?:use\s+|使用\s*|用\s*)\/?|\/)/iu;
const whole = new RegExp(`^\\s+${filledGap.source}(?=\\s)`, "su");
const halfFilled = /^(\s+)([^\s=＝"“「']+)[=＝](?:(["“「'])(.*)|(\S*))$/su;

/** Reads what is being typed at the end of a text; undefined where that is no use of a prompt. */
export function readTyping(text: string, servers: readonly PromptList[]): Typing | undefined {
  const start = text.trimStart();
  if (begun.test(start)) return { kind: "prompt", head: "use ", typed: "" };
  const head = opener.exec(start)?.[0];
  if (head === undefined) return undefined;
  const called = start.slice(head.length);
  const server = longest(servers, ({ name }) => startsWith(called, name) && /^[.:：]/u.test(called.slice(name.length)));
  const after = server && called.slice(server.name.length + 1);
  const prompt =
    after === undefined
      ? undefined
      : longest(server?.prompts ?? [], ({ name }) => startsWith(after, name) && /^\s/u.test(after.slice(name.length)));
  if (!server || !prompt || after === undefined) return { kind: "prompt", head, typed: called };
  return typingInGaps(start, after.slice(prompt.name.length), { server: server.name, prompt, given: {} });
}

function typingInGaps(text: string, gaps: string, filling: Filling): Typing | undefined {
  const { server, prompt } = filling;
  const given = { ...filling.given };
  const argument = (written: string) =>
    prompt.arguments.find(({ name }) => name.toLowerCase() === written.toLowerCase());
  let rest = gaps;
  for (let found = whole.exec(rest); found; found = whole.exec(rest)) {
    const [all, written = "", ...values] = found;
    const filled = argument(written);
    if (filled) given[filled.name] = valueIn(values.slice(0, 5));
    rest = rest.slice(all.length);
  }
  const before = (typed: string) => text.slice(0, text.length - typed.length);
  const [, space = "", written, quote, inQuotes = "", bare = ""] = halfFilled.exec(rest) ?? [];
  if (written !== undefined) {
    const gap = argument(written)?.name;
    if (gap === undefined) return undefined;
    const typed = quote === undefined ? bare : inQuotes.replace(/["”」']$/u, "");
    return { kind: "value", head: before(rest.slice(space.length)), typed, gap, server, prompt, given };
  }
  const typed = rest.trimStart();
  if (!/\s/u.test(typed)) return { kind: "gap", head: before(typed), typed, server, prompt, given };
  // Several words can only be what fills the one gap there is.
  const gap = onlyGap(prompt, given)?.name;
  return gap === undefined ? undefined : { kind: "value", head: before(typed), typed, gap, server, prompt, given };
}
