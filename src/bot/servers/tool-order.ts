/** What can be asked of servers and their tools. */
export type ToolOrder = { verb: "list" | "diff" | "accept" | "reject"; name?: string; code?: string };

const verbs: Record<string, ToolOrder["verb"]> = {
  diff: "diff",
  accept: "accept",
  reject: "reject",
  差異: "diff",
  接受: "accept",
  拒絕: "reject",
};

/** What is asked after `tools`: what comes there is an order, so undefined is one that can't be understood. */
export function toolOrderIn(text: string): ToolOrder | undefined {
  const [first = "", name, code, ...more] = text.split(/\s+/).filter(Boolean);
  if (first === "") return { verb: "list" };
  const verb = verbs[first.toLowerCase()];
  if (!verb || more.length > 0 || (verb === "diff" && code !== undefined)) return undefined;
  return { verb, ...(name === undefined ? {} : { name }), ...(code === undefined ? {} : { code }) };
}

/** What is asked of tools by a whole text, as it is said after a mention or typed after `/bellhop`. */
export function toolsTextIn(text: string): string | undefined {
  const found = /^\s*\/?(?:bellhop\s+)?(?:tools|工具)(?:\s+([\s\S]*))?$/i.exec(text);
  return found ? (found[1] ?? "") : undefined;
}
