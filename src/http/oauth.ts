import type { Express, Response } from "express";
import type { Language } from "../chat.ts";
import { oauthPaths, type SignIns } from "../tools/oauth/sign-ins.ts";
import { wordsOf } from "../words/words.ts";
import { HttpError } from "./server.ts";

/** Where browsers come back to from signing in to a server of tools, and where our document as a client stands. */
export function oauthRoom(signIns: SignIns, language: () => Language): (app: Express) => void {
  return (app) => {
    app.get([oauthPaths.callback, `${oauthPaths.callback}/:own`], async (request, response) => {
      // Whoever only looks whether there is a page must not use the link up.
      if (request.method === "HEAD") return void response.end();
      const brought = new URL(request.originalUrl, "http://localhost").searchParams;
      const { own } = request.params;
      const returned = await signIns.finish(brought, typeof own === "string" ? own : undefined);
      if (returned.kind === "unknown") {
        const { page } = wordsOf(language()).oauth;
        return show(response, 400, language(), [page.unknown, page.again]);
      }
      const { trouble, page } = wordsOf(returned.language).oauth;
      if (returned.kind === "done")
        return show(response, 200, returned.language, [page.done(returned.server), page.close]);
      const why = trouble[returned.problem.trouble](returned.problem.detail).replaceAll("`", "");
      show(response, 400, returned.language, [page.failed(returned.server), why, page.again]);
    });

    app.get(oauthPaths.document, (_request, response) => {
      const document = signIns.document();
      if (!document) throw new HttpError(404, "not_found", "There is no document here: BELLHOP_URL is not set.");
      response.json(document);
    });
  };
}

/** A page of a few plain lines: it runs nothing, is kept nowhere, and tells nobody where it was. */
function show(response: Response, status: number, language: Language, [head = "", ...lines]: string[]): void {
  response
    .status(status)
    .set({
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
      "cache-control": "no-store",
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
    })
    .send(
      `<!doctype html><html lang="${language}"><meta charset="utf-8"><meta name="viewport" content="width=device-width">` +
        `<title>Bellhop</title><style>body{font:1rem/1.5 system-ui,sans-serif;margin:20vh auto;max-width:36rem;padding:0 1rem}</style>` +
        `<h1>${escaped(head)}</h1>${lines.map((line) => `<p>${escaped(line)}</p>`).join("")}</html>`,
    );
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
