import type { ChatFile, PersonId, Suggested, Suggestion } from "../../../src/chat.ts";
import { refusals } from "../refusals.ts";
import type { Requests } from "../wire.ts";
import { me } from "./live.ts";
import { language, words } from "./words.ts";

type Posts = { [Name in keyof Requests as Name extends `POST /console/${infer Path}` ? Path : never]: Requests[Name] };

/** Why something did not come about; `input` names the field of a form that is to blame. */
export type Problem = { problem: string; input?: string };
/** What became of a request. */
export type Outcome<Gives> = { gives: Gives; problem?: undefined } | Problem;

type Answered = { error?: { code?: string; message?: string; details?: { input?: string } } };

/** Asks for something, as whoever acts now or as another. */
export async function send<Path extends Exclude<keyof Posts, "files">>(
  path: Path,
  takes: Omit<Posts[Path]["takes"], "as">,
  as: PersonId = me.peek(),
): Promise<Outcome<Posts[Path]["gives"]>> {
  try {
    const response = await fetch(`/console/${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ ...takes, as }),
    });
    const answer = await response.json();
    return response.ok ? { gives: answer } : problemIn(answer);
  } catch {
    return { problem: words.peek().unreachable };
  }
}

function problemIn({ error }: Answered): Problem {
  const input = error?.details?.input;
  const said = refusals[language.peek()][error?.code ?? ""] ?? error?.message ?? words.peek().failedOnce;
  return { problem: said, ...(input && { input }) };
}

/** Sends a file off, telling how much of it has gone, from 0 to 1. */
export function upload(
  file: File,
  as: PersonId,
  progress: (part: number) => void,
  signal: AbortSignal,
): Promise<Outcome<ChatFile>> {
  return new Promise((resolve) => {
    // Only this old way of asking tells how much was sent.
    const request = new XMLHttpRequest();
    request.open("POST", `/console/files?${new URLSearchParams({ as, name: file.name })}`);
    request.setRequestHeader("content-type", file.type || "application/octet-stream");
    request.responseType = "json";
    request.upload.onprogress = ({ loaded, total }) => progress(total ? loaded / total : 0);
    request.onload = () =>
      resolve(request.status < 300 ? { gives: request.response } : problemIn(request.response ?? {}));
    request.onerror = request.onabort = () => resolve({ problem: words.peek().unreachable });
    signal.addEventListener("abort", () => request.abort());
    request.send(file);
  });
}

/** Where a file can be had. */
export function hrefOfFile({ ref }: ChatFile): string {
  return `/console/files/${encodeURIComponent(ref)}?as=${encodeURIComponent(me.value)}`;
}

/** Tells the bot that whoever acts looks at its page, or at their DM with it. */
export async function look(at: "home" | "direct"): Promise<void> {
  try {
    await fetch(`/console/${at}?as=${encodeURIComponent(me.peek())}`);
  } catch {
    // The connection shows that it is lost.
  }
}

/** Ways in which what is typed could go on. */
export async function suggest(
  field: Suggested,
  typed: string,
  { channel, thread }: { channel: string; thread?: string },
): Promise<Suggestion[]> {
  const query = new URLSearchParams({ field, typed, channel, as: me.peek(), ...(thread && { thread }) });
  try {
    const response = await fetch(`/console/suggestions?${query}`);
    if (!response.ok) return [];
    const { suggestions }: Requests["GET /console/suggestions"]["gives"] = await response.json();
    return suggestions;
  } catch {
    return [];
  }
}
