import type { ServerResponse } from "node:http";
import type { Language, PersonId, Route } from "../../src/chat.ts";
import { commandsIn, shortcutsIn } from "../../src/words/commands.ts";
import { wordsOf } from "../../src/words/words.ts";
import { actingRoutes } from "./acting.ts";
import { type Answering, Asking, type AskingParts } from "./asking.ts";
import { cursorOf, tellChanges } from "./events.ts";
import { sendPage } from "./page.ts";
import { answer, Looking, Refusal, refuse, refuseStrangers } from "./requests.ts";
import { sayingRoutes } from "./saying.ts";
import { sharingRoutes } from "./sharing.ts";
import type { State } from "./wire.ts";

/** What the routes work with. */
export type RouteParts = AskingParts & { webRoot: string; heartbeatMs: number };

/** The console over HTTP. `stop` ends the event streams that are open. */
export function createRoutes(parts: RouteParts): { list: Route[]; stop(): void } {
  const { workspace, about, log } = parts;
  const asking = new Asking(parts);
  const readers = new Set<ServerResponse>();
  const { say, edit, remove } = sayingRoutes(asking);
  const { press, pick, submit, preview, dismiss, rate, choose, complete, home, direct } = actingRoutes(asking);
  const { send, fetch } = sharingRoutes(asking);

  /** Whoever reads, when it is said. */
  function reader(url: URL): PersonId | undefined {
    return url.searchParams.has("as") ? asking.query(url, Looking).as : undefined;
  }

  const state: Answering = async (_request, response, url) => {
    const as = reader(url);
    const { bot, channels } = workspace;
    answer(response, 200, {
      cursor: cursorOf(workspace),
      bot,
      people: workspace.people.map((person) => {
        const language = about.language(person.id);
        return { ...person, ...(language && { language }) };
      }),
      channels,
      commands: inBoth((language) => commandsIn(wordsOf(language))),
      shortcuts: inBoth((language) => shortcutsIn(wordsOf(language))),
      messages: [...workspace.messages()],
      ...(as && { you: about.of(as) }),
    } satisfies State);
  };

  const events: Answering = async (request, response, url) => {
    const since = request.headers["last-event-id"]?.toString() ?? url.searchParams.get("since") ?? undefined;
    const as = reader(url);
    readers.add(response);
    response.on("close", () => readers.delete(response));
    tellChanges(parts, response, { since, as, heartbeatMs: parts.heartbeatMs });
  };

  const page: Answering = async (_request, response, url) => sendPage(parts.webRoot, url.pathname, response);

  const guarded =
    (inner: Answering): Route["answer"] =>
    (request, response) => {
      const attempt = async () => {
        refuseStrangers(request);
        await inner(request, response, new URL(request.url ?? "/", "http://console"));
      };
      attempt().catch((error: unknown) => {
        if (!(error instanceof Refusal)) log.error({ err: error }, "a console request failed");
        if (response.headersSent) response.destroy();
        else
          refuse(response, error instanceof Refusal ? error : new Refusal(500, "failed", "Something went wrong here."));
      });
    };
  const post = (path: string, answering: Answering): Route => ({ method: "POST", path, answer: guarded(answering) });
  const get = (path: string, answering: Answering): Route => ({ method: "GET", path, answer: guarded(answering) });

  return {
    list: [
      post("/console/messages", say),
      post("/console/edits", edit),
      post("/console/deletions", remove),
      post("/console/files", send),
      post("/console/presses", press),
      post("/console/shortcuts", pick),
      post("/console/submissions", submit),
      post("/console/previews", preview),
      post("/console/dismissals", dismiss),
      post("/console/ratings", rate),
      post("/console/language", choose),
      get("/console/suggestions", complete),
      get("/console/home", home),
      get("/console/direct", direct),
      get("/console/state", state),
      get("/console/events", events),
      get("/console/files/*", fetch),
      get("/", page),
      get("/assets/*", page),
    ],
    stop() {
      for (const reader of readers) reader.end();
    },
  };
}

function inBoth<Things>(of: (language: Language) => Things): Record<Language, Things> {
  return { en: of("en"), "zh-TW": of("zh-TW") };
}
