import { createRequire } from "node:module";
import { ErrorCode, McpError, UrlElicitationRequiredError } from "@modelcontextprotocol/sdk/types.js";
import { afterEach, describe, expect, it } from "vitest";
import type { Question, Reply } from "../../src/agent/question.ts";
import type { Meanwhile } from "../../src/agent/tool.ts";
import { McpServer } from "../../src/config/schema/mcp-server.ts";
import { createUrlGuard } from "../../src/tools/guarded-fetch.ts";
import { type Connection, keepConnected } from "../../src/tools/mcp/connection.ts";
import { createLog } from "../../src/watch/log.ts";
import { type InCall, openAskingServer } from "../world/mcp/asking-server.ts";

const never = new AbortController().signal;
const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function connect(settings: Record<string, unknown>): Promise<Connection & { log: string[] }> {
  const lines: string[] = [];
  const log = createLog({ level: "debug", redact: (line) => String(lines.push(line)) });
  const { timeoutMs, ...written } = { timeoutMs: undefined, ...settings };
  const server = McpServer.parse({ name: "desk", ...written });
  const connection = keepConnected(
    { ...server, timeout: Number(timeoutMs ?? server.timeout) },
    {
      log,
      env: process.env,
      random: () => 0,
      now: Date.now,
      async greet() {},
      missed() {},
      checkLink: createUrlGuard({ allowPrivate: () => ["10.1.0.0/16"] }).checkLink,
    },
  );
  ends.push(() => connection.close());
  await connection.tried;
  return { ...connection, log: lines };
}

async function serve(tools: Parameters<typeof openAskingServer>[0], settings: Record<string, unknown> = {}) {
  const server = await openAskingServer(tools);
  ends.push(() => server.close());
  return { ...(await connect({ url: server.url, ...settings })), server };
}

/** Somebody who waits for a run, and what they were asked; they answer when the test says so. */
function waiting(run: string) {
  const asked: { question: Question; signal: AbortSignal; reply(reply: Reply): void }[] = [];
  const heard = new Set<() => void>();
  const who: Meanwhile & { run: string } = {
    run,
    ask: (question, signal) =>
      new Promise((reply) => {
        asked.push({ question, signal, reply });
        for (const hear of heard) hear();
      }),
  };
  async function isAsked(count = 1): Promise<(typeof asked)[number]> {
    while (asked.length < count) await new Promise<void>((resolve) => heard.add(resolve));
    const last = asked[count - 1];
    if (!last) throw new Error("nobody was asked");
    return last;
  }
  return { who, asked, isAsked };
}

const form = (properties: Record<string, unknown> = {}, required: string[] = []) =>
  ({ message: "Who are you?", requestedSchema: { type: "object", properties, required } }) as Parameters<
    InCall["ask"]
  >[0];
const name = { name: { type: "string", title: "Your name" } };
const given = (values: Record<string, string>): Reply => ({ kind: "given", values });
/** A promise that is kept when it is let go. */
function gate() {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
}

/** Makes a call and stops it when it is under way. */
async function stopOnceBegun(make: (signal: AbortSignal) => Promise<unknown>, began: Promise<void>): Promise<void> {
  const stop = new AbortController();
  const call = make(stop.signal);
  await began;
  stop.abort();
  await call;
}

