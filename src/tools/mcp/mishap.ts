import { StreamableHTTPError } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { ErrorCode, McpError } from "@modelcontextprotocol/sdk/types.js";
import { isObject } from "../../agent/json.ts";
import { NotLetIn } from "../oauth/as-itself.ts";
import { NeedsSignIn, NotRenewed } from "../oauth/sign-in.ts";
import { noAnswer } from "./answer-streams.ts";

/** What became of a request that failed: `told` to a model; and whether its session is over, and why, or may be. */
export type Mishap = { told: string; session?: { lost: string } | "doubtful" };

const unknown = " Whether it did what was asked is not known.";

/** What an error of a request means. `isCall`: a tool was called, which may have done something all the same. */
export function mishapOf(error: unknown, server: { name: string; timeout: number }, isCall: boolean): Mishap {
  const { name, timeout } = server;
  const doubt = isCall ? unknown : "";
  // Turned away, and nothing was done.
  if (error instanceof NotRenewed) return { told: error.message };
  if (error instanceof NotLetIn) {
    const told = error.message;
    return error.why === "refused" ? { told, session: { lost: told } } : { told };
  }
  if (error instanceof NeedsSignIn) {
    const told = error.message;
    // Too few rights for this may be enough for all else.
    return error.why === "scope" ? { told } : { told, session: { lost: told } };
  }
  // The server was restarted and knows nothing of us: a new session is begun, and nothing was done.
  if (error instanceof StreamableHTTPError && error.code === 404) {
    const told = `${name} was restarted and did not take the call. Try it again in a moment.`;
    return { told, session: { lost: "its session ended" } };
  }
  if (error instanceof McpError) {
    const said = refusalIn(error);
    if (said !== undefined && error.code !== noAnswer) return { told: `${name} refused the call: ${said}` };
    switch (error.code) {
      case ErrorCode.ConnectionClosed:
        return { told: `${name} went away during the call.${doubt}` };
      case ErrorCode.RequestTimeout:
        return {
          told: `${name} did not answer within ${waitedMs(error, timeout) / 1000} s.${doubt}`,
          session: "doubtful",
        };
      default:
        return { told: `${name} gave no answer that can be read: ${plain(error.message)}.${doubt}` };
    }
  }
  if (error instanceof Error && "issues" in error)
    return { told: `${name} answered with what is no result of a tool.` };
  const why = reasonOf(error);
  if (isUnsent(error)) return { told: `${name} could not be reached: ${why}`, session: { lost: why } };
  // One answer went wrong; the others may not.
  const told =
    error instanceof TypeError && error.message === "fetch failed"
      ? `${name} went away during the call.${doubt}`
      : `${name} gave no answer that can be read: ${why}.${doubt}`;
  return { told, session: "doubtful" };
}

/** How our own client says that no answer will come: servers use the same numbers for errors of theirs. */
const ends = new Map<number, string>([
  [ErrorCode.ConnectionClosed, "Connection closed"],
  [ErrorCode.RequestTimeout, "Request timed out"],
]);

/** What a server said when it refused; undefined where it did not come to an answer. */
export function refusalIn(error: unknown): string | undefined {
  if (!(error instanceof McpError)) return undefined;
  const said = plain(error.message);
  return ends.get(error.code) === said ? undefined : said;
}

/** Why something went wrong, in the words of whoever said it; fetch hides them in the cause. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof McpError && error.code === ErrorCode.RequestTimeout && refusalIn(error) === undefined) {
    const waited = waitedMs(error, 0);
    return waited > 0 ? `it did not answer within ${waited / 1000} s` : "it did not answer in time";
  }
  const cause = error.cause instanceof Error ? error.cause.message : undefined;
  return cause && error.message === "fetch failed" ? cause : plain(error.message);
}

/** How long an answer was waited for: a call that says how far it is has longer. */
function waitedMs({ data }: McpError, timeout: number): number {
  return isObject(data) && typeof data.timeout === "number" ? data.timeout : timeout;
}

/** Nobody took the call. */
function isUnsent(error: unknown): boolean {
  const { cause } = error instanceof Error ? error : {};
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  return /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT)$/.test(code);
}

function plain(message: string): string {
  return message.replace(/^MCP error -?\d+: /, "").slice(0, 500);
}
