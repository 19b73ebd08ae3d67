import { request as httpRequest } from "node:http";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import {
  CallToolResultSchema,
  type Progress,
  ToolListChangedNotificationSchema,
} from "@modelcontextprotocol/sdk/types.js";
import { afterEach, describe, expect, it } from "vitest";
import about from "../../package.json" with { type: "json" };
import { fileOf, giver } from "../stories/given-files.ts";
import { holdTool } from "../stories/held-tool.ts";
import { configOf, leaveTowns, openTown, type Town, type Wish } from "../stories/town.ts";
import { png } from "../world/model/png.ts";

const key = "k-0123456789abcdef";
const clients: Client[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) await client.close();
  await leaveTowns();
});

/** A town, and a real MCP client of its endpoint. */
async function open(wish: Wish = {}) {
  const town = await openTown(wish);
  const { client, transport } = await connect(town, wish.parts?.apiKey);
  return { town, model: town.model, client, transport };
}

async function connect(town: Town, apiKey?: string) {
  const client = new Client({ name: "desk", version: "1.0.0" });
  const requestInit = apiKey ? { headers: { authorization: `Bearer ${apiKey}` } } : {};
  const transport = new StreamableHTTPClientTransport(new URL(`${town.url}/mcp`), { requestInit });
  await client.connect(transport);
  clients.push(client);
  return { client, transport };
}

async function ask(client: Client, name: string, input: Record<string, unknown>, options = {}) {
  const answer = CallToolResultSchema.parse(await client.callTool({ name, arguments: input }, undefined, options));
  const [first] = answer.content;
  return { ...answer, text: first?.type === "text" ? first.text : "", output: answer.structuredContent ?? {} };
}

