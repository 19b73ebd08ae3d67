import { describe, expect, it } from "vitest";
import type { Form } from "../../../src/chat.ts";
import { shortcutsIn } from "../../../src/words/commands.ts";
import { wordsOf } from "../../../src/words/words.ts";
import { askForm, askInputs } from "../../world/ask-form.ts";
import type { Stage } from "./stage.ts";

const form: Form = { ...askForm, inputs: [...askForm.inputs, { ...askInputs.days, optional: true }] };

/** What people do besides saying something: message menus, forms, ratings. */
export function acting(stage: Stage): void {
  const asksAbout = shortcutsIn(wordsOf("en")).find(({ name }) => name === "ask-about")?.title ?? "";

  describe("acting", () => {
    it("hears a shortcut with the message it was chosen for, and by whom", async ({ skip }) => {
      const { pick } = stage.platform;
      if (!pick) return skip("no shortcuts here");
      const id = await stage.platform.say("the build is red");
      await stage.inbox.message("the build is red");
      await pick(id, asksAbout, stage.platform.tom);
      const { shortcut } = await stage.inbox.next("shortcut");
      expect(shortcut).toMatchObject({ name: "ask-about", person: { id: stage.platform.tom } });
      expect(shortcut.whisper.person).toBe(stage.platform.tom);
      const { message } = shortcut;
      expect(message).toMatchObject({ id, text: "the build is red", address: stage.platform.channel, ours: false });
      expect(message.author.id).toBe(stage.platform.ana);
      expect(message.answerAt).toEqual(
        stage.platform.adapter.can.threads ? { ...stage.platform.channel, thread: id } : stage.platform.channel,
      );
    });

    it("hears a form that was opened for one person, by the ids of its inputs, empty ones left out", async ({
      skip,
    }) => {
      const { pick, fillIn, form: formOf, adapter } = stage.platform;
      if (!adapter.can.forms || !adapter.open || !pick || !fillIn || !formOf) return skip("no forms here");
      const id = await stage.platform.say("the build is red");
      await stage.inbox.message("the build is red");
      await pick(id, asksAbout, stage.platform.tom);
      await adapter.open((await stage.inbox.next("shortcut")).shortcut.whisper, form);
      await stage.platform.until(async () => (await formOf(stage.platform.tom)) !== undefined);
      const seen = await formOf(stage.platform.tom);
      expect(seen?.title).toBe("Ask an agent");
      expect([undefined, "Ask"]).toContain(seen?.submit);
      expect(seen?.labels).toEqual(["Agent", "Question", "Note", "Days"]);
      expect(await formOf(stage.platform.ana)).toBeUndefined();
      expect(await fillIn(stage.platform.tom, { Agent: "Scribe", Question: "why?\nsince when?" })).toBeUndefined();
      const { submit } = await stage.inbox.next("submit");
      expect(submit).toMatchObject({ id: "ask-about", value: "7f3k", person: { id: stage.platform.tom } });
      expect(submit.values).toEqual({ agent: "scribe", question: "why?\nsince when?" });
      expect(submit.whisper.person).toBe(stage.platform.tom);
      expect(submit.address.channel).toBe(stage.platform.channel.channel);
    });

    it("opens a form from a button that says so, and lets nobody send it off with a gap", async ({ skip }) => {
      const { press, fillIn, form: formOf, adapter } = stage.platform;
      if (!adapter.can.forms || !adapter.open || !press || !fillIn || !formOf) return skip("no forms here");
      const message = await stage.asked();
      const card = { buttons: [{ id: "edit", text: "Edit", opens: true as const }] };
      const posted = await adapter.post(message.answerAt, { text: "Done.", card }, stage.newKey(message));
      const pressed = press(posted.id, "Edit", stage.platform.ana);
      const { whisper } = (await stage.inbox.next("press")).press;
      await adapter.open(whisper, form);
      await pressed;
      await stage.platform.until(async () => (await formOf(stage.platform.ana)) !== undefined);
      expect(await fillIn(stage.platform.ana, { Agent: "Operations" })).toContain("Question");
      expect(stage.inbox.heard.some(({ kind }) => kind === "submit")).toBe(false);
      const answers = { Agent: "Operations", Question: "why?", Days: ["Mon", "Wed"] };
      expect(await fillIn(stage.platform.ana, answers)).toBeUndefined();
      const { values } = (await stage.inbox.next("submit")).submit;
      expect(values).toEqual({ agent: "ops", question: "why?", days: "mon\nwed" });
    });

    it("shows anew what a form would come to as it is written, and gives it back with what is wrong", async ({
      skip,
    }) => {
      const { press, fillIn, form: formOf, write, adapter } = stage.platform;
      if (!adapter.open || !press || !fillIn || !formOf || !write)
        return skip("forms don't change once they are open here");
      stage.inbox.checks = ({ id, values }) =>
        id === form.id && values.question === "why?"
          ? { preview: "It would ask why.", wrong: { question: "Why is asked too often." } }
          : { preview: `It would ask: ${values.question}` };
      const message = await stage.asked();
      const card = { buttons: [{ id: "edit", text: "Edit", opens: true as const }] };
      const posted = await adapter.post(message.answerAt, { text: "Done.", card }, stage.newKey(message));
      const pressed = press(posted.id, "Edit", stage.platform.ana);
      const { whisper } = (await stage.inbox.next("press")).press;
      const inputs = form.inputs.map((input) => (input.id === "question" ? { ...input, live: true as const } : input));
      await adapter.open(whisper, { ...form, inputs, preview: "It would ask nothing yet." });
      await pressed;
      await stage.platform.until(async () => (await formOf(stage.platform.ana)) !== undefined);
      expect(await write(stage.platform.ana, "Question", "who?")).toContain("It would ask: who?");
      expect(await write(stage.platform.ana, "Question", "why?")).toContain("It would ask why.");
      const answers = { Agent: "Operations", Question: "why?" };
      expect(await fillIn(stage.platform.ana, answers)).toContain("Why is asked too often.");
      expect(stage.inbox.heard.some(({ kind }) => kind === "submit")).toBe(false);
      expect(await fillIn(stage.platform.ana, { ...answers, Question: "who?" })).toBeUndefined();
      expect((await stage.inbox.next("submit")).submit.values).toEqual({ agent: "ops", question: "who?" });
    });

    it("hears how an answer was rated, with the value it was posted with", async ({ skip }) => {
      const { rate } = stage.platform;
      if (!rate) return skip("no ratings here");
      const message = await stage.asked();
      const rating = { value: "7f3k", good: "Good answer", bad: "Bad answer" };
      const draft = stage.answerTo(message);
      draft.show({ text: "It is", lines: [] });
      const posted = await draft.end({ text: "It is noon.", rating });
      await rate(posted.id, "good", stage.platform.ana);
      const good = (await stage.inbox.next("press", (event) => event.press.id === "good")).press;
      expect(good).toMatchObject({ value: "7f3k", message: posted.id, person: { id: stage.platform.ana } });
      await rate(posted.id, "bad", stage.platform.tom);
      const bad = (await stage.inbox.next("press", (event) => event.press.id === "bad")).press;
      expect(bad).toMatchObject({ value: "7f3k", message: posted.id, person: { id: stage.platform.tom } });
    });
  });
}