describe("a server that asks in the middle of a call", () => {
  it("is told what the person filled in, and by whose name of it they are asked", async () => {
    const desk = await serve({ ask: ({ ask }) => ask(form(name, ["name"])) });
    const ana = waiting("r1");
    const called = desk.call("ask", {}, never, ana.who);
    const { question, reply } = await ana.isAsked();
    expect(question).toEqual({
      kind: "form",
      from: "desk",
      message: "Who are you?",
      fields: [{ kind: "text", name: "name", title: "Your name" }],
    });
    reply(given({ name: "Ana Ng" }));
    expect(JSON.parse((await called).text)).toEqual({ action: "accept", content: { name: "Ana Ng" } });
    expect(desk.log.join("")).not.toContain("Ana Ng");
  });

  it("learns that people can fill in forms and open pages, and nothing of models and folders", async () => {
    const { server } = await serve({});
    expect(server.capabilities).toEqual([{ elicitation: { form: {}, url: {} } }]);
  });

  it("is told no by who says no", async () => {
    const desk = await serve({ ask: ({ ask }) => ask(form(name)) });
    const ana = waiting("r1");
    const called = desk.call("ask", {}, never, ana.who);
    (await ana.isAsked()).reply({ kind: "declined" });
    expect(await called).toEqual({ text: '{"action":"decline"}' });
  });

  it("is told no at once where nobody waits, and the model is told why", async () => {
    const desk = await serve({ ask: ({ ask }) => ask(form(name)) });
    expect(await desk.call("ask", {}, never, { run: "r1" })).toEqual({
      text: '{"action":"decline"}\n[desk asked something in the middle of this, but nobody waits for this run who could answer.]',
      unasked: true,
    });
  });

  it("is told that nobody chose where nobody answered, and the model is told why", async () => {
    const desk = await serve({ ask: ({ ask }) => ask(form(name)) });
    const ana = waiting("r1");
    const called = desk.call("ask", {}, never, ana.who);
    (await ana.isAsked()).reply({ kind: "unanswered", why: "nobody answered within 10 minutes" });
    expect((await called).text).toBe(
      '{"action":"cancel"}\n[desk asked something in the middle of this, but nobody answered within 10 minutes.]',
    );
  });

  it("asks one thing after the other, and not without end", async () => {
    const desk = await serve({
      ask: ({ ask }) => Promise.all(Array.from({ length: 12 }, () => ask(form()))),
    });
    const ana = waiting("r1");
    const called = desk.call("ask", {}, never, ana.who);
    for (let nth = 1; nth <= 10; nth++) {
      const { reply } = await ana.isAsked(nth);
      expect(ana.asked.length).toBe(nth);
      reply(given({}));
    }
    const { text } = await called;
    expect(text.match(/accept/g)).toHaveLength(10);
    expect(text.match(/cancel/g)).toHaveLength(2);
    expect(text).toContain("it had asked 10 times before");
  });

  it("asks what can't be asked again and again has the model told once", async () => {
    const desk = await serve({
      async ask({ ask }) {
        const long = form({ a: { type: "string", description: "x".repeat(300_000) } });
        for (let times = 0; times < 20; times++) await ask(long);
        return "done";
      },
    });
    expect(await desk.call("ask", {}, never, waiting("r1").who)).toEqual({
      text: "done\n[desk asked something that people can't be asked: its form is too long.]",
      unasked: true,
    });
  });

  it("has as long as the person needs, and after that as long as any other", async () => {
    const late = gate();
    const desk = await serve({ ask: ({ ask }) => ask(form()).then(() => late.opened) }, { timeoutMs: 200 });
    const other = await serve({ hang: () => new Promise(() => {}) }, { timeoutMs: 200 });
    const ana = waiting("r1");
    const called = desk.call("ask", {}, never, ana.who);
    const { reply } = await ana.isAsked();
    // A call of the same patience, begun later, is given up meanwhile.
    expect((await other.call("hang", {}, never)).text).toMatch(/did not answer within 0.2 s/);
    reply(given({}));
    expect((await called).text).toMatch(/did not answer within 0.2 s/);
    late.open();
  });

  it("takes its question back: nobody is asked any more", async () => {
    const back = new AbortController();
    const desk = await serve({
      ask: ({ ask }) => ask(form(), { signal: back.signal }).catch(() => "never mind"),
    });
    const ana = waiting("r1");
    const called = desk.call("ask", {}, never, ana.who);
    const { signal } = await ana.isAsked();
    back.abort();
    expect(await called).toEqual({ text: "never mind" });
    expect(signal.aborted).toBe(true);
  });
});

describe("a call that is stopped while somebody is asked", () => {
  it("is cancelled at the server, and nobody is asked any more", async () => {
    const isCancelled = gate();
    const desk = await serve({
      ask({ ask, cancelled }) {
        cancelled.addEventListener("abort", isCancelled.open);
        return ask(form());
      },
    });
    const ana = waiting("r1");
    const stop = new AbortController();
    const called = desk.call("ask", {}, stop.signal, ana.who);
    const { signal, reply } = await ana.isAsked();
    signal.addEventListener("abort", () => reply({ kind: "unanswered", why: "it was stopped" }));
    stop.abort();
    expect(await called).toEqual({ text: "The call was stopped.", failed: true });
    await isCancelled.opened;
    expect(signal.aborted).toBe(true);
  });
});

