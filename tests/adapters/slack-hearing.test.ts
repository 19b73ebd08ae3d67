import { describe, expect, it } from "vitest";
import { readMessage } from "../../adapters/slack/messages.ts";
import { createSlack } from "../world/slack/slack.ts";
import { recordingInbox } from "./contract/recording-inbox.ts";
import { adapterFor } from "./slack-platform.ts";
import { setSlackStage } from "./slack-stage.ts";

const stage = setSlackStage();
const quiet = async () => stage.slack.until(() => stage.slack.pending() === 0);
const heardMessages = () => stage.inbox.heard.flatMap((event) => (event.kind === "message" ? [event.message] : []));

describe("what the Slack adapter hears", () => {
  it("comes again when it could not be journalled, and is acknowledged then", async () => {
    stage.inbox.refuseNext();
    stage.slack.say(stage.ana, stage.general, "keep this");
    await stage.inbox.message("keep this");
    stage.objections = /not acknowledged within/;
    await stage.slack.until(() => stage.slack.pending() === 0, 10_000);
    expect(stage.slack.lost).toEqual([]);
  });

  it("brings a mention's files along, whichever of its two tellings comes first", async () => {
    for (let seed = 1; seed <= 8; seed++) {
      const slack = await createSlack({ seed });
      const ana = slack.person("ana");
      const general = slack.channel("general");
      const inbox = recordingInbox();
      const adapter = adapterFor(slack);
      await adapter.start(inbox, new AbortController().signal);
      slack.say(ana, general, "@Bellhop read this", { files: [{ name: "notes.txt", content: "milk" }] });
      await slack.until(() => inbox.heard.length > 0 && slack.pending() === 0);
      expect(inbox.heard).toHaveLength(1);
      expect(await inbox.message("read this")).toMatchObject({ mention: true, files: [{ name: "notes.txt" }] });
      await adapter.stop();
      await slack.stop();
      expect(slack.violations).toEqual([]);
    }
  });

  it("hears a mention even when messages are not subscribed to", async () => {
    const slack = await createSlack({ events: ["app_mention"] });
    const ana = slack.person("ana");
    const general = slack.channel("general");
    const inbox = recordingInbox();
    const adapter = adapterFor(slack);
    await adapter.start(inbox, new AbortController().signal);
    slack.say(ana, general, "@Bellhop hi");
    expect((await inbox.message("hi")).mention).toBe(true);
    await adapter.stop();
    await slack.stop();
  });

  it("knows people by name who were there before, and from their first words those who came later", async () => {
    const asked = (method: string) => stage.slack.calls.filter((call) => call.method === method && call.status);
    await stage.slack.until(() => asked("users.list").length > 0);
    // One more round trip: the answer before it has been read by then.
    await stage.adapter.history({ adapter: "slack", channel: stage.general }, { limit: 1 });
    expect((await stage.asked("hi")).author.name).toBe("ana");
    const zoe = stage.slack.person("zoe");
    stage.slack.join(zoe, stage.general);
    stage.slack.say(zoe, stage.general, "hello");
    await stage.slack.until(() => asked("users.info").length > 0);
    await stage.adapter.who(`slack:${zoe.id}`);
    stage.slack.say(zoe, stage.general, "it's me, @ana");
    const { author } = await stage.inbox.message("it's me, @ana");
    expect(author).toEqual({ id: `slack:${zoe.id}`, name: "zoe", bot: false });
    expect(asked("users.info")).toHaveLength(1);
  });

  it("takes a person's text as it was typed", async () => {
    stage.slack.say(stage.ana, stage.general, "is 1 < 2 && <b>bold</b> *so*? ask @tom in #general");
    await stage.inbox.message("is 1 < 2 && <b>bold</b> *so*? ask @tom in #general");
  });

  it("hears who joined, and whether that is the bot itself", async () => {
    const zoe = stage.slack.person("zoe");
    stage.slack.join(zoe, stage.general);
    expect(await stage.inbox.next("joined")).toMatchObject({ ours: false, person: { id: `slack:${zoe.id}` } });
    const other = stage.slack.channel("other", { botIsMember: false });
    stage.slack.inviteBot(other, stage.ana);
    const joined = await stage.inbox.next("joined", (event) => event.ours);
    expect(joined.address).toEqual({ adapter: "slack", channel: other.id });
    await quiet();
    // What Slack says about it in the channel is nobody's speech.
    expect(heardMessages()).toEqual([]);
  });

  it("hears reactions, given and taken back", async () => {
    const { ts } = stage.slack.say(stage.ana, stage.general, "done");
    stage.slack.react(stage.tom, ts, "tada");
    const given = await stage.inbox.next("reaction");
    expect(given).toMatchObject({ message: ts, emoji: "tada", added: true, person: { id: `slack:${stage.tom}` } });
    stage.slack.unreact(stage.tom, ts, "tada");
    expect((await stage.inbox.next("reaction", (event) => !event.added)).message).toBe(ts);
    stage.slack.react(stage.tom, ts, "tada");
    await quiet();
    expect(stage.inbox.heard.filter((event) => event.kind === "reaction")).toHaveLength(3);
  });

  it("hears every edit of a message once, and its deletion with the thread it stood in", async () => {
    const root = stage.slack.say(stage.ana, stage.general, "lunch?");
    const { ts } = stage.slack.say(stage.ana, stage.general, "at 12", { thread: root });
    stage.slack.edit(ts, "at 13");
    stage.slack.edit(ts, "at 14");
    const last = await stage.inbox.next("edited", (event) => event.message.text === "at 14");
    expect(last.message.address.thread).toBe(root.ts);
    stage.slack.delete(ts);
    const gone = await stage.inbox.next("deleted");
    expect(gone).toMatchObject({ message: ts, address: { channel: stage.general, thread: root.ts } });
    expect(stage.inbox.heard.filter((event) => event.kind === "edited")).toHaveLength(2);
  });

  it("hears that a message is gone though its thread stays", async () => {
    const root = stage.slack.say(stage.ana, stage.general, "lunch?");
    stage.slack.say(stage.tom, stage.general, "yes", { thread: root });
    stage.slack.delete(root.ts);
    expect(await stage.inbox.next("deleted")).toMatchObject({ message: root.ts, address: { channel: stage.general } });
  });

  it("hears nothing of what it says, changes and deletes itself", async () => {
    const message = await stage.asked();
    const posted = await stage.adapter.post(message.answerAt, { text: "noon" }, stage.key(message));
    await stage.adapter.edit(posted, { text: "one" });
    const draft = stage.draft(message);
    draft.show({ text: "two", lines: [] });
    await stage.shows(message.answerAt, "two");
    await draft.drop();
    await quiet();
    expect(stage.inbox.heard).toHaveLength(1);
  });

  it("reads the alerts of other apps, and what was passed on, but no previews of links", () => {
    const reading = { bot: { user: "U0BOT", bot: "B0BOT", team: "T0" }, nameOf: () => undefined };
    const attachments = [
      {
        fallback: "[FIRING] disk",
        title: "[FIRING] disk",
        text: "92 % &lt; 95 %",
        fields: [{ title: "host", value: "db1" }],
      },
      {
        from_url: "https://acme.slack.com/archives/C0/p1",
        is_share: true,
        author_name: "tom",
        text: "what tom said to <@U0BOT>",
        files: [
          { id: "F0", name: "plan.pdf", mimetype: "application/pdf", size: 9, url_private: "https://x/plan.pdf" },
        ],
      },
      { from_url: "https://example.com", service_name: "Example", text: "a preview" },
      { fallback: "only this" },
    ];
    const alert = { ts: "1700000000.000100", bot_id: "B0GRAFANA", username: "Grafana", text: "", attachments };
    expect(readMessage(alert, "C0", reading)).toMatchObject({
      author: { id: "slack:B0GRAFANA", name: "Grafana", bot: true },
      text: "[FIRING] disk\n92 % < 95 %\nhost: db1\n\nonly this",
      quotes: [{ author: "tom", text: "what tom said to" }],
      files: [{ name: "plan.pdf" }],
      mention: false,
    });
  });

  it("knows other bots as bots", async () => {
    const robot = stage.slack.person("robot", { bot: true });
    stage.slack.join(robot, stage.general);
    expect((await stage.adapter.who(`slack:${robot.id}`))?.bot).toBe(true);
  });

  it("answers in the thread in a group DM, and knows that it is not alone there", async () => {
    const group = stage.slack.groupDm([stage.ana, stage.tom]);
    const { ts } = stage.slack.say(stage.ana, group, "@Bellhop lunch?");
    const message = await stage.inbox.message("lunch?");
    expect(message).toMatchObject({ direct: false, mention: true, answerAt: { channel: group.id, thread: ts } });
  });

  it("hears a message that was sent to the channel from a thread, with its thread", async () => {
    const root = stage.slack.say(stage.ana, stage.general, "lunch?");
    stage.slack.say(stage.tom, stage.general, "yes, all of you", { thread: root, broadcast: true });
    expect((await stage.inbox.message("yes, all of you")).address.thread).toBe(root.ts);
  });

  it("hears a repeated telling only once", async () => {
    stage.slack.faults.nextEvent("message", { kind: "repeat" });
    await stage.asked("once");
    await quiet();
    expect(heardMessages()).toHaveLength(1);
  });

  it("reads a command's words as they were typed", async () => {
    await stage.slack.command(stage.ana, stage.general, "/ask", "ops is 1 < 2 & why?");
    expect((await stage.inbox.next("command")).command).toMatchObject({
      name: "ask",
      text: "ops is 1 < 2 & why?",
      person: { id: `slack:${stage.ana}`, name: "ana" },
      address: { channel: stage.general },
      whisper: { via: expect.stringContaining("/response/") },
    });
  });
});

