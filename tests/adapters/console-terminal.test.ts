import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Form, Post } from "../../src/chat.ts";
import { askForm, askInputs } from "../world/ask-form.ts";
import { setTerminals } from "./console-terminal-stage.ts";

const ana = "console:ana" as const;
const dm = { adapter: "console", channel: "dm-ana" };
const stage = setTerminals();
let keys = 0;

const draft = () => stage.workspace.adapter.draft(dm, { id: `d${++keys}`, since: 0 }, { person: ana });
const post = (post: Post, address = dm) => stage.workspace.adapter.post(address, post, { id: `p${++keys}`, since: 0 });
const count = (text: string, words: string) => text.split(words).length - 1;
const said = async (text: string, as = "console:tom", channel = "general", thread?: string) =>
  (await stage.workspace.send("/console/messages", { channel, as, text, ...(thread && { thread }) })).body.id ?? "";

describe("at a terminal", () => {
  it("says where one is, and sends what is typed", async () => {
    const me = stage.sit();
    await me.shows("You are ana, in your direct message with Bellhop.");
    await me.until(() => me.screen.typed === "dm ›");
    me.line("what time is it?");
    const message = await stage.inbox.message("what time is it?");
    expect(message).toMatchObject({ direct: true, author: { id: ana } });
    await me.shows("ana: what time is it?");
    expect(count(me.screen.text, "what time is it?")).toBe(1);
    expect((await stage.inbox.next("opened")).what).toBe("direct");
  });

  it("has an answer grow in place, above what is being typed", async () => {
    const me = stage.sit();
    await me.until(() => me.screen.typed === "dm ›");
    me.keys("and in the");
    const answer = draft();
    answer.show({ text: "", lines: [], status: "thinking…" });
    await me.shows("thinking…");
    answer.show({ text: "It is", lines: [{ id: "1", title: "clock now", state: "running" }] });
    await me.shows("It is");
    expect(me.screen.text).not.toContain("thinking…");
    expect(me.screen.typed).toBe("dm › and in the");
    const lines = [
      { id: "1", title: "clock now", state: "done" as const, ms: 800 },
      { id: "2", title: "map find", state: "failed" as const, note: "no such place" },
    ];
    await answer.end({ text: "It is **noon**.\n\nIn Taipei.", lines, footer: "ops · 2 tools" });
    await me.shows("— ops · 2 tools");
    const text = me.screen.text.slice(me.screen.text.indexOf("Bellhop:"));
    expect(text).toBe(
      "Bellhop:\n  ✓ clock now 0.8 s\n  ✗ map find no such place\n  It is noon.\n\n  In Taipei.\n  — ops · 2 tools\ndm › and in the",
    );
    me.keys(" morning?\r");
    await stage.inbox.message("and in the morning?");
  });

  it("leaves an answer that is higher than the screen standing whole, each line once", async () => {
    const me = stage.sit({ rows: 10, columns: 40 });
    await me.until(() => me.screen.typed === "dm ›");
    const answer = draft();
    let text = "";
    for (let n = 100; n < 160; n++) {
      text += `line ${n} with quite a few more words than fit\n\n`;
      answer.show({ text, lines: [] });
      if (n % 10 === 0) await me.shows(`line ${n}`);
    }
    await answer.end({ text, footer: "the end" });
    await me.shows("— the end");
    for (let n = 100; n < 160; n++) expect(count(me.screen.text, `line ${n}`)).toBe(1);
    expect(me.screen.typed).toBe("dm ›");
  });

  it("keeps a line being typed whole over several rows while others talk, also in Chinese", async () => {
    const me = stage.sit({ columns: 30, as: "tom", channel: "general" });
    await me.until(() => me.screen.typed === "#general ›");
    const long = `今天天氣很好我們去吃午餐吧${"word ".repeat(14)}`.trim();
    me.keys(long);
    await me.until(() => me.screen.text.replace(/\n/g, "").includes(long.replace(/ /g, "").slice(0, 10)));
    for (const text of ["first", "second", "third"]) {
      await said(text, ana);
      await me.shows(`ana: ${text}`);
    }
    const whole = () => me.screen.text.replace(/[\n ]/g, "");
    expect(count(whole(), long.replace(/ /g, ""))).toBe(1);
    me.keys("\r");
    await stage.inbox.message(long);
    await me.until(() => me.screen.typed === "#general ›" && whole().includes("tom:"));
    expect(count(whole(), long.replace(/ /g, ""))).toBe(1);
  });

  it("obeys nothing that stands in a message", async () => {
    const me = stage.sit();
    await me.until(() => me.screen.typed === "dm ›");
    await post({
      text: "clear \x1b[2J\x1b[1;1H title \x1b]0;evil\x07 back\b\b\u009b2J \u202egnp.exe \r over",
      footer: "\x1b[8mhidden",
      lines: [{ id: "1", title: "rm\x1b[1A", state: "done" }],
      card: { fields: [{ name: "\x1bc", value: "\x1bc" }], buttons: [{ id: "a", text: "ok\x1b[5m" }] },
    });
    await me.shows("over");
    expect(me.screen.text).toContain("You are ana");
    expect(me.screen.text).toContain("␛]0;evil");
    expect(me.screen.text).not.toContain("\u202e");
  });

  it("draws tables, lists and code, and says where links lead", async () => {
    const me = stage.sit();
    await me.until(() => me.screen.typed === "dm ›");
    await post({
      text: "# State\n\n| Service | p95 |\n|:--|--:|\n| 結帳 | 1.9 s |\n| login | 80 ms |\n\n1. one\n2. two\n   - *inner*\n\n```sh\nls -l | wc\n```\n\n> quoted\n\nSee [the docs](https://docs.example.com/a).",
    });
    await me.shows("See the docs (https://docs.example.com/a).");
    const text = me.screen.text;
    expect(text).toContain("  Service    p95\n  ───────  ─────\n  結帳     1.9 s\n  login    80 ms");
    expect(text).toContain("  1. one\n  2. two\n     • inner");
    expect(text).toContain("      ls -l | wc");
    expect(text).toContain("  │ quoted");
  });

  it("presses a button by its number, and tells others' words from one", async () => {
    const me = stage.sit();
    await me.until(() => me.screen.typed === "dm ›");
    const buttons = [
      { id: "approve", text: "Approve", value: "7f3k" },
      { id: "deny", text: "Deny" },
    ];
    const posted = await post({ text: "May I?", card: { buttons }, rating: { value: "r1", good: "Good", bad: "Bad" } });
    await me.shows("[1] Approve  [2] Deny  [3] 👍 Good  [4] 👎 Bad");
    me.line("2");
    expect((await stage.inbox.next("press")).press).toMatchObject({ id: "deny", message: posted.id });
    await me.shows("pressed: Deny");
    me.line("/press 1");
    expect((await stage.inbox.next("press", ({ press }) => press.id === "approve")).press.value).toBe("7f3k");
    me.line("4");
    expect((await stage.inbox.next("press", ({ press }) => press.id === "bad")).press.value).toBe("r1");
    await stage.workspace.adapter.edit(posted, { text: "✗ denied by ana" });
    await me.shows("✗ denied by ana");
    me.line("2");
    await stage.inbox.message("2");
    me.line("/press 2");
    await me.shows("There is no button 2.");
  });

  it("asks a form field by field, and sends it off when all is answered", async () => {
    const { agent, question, note, days } = askInputs;
    const inputs = [{ ...agent, value: "ops" }, question, { ...days, value: "mon\ntue" }, note];
    const form: Form = { ...askForm, inputs };
    const me = stage.sit({ channel: "general" });
    await me.until(() => me.screen.typed === "#general ›");
    const id = await said("the build is red");
    await me.shows("tom: the build is red");
    const open = async (n: number) => {
      me.line("/about");
      const { shortcut } = await stage.inbox.next("shortcut", () => shortcuts() === n);
      expect(shortcut.message.id).toBe(id);
      const newest = stage.inbox.heard.findLast((event) => event.kind === "shortcut");
      if (newest?.kind === "shortcut") await stage.workspace.adapter.open?.(newest.shortcut.whisper, form);
    };
    const shortcuts = () => stage.inbox.heard.filter(({ kind }) => kind === "shortcut").length;
    await open(1);
    await me.shows("Agent [Operations]\n  1. Operations\n  2. Scribe");
    me.line("7");
    await me.shows("Choose a number from 1 to 2.");
    me.line("2");
    await me.shows("Question");
    me.line("");
    await me.shows("This must be filled in.");
    me.line("why?\\");
    me.line("since when?");
    await me.shows("Days [Mon, Tue] (Choose 1 to 2 by number, with commas between.)\n  1. Mon\n  2. Tue\n  3. Wed");
    me.line("1, 2, 3");
    await me.until(() => me.screen.text.split("Choose 1 to 2 by number").length === 3);
    me.line("wed，1");
    await me.shows("Note (optional)");
    me.line("");
    expect((await stage.inbox.next("submit")).submit.values).toEqual({
      agent: "scribe",
      question: "why?\nsince when?",
      days: "wed\nmon",
    });
    await me.shows("Sent.");
    await open(2);
    await me.until(() => me.screen.typed === "?");
    me.line("/cancel");
    await me.shows("The form is closed.");
    expect((await stage.workspace.state(ana)).you?.form).toBeUndefined();
  });

  it("goes on in the thread that a mention grew, and comes out of it", async () => {
    const me = stage.sit({ channel: "general" });
    await me.until(() => me.screen.typed === "#general ›");
    me.line("@Bellhop why is it slow?");
    const root = await stage.inbox.message("why is it slow?");
    await me.until(() => me.screen.typed.startsWith("#general ⤷ @Bellhop why"));
    await post({ text: "Because of the deploy." }, root.answerAt);
    await me.shows("⤷ Bellhop: Because of the deploy.");
    me.line("which one?");
    expect((await stage.inbox.message("which one?")).address.thread).toBe(root.id);
    me.line("/channel");
    await me.until(() => me.screen.typed === "#general ›");
    me.line("lunch?");
    expect((await stage.inbox.message("lunch?")).address.thread).toBeUndefined();
    me.line("/thread");
    await me.shows("1. ana: @Bellhop why is it slow?");
    me.line("/thread 1");
    await me.shows("In the thread “@Bellhop why is it slow?”.");
    me.line("/channel dm");
    await me.until(() => me.screen.typed === "dm ›");
  });

  it("stops what is being written at the first Ctrl-C, and leaves at the second", async () => {
    const me = stage.sit();
    await me.until(() => me.screen.typed === "dm ›");
    me.keys("half a thought");
    await me.until(() => me.screen.typed.endsWith("half a thought"));
    me.keys("\x03");
    await me.until(() => me.screen.typed === "dm ›");
    const answer = draft();
    answer.show({ text: "It is", lines: [], stop: { id: "stop", text: "Stop", value: "7f3k" } });
    await me.shows("Stop");
    me.keys("\x03");
    expect((await stage.inbox.next("press")).press).toMatchObject({ id: "stop", value: "7f3k" });
    await me.shows("Ctrl-C once more leaves.");
    me.keys("\x03");
    expect(await me.left).toBe(0);
  });

  it("leaves at once when there is nothing to stop", async () => {
    const me = stage.sit();
    await me.until(() => me.screen.typed === "dm ›");
    me.interrupt();
    expect(await me.left).toBe(0);
    expect(me.screen.text).toContain("Goodbye.");
  });

  it("completes orders, commands, their verbs, agents, people and channels", async () => {
    const me = stage.sit({ channel: "general" });
    await me.until(() => me.screen.typed === "#general ›");
    for (const [typed, completed] of [
      ["/hel", "/help"],
      ["/age", "/agents"],
      ["/bellhop unm", "/bellhop unmute"],
      ["/ask sc", "/ask scribe"],
      ["@Bel", "@Bellhop"],
      ["@Bellhop o", "@Bellhop ops:"],
      ["thanks @to", "thanks @tom"],
      ["/channel te", "/channel team"],
      ["/ask use library.g", "/ask use library.greet"],
      ["@Bellhop use library.s", "@Bellhop use library.sum service="],
    ]) {
      me.keys(`${typed}\t`);
      await me.until(() => me.screen.typed === `#general › ${completed}`);
      me.keys("\x03");
      await me.until(() => me.screen.typed === "#general ›");
    }
  });

  it("speaks Chinese to those whose terminal does, and has the bot do so too", async () => {
    const me = stage.sit({ language: "zh-TW" });
    await me.shows("你是 ana，目前在你和 Bellhop 的私訊。");
    await me.until(() => me.screen.typed === "dm ›");
    expect(await stage.workspace.adapter.who(ana)).toMatchObject({ language: "zh-TW" });
    me.line("/help");
    await me.shows("給 Bellhop 的指令：");
    me.line("/aks");
    await me.shows("這裡沒有這個指令。輸入 /bellhop help 查看用法。");
    me.line("/language en");
    await me.shows("Bellhop speaks English to you now.");
  });

  it("goes on by itself after the connection broke, and misses nothing", async () => {
    const me = stage.sit({ channel: "general" });
    await me.until(() => me.screen.typed === "#general ›");
    await said("hello");
    await me.shows("tom: hello");
    stage.workspace.cut();
    await me.shows("The connection is lost");
    await said("are you there?");
    await me.shows("tom: are you there?");
    expect(me.screen.text).toContain("Connected again.");
    await stage.workspace.restart();
    await said("and now?");
    await me.shows("tom: and now?");
    expect(count(me.screen.text, "are you there?")).toBe(1);
  });

  it("shows nothing that is not for this person, and tells of what was edited and deleted", async () => {
    const me = stage.sit({ channel: "general" });
    await me.until(() => me.screen.typed === "#general ›");
    const general = { adapter: "console", channel: "general" };
    await post({ text: "for tom alone", only: { person: "console:tom" } }, general);
    await said("secret", "console:tom", "dm-tom");
    await post({ text: "for ana alone", only: { person: ana } }, general);
    await me.shows("Bellhop: (only you can see this) for ana alone");
    const id = await said("lunch at 12");
    await me.shows("lunch at 12");
    await stage.workspace.send("/console/edits", { message: id, as: "console:tom", text: "lunch at 13" });
    await me.shows("tom: (edited) lunch at 13");
    await stage.workspace.send("/console/deletions", { message: id, as: "console:tom" });
    await me.shows("tom deleted a message.");
    expect(me.screen.text).not.toMatch(/for tom alone|secret/);
  });

  it("shows the bot's page, whose buttons can be pressed, and ways to begin", async () => {
    const me = stage.sit();
    const { address } = await stage.inbox.next("opened");
    await stage.workspace.adapter.prompt?.(address, [{ title: "Who is here?", text: "agents" }]);
    await me.shows("[1] Who is here?");
    me.line("1");
    await stage.inbox.message("agents");
    me.line("/home");
    await stage.inbox.next("opened", ({ what }) => what === "home");
    const card = { buttons: [{ id: "ask", text: "Ask ops" }] };
    await stage.workspace.adapter.home?.(ana, { text: "**ops** looks after production", card });
    await me.shows("ops looks after production");
    await me.shows("[2] Ask ops");
    me.line("2");
    expect((await stage.inbox.next("press")).press).toMatchObject({ id: "ask", message: "home" });
  });

  it("says that the bot's page is empty when none is drawn", async () => {
    const me = stage.sit({ patienceMs: 50 });
    me.line("/home");
    await me.shows("still empty");
  });

  it("sends a file with words, and says where one that came is to be had", async () => {
    const dir = await mkdtemp(join(tmpdir(), "console-terminal-"));
    await writeFile(join(dir, "my notes.txt"), "buy milk");
    const me = stage.sit();
    await me.until(() => me.screen.typed === "dm ›");
    me.line(`/file "${join(dir, "my notes.txt")}" what is in it?`);
    const { files } = await stage.inbox.message("what is in it?");
    expect(files).toMatchObject([{ name: "my notes.txt", type: "text/plain", size: 8 }]);
    await me.shows("📎 my notes.txt (8 B)");
    me.line(`/file ${dir}/none.txt`);
    await me.shows("none.txt can't be read.");
    await post({ text: "", files: [{ name: "answer.md", type: "text/markdown", text: "x".repeat(5_000) }] });
    await me.shows("📎 answer.md (5 KB)");
    await rm(dir, { recursive: true });
  });
});

