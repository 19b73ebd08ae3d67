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

  it.each(["http", "sse"])("a key is wanted, over %s", async (transport) => {
    expect(await answering((_, response) => response.writeHead(401).end(), { transport })).toBe(
      "it turned us away (401): it wants a key (api_key or headers), or a sign-in (oauth: true)",
    );
  });

  it("the folder to start it in is missing", async () => {
    const { box } = await connectTo({ command: process.execPath, args: [odd], cwd: "/no/such/folder" });
    expect(box.state().error).toBe(`${process.execPath} could not be started: there is no folder /no/such/folder`);
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
