import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type AuthorityOptions, authorizationServer } from "./authorization-server.ts";
import { createLedger } from "./grants.ts";
import { type ProtectedOptions, protectedServer } from "./protected-server.ts";

/** What is out of the ordinary in this world. */
export type OAuthOptions = {
  authority?: AuthorityOptions;
  server?: ProtectedOptions;
  /** One server for both, as before there was metadata of resources. */
  together?: boolean;
  /** How long an access token is good. */
  seconds?: number;
  /** false: no tokens that renew others; "kept": one that renews for good, and is not named again. */
  refresh?: boolean | "kept";
  now?: () => number;
};

/** A protected MCP server, the server that lets people in to it, and the browsers of these people. */
export type OAuthWorld = Awaited<ReturnType<typeof createOAuthWorld>>;

type Answer = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** Opens such a world. `violations` of its ledger tells what a client did that no client may. */
export async function createOAuthWorld(options: OAuthOptions = {}) {
  const { now = Date.now, seconds = 3600, refresh = true } = options;
  const ledger = createLedger({ now, seconds, refresh });
  let answerResource: Answer = async () => {};
  let answerIssuer: Answer = async () => {};
  const resourceDoor = await listen((...came) => answerResource(...came));
  const issuerDoor = options.together ? resourceDoor : await listen((...came) => answerIssuer(...came));
  const at = { issuer: issuerDoor.url, resource: `${resourceDoor.url}/mcp` };
  const authority = authorizationServer(options.authority ?? {}, ledger, { ...at, now });
  const server = protectedServer(options.server ?? {}, ledger, at);
  answerIssuer = authority.answer;
  const isResource = (path: string) => path.startsWith("/mcp") || path.includes("oauth-protected-resource");
  answerResource = options.together
    ? (request, response) => (isResource(request.url ?? "") ? server : authority).answer(request, response)
    : server.answer;

  return {
    ...at,
    ledger,
    get calls() {
      return server.calls;
    },
    /** A person opens a link, presses yes (or no), and is sent on: to the address that is given back. */
    async visit(link: string, person: string, allows = true): Promise<URL> {
      const page = await fetch(link, { redirect: "manual" });
      if (page.status !== 200) throw new Error(`the page says ${page.status}: ${await page.text()}`);
      const headers = { "x-person": person, "x-allows": allows ? "yes" : "no" };
      const sent = await fetch(link, { redirect: "manual", headers });
      return new URL(sent.headers.get("location") ?? "");
    },
    async stop(): Promise<void> {
      await server.stop();
      await Promise.all([...new Set([resourceDoor, issuerDoor])].map((door) => door.close()));
    },
  };
}

async function listen(answer: Answer): Promise<{ url: string; close(): Promise<void> }> {
  const server: Server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      if (!response.headersSent) response.writeHead(500);
      response.end(String(error));
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}
