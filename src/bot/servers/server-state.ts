import type { McpReport } from "../../tools/mcp-servers.ts";
import { asCode } from "../../words/as-code.ts";
import type { Words } from "../../words/words.ts";

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
