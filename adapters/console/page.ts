import { readFile } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { extname, join } from "node:path";
import { Refusal } from "./requests.ts";

const types: Record<string, string> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
};

/** What the page may do: run its own script and style, talk to its own host, nothing else. */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Sends a file of the built page. Contract: rejects with `Refusal` when there is none. */
export async function sendPage(webRoot: string, path: string, response: ServerResponse): Promise<void> {
  const index = path === "/";
  const name = index ? "index.html" : /^\/assets\/([\w-][\w.-]*)$/.exec(path)?.[1];
  const type = name && types[extname(name)];
  if (!type) throw new Refusal(404, "not_found", "There is no such file.");
  const body = await readFile(join(webRoot, index ? "" : "assets", name)).catch(() => undefined);
  if (!body && index) throw new Refusal(404, "not_built", "The console's page is not built: run `npm run build`.");
  if (!body) throw new Refusal(404, "not_found", "There is no such file.");
  response.writeHead(200, {
    "content-type": type,
    "content-length": body.length,
    // The names of assets tell their content apart; only the index changes under its name.
    "cache-control": index ? "no-cache" : "public, max-age=31536000, immutable",
    "content-security-policy": policy,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
  });
  response.end(body);
}
