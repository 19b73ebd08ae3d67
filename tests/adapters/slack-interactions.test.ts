import { describe, expect, it } from "vitest";
import type { Form } from "../../src/chat.ts";
import { setSlackStage } from "./slack-stage.ts";

const stage = setSlackStage();

const form: Form = {
  id: "ask-about",
  value: "s1",
  title: "Ask an agent about this message",
  text: "# What\n\nAbout **this** [page](https://example.com):\n\n- one\n- two `x < y`",
  inputs: [
    {
      kind: "choice",
      id: "agent",
      label: "Agent",
      value: "ops",
      options: Array.from({ length: 25 }, (_, n) => ({ value: n === 3 ? "ops" : `a${n}`, text: `Agent ${n}` })),
    },
    { kind: "text", id: "question", label: "Question", lines: "many", hint: "What do you want to know?" },
    { kind: "text", id: "note", label: "Note", lines: "one", optional: true },
  ],
  submit: "Ask",
};

describe("a message shortcut on Slack", () => {
  it("tells of the message as it is, with its thread, its files and what it passes on", async () => {
    const { slack, ana, tom, general } = stage;
    const root = slack.say(tom, general, "the deploy failed");
    const shared = slack.say(tom, general, "the plan", { files: [{ name: "plan.txt", content: "1 2 3" }] });
    const { ts } = slack.share(ana, shared, general, "see @tom", { thread: root });
    await slack.shortcut(ana, "ask-about", ts);
    const { shortcut } = await stage.inbox.next("shortcut");
    expect(shortcut).toMatchObject({
      name: "ask-about",
      person: { id: `slack:${ana}`, name: "ana" },
      whisper: { person: `slack:${ana}` },
      message: {
        id: ts,
        text: "see @tom",
        answerAt: { channel: general, thread: root.ts },
        people: [{ id: `slack:${tom}`, name: "tom" }],
        quotes: [{ author: "tom", text: "the plan" }],
        files: [{ name: "plan.txt" }],
      },
    });
    const [file] = shortcut.message.files;
    const bytes = file && (await stage.adapter.read(file, new AbortController().signal));
    expect(Buffer.from(bytes ?? []).toString()).toBe("1 2 3");
  });

  it("opens a form, which comes back filled in and is closed", async () => {
    const { slack, ana, general } = stage;
    const { ts } = slack.say(ana, general, "the deploy failed");
    await slack.shortcut(ana, "ask-about", ts);
    const { shortcut } = await stage.inbox.next("shortcut");
    await stage.adapter.open?.(shortcut.whisper, form);
    const [view] = slack.views(ana);
    expect(view?.title).toBe("Ask an agent about this…");
    expect(view?.shown).toContain("About *this* <https://example.com|page>:\n\n• one\n• two `x &lt; y`");
    await expect(slack.submit(ana, {})).rejects.toThrow("required");
    await slack.submit(ana, { Question: "why?" });
    expect(slack.views(ana)).toEqual([]);
    const { submit } = await stage.inbox.next("submit");
    expect(submit).toMatchObject({
      id: "ask-about",
      value: "s1",
      values: { agent: "ops", question: "why?" },
      address: { adapter: "slack", channel: general, thread: ts },
      person: { id: `slack:${ana}`, name: "ana" },
    });
    expect(submit.values).not.toHaveProperty("note");
  });

  it("is answered privately where it was used, even where the bot is not", async () => {
    const { slack, ana, tom } = stage;
    const closed = slack.channel("closed", { private: true, members: [ana, tom], botIsMember: false });
    const { ts } = slack.say(ana, closed, "the deploy failed");
    await slack.shortcut(ana, "ask-about", ts);
    const { shortcut } = await stage.inbox.next("shortcut");
    await stage.adapter.open?.(shortcut.whisper, form);
    await slack.submit(ana, { Question: "why?" });
    const { submit } = await stage.inbox.next("submit");
    for (const only of [shortcut.whisper, submit.whisper]) {
      await stage.adapter.post(submit.address, { text: "I am not in there.", only }, stage.key());
    }
    expect(slack.ephemerals(ana, closed).map(({ shown }) => shown)).toEqual([
      "I am not in there.",
      "I am not in there.",
    ]);
    expect(slack.ephemerals(tom, closed)).toEqual([]);
  });

  it("opens no form when it is too late, and says so for good", async () => {
    await stage.slack.command(stage.ana, stage.general, "/ask");
    const { command } = await stage.inbox.next("command");
    stage.slack.faults.next("views.open", { kind: "refuse", error: "expired_trigger_id" });
    const late = await stage.adapter.open?.(command.whisper, form).catch((error) => error);
    expect(late).toMatchObject({ name: "DeliveryError", final: true });
    expect(late.message).toContain("too late");
    const nobody = stage.adapter.open?.({ person: `slack:${stage.ana}` }, form);
    await expect(nobody).rejects.toMatchObject({ name: "DeliveryError", final: true });
  });

  it("opens a form once when Slack's answer to that is lost", async () => {
    await stage.slack.command(stage.ana, stage.general, "/ask");
    const { command } = await stage.inbox.next("command");
    stage.slack.faults.next("views.open", { kind: "lose" });
    // Only by asking again can it be known.
    stage.objections = /exchanged_trigger_id/;
    await stage.adapter.open?.(command.whisper, form);
    expect(stage.slack.views(stage.ana)).toHaveLength(1);
  });

  it("keeps its form open when what was filled in could not be kept", async () => {
    await stage.slack.command(stage.ana, stage.general, "/ask");
    const { command } = await stage.inbox.next("command");
    await stage.adapter.open?.(command.whisper, form);
    stage.inbox.refuseNext();
    stage.objections = /not acknowledged within/;
    await stage.slack.submit(stage.ana, { Question: "why?" });
    expect(stage.slack.views(stage.ana)).toHaveLength(1);
    await stage.slack.submit(stage.ana, { Question: "why?" });
    expect(stage.slack.views(stage.ana)).toEqual([]);
    expect(stage.inbox.heard.filter(({ kind }) => kind === "submit")).toHaveLength(1);
  });
});

