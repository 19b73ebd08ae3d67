import type { Post } from "../../chat.ts";
import { type Change, changesOf, linesOf } from "../../tools/pin-diff.ts";
import type { HeldTool } from "../../tools/pins.ts";
import { asCode } from "../../words/as-code.ts";
import { visible } from "../../words/visible.ts";
import type { Words } from "../../words/words.ts";

/** So much of a diff is shown in chat; all of it goes along as a file. */
const longestShown = 2400;
/** So much of one tool, that another one is seen, too. */
const longestOfOne = 1200;

/** What is held back, as admins read it before they accept it: everything of it as code, every sign of it to be seen. */
export function drawDiff(
  server: string,
  held: readonly HeldTool[],
  words: Words,
  options: { whole: boolean },
): Pick<Post, "text" | "files"> {
  const told = words.tools;
  const drawn = held.map((one) => {
    const name = asCode(`${server}.${one.is.name}`);
    return { head: one.was ? told.changed(name) : told.isNew(name), lines: linesIn(one, words) };
  });
  const whole = drawn.map(({ head, lines }) => `${head}\n${fenced(lines.join("\n"))}`).join("\n\n");
  if (options.whole || whole.length <= longestShown) return { text: whole };
  let text = "";
  for (const { head, lines } of drawn) {
    const one = `${head}\n${fenced(beginning(lines, longestOfOne))}`;
    if (text !== "" && text.length + one.length > longestShown) break;
    text += `${one}\n\n`;
  }
  const name = `${server}-tools.diff.txt`;
  const plain = drawn.map(({ head, lines }) => `${head.replaceAll("`", "")}\n${lines.join("\n")}\n`).join("\n");
  return { text: text + told.wholeIn(name), files: [{ name, type: "text/plain", text: plain }] };
}

function linesIn({ was, is }: HeldTool, words: Words): string[] {
  return changesOf(was, is).flatMap((change) => [`${partOf(change, words)}:`, ...linesOf(change)]);
}

function partOf({ what, name }: Change, words: Words): string {
  const { part } = words.tools;
  // In quotes, so that no name looks like a line of its own.
  return what === "parameter" ? part.parameter(visible(JSON.stringify(name ?? ""))) : part[what];
}

/** As many lines as fit, the last one cut where it must be. */
function beginning(lines: readonly string[], longest: number): string {
  const text = lines.join("\n");
  return text.length > longest ? `${text.slice(0, longest).replace(/[\uD800-\uDBFF]$/, "")}…` : text;
}

/** A block of code that nothing in it ends. */
function fenced(text: string): string {
  return `\`\`\`diff\n${text.replace(/`{3,}/g, (signs) => "⟨U+0060⟩".repeat(signs.length))}\n\`\`\``;
}
