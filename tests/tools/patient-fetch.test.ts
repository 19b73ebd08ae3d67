import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, it } from "vitest";
import { patientFetch } from "../../src/tools/mcp/patient-fetch.ts";
import { closeAll, closeLater } from "./mcp-stage.ts";

afterEach(closeAll);

/** Its address; `/stream` begins an answer, and nothing else is ever said. */
async function silentServer(): Promise<string> {
  const server = createServer((request, response) => {
    if (request.url === "/stream") response.writeHead(200).write("so ");
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  closeLater(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

it("an answer is waited for as long as is said, and one that was begun too", async () => {
  const url = await silentServer();
  const fetch = patientFetch(50);
  await expect(fetch(url)).rejects.toMatchObject({ cause: { code: "UND_ERR_HEADERS_TIMEOUT" } });
  const begun = await fetch(`${url}/stream`);
  await expect(begun.text()).rejects.toMatchObject({ cause: { code: "UND_ERR_BODY_TIMEOUT" } });
});

it("an answer that nobody wants any more is not waited for", async () => {
  const url = await silentServer();
  const stop = new AbortController();
  const asked = patientFetch(600_000)(url, { signal: stop.signal });
  stop.abort();
  await expect(asked).rejects.toThrow(/abort/);
});