describe("a button on Slack that opens a form", () => {
  it("leaves room for it, and the form knows the thread", async () => {
    const message = await stage.asked();
    const card = { buttons: [{ id: "edit", text: "Edit", opens: true as const }] };
    const posted = await stage.adapter.post(message.answerAt, { text: "Every day at 9?", card }, stage.key(message));
    await stage.slack.press(stage.tom, posted.id, "Edit");
    const { press } = await stage.inbox.next("press");
    await stage.adapter.open?.(press.whisper, form);
    await stage.slack.submit(stage.tom, { Question: "at 10" });
    const { submit } = await stage.inbox.next("submit");
    expect(submit).toMatchObject({ address: message.answerAt, person: { id: `slack:${stage.tom}` } });
  });
});

describe("👍 and 👎 on Slack", () => {
  const rating = { value: "run-7f3k", good: "Good answer", bad: "Bad answer" };

  it("stand under the last part of an answer, and are heard as presses", async () => {
    const message = await stage.asked();
    const text = "word ".repeat(4_000);
    await stage.adapter.post(message.answerAt, { text, footer: "ops", rating }, stage.key(message));
    const all = stage.ours(message.answerAt);
    expect(all.map(({ buttons }) => buttons)).toEqual([[], ["Good answer", "Bad answer"]]);
    const last = all.at(-1)?.ts ?? "";
    await stage.slack.press(stage.tom, last, "Good answer");
    await stage.slack.press(stage.ana, last, "Bad answer");
    const by = (who: string) => stage.inbox.next("press", ({ press }) => press.person.id === `slack:${who}`);
    expect((await by(stage.tom)).press).toMatchObject({ id: "good", value: "run-7f3k", message: last });
    expect((await by(stage.ana)).press).toMatchObject({ id: "bad", value: "run-7f3k", address: message.answerAt });
  });

  it("stand under a streamed answer too", async () => {
    const message = await stage.asked();
    const draft = stage.draft(message);
    draft.show({ text: "It is", lines: [] });
    await stage.shows(message.answerAt, "It is");
    await draft.end({ text: "It is noon.", footer: "ops", rating });
    const [answer] = stage.ours(message.answerAt);
    expect(answer).toMatchObject({ streaming: "completed", buttons: ["Good answer", "Bad answer"] });
    await stage.slack.press(stage.ana, answer?.ts ?? "", "Good answer");
    expect((await stage.inbox.next("press")).press).toMatchObject({ id: "good", value: "run-7f3k" });
  });
});