describe("agents as MCP tools", () => {
  it("are listed by name, with what they are for", async () => {
    const { client } = await open();
    expect(client.getServerVersion()).toMatchObject({ name: "bellhop", version: about.version });
    const { tools } = await client.listTools();
    expect(tools.map(({ name, title, description }) => [name, title, description])).toEqual([
      ["ask_ops", "ops", "looks after production"],
      ["ask_scribe", "scribe", "writes things down"],
    ]);
    expect(tools[0]?.inputSchema).toMatchObject({ required: ["question"], additionalProperties: false });
    expect(tools[0]?.outputSchema).toMatchObject({ required: ["answer", "run", "thread"] });
  });

  it("are only those that the API's person may talk to, each by a name that clients take", async () => {
    const { client } = await open({
      config: {
        agents: [
          { name: "night.watch", llm_model: "main" },
          { name: "night-watch", llm_model: "main" },
          { name: "night_watch", llm_model: "main" },
          { name: "小幫手", llm_model: "main" },
          { name: "off", llm_model: "main", enabled: false },
          { name: "cron", llm_model: "main", mode: "triggers" },
          { name: "elsewhere", llm_model: "main" },
        ],
        channels: [{ match: "api:*", agents: ["night.watch", "night-watch", "night_watch", "小幫手", "off", "cron"] }],
      },
    });
    const { tools } = await client.listTools();
    expect(tools.map(({ name, title }) => [name, title])).toEqual([
      ["ask_night_watch", "night.watch"],
      ["ask_night-watch", "night-watch"],
      ["ask_night_watch_2", "night_watch"],
      ["ask____", "小幫手"],
    ]);
  });

  it("answer on the road that mentions take, with the run's id", async () => {
    const { town, model, client } = await open();
    model.on({ system: "You are scribe" }, "Noted.");
    const answer = await ask(client, "ask_scribe", { question: "note this" });
    expect(answer).toMatchObject({ text: "Noted.", output: { answer: "Noted." } });
    expect(answer.isError).toBeUndefined();
    expect(model.requests[0]?.user).toBe("operator: note this");
    await town.close();
    const [run, ...others] = await town.kept("api");
    expect(others).toEqual([]);
    expect(run).toMatchObject({
      id: answer.output.run,
      agent: "scribe",
      outcome: { kind: "answered", text: "Noted." },
    });
  });

  it("give the files of an answer along with it: pictures, sounds, texts and the rest, as far as clients take them", async () => {
    const { agents, toolbox, give } = giver();
    const { model, client } = await open({ parts: { toolboxes: [toolbox] }, config: { agents } });
    const [picture, sound] = [png(4, 4), Buffer.from("ID3 la la")];
    const files = [
      fileOf("a.png", picture, "image/png"),
      fileOf("b.mp3", sound, "audio/mpeg"),
      fileOf("big.bin", Buffer.alloc(6 * 1024 * 1024), "application/octet-stream"),
      fileOf("c d.txt", "hello"),
      fileOf("e.svg", "<svg/>", "image/svg+xml"),
    ];
    model.queue([give(...files)], "There they are.");
    const { content, output } = await ask(client, "ask_ops", { question: "draw" });
    const uri = (rest: string) => `bellhop://runs/${output.run}/${rest}`;
    expect(content).toEqual([
      { type: "text", text: "There they are." },
      { type: "image", data: Buffer.from(picture).toString("base64"), mimeType: "image/png" },
      { type: "audio", data: sound.toString("base64"), mimeType: "audio/mpeg" },
      { type: "text", text: "[big.bin, application/octet-stream: 6291456 bytes are too many to be given here]" },
      { type: "resource", resource: { uri: uri("4/c%20d.txt"), mimeType: "text/plain", text: "hello" } },
      {
        type: "resource",
        resource: { uri: uri("5/e.svg"), mimeType: "image/svg+xml", blob: Buffer.from("<svg/>").toString("base64") },
      },
    ]);
  });

  it("go on with a thread that is given back, and know nothing of others", async () => {
    const { model, client } = await open();
    model.queue("Since noon.", "The index.", "What do you mean?");
    const { output } = await ask(client, "ask_ops", { question: "since when is it slow?" });
    const { thread } = output;
    expect((await ask(client, "ask_ops", { question: "and why?", thread })).output).toMatchObject({ thread });
    expect(JSON.stringify(model.requests[1]?.body.messages)).toContain("Since noon.");
    await ask(client, "ask_ops", { question: "and why?" });
    expect(JSON.stringify(model.requests[2]?.body.messages)).not.toContain("Since noon.");
  });

  it("take one question at a time in a thread, and any number beside it", async () => {
    const { model, client } = await open();
    const first = await ask(client, "ask_ops", { question: "hello" });
    let release = (): void => {};
    const held = new Promise<string>((resolve) => {
      release = () => resolve("Slowly.");
    });
    model.answer(() => held);
    const { thread } = first.output;
    const slow = ask(client, "ask_ops", { question: "slowly", thread });
    const beside = ask(client, "ask_ops", { question: "beside" });
    await model.until(({ inFlight }) => inFlight === 2);
    expect(await ask(client, "ask_ops", { question: "me too", thread })).toMatchObject({
      isError: true,
      text: "That thread's last question is not answered yet.",
    });
    release();
    expect([(await slow).text, (await beside).text]).toEqual(["Slowly.", "Slowly."]);
  });

  it("tell how far they are, where that is wanted", async () => {
    const tool = holdTool();
    const { model, client } = await open({ parts: { toolboxes: [tool.toolbox] }, config: { agents: tool.agents } });
    model.queue([tool.call], "All is well.");
    const told: Progress[] = [];
    const onprogress = (progress: Progress) => {
      told.push(progress);
      if (progress.message === "slow look") tool.release();
    };
    expect((await ask(client, "ask_ops", { question: "look around" }, { onprogress })).text).toBe("All is well.");
    expect(told.map(({ message }) => message)).toContain("slow look");
    const counts = told.map(({ progress }) => progress);
    expect(counts).toEqual([...new Set(counts)].sort((one, other) => one - other));
  });

  it("stop when the call is cancelled", async () => {
    const { town, model, client } = await open();
    model.answer(() => new Promise<string>(() => {}));
    const caller = new AbortController();
    const call = ask(client, "ask_ops", { question: "take your time" }, { signal: caller.signal });
    const failed = expect(call).rejects.toThrow("enough");
    await model.until(({ inFlight }) => inFlight === 1);
    caller.abort(new Error("enough"));
    await failed;
    await model.until(({ aborted }) => aborted.length === 1);
    await town.close();
    expect(await town.kept("api")).toMatchObject([{ outcome: { kind: "stopped" } }]);
  });

  it("stop when the client ends its session", async () => {
    const { model, client, transport } = await open();
    model.answer(() => new Promise<string>(() => {}));
    const call = ask(client, "ask_ops", { question: "take your time" }).catch(() => "gone");
    await model.until(({ inFlight }) => inFlight === 1);
    await transport.terminateSession();
    await model.until(({ aborted }) => aborted.length === 1);
    await client.close();
    expect(await call).toBe("gone");
  });

  it("say in plain words why there is no answer", async () => {
    const { model, client } = await open({ config: { limits: { mentions_per_minute: 2 } } });
    model.queue({ fault: { status: 401 } });
    const failed = await ask(client, "ask_ops", { question: "hello" });
    expect(failed).toMatchObject({ isError: true, output: {} });
    expect(failed.text).toMatch(/key/);
    expect(failed.text).not.toMatch(/\n\s+at /);
    await ask(client, "ask_ops", { question: "hello" });
    const tooMany = await ask(client, "ask_ops", { question: "hello" });
    expect(tooMany).toMatchObject({ isError: true });
    expect(tooMany.text).toMatch(/2/);
  });

  it.each([
    ["nothing", {}, /^question: /],
    ["blanks", { question: "  " }, /^question: /],
    ["a book", { question: "x".repeat(50_001) }, /^question: /],
    ["a thread that is none", { question: "hi", thread: "general" }, /^thread: /],
    ["more than is known", { question: "hi", as: "slack:U1" }, /as/],
  ])("say what is wrong with what they are given: %s", async (_what, input, why) => {
    const { model, client } = await open();
    const answer = await ask(client, "ask_ops", input);
    expect(answer.isError).toBe(true);
    expect(answer.text).toMatch(why);
    expect(model.requests).toEqual([]);
    await expect(ask(client, "ask_nobody", { question: "hi" })).rejects.toThrow("There is no tool named ask_nobody");
  });

  it("are told of anew when the settings change", async () => {
    const { town, model, client } = await open();
    const told = new Promise<void>((resolve) => {
      client.setNotificationHandler(ToolListChangedNotificationSchema, () => resolve());
    });
    await client.listTools();
    town.app.use(configOf(model, { agents: [{ name: "clerk", llm_model: "main" }] }));
    await told;
    expect((await client.listTools()).tools).toMatchObject([
      { name: "ask_clerk", description: "Asks clerk a question." },
    ]);
  });
});

