import { visible } from "./visible.ts";

const longestShown = 160;

/** Words of somebody who is not trusted, in one line that calls nobody, hides nothing and is drawn as it is. */
export function asCode(text: string, longest = longestShown): string {
  const signs = [...visible(text.replace(/\s+/g, " ").trim()).replaceAll("`", "'")];
  return `\`${signs.length > longest ? `${signs.slice(0, longest - 1).join("")}…` : signs.join("")}\``;
}
