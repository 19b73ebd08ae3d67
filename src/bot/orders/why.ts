import type { Run } from "../../runs/run.ts";
import type { Words } from "../../words/words.ts";
import { titlesOf } from "../answers/tool-titles.ts";
import type { Silence } from "../desk/conversation.ts";

/** Why a run came out as it did, and why the bot kept quiet after it. */
export function tellWhy(
  about: { last: Run | undefined; silence: Silence | undefined },
  costs: boolean,
  words: Words,
): string {
  const { last, silence } = about;
  const lines = [
    ...(last ? linesOf(last, costs, words) : []),
    ...(silence ? [words.whyAnswer.silent(words.silence[silence])] : []),
  ];
  return lines.length > 0 ? lines.join(" ") : words.whyAnswer.nothing;
}

function linesOf(run: Run, costs: boolean, words: Words): string[] {
  const { agent, rule, read, heard, offered, refused, held, usage, recalled } = run;
  const told = words.whyAnswer;
  const files = heard.flatMap((one) => one.files).filter((file) => file.text !== undefined || file.image);
  return [
    told.agent(agent, words.rule(rule)),
    told.read(read, files.length),
    told.tools(offered.length, titlesOf(calledIn(run)), titlesOf(refused)),
    ...(held ? [told.held(titlesOf(held))] : []),
    ...(usage
      ? [told.tokens(usage.input, usage.output, costs ? usage.cost : undefined, usage.estimated === true)]
      : []),
    ...(recalled ? [told.recalled(recalled)] : []),
    endOf(run, words),
  ];
}

/** The tools that were called, without the calls that were refused. */
function calledIn({ used, refused }: Run): string[] {
  const left = [...refused];
  return used.flatMap(({ tool, failed }) => {
    const at = failed ? left.indexOf(tool) : -1;
    if (at >= 0) left.splice(at, 1);
    return at >= 0 ? [] : [tool];
  });
}

function endOf({ outcome }: Run, words: Words): string {
  const { ended } = words.whyAnswer;
  switch (outcome?.kind) {
    case "answered":
      return ended.answered;
    case "failed":
      return ended.failed(outcome.why);
    case "stopped":
      return ended.stopped(outcome.by ?? "");
    default:
      return ended.running;
  }
}
