import { describe, expect, it } from "vitest";
import { findChromium } from "./chromium.ts";
import { composer, log, openMenu, setConsoleStage, thread } from "./console-stage.ts";

const chromium = findChromium();

describe.skipIf(!chromium)("talking in the console, in a browser", () => {
  const stage = setConsoleStage(chromium);

  it("says what to try, and a mention leads to its thread, where the answer grows and can be stopped", async () => {
    const page = await stage.open();
    await page.getByRole("button", { name: "@Bellhop what time is it in Taipei?" }).click();
    await page.locator("textarea:focus").press("Enter");
    const message = await stage.inbox.message("what time is it in Taipei?");
    await thread(page).getByText("what time is it in Taipei?").waitFor();

    const draft = stage.workspace.adapter.draft(message.answerAt, stage.newKey(), { person: message.author.id });
    draft.show({ text: "", lines: [], status: "looking at the clock…" });
    await thread(page).getByText("looking at the clock…").waitFor();
    const running = { id: "1", title: "clock now", state: "running" as const };
    draft.show({ text: "It is", lines: [running], stop: { id: "stop", text: "Stop", value: "7f3k" } });
    await thread(page).getByText("It is").waitFor();
    await thread(page).getByRole("img", { name: "running" }).waitFor();
    await thread(page).getByRole("button", { name: "Stop" }).click();
    expect((await stage.inbox.next("press")).press).toMatchObject({
      id: "stop",
      value: "7f3k",
      person: { id: "console:ana" },
    });

    await draft.end({
      text: "It is **noon**.",
      lines: [{ ...running, state: "done", ms: 120 }],
      footer: "ops · 1 tool · 1 s",
    });
    await thread(page).locator("strong", { hasText: "noon" }).waitFor();
    expect(await thread(page).locator(".tools").textContent()).toBe("✓clock now0.1 s");
    await thread(page).getByText("ops · 1 tool · 1 s").waitFor();
    expect(await thread(page).getByRole("button", { name: "Stop" }).count()).toBe(0);
    await page.keyboard.press("Escape");
    await thread(page).waitFor({ state: "detached" });
    await log(page).getByRole("link", { name: "1 reply" }).waitFor();
  });

  it("presses buttons as whoever acts, and shows a whisper to its person only", async () => {
    await stage.post("May I?", { card: { buttons: [{ id: "why", text: "Why", value: "1" }] } });
    const page = await stage.open();
    await log(page).getByRole("button", { name: "Why" }).click();
    const { whisper } = (await stage.inbox.next("press")).press;
    await stage.post("Because you asked.", { only: whisper });
    await log(page).getByText("Because you asked.").waitFor();
    await log(page).getByText("Only you can see this").waitFor();
    await page.getByRole("radio", { name: "tom" }).check({ force: true });
    await log(page).getByText("Because you asked.").waitFor({ state: "detached" });
    await composer(page).fill("me too");
    await composer(page).press("Enter");
    expect((await stage.inbox.message("me too")).author.id).toBe("console:tom");
  });

  it("says what is wrong when a press comes too late", async () => {
    const { id } = await stage.post("May I?", { card: { buttons: [{ id: "yes", text: "Yes" }] } });
    const page = await stage.open();
    await page.route("**/console/presses", async (route) => {
      await stage.workspace.adapter.edit(
        { address: stage.workspace.channel, id },
        { text: "May I?", card: { buttons: [{ id: "no", text: "No" }] } },
      );
      await route.continue();
    });
    await log(page).getByRole("button", { name: "Yes" }).click();
    await page.getByRole("alert").getByText("This button is no longer there.").waitFor();
  });

  it("edits and deletes one's own messages only", async () => {
    await stage.workspace.say("lunch at 12");
    await stage.workspace.say("fine", { as: "console:tom" });
    const page = await stage.open();
    await openMenu(page.getByRole("article", { name: /^tom/ }));
    await page.getByRole("menuitem", { name: "Copy text" }).waitFor();
    expect(await page.getByRole("menuitem", { name: /Edit|Delete/ }).count()).toBe(0);
    await page.keyboard.press("Escape");
    const own = page.getByRole("article", { name: /^ana/ });
    await openMenu(own);
    await page.getByRole("menuitem", { name: "Edit" }).click();
    await own.getByRole("textbox").fill("lunch at 13");
    await own.getByRole("textbox").press("Enter");
    await own.getByText("(edited)").waitFor();
    expect((await stage.inbox.next("edited")).message.text).toBe("lunch at 13");
    await openMenu(own);
    await page.getByRole("menuitem", { name: "Delete" }).click();
    await page
      .getByRole("alertdialog", { name: "Delete for everyone?" })
      .getByRole("button", { name: "Delete" })
      .click();
    await own.waitFor({ state: "detached" });
    await stage.inbox.next("deleted");
  });

  it("can be used by keyboard alone", async () => {
    const page = await stage.open();
    await page.keyboard.type("hey @bel");
    await page.getByRole("option", { name: "@Bellhop", exact: true }).waitFor();
    await page.keyboard.press("Tab");
    await page.keyboard.type("what is up?");
    await page.keyboard.press("Shift+Enter");
    await page.keyboard.type("second line");
    await page.keyboard.press("Enter");
    expect((await stage.inbox.next("message")).message.text).toBe("hey what is up?\nsecond line");
    await thread(page).waitFor();
    await page.keyboard.type("and this");
    await page.keyboard.press("Enter");
    expect((await stage.inbox.message("and this")).address.thread).toBeDefined();
    await page.keyboard.press("Escape");
    await thread(page).waitFor({ state: "detached" });
  });

  it("keeps words begun where they were begun, and with whom", async () => {
    const page = await stage.open();
    await composer(page).fill("half a thou");
    await page.getByRole("link", { name: "# team" }).click();
    await page.getByRole("textbox", { name: "Message # team" }).waitFor();
    await page.getByRole("link", { name: "# general" }).click();
    expect(await composer(page).inputValue()).toBe("half a thou");
    await page.getByRole("radio", { name: "tom" }).check({ force: true });
    expect(await composer(page).inputValue()).toBe("");
    await page.getByRole("radio", { name: "ana" }).check({ force: true });
    expect(await composer(page).inputValue()).toBe("half a thou");
  });

  it("shows everyone their own DM with the bot", async () => {
    await stage.workspace.say("just us", { direct: true });
    const page = await stage.open({}, "#/dm-ana");
    await page.getByText("just us").waitFor();
    await page.getByRole("radio", { name: "tom" }).check({ force: true });
    await page.getByText("just us").waitFor({ state: "detached" });
    await page.getByRole("textbox", { name: "Ask Bellhop anything" }).fill("and me?");
    await page.keyboard.press("Enter");
    const message = await stage.inbox.message("and me?");
    expect(message).toMatchObject({ direct: true, address: { channel: "dm-tom" }, author: { id: "console:tom" } });
  });

  it("leaves a reader who has scrolled back in peace, and says that there is more", async () => {
    for (let n = 0; n < 40; n++) await stage.workspace.say(`line ${n}`);
    const page = await stage.open();
    await log(page).getByText("line 39").waitFor();
    expect(await log(page).evaluate((frame) => frame.scrollHeight - frame.scrollTop - frame.clientHeight)).toBeLessThan(
      2,
    );
    await log(page).evaluate((frame) => frame.scrollTo({ top: 0 }));
    await stage.workspace.say("news");
    await page.getByRole("button", { name: "1 new message" }).click();
    await expect
      .poll(() => log(page).evaluate((frame) => frame.scrollHeight - frame.scrollTop - frame.clientHeight))
      .toBeLessThan(2);
  });

  it("counts what was not read, for each person", async () => {
    const page = await stage.open({}, "#/team");
    await stage.workspace.say("hello");
    await stage.workspace.say("hello again", { as: "console:tom" });
    await page.getByRole("link", { name: "# general unread: 1" }).click();
    await page.getByRole("link", { name: "# general", exact: true }).waitFor();
  });
});