describe("POST /mcp lets in", () => {
  const greeting = {
    jsonrpc: "2.0",
    id: 1,
    method: "initialize",
    params: { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "x", version: "1" } },
  };

  it("programs of this machine, where there is no key; no page that a browser shows", async () => {
    const { url } = await openTown({});
    const { port } = new URL(url);
    expect((await send(url, greeting)).status).toBe(200);
    expect((await send(url, greeting, { origin: `http://localhost:${port}` })).status).toBe(200);
    for (const headers of [
      { host: "evil.example.com" },
      { host: `evil.example.com:${port}` },
      { origin: "http://evil.example.com" },
      { origin: "null" },
    ]) {
      const refused = await send(url, greeting, headers);
      expect(refused).toMatchObject({ status: 403, body: { jsonrpc: "2.0", id: null, error: { code: -32600 } } });
      expect(refused.session).toBeUndefined();
    }
  });

  it("whoever has the key, where there is one", async () => {
    const { town, client } = await open({ parts: { apiKey: key } });
    expect((await client.listTools()).tools).toHaveLength(2);
    for (const headers of [
      {},
      { authorization: "Bearer wrong" },
      { authorization: `Basic ${key}` },
      { "x-api-key": key },
    ]) {
      const refused = await send(town.url, greeting, headers);
      expect(refused).toMatchObject({ status: 401, challenge: "Bearer", body: { error: { code: -32600 } } });
    }
    expect(
      (await send(town.url, greeting, { authorization: `Bearer ${key}`, host: "bellhop.example.com" })).status,
    ).toBe(200);
  });

  it("nobody without a key where the settings make the API's person an admin", async () => {
    const { client } = await open({
      config: { workspace: { admins: ["api:operator"] } },
      parts: { apiKey: key },
    });
    expect((await client.listTools()).tools).not.toEqual([]);
    const { url } = await openTown({ config: { workspace: { admins: ["api:operator"] } } });
    const refused = await send(url, greeting);
    expect(refused).toMatchObject({ status: 403, body: { error: { code: -32600 } } });
    expect(JSON.stringify(refused.body)).toContain("admins need a key");
  });

  it("no junk: each gets an error in the form of JSON-RPC", async () => {
    const { url } = await openTown({});
    const junk = async (body: unknown, headers = {}) => {
      const { status, body: told } = await send(url, body, headers);
      return [status, (told as { error?: { code: number } }).error?.code];
    };
    expect(await junk("{ not json")).toEqual([400, -32700]);
    expect(await junk("")).toEqual([400, -32600]);
    expect(await junk("hello", { "content-type": "text/plain" })).toEqual([415, -32600]);
    expect(await junk({ jsonrpc: "2.0", id: 1, method: "tools/list" })).toEqual([400, -32600]);
    expect(await junk(greeting, { "mcp-session-id": "made-up" })).toEqual([404, -32001]);
    expect(await junk({ ...greeting, pad: "x".repeat(1_100_000) })).toEqual([413, -32600]);
    expect(await junk(greeting, { "content-encoding": "rot13" })).toEqual([415, -32600]);
    expect(await junk({ ...greeting, params: 7 })).toEqual([400, expect.any(Number)]);
    expect((await fetch(`${url}/mcp`)).status).toBe(400);
    expect((await fetch(`${url}/mcp`, { method: "DELETE" })).status).toBe(400);
  });

  it("nobody by a session that has ended", async () => {
    const { town, client, transport } = await open();
    const id = transport.sessionId ?? "";
    const list = { jsonrpc: "2.0", id: 2, method: "tools/list" };
    expect((await send(town.url, list, { "mcp-session-id": id })).status).toBe(200);
    await transport.terminateSession();
    expect(await send(town.url, list, { "mcp-session-id": id })).toMatchObject({
      status: 404,
      body: { id: 2, error: { code: -32001 } },
    });
    await client.close();
  });
});

/** A request as a browser or a program would make it, `Host` and all. */
function send(url: string, body: unknown, headers: Record<string, string> = {}) {
  type Sent = { status: number | undefined; session: unknown; challenge: unknown; body: unknown };
  return new Promise<Sent>((resolve, reject) => {
    const asked = httpRequest(
      `${url}/mcp`,
      {
        method: "POST",
        headers: {
          "content-type": "application/json",
          accept: "application/json, text/event-stream",
          ...headers,
        },
      },
      (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (piece: string) => {
          text += piece;
        });
        response.on("end", () => {
          const data = /^data: (.*)$/m.exec(text)?.[1] ?? text;
          const { "mcp-session-id": session, "www-authenticate": challenge } = response.headers;
          resolve({ status: response.statusCode, session, challenge, body: data ? JSON.parse(data) : undefined });
        });
      },
    );
    asked.on("error", reject);
    asked.end(typeof body === "string" ? body : JSON.stringify(body));
  });
}
