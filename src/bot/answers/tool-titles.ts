import { toolTitle } from "../../agent/tool-title.ts";
import { plainLine } from "../../words/plain-line.ts";

const longest = 80;
const mostNamed = 12;

/** A tool as people read of it. Models may call what is no tool, by any name they like: it is only words. */
export function titleOf(tool: string): string {
  return plainLine(toolTitle(tool), longest) || "…";
}

/** Tools as people read of them, each once with how often; not too many. */
export function titlesOf(tools: readonly string[]): string[] {
  const times = new Map<string, number>();
  for (const title of tools.map(titleOf)) times.set(title, (times.get(title) ?? 0) + 1);
  const titles = [...times].map(([title, count]) => (count > 1 ? `${title} ×${count}` : title));
  return titles.length > mostNamed ? [...titles.slice(0, mostNamed), "…"] : titles;
}
