import { afterEach, describe, expect, it } from "vitest";
import { type OddHttpServer, startOddHttpServer } from "../world/mcp/odd-http-server.ts";
import { closeAll, closeLater, connectTo, isConnected, isListed, toolOf } from "./mcp-stage.ts";

afterEach(closeAll);

const unknown = "Whether it did what was asked is not known.";
const unread = "odd gave no answer that can be read:";

describe.each(["http", "sse"] as const)("a server over %s", (speaks) => {
  async function start(settings: Record<string, unknown> = {}) {
    const server = await startOddHttpServer(speaks);
    closeLater(server.stop);
    return { server, ...(await connectTo({ url: server.url, transport: speaks, timeout: "20s", ...settings })) };
  }
  /** As quickly as the first try again comes, and what it needs besides. */
  const soonMs = 3000;

  it("that is gone fails a call at once, and is found when it is back", async () => {
    const { server, run, box, forget, hears } = await start();
    const { run: call } = toolOf(box, "echo");
    await server.stop();
    const { text, failed } = await run("echo");
    expect(failed).toBe(true);
    expect(text).toMatch(/^odd (could not be reached: .*ECONNREFUSED|went away during the call)/);
    await hears(/mcp server lost/);
    expect(box.state()).toMatchObject({ state: "waiting", tools: 0 });
    expect((await call({}, new AbortController().signal)).text).toMatch(
      /^The MCP server "odd" is not connected \(.+\)\. It is tried again in 1 s\.$/,
    );
    forget();
    await server.back();
    await hears(isConnected);
    expect(await run("echo")).toEqual({ text: "here" });
  });

  it("that talks without end is listened to so fast and no faster", async () => {
    const { run } = await start();
    const began = performance.now();
    expect(await run("talk")).toEqual({ text: "here" });
    // The older way has one stream for all that is said. All of it takes a fraction of that to be read.
    if (speaks === "sse") expect(performance.now() - began).toBeGreaterThan(1000);
  });

  it("that goes while it is called has the call told so", async () => {
    const { server, run } = await start();
    const called = server.called("hang");
    const call = run("hang");
    await called;
    const since = performance.now();
    await server.stop();
    expect((await call).text).toContain(unknown);
    expect(performance.now() - since).toBeLessThan(soonMs);
  });

  it("that forgot everybody is greeted anew, and the next call is taken", async () => {
    const { server, run, forget, hears } = await start();
    server.forget();
    forget();
    const { text, failed } = await run("echo");
    expect(failed).toBe(true);
    if (speaks === "http") expect(text).toBe("odd was restarted and did not take the call. Try it again in a moment.");
    await hears(isConnected);
    expect(await run("echo")).toEqual({ text: "here" });
    expect(server.sessions).toBe(2);
  });

  it("whose stream of news is cut has it opened anew, and news are heard", async () => {
    const { server, run, box, forget, hears } = await start();
    forget();
    server.cutStreams();
    await server.streamed();
    await hears(speaks === "http" ? /SSE stream disconnected/ : isConnected);
    forget();
    await run("change");
    await hears(isListed);
    expect(box.tools().map(({ description }) => description)).toEqual(["Since then it does echo."]);
  });

  it("that answers with 50 MB, or an event without an end, has the agent told soon, and goes on", async () => {
    const { run, hears, forget, box } = await start();
    forget();
    for (const tool of speaks === "http" ? ["huge", "huge-event"] : ["huge-event"]) {
      const { text, failed } = await run(tool);
      expect(failed).toBe(true);
      expect(text).toContain(unknown);
      if (speaks === "http") expect(text).toBe(`${unread} its answer is longer than can be taken (10 MB). ${unknown}`);
      if (box.state().state !== "connected") await hears(isConnected);
      forget();
    }
    expect(await run("echo")).toEqual({ text: "here" });
  });

  it("that does not answer a call is not waited for any longer, and can be called again", async () => {
    const { run, box } = await start({ timeout: "0.2s" });
    expect((await run("hang")).text).toBe(`odd did not answer within 0.2 s. ${unknown}`);
    expect(await run("echo")).toEqual({ text: "here" });
    expect(box.state().state).toBe("connected");
  });

  it("is told when a call is stopped, and of no other", async () => {
    const { server, run } = await start();
    for (let calls = 0; calls < 3; calls++) await run("echo");
    const stop = new AbortController();
    const called = server.called("hang");
    const call = run("hang", {}, stop.signal);
    await called;
    stop.abort();
    expect(await call).toEqual({ text: "The call was stopped.", failed: true });
    await server.told("notifications/cancelled");
    expect(server.cancelled).toHaveLength(1);
  });
});