describe("what the Slack adapter knows", () => {
  it("knows guests, groups, zone and language of a person", async () => {
    const guest = stage.slack.person("gast", { guest: true, tz: "Asia/Taipei", locale: "zh-TW" });
    const group = stage.slack.userGroup("oncall", [guest]);
    expect(await stage.adapter.who(`slack:${guest.id}`)).toEqual({
      id: `slack:${guest.id}`,
      name: "gast",
      bot: false,
      guest: true,
      roles: [`slack:group:${group.id}`],
      timezone: "Asia/Taipei",
      language: "zh-TW",
    });
  });

  it("knows nobody who has left", async () => {
    stage.slack.deactivate(stage.tom);
    expect(await stage.adapter.who(`slack:${stage.tom}`)).toBeUndefined();
    expect(await stage.adapter.canRead(`slack:${stage.tom}`, { adapter: "slack", channel: stage.general })).toBe(false);
  });

  it("lets everybody read public channels but guests, and only members the private ones", async () => {
    const zoe = stage.slack.person("zoe");
    const guest = stage.slack.person("gast", { guest: true });
    const at = (channel: string) => ({ adapter: "slack", channel });
    const secret = stage.slack.channel("secret", { private: true, members: [stage.ana] });
    expect(await stage.adapter.canRead(`slack:${zoe.id}`, at(stage.general))).toBe(true);
    expect(await stage.adapter.canRead(`slack:${guest.id}`, at(stage.general))).toBe(false);
    expect(await stage.adapter.canRead(`slack:${stage.ana}`, at(secret.id))).toBe(true);
    expect(await stage.adapter.canRead(`slack:${stage.tom}`, at(secret.id))).toBe(false);
    const hidden = stage.slack.channel("hidden", { private: true, members: [stage.ana], botIsMember: false });
    expect(await stage.adapter.canRead(`slack:${stage.ana}`, at(hidden.id))).toBe(false);
  });

  it("names the people of a conversation it reads back, and reads long threads to their end", async () => {
    const root = stage.slack.say(stage.ana, stage.general, "count with me, @tom");
    for (let n = 1; n <= 230; n++)
      stage.slack.say(n % 2 ? stage.tom : stage.ana, stage.general, `${n}`, { thread: root });
    const told = await stage.adapter.history(
      { adapter: "slack", channel: stage.general, thread: root.ts },
      { limit: 3 },
    );
    expect(told.map(({ author, text }) => `${author.name} ${text}`)).toEqual(["ana 228", "tom 229", "ana 230"]);
    const [first] = await stage.adapter.history({ adapter: "slack", channel: stage.general }, { limit: 3 });
    expect(first?.text).toBe("count with me, @tom");
  });

  it("says in plain words when a conversation can't be read", async () => {
    const nowhere = { adapter: "slack", channel: "C0NOWHERE" };
    const failed = await stage.adapter.history(nowhere, { limit: 3 }).catch((error) => error);
    expect(failed).toMatchObject({ name: "DeliveryError", final: true });
    expect(failed.message).toContain("no such channel");
  });

  it("reads its own answers back whole, without footer and tool lines", async () => {
    const message = await stage.asked();
    const text = `${"many words ".repeat(100)}end`;
    const lines = [{ id: "1", title: "clock now", state: "done" as const }];
    await stage.adapter.post(message.answerAt, { text, lines, footer: "ops" }, stage.key(message));
    const draft = stage.draft(message);
    draft.show({ text: "streamed", lines });
    await stage.shows(message.answerAt, "streamed");
    await draft.end({ text: "streamed too", lines, footer: "ops" });
    const told = await stage.adapter.history(message.answerAt, { limit: 10 });
    expect(told.map((one) => one.text)).toEqual(["what time is it?", text, "streamed too"]);
  });

  it("reads files only from Slack, and says so when it may not", async () => {
    stage.slack.say(stage.ana, stage.general, "see", { files: [{ name: "notes.txt", content: "milk" }] });
    const [file] = (await stage.inbox.message("see")).files;
    if (!file) throw new Error("there is no file");
    const { signal } = new AbortController();
    await expect(stage.adapter.read({ ...file, ref: "https://evil.example/notes.txt" }, signal)).rejects.toThrow(
      "not kept",
    );
    await expect(stage.adapter.read({ ...file, size: 30_000_000 }, signal)).rejects.toThrow("20 MB");
    const id = stage.slack.messages(stage.general).at(-1)?.files[0] ?? "";
    expect(Buffer.from(await stage.adapter.read({ ...file, ref: id }, signal)).toString()).toBe("milk");
    stage.slack.removeScope("files:read");
    await expect(stage.adapter.read(file, signal)).rejects.toThrow("files:read");
  });
});