describe("two people whose runs use one server", () => {
  it("are asked side by side where the streams of their calls tell whose a question is, and keep nobody waiting", async () => {
    const desk = await serve({
      ask: async ({ ask, input }) => `${input.who} ${(await ask({ ...form(), message: String(input.who) })).action}`,
      plain: () => "nothing was asked",
    });
    const [ana, tom] = [waiting("r1"), waiting("r2")];
    const anas = desk.call("ask", { who: "ana" }, never, ana.who);
    const anasForm = await ana.isAsked();
    const toms = desk.call("ask", { who: "tom" }, never, tom.who);
    const tomsForm = await tom.isAsked();
    expect([anasForm, tomsForm].map(({ question }) => question.message)).toEqual(["ana", "tom"]);
    expect((await desk.call("plain", {}, never, waiting("r3").who)).text).toBe("nothing was asked");
    tomsForm.reply({ kind: "declined" });
    expect((await toms).text).toBe("tom decline");
    anasForm.reply(given({}));
    expect((await anas).text).toBe("ana accept");
  });

  it("are not asked in the place of a call that was stopped, whose stream asks all the same", async () => {
    const [began, late, answered] = [gate(), gate(), gate()];
    let answer = "";
    const desk = await serve({
      async stubborn({ ask }) {
        began.open();
        await late.opened;
        const { action } = await ask(form());
        answer = action;
        answered.open();
      },
      slow: ({ askBeside }) => askBeside(form()),
    });
    const [ana, tom] = [waiting("r1"), waiting("r2")];
    await stopOnceBegun((signal) => desk.call("stubborn", {}, signal, ana.who), began.opened);
    const toms = desk.call("slow", {}, never, tom.who);
    late.open();
    await answered.opened;
    expect(answer).toBe("decline");
    expect((await toms).text).toMatch(/^\{"action":"cancel"\}/);
    expect([...ana.asked, ...tom.asked]).toEqual([]);
  });

  it("are never asked what the other's call wants to know", async () => {
    const slow = gate();
    const began = gate();
    const made: string[] = [];
    const desk = await serve({
      async ask({ askBeside, input }) {
        made.push(String(input.who));
        const { action } = await askBeside({ ...form(), message: String(input.who) });
        return `${input.who} ${action}`;
      },
      slow() {
        began.open();
        return slow.opened.then(() => "slow");
      },
    });
    const [ana, tom] = [waiting("r1"), waiting("r2")];
    const toms = desk.call("slow", {}, never, tom.who);
    await began.opened;
    const anas = desk.call("ask", { who: "ana" }, never, ana.who);
    slow.open();
    expect((await toms).text).toBe("slow");
    const { question, reply } = await ana.isAsked();
    expect(question.message).toBe("ana");
    // Another call of hers goes along; one for somebody else waits until hers are done.
    const again = desk.call("ask", { who: "tom" }, never, tom.who);
    const hers = desk.call("ask", { who: "ana again" }, never, ana.who);
    reply(given({}));
    expect((await anas).text).toBe("ana accept");
    (await ana.isAsked(2)).reply(given({}));
    expect((await hers).text).toBe("ana again accept");
    (await tom.isAsked()).reply({ kind: "declined" });
    expect((await again).text).toBe("tom decline");
    expect(made).toEqual(["ana", "ana again", "tom"]);
    expect([ana, tom].map(({ asked }) => asked.map(({ question }) => question.message))).toEqual([
      ["ana", "ana again"],
      ["tom"],
    ]);
  });

  it("are told so where the server is taken away while one waits for the other", async () => {
    const desk = await serve({ ask: ({ askBeside }) => askBeside(form()) });
    const [ana, tom] = [waiting("r1"), waiting("r2")];
    const anas = desk.call("ask", {}, never, ana.who);
    await ana.isAsked();
    const toms = desk.call("ask", {}, never, tom.who);
    await desk.close();
    expect((await anas).text).toMatch(/^desk .*Whether it did what was asked is not known\.$/);
    expect(await toms).toEqual({
      text: 'The MCP server "desk" is not connected any more: it was taken out of the settings.',
      failed: true,
    });
  });

  it("are asked at once where the server says whose call it is", async () => {
    const slow = gate();
    const began = gate();
    const desk = await serve({
      ask: ({ askBeside }) => askBeside(form(), { named: true }),
      slow() {
        began.open();
        return slow.opened.then(() => "slow");
      },
    });
    const [ana, tom] = [waiting("r1"), waiting("r2")];
    const toms = desk.call("slow", {}, never, tom.who);
    await began.opened;
    const anas = desk.call("ask", {}, never, ana.who);
    (await ana.isAsked()).reply({ kind: "declined" });
    expect((await anas).text).toBe('{"action":"decline"}');
    slow.open();
    await toms;
    expect(tom.asked).toEqual([]);
  });

  it("are not asked what a call that was stopped may still want to know", async () => {
    const began = gate();
    const desk = await serve({
      stubborn() {
        began.open();
        return new Promise(() => {});
      },
      quick: ({ askBeside }) => askBeside(form()),
    });
    const [ana, tom] = [waiting("r1"), waiting("r2")];
    await stopOnceBegun((signal) => desk.call("stubborn", {}, signal, ana.who), began.opened);
    const { text } = await desk.call("quick", {}, never, tom.who);
    expect(text).toMatch(/^\{"action":"cancel"\}\n\[desk asked something while it was at work for several people/);
    expect([...ana.asked, ...tom.asked]).toEqual([]);
    const again = desk.call("quick", {}, never, ana.who);
    (await ana.isAsked()).reply({ kind: "declined" });
    expect((await again).text).toBe('{"action":"decline"}');
  });

  it("are told apart, at the price of one question, where both calls ask at once", async () => {
    const both = gate();
    let count = 0;
    const desk = await serve({
      async ask({ askBeside, input }) {
        if (++count === 2) both.open();
        await both.opened;
        return askBeside({ ...form(), message: String(input.who) });
      },
    });
    const people = [waiting("ana"), waiting("tom")];
    const texts = people.map(({ who }) => desk.call("ask", { who: who.run }, never, who));
    const [asked] = await Promise.race(people.map(async (one) => [one, await one.isAsked()] as const));
    expect(asked.asked.map(({ question }) => question.message)).toEqual([asked.who.run]);
    asked.asked[0]?.reply(given({}));
    const said = (await Promise.all(texts)).map(({ text }) => text.split("\n")[0]);
    expect(said.sort()).toEqual(['{"action":"accept","content":{}}', '{"action":"cancel"}']);
    expect(people.flatMap((one) => one.asked)).toHaveLength(1);
  });
});

describe("a server that wants a page to be opened", () => {
  const page = { mode: "url" as const, message: "Sign in.", elicitationId: "e1", url: "https://example.com/in?x=1" };

  it("has it put to the person as an address", async () => {
    const desk = await serve({ ask: ({ ask }) => ask(page) });
    const ana = waiting("r1");
    const called = desk.call("ask", {}, never, ana.who);
    const { question, reply } = await ana.isAsked();
    expect(question).toMatchObject({ kind: "link", from: "desk", message: "Sign in.", url: page.url });
    reply(given({}));
    expect((await called).text).toBe('{"action":"accept"}');
  });

  it("says when it was done there", async () => {
    const desk = await serve({
      async ask({ ask, done }) {
        const answer = ask(page);
        await done("e1");
        return answer;
      },
    });
    const ana = waiting("r1");
    const called = desk.call("ask", {}, never, ana.who);
    const { question, reply } = await ana.isAsked();
    if (question.kind !== "link") throw new Error("no page");
    if (!question.done.aborted) await new Promise((resolve) => question.done.addEventListener("abort", resolve));
    reply(given({}));
    expect((await called).text).toBe('{"action":"accept"}');
  });

  it.each([
    "javascript:alert(1)",
    "file:///etc/passwd",
    "https://bank.example@evil.example/",
    "http://10.2.3.4/in",
    `https://a.example/${"x".repeat(1000)}`,
  ])("may not lead to %.40s", async (url) => {
    const desk = await serve({ ask: ({ ask }) => ask({ ...page, url }) });
    const ana = waiting("r1");
    expect((await desk.call("ask", {}, never, ana.who)).text).toMatch(
      /"decline".*\n\[desk asked something that people can't be asked/,
    );
    expect(ana.asked).toEqual([]);
  });

  it.each(["http://10.1.2.3/in", "http://127.0.0.1:8080/in", "https://example.com/in"])(
    "may lead to the open internet, to where the server is and to what the settings allow: %s",
    async (url) => {
      const desk = await serve({ ask: ({ ask }) => ask({ ...page, url }) });
      const ana = waiting("r1");
      const called = desk.call("ask", {}, never, ana.who);
      const { question, reply } = await ana.isAsked();
      expect(question).toMatchObject({ kind: "link", url });
      reply({ kind: "declined" });
      await called;
    },
  );

  it("has the call made again once it was opened, where it refused it before", async () => {
    const made: unknown[] = [];
    const desk = await serve({
      look({ input }) {
        made.push(input);
        if (made.length === 1) throw new UrlElicitationRequiredError([page]);
        return "seen";
      },
    });
    const ana = waiting("r1");
    const called = desk.call("look", { at: "mail" }, never, ana.who);
    const { question, reply } = await ana.isAsked();
    expect(question).toMatchObject({ kind: "link", url: page.url });
    reply(given({}));
    expect(await called).toEqual({ text: "seen" });
    expect(made).toEqual([{ at: "mail" }, { at: "mail" }]);
  });

  it("has the model told where the person said no, or where nobody waits", async () => {
    const desk = await serve({
      look() {
        throw new UrlElicitationRequiredError([page]);
      },
    });
    const ana = waiting("r1");
    const called = desk.call("look", {}, never, ana.who);
    (await ana.isAsked()).reply({ kind: "declined" });
    expect(await called).toEqual({
      text: "desk wants a page to be opened first, but the person said no.",
      failed: true,
    });
    expect((await desk.call("look", {}, never)).text).toMatch(/nobody waits for this run/);
  });

  it.each([
    ["nothing that is a page", "home"],
    ["a page without an address", [{ elicitationId: "e1", message: "Please" }]],
    ["no page at all", [null]],
  ])("and names %s has the model told", async (_, elicitations) => {
    const desk = await serve({
      look() {
        throw new McpError(ErrorCode.UrlElicitationRequired, "first", { elicitations });
      },
    });
    expect(await desk.call("look", {}, never, waiting("r1").who)).toEqual({
      text: "desk wants a page to be opened first, but it does not say which.",
      failed: true,
    });
  });

  it("is not called again for ever", async () => {
    const desk = await serve({
      look() {
        throw new UrlElicitationRequiredError([page], "not yet");
      },
    });
    const { call } = desk;
    const who = { run: "r1", ask: async () => given({}) };
    expect((await call("look", {}, never, who)).text).toMatch(/^desk refused the call: .*not yet$/);
  });
});

describe("the server that has everything", () => {
  const program = createRequire(import.meta.url).resolve("@modelcontextprotocol/server-everything/dist/index.js");

  it("has all its kinds of fields understood", async () => {
    const everything = await connect({ command: process.execPath, args: [program, "stdio"] });
    const ana = waiting("r1");
    const called = everything.call("trigger-elicitation-request", {}, never, ana.who);
    const { question, reply } = await ana.isAsked();
    if (question.kind !== "form") throw new Error("no form");
    expect(Object.fromEntries(question.fields.map((field) => [field.name, field]))).toMatchObject({
      name: { kind: "text", title: "String" },
      check: { kind: "yes-no", optional: true },
      firstLine: { kind: "text", preset: "It was a dark and stormy night." },
      email: { kind: "text", format: "email" },
      homepage: { kind: "text", format: "uri" },
      birthdate: { kind: "text", format: "date" },
      integer: { kind: "number", whole: true, least: 1, most: 100, preset: 42 },
      number: { kind: "number", least: 0, most: 1000, preset: 3.14 },
      untitledSingleSelectEnum: { kind: "one", preset: "Monica" },
      untitledMultipleSelectEnum: { kind: "some", least: 1, most: 3, preset: ["Guitar"] },
      titledSingleSelectEnum: { kind: "one", options: [{ value: "hero-1", text: "Superman" }, {}, {}] },
      titledMultipleSelectEnum: { kind: "some" },
      legacyTitledEnum: { kind: "one" },
    });
    reply(given({ name: "Ana Ng" }));
    expect((await called).text).toContain("Ana Ng");
  });

  it("has pages opened for it, asked for and demanded", async () => {
    const everything = await connect({ command: process.execPath, args: [program, "stdio"] });
    const ana = waiting("r1");
    const input = { url: "https://example.com/", errorPath: true };
    const called = everything.call("trigger-url-elicitation", input, never, ana.who);
    const demanded = await ana.isAsked();
    expect(demanded.question).toMatchObject({ kind: "link", url: "https://modelcontextprotocol.io/" });
    demanded.reply(given({}));
    const asked = await ana.isAsked(2);
    expect(asked.question).toMatchObject({ kind: "link", url: "https://example.com/" });
    asked.reply(given({}));
    expect((await called).text).toContain("User completed the URL elicitation flow");
  });
});
