import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { McpServer } from "../../src/config/schema/mcp-server.ts";
import { openStore } from "../../src/store/store.ts";
import { createMcpServers } from "../../src/tools/mcp-servers.ts";
import { createPins } from "../../src/tools/pins.ts";
import { startOddHttpServer } from "../world/mcp/odd-http-server.ts";
import { closeAll, closeLater, connectTo, listen } from "./mcp-stage.ts";

const odd = fileURLToPath(new URL("../world/mcp/odd-server.mjs", import.meta.url));
afterEach(closeAll);

it("a server that speaks SSE alone is found out, over the address alone", async () => {
  const older = await startOddHttpServer("sse");
  closeLater(older.stop);
  const { box, run } = await connectTo({ url: older.url });
  expect(box.state().state).toBe("connected");
  expect(await run("echo")).toEqual({ text: "here" });
});

describe("why no session begins is told where", () => {
  async function answering(answer: RequestListener, settings: object = {}): Promise<string | undefined> {
    const server = createServer(answer).listen(0, "127.0.0.1");
    closeLater(() => server.close());
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const { box } = await connectTo({ url: `http://127.0.0.1:${port}/mcp`, ...settings });
    expect(box.state()).toMatchObject({ state: "waiting", tools: 0 });
    return box.state().error;
  }

  it("the address is that of nothing", async () => {
    expect(await answering((_, response) => response.writeHead(404).end("nothing here"))).toBe(
      "no MCP server answers there: 404 to streamable HTTP, 404 to SSE",
    );
  });

  it("the address is that of a page", async () => {
    const page: RequestListener = ({ method }, response) =>
      method === "GET"
        ? response.writeHead(200, { "content-type": "text/html" }).end("<html>Welcome</html>")
        : response.writeHead(405).end();
    expect(await answering(page)).toBe("no MCP server answers there: 405 to streamable HTTP, no stream to SSE");
  });

  const html: RequestListener = (_, response) =>
    response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end("<html>Welcome</html>");
  const data: RequestListener = (_, response) =>
    response.writeHead(200, { "content-type": "application/json" }).end('{"ok":true}');
  it.each([
    ["a page for whatever is asked", html, "it gave a web page (text/html): look at the path of its url, often /mcp"],
    ["data of something else", data, "no MCP server: look at the path of its url, often /mcp"],
  ])("the address is that of %s", async (_, answer, told) => {
    expect(await answering(answer)).toContain("what answers there is no MCP server");
    expect(await answering(answer)).toContain(told);
  });

  it("a key is not taken, with what was said of it", async () => {
    const expired: RequestListener = (_, response) => response.writeHead(401).end("The token expired.");
    for (const key of [{ api_key: "old" }, { headers: { "X-Api-Key": "old" } }])
      expect(await answering(expired, key)).toBe(
        "it does not take the key it was given (401), saying: The token expired.",
      );
  });

  it.each([
    [403, "it turned us away (403), saying: Not for you."],
    [500, "it answered with an error of its own (500), saying: Not for you."],
    [429, "it did not take the greeting (429), saying: Not for you."],
  ])("it answers with %i", async (status, told) => {
    expect(await answering((_, response) => response.writeHead(status).end("Not\n for you."))).toBe(told);
  });

  it("it sends on to another host", async () => {
    const away: RequestListener = (_, response) =>
      response.writeHead(302, { location: "https://login.example.com/?next=mcp" }).end();
    expect(await answering(away)).toMatch(/^it sends on to https:\/\/login\.example\.com\/, which is not followed: /);
  });

  it("it speaks no SSE, where the settings say so", async () => {
    const other: RequestListener = (_, response) => response.writeHead(400).end();
    expect(await answering(other, { transport: "sse" })).toBe(
      "there is no stream of events (400): without transport: sse it is found out what it speaks",
    );
  });

  it.each(["http", "sse"])("nobody listens, has that name, or speaks TLS, over %s", async (transport) => {
    const at = async (url: string) => (await connectTo({ url, transport })).box.state().error;
    const server = createServer(html).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    expect(await at(`https://127.0.0.1:${port}/mcp`)).toBe(
      `no TLS is spoken at 127.0.0.1:${port}: its url may begin with http:// instead of https://`,
    );
    await new Promise((closed) => server.close(closed));
    for (const host of ["127.0.0.1", "localhost"])
      expect(await at(`http://${host}:${port}/mcp`)).toBe(`nothing listens at ${host}:${port} (ECONNREFUSED)`);
    expect(await at("http://no-such-host.invalid/mcp")).toMatch(
      /^(there is no host no-such-host\.invalid \(ENOTFOUND\)|no-such-host\.invalid could not be looked up)/,
    );
  });

  it.each(["http", "sse"])("a key is wanted, over %s", async (transport) => {
    expect(await answering((_, response) => response.writeHead(401).end(), { transport })).toBe(
      "it turned us away (401): it wants a key (api_key or headers), or a sign-in (oauth: true)",
    );
  });

  it("the folder to start it in is missing", async () => {
    const { box } = await connectTo({ command: process.execPath, args: [odd], cwd: "/no/such/folder" });
    expect(box.state().error).toBe(`${process.execPath} could not be started: there is no folder /no/such/folder`);
  });

  it("the program was not found, and where it was looked for", async () => {
    const why = async (settings: Record<string, unknown>) => (await connectTo(settings)).box.state().error;
    expect(await why({ command: "no-such-program" })).toBe("the program no-such-program was not found");
    expect(await why({ command: "npx -y some-server" })).toBe(
      "the program npx -y some-server was not found: its name alone belongs into command, the rest into args",
    );
    expect(await why({ command: "./server", cwd: tmpdir() })).toBe(
      `the program ./server was not found from the folder ${tmpdir()}`,
    );
    expect(await why({ command: odd })).toBe(`the program ${odd} can't be run: is it executable?`);
    // One that was started, and did not find another.
    expect(await why({ command: "sh", args: ["-c", "no-such-program"] })).toMatch(
      /^it ended with code 127, saying: .*no-such-program.*not found/,
    );
  });

  it("the program ended with an error of Node's", async () => {
    const { box } = await connectTo({ command: process.execPath, args: ["/no/such/server.js"] });
    expect(box.state().error).toBe("it ended with code 1, saying: Error: Cannot find module '/no/such/server.js'");
  });
});

it("servers of the settings are connected side by side: one that says nothing holds up none behind it", async () => {
  const deaf = await startOddHttpServer("http", "deaf");
  closeLater(deaf.stop);
  const { log, until } = listen();
  const dir = await mkdtemp(join(tmpdir(), "bellhop-opening-"));
  closeLater(() => rm(dir, { recursive: true }));
  const store = await openStore(dir);
  closeLater(() => store.close());
  const servers = createMcpServers({
    log,
    env: process.env,
    pins: createPins(store.kv("tool-pins")),
    check: async () => undefined,
    onHeld: () => {},
  });
  closeLater(() => servers.close());
  servers.use([
    McpServer.parse({ name: "deaf", url: deaf.url }),
    McpServer.parse({ name: "missing", command: "no-such-program-anywhere" }),
    McpServer.parse({ name: "last", command: process.execPath, args: [odd] }),
  ]);
  await until(() => servers.report().find(({ name }) => name === "last")?.state === "connected");
  expect(servers.report()[0]).toEqual({ name: "deaf", state: "connecting", tools: 0 });
});