describe("what people pass to the bot on Slack", () => {
  it("is heard as an edit that calls it, once, with the files that were there, however Slack tells of it", async () => {
    for (let n = 0; n < 8; n++) {
      const files = [{ name: "notes.txt", content: "milk" }];
      const { ts } = stage.slack.say(stage.ana, stage.general, `read this ${n}`, { files });
      await stage.inbox.message(`read this ${n}`);
      stage.slack.edit(ts, `@Bellhop read this ${n}`);
      const edited = await stage.inbox.next("edited", ({ message }) => message.id === ts);
      expect(edited.message).toMatchObject({ mention: true, text: `read this ${n}`, files: [{ name: "notes.txt" }] });
    }
    await quiet();
    expect(stage.inbox.heard.filter(({ kind }) => kind === "edited")).toHaveLength(8);
    expect(heardMessages()).toHaveLength(8);
  });

  it("is quoted apart from their own words, with its files and who said it", async () => {
    const files = [{ name: "plan.txt", content: "1 2 3" }];
    const first = stage.slack.say(stage.tom, stage.general, "ask @ana & @Bellhop", { files });
    stage.slack.share(stage.ana, first, stage.slack.dm(stage.ana), "@Bellhop what is this?");
    const message = await stage.inbox.message("what is this?");
    expect(message.quotes).toEqual([{ author: "tom", text: "ask @ana &" }]);
    expect(message).toMatchObject({ direct: true, files: [{ name: "plan.txt" }] });
    stage.slack.share(stage.ana, first, stage.general);
    const silent = await stage.inbox.message("");
    expect(silent).toMatchObject({ mention: false, quotes: [{ author: "tom" }] });
  });

  it("names people, each once, and not the bot itself", async () => {
    stage.slack.say(stage.ana, stage.general, "@Bellhop ask @tom, then @tom again");
    const message = await stage.inbox.message("ask @tom, then @tom again");
    expect(message.people).toEqual([{ id: `slack:${stage.tom}`, name: "tom" }]);
    stage.slack.say(stage.ana, stage.general, "nobody here");
    expect(await stage.inbox.message("nobody here")).not.toHaveProperty("people");
  });

  it("may be voice, a canvas, kept elsewhere, or of another workspace", async () => {
    const kinds = ["voice", "canvas", "external", "elsewhere"] as const;
    const files = kinds.map((kind) => ({ name: `${kind}.txt`, content: `<p>${kind}</p>`, kind }));
    stage.slack.say(stage.ana, stage.general, "see all of these", { files });
    const { files: told } = await stage.inbox.message("see all of these");
    const { signal } = new AbortController();
    const read = async (at: number) => {
      const file = told[at];
      if (!file) throw new Error(`there is no file ${at}`);
      return Buffer.from(await stage.adapter.read(file, signal)).toString();
    };
    expect(told.map(({ name, type }) => [name, type])).toEqual([
      ["voice.txt", "audio/webm"],
      ["canvas.txt", "application/vnd.slack-docs"],
      ["external.txt", "text/plain"],
      ["elsewhere.txt", "text/plain"],
    ]);
    expect([await read(0), await read(1), await read(3)]).toEqual(
      ["voice", "canvas", "elsewhere"].map((one) => `<p>${one}</p>`),
    );
    await expect(read(2)).rejects.toThrow("not kept by Slack");
    stage.slack.removeScope("files:read");
    for (const at of [0, 1, 3]) await expect(read(at)).rejects.toThrow("files:read");
    stage.slack.say(stage.ana, stage.general, "@Bellhop and this", { files: files.slice(3) });
    const { files: untold } = await stage.inbox.message("and this");
    expect(untold).toMatchObject([{ name: "file", type: "application/octet-stream" }]);
    const unread = untold[0] && stage.adapter.read(untold[0], signal);
    await expect(unread).rejects.toThrow("permission");
  });

  it("may come from strangers, of whom Slack tells little", async () => {
    const shared = stage.slack.channel("with-acme", { shared: true });
    const [known, eve] = [stage.slack.person("kim", { external: true }), stage.slack.person("eve", { hidden: true })];
    for (const one of [known, eve]) {
      stage.slack.join(one, shared);
      stage.slack.say(one, shared, `@Bellhop it is ${one.name}`);
      expect(await stage.inbox.message(`it is ${one.name}`)).toMatchObject({ mention: true, author: { bot: false } });
    }
    expect(await stage.adapter.who(`slack:${known.id}`)).toMatchObject({ name: "kim", guest: true });
    expect(await stage.adapter.who(`slack:${eve.id}`)).toMatchObject({ guest: true, roles: [] });
    const address = { adapter: "slack", channel: shared.id };
    expect(await stage.adapter.canRead(`slack:${known.id}`, address)).toBe(true);
    expect(await stage.adapter.canRead(`slack:${eve.id}`, address)).toBe(true);
    const general = { adapter: "slack", channel: stage.general };
    for (const one of [known, eve]) expect(await stage.adapter.canRead(`slack:${one.id}`, general)).toBe(false);
    await stage.adapter.post(address, { text: "welcome" }, stage.key());
    expect(stage.ours(address).map(({ shown }) => shown)).toEqual(["welcome"]);
  });

  it("is told with their zone, their language, and whether they are guests", async () => {
    const mei = stage.slack.person("mei", { tz: "Asia/Taipei", locale: "zh-TW", guest: true });
    expect(await stage.adapter.who(`slack:${mei.id}`)).toEqual({
      id: `slack:${mei.id}`,
      name: "mei",
      bot: false,
      guest: true,
      roles: [],
      timezone: "Asia/Taipei",
      language: "zh-TW",
    });
  });
});