describe("in a pipe", () => {
  /** Answers whatever is asked with a draft that grows. */
  async function answering(text: string, answer: string): Promise<void> {
    const message = await stage.inbox.message(text);
    const growing = stage.workspace.adapter.draft(
      message.answerAt,
      { id: `a${++keys}`, since: 0 },
      { person: ana, message: message.id },
    );
    growing.show({ text: answer.slice(0, 3), lines: [] });
    await growing.end({ text: answer, footer: "ops", rating: { value: "r1", good: "Good", bad: "Bad" } });
  }

  it("takes line after line, each with its answer whole, as plain text", async () => {
    await post({ text: "said long ago" });
    const me = stage.sit({ terminal: false, color: false });
    me.line("what time is it?");
    me.line("and now?");
    me.end();
    await answering("what time is it?", "It is **noon**.");
    await answering("and now?", "One o'clock.");
    expect(await me.left).toBe(0);
    expect(me.written()).toBe("Bellhop:\n  It is noon.\n  — ops\nBellhop:\n  One o'clock.\n  — ops\n");
    const order = stage.inbox.heard.flatMap((event) => (event.kind === "message" ? event.message.text : []));
    expect(order).toEqual(["what time is it?", "and now?"]);
  });

  it("does not wait for an answer to what calls nobody", async () => {
    const me = stage.sit({ terminal: false, color: false, channel: "general" });
    me.line("lunch?");
    me.line("at noon?");
    me.end();
    expect(await me.left).toBe(0);
    await stage.inbox.message("at noon?");
  });

  it("says so when no answer comes, and what was refused, and ends with 1", async () => {
    const me = stage.sit({ terminal: false, color: false, patienceMs: 50 });
    me.line("/aks why?");
    me.line("hello?");
    me.end();
    expect(await me.left).toBe(1);
    expect(me.written()).toBe(
      "There is no /aks here. There are /ask, /schedule, /agents, /bellhop.\nNo answer came.\n",
    );
  });

  it.each([
    [{ as: "eve" }, "There is nobody called console:eve here. There are console:ana, console:tom, console:kim."],
    [{ channel: "random" }, "There is no channel random. There are general, team, dm."],
    [{ channel: "dm-tom" }, "There is no channel dm-tom. There are general, team, dm."],
    [{ url: "http://127.0.0.1:9" }, "Nothing answers at http://127.0.0.1:9."],
  ])("ends with 1 and a word for %o", async (wish, why) => {
    const me = stage.sit({ terminal: false, color: false, ...wish });
    me.line("hello?");
    expect(await me.left).toBe(1);
    expect(me.written()).toBe(`${why}\n`);
    expect(stage.inbox.heard).toEqual([]);
  });
});