it("a server over http that could not open its stream of news at first has it opened later", async () => {
  const server = await startOddHttpServer("http", "busy");
  closeLater(server.stop);
  const opened = server.streamed();
  const { run, box, forget, hears } = await connectTo({ url: server.url });
  await opened;
  forget();
  await run("change");
  await hears(isListed);
  expect(box.tools().map(({ description }) => description)).toEqual(["Since then it does echo."]);
});

it("a server over http is told that its session is over when it is taken away", async () => {
  const server = await startOddHttpServer("http");
  closeLater(server.stop);
  const { box } = await connectTo({ url: server.url });
  const told = server.told("DELETE");
  const closed = box.close();
  await Promise.all([told, closed]);
  expect(server.headers.at(-1)).toHaveProperty("mcp-session-id");
});

it("a server over sse says as much as it likes, however its lines end", async () => {
  const server = await startOddHttpServer("sse", "returns");
  closeLater(server.stop);
  const { run } = await connectTo({ url: server.url, transport: "sse" });
  for (let calls = 0; calls < 5; calls++) expect((await run("large")).text).toHaveLength(3 * 1024 * 1024);
  expect(server.sessions).toBe(1);
});

it("a server over http whose stream of news was cut has its tools listed anew: nobody heard what it said meanwhile", async () => {
  const server = await startOddHttpServer("http");
  closeLater(server.stop);
  const { run, box, forget, hears } = await connectTo({ url: server.url });
  const cut = hears(/SSE stream disconnected/);
  server.cutStreams();
  await cut;
  forget();
  await run("change");
  await hears(isListed);
  expect(box.tools().map(({ description }) => description)).toEqual(["Since then it does echo."]);
});

it("a server over http whose stream of news was cut has its resources and prompts listed anew, too", async () => {
  const server = await startOddHttpServer("http", "shelf");
  closeLater(server.stop);
  const { run, box, hears, until } = await connectTo({ url: server.url });
  const shelf = () => [...box.prompts.list(), ...(box.resources?.list() ?? [])].map(({ name }) => name).join(" ");
  await until(() => shelf() === "old old");
  const cut = hears(/SSE stream disconnected/);
  server.cutStreams();
  await cut;
  // Its news of it goes nowhere.
  await run("change");
  await until(() => shelf() === "new new");
});

describe("a server over http whose answer", () => {
  let server: OddHttpServer;
  async function answerOf(tool: string) {
    server = await startOddHttpServer("http");
    closeLater(server.stop);
    const { run, box } = await connectTo({ url: server.url, timeout: "20s" });
    const beside = run("hang");
    const answer = await run(tool);
    // Nothing but that call is lost.
    expect(box.state().state).toBe("connected");
    expect(await Promise.race([beside, run("echo")])).toEqual({ text: "here" });
    expect(server.sessions).toBe(1);
    return answer;
  }

  it.each([
    ["breaks off", "cut", "terminated"],
    ["is a stream that ends without it", "mute", "it broke off"],
    ["is a page", "html", "Streamable HTTP error: Unexpected content type: text/html"],
    ["is a failure of the server", "broken", "Streamable HTTP error: Error POSTing to endpoint: it broke"],
    ["is no JSON", "garbage", "Expected property name or '}' in JSON at position 2"],
  ])("%s has the agent told, and fails nothing else", async (_, tool, why) => {
    const { text, failed } = await answerOf(tool);
    expect(failed).toBe(true);
    expect(text.startsWith(`${unread} ${why}`)).toBe(true);
    expect(text.endsWith(unknown)).toBe(true);
  });

  it("sends elsewhere is not followed there", async () => {
    const { text, failed } = await answerOf("elsewhere");
    expect(failed).toBe(true);
    expect(text).toContain("not followed");
  });
});
