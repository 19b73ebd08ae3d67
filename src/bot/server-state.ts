import type { McpReport } from "../tools/mcp-servers.ts";
import { visible } from "../tools/pin-diff.ts";
import type { Words } from "../words/words.ts";

const longestShown = 160;

/**
 * How a server is, in a few words. Why it is lost is told by the server, so it is shown as code; and to admins alone, since
 * it may name hosts, files and accounts.
 */
export function serverState(
  { state, tools, error, lostFor = 0, backIn = 0 }: McpReport,
  words: Words,
  isAdmin: boolean,
): string {
  const told = words.tools;
  switch (state) {
    case "connected":
      return told.state.connected(tools);
    case "connecting":
      return told.state.connecting;
    case "needs sign-in":
      return words.oauth.state;
    case "waiting":
      return told.state.waiting(told.span(lostFor), isAdmin ? asCode(error ?? "") : "", told.span(backIn));
  }
}

/** Words of somebody who is not trusted, in one line that calls nobody, hides nothing and is drawn as it is. */
export function asCode(text: string, longest = longestShown): string {
  const signs = [...visible(text.replace(/\s+/g, " ").trim()).replaceAll("`", "'")];
  return `\`${signs.length > longest ? `${signs.slice(0, longest - 1).join("")}…` : signs.join("")}\``;
}
