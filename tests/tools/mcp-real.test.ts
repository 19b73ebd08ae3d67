import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, describe, expect, it } from "vitest";
import { closeAll, closeLater, connectTo as connect, isConnected, toolOf } from "./mcp-stage.ts";

const { resolve } = createRequire(import.meta.url);
const never = new AbortController().signal;
afterEach(closeAll);

const program = (name: string) => resolve(`@modelcontextprotocol/${name}/dist/index.js`);
const secondLine = join(import.meta.dirname, "../world/mcp/second-line.mjs");

describe("servers that others wrote, over stdio", () => {
  const start = (name: string, ...args: string[]) =>
    connect({ command: process.execPath, args: [program(name), ...args] });

  it("read files where they may, and nowhere else", async () => {
    const dir = await realpath(await mkdtemp(join(tmpdir(), "bellhop-files-")));
    closeLater(() => rm(dir, { recursive: true }));
    await writeFile(join(dir, "note.txt"), "milk and bread");
    const { box, run } = await start("server-filesystem", dir);
    expect((await run("read_text_file", { path: join(dir, "note.txt") })).text).toContain("milk and bread");
    expect(await run("read_text_file", { path: "/etc/hostname" })).toMatchObject({ failed: true });
    expect(toolOf(box, "read_text_file").reads).toBe(true);
    expect(toolOf(box, "write_file")).toMatchObject({ reads: false, destructive: true });
  });

  it("remember", async () => {
    const dir = await mkdtemp(join(tmpdir(), "bellhop-memory-"));
    closeLater(() => rm(dir, { recursive: true }));
    const { run } = await connect({
      command: process.execPath,
      args: [program("server-memory")],
      env: { MEMORY_FILE_PATH: join(dir, "memory.jsonl") },
    });
    await run("create_entities", { entities: [{ name: "Ana", entityType: "person", observations: ["likes tea"] }] });
    expect((await run("read_graph")).text).toContain("likes tea");
  });

  it("think in steps", async () => {
    const { run } = await start("server-sequential-thinking");
    const thought = { thought: "first", nextThoughtNeeded: false, thoughtNumber: 1, totalThoughts: 1 };
    expect((await run("sequentialthinking", thought)).text).toContain('"thoughtNumber": 1');
  });

  it("may be of the SDK's second line, here or over streamable HTTP", async () => {
    const far = spawn(process.execPath, [secondLine, "http"], { stdio: ["ignore", "pipe", "inherit"] });
    closeLater(() => far.kill("SIGKILL"));
    const url = createInterface({ input: far.stdout })[Symbol.asyncIterator]().next();
    const near = await connect({ command: process.execPath, args: [secondLine] });
    expect((await near.run("add", { a: 2, b: 3 })).text).toBe("5");
    const { run } = await connect({ url: (await url).value });
    expect((await run("add", { a: 3, b: 4 })).text).toBe("7");
    expect(await run("add", { a: "no number" })).toMatchObject({ failed: true });
  });
});

describe.each([
  ["stdio", ""],
  ["streamableHttp", "/mcp"],
  ["sse", "/sse"],
])("the server that has everything, over %s", (mode, path) => {
  async function reach() {
    if (mode === "stdio") return connect({ command: process.execPath, args: [program("server-everything"), mode] });
    const port = await freePort();
    await serve(mode, port);
    return connect({ url: `http://127.0.0.1:${port}${path}`, ...(mode === "sse" ? { transport: "sse" } : {}) });
  }

  it("is understood in all that its tools answer", async () => {
    const { run } = await reach();
    expect(await run("echo", { message: "hi" })).toEqual({ text: "Echo: hi" });
    expect(await run("get-tiny-image")).toMatchObject({
      text: expect.stringContaining("[image.png]"),
      files: [{ name: "image.png", type: "image/png" }],
    });
    expect(JSON.parse((await run("get-structured-content", { location: "New York" })).text)).toMatchObject({
      temperature: expect.any(Number),
    });
    expect((await run("get-resource-links", { count: 1 })).text).toContain("](demo://resource/");
    expect((await run("get-resource-reference")).text).toContain("plaintext resource");
    expect(await run("get-sum", { a: "no number" })).toMatchObject({ failed: true });
  });
});

it.each([
  ["streamableHttp", "/mcp"],
  ["sse", "/sse"],
])("a server over %s that is restarted is found again, and a call meanwhile fails clearly", async (mode, path) => {
  const port = await freePort();
  const first = await serve(mode, port);
  const { box, run, forget, hears } = await connect({
    url: `http://127.0.0.1:${port}${path}`,
    ...(mode === "sse" ? { transport: "sse" } : {}),
  });
  const echo = toolOf(box, "echo");
  first.kill("SIGKILL");
  await once(first, "exit");
  expect(await echo.run({ message: "hi" }, never)).toMatchObject({ failed: true });
  forget();
  await serve(mode, port);
  await hears(isConnected);
  expect(await run("echo", { message: "again" })).toEqual({ text: "Echo: again" });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** Starts the server that has everything; resolves once it listens. */
async function serve(mode: string, port: number): Promise<ChildProcess> {
  const child = spawn(process.execPath, [program("server-everything"), mode], {
    env: { ...process.env, PORT: String(port) },
    stdio: ["ignore", "ignore", "pipe"],
  });
  closeLater(() => child.kill("SIGKILL"));
  await new Promise<void>((listens) => {
    child.stderr.on("data", (chunk: Buffer) => /on port \d/.test(chunk.toString()) && listens());
  });
  return child;
}