describe("the bot's own page on Slack", () => {
  it("is drawn when somebody looks, and its buttons lead to their DM", async () => {
    const { slack, ana, tom } = stage;
    slack.openHome(ana);
    const opened = await stage.inbox.next("opened");
    const dm = { adapter: "slack", channel: slack.dm(ana).id };
    expect(opened).toMatchObject({ what: "home", address: dm, person: { id: `slack:${ana}` } });
    const page = {
      text: "# Agents\n\n**ops** looks after <!channel> production.\n\n| a | b |\n|---|---|\n| 1 | 2 |",
      card: { buttons: [{ id: "edit", text: "Settings", opens: true as const }] },
      footer: "all is well",
    };
    await stage.adapter.home?.(opened.person.id, page);
    const [home] = slack.views(ana);
    expect(home).toMatchObject({ type: "home", buttons: ["Settings"] });
    expect(home?.shown).toContain("Agents\n*ops* looks after @channel production.");
    expect(home?.shown).toContain("all is well");
    expect(slack.views(tom)).toEqual([]);
    await slack.press(ana, { id: home?.id ?? "" }, "Settings");
    const { press } = await stage.inbox.next("press");
    expect(press).toMatchObject({ id: "edit", address: dm, person: { id: `slack:${ana}` } });
    await stage.adapter.open?.(press.whisper, form);
    expect(slack.views(ana).map(({ type }) => type)).toEqual(["home", "modal"]);
    await slack.submit(ana, { Question: "why?" });
    const { submit } = await stage.inbox.next("submit");
    expect(submit.address).toEqual(dm);
    const posted = await stage.adapter.post(dm, { text: "Done.", only: submit.whisper }, stage.key());
    await stage.adapter.edit(posted, { text: "All done.", only: submit.whisper });
    expect(stage.ours(dm).map(({ shown }) => shown)).toEqual(["All done."]);
    const onPage = stage.adapter.edit({ address: dm, id: press.message }, { text: "x", only: press.whisper });
    await expect(onPage).rejects.toMatchObject({ final: true });
  });

  it("may be long, and each look is told", async () => {
    const { slack, ana } = stage;
    const text = Array.from({ length: 150 }, (_, n) => `## Part ${n}\n\n${"&".repeat(4_000)}`).join("\n\n");
    slack.openHome(ana);
    slack.openHome(ana);
    await slack.until(() => stage.inbox.heard.length === 2);
    await stage.adapter.home?.(`slack:${ana}`, { text, card: { buttons: [{ id: "x", text: "Last" }] } });
    expect(slack.views(ana)[0]?.buttons).toEqual(["Last"]);
  });

  it("is refused in plain words where its tab is switched off", async () => {
    stage.slack.faults.next("views.publish", { kind: "refuse", error: "not_enabled" });
    const failed = stage.adapter.home?.(`slack:${stage.ana}`, { text: "hello" });
    await expect(failed).rejects.toMatchObject({ final: true, message: expect.stringContaining("Home Tab") });
    await expect(stage.adapter.home?.("discord:1", { text: "hello" })).rejects.toMatchObject({ final: true });
  });
});

describe("a DM with the bot on Slack", () => {
  it("offers ways to begin when it is opened, four at most", async () => {
    const { slack, ana } = stage;
    slack.openHome(ana, "messages");
    const opened = await stage.inbox.next("opened");
    const dm = slack.dm(ana);
    expect(opened).toMatchObject({ what: "direct", address: { channel: dm.id } });
    const prompts = Array.from({ length: 6 }, (_, n) => ({ title: `Ask ${n}`, text: `question ${n}` }));
    await stage.adapter.prompt?.(opened.address, prompts);
    expect(slack.suggestedPrompts(dm)).toEqual(
      prompts.slice(0, 4).map(({ title, text }) => ({ title, message: text })),
    );
    await stage.adapter.prompt?.(opened.address, []);
    const channel = { adapter: "slack", channel: stage.general };
    await expect(stage.adapter.prompt?.(channel, prompts)).rejects.toMatchObject({ final: true });
  });

  it("hears without a word what people look at beside it", async () => {
    stage.slack.lookAt(stage.ana, stage.general);
    await stage.slack.until(() => stage.slack.pending() === 0);
    expect(stage.inbox.heard).toEqual([]);
  });
});
