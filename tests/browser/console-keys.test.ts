import { describe, expect, it } from "vitest";
import { findChromium } from "./chromium.ts";
import { composer, focused, log, setConsoleStage, thread } from "./console-stage.ts";

const chromium = findChromium();
const channel = "Message # general";

describe.skipIf(!chromium)("the console without a mouse", () => {
  const stage = setConsoleStage(chromium);

  it("edits one's last message with ↑ in an empty field, and comes back to the field", async () => {
    await stage.workspace.say("lunch at 12");
    await stage.workspace.say("fine", { as: "console:tom" });
    const page = await stage.open();
    await log(page).getByText("fine").waitFor();
    await page.keyboard.press("ArrowUp");
    await page.getByRole("textbox", { name: "Edit" }).waitFor();
    expect(await page.getByRole("textbox", { name: "Edit" }).inputValue()).toBe("lunch at 12");
    await page.keyboard.press("Escape");
    expect(await focused(page)).toBe(channel);
    await page.keyboard.press("ArrowUp");
    await page.keyboard.type("30");
    await page.keyboard.press("Enter");
    await log(page).getByText("lunch at 1230").waitFor();
    await expect.poll(() => focused(page)).toBe(channel);
  });

  it("goes from the field to the messages with Esc, along them with arrows, J and K, and back", async () => {
    for (const text of ["one", "two", "three"]) await stage.workspace.say(text);
    const page = await stage.open();
    await log(page).getByText("three").waitFor();
    const at = () => page.locator(".message:focus .markdown").textContent();
    await page.keyboard.press("Escape");
    expect(await at()).toBe("three");
    await page.keyboard.press("k");
    await page.keyboard.press("ArrowUp");
    expect(await at()).toBe("one");
    await page.keyboard.press("ArrowUp");
    expect(await at()).toBe("one");
    await page.keyboard.press("j");
    expect(await at()).toBe("two");
    await page.keyboard.press("End");
    expect(await at()).toBe("three");
    const outline = await page
      .locator(".message:focus")
      .evaluate((message) => message.ownerDocument.defaultView.getComputedStyle(message).outlineStyle);
    expect(outline).toBe("solid");
    await page.keyboard.press("Escape");
    expect(await focused(page)).toBe(channel);
  });

  it("opens a message's menu with M; arrows go round in it, letters go to a line, Esc gives the focus back", async () => {
    await stage.workspace.say("hello", { as: "console:tom" });
    const page = await stage.open();
    await log(page).getByText("hello").waitFor();
    await page.keyboard.press("Escape");
    await page.keyboard.press("m");
    const menu = page.getByRole("menu", { name: "What to do with the message of tom" });
    await menu.waitFor();
    const line = () => page.locator("[role=menuitem]:focus span").first().textContent();
    expect(await line()).toBe("Reply in thread");
    await page.keyboard.press("ArrowUp");
    expect(await line()).toBe("Copy text");
    await page.keyboard.press("ArrowDown");
    expect(await line()).toBe("Reply in thread");
    await page.keyboard.press("p");
    expect(await line()).toBe("Pass on…");
    await page.keyboard.press("Escape");
    await menu.waitFor({ state: "detached" });
    expect(await page.locator(".message:focus .markdown").textContent()).toBe("hello");
    await page.keyboard.press("r");
    await thread(page).getByText("hello").waitFor();
    await expect.poll(() => focused(page)).toBe("Reply…");
  });

  it("goes to places, people and commands with Ctrl+K", async () => {
    const page = await stage.open();
    const jump = async (letters: string) => {
      await page.keyboard.press("Control+k");
      await page.getByRole("combobox", { name: "Go to or do…" }).waitFor();
      await page.keyboard.type(letters);
      await page.keyboard.press("Enter");
      await page.getByRole("dialog").waitFor({ state: "detached" });
    };
    await jump("tea");
    await page.getByRole("heading", { name: "# team" }).waitFor();
    await jump("tom");
    await expect.poll(() => page.getByRole("radio", { name: "tom" }).isChecked()).toBe(true);
    await jump("/ask");
    const field = page.getByRole("textbox", { name: "Message # team" });
    await expect.poll(() => field.inputValue()).toBe("/ask ");
    await page.getByRole("option", { name: "ops" }).waitFor();
    await jump("dark");
    await expect.poll(() => page.locator("html").getAttribute("data-theme")).toBe("dark");
    await page.keyboard.press("Control+k");
    await page.keyboard.type("nowhere");
    await page.getByRole("status").getByText("Nothing is called that.").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    expect(await focused(page)).toBe("Message # team");
  });

  it("shows the keys with ?, unless it is being written", async () => {
    const page = await stage.open();
    await page.keyboard.type("really?");
    expect(await composer(page).inputValue()).toBe("really?");
    expect(await page.getByRole("dialog").count()).toBe(0);
    await page.keyboard.press("Control+/");
    await page.getByRole("dialog", { name: "Keys" }).getByText("Edit your last message").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Keys" }).focus();
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Keys" }).waitFor();
    await page.keyboard.press("Escape");
    expect(await focused(page)).toBe("Keys");
  });

  it("goes round the parts of the page with F6, along the channels with Alt, and past them with the first Tab", async () => {
    await stage.workspace.say("hello");
    const page = await stage.open();
    await log(page).getByText("hello").waitFor();
    await page.keyboard.press("F6");
    expect(await focused(page)).toBe("# general");
    await page.keyboard.press("F6");
    expect(await focused(page)).toBe("Messages in # general");
    await page.keyboard.press("F6");
    expect(await focused(page)).toBe(channel);
    await page.keyboard.press("Shift+F6");
    expect(await focused(page)).toBe("Messages in # general");
    await page.keyboard.press("Alt+ArrowDown");
    await page.getByRole("heading", { name: "# team" }).waitFor();
    await page.keyboard.press("Alt+ArrowUp");
    await page.getByRole("heading", { name: "# general" }).waitFor();
    await page.reload();
    await log(page).getByText("hello").waitFor();
    const skip = page.getByRole("button", { name: "Skip to the messages" });
    await skip.focus();
    expect((await skip.boundingBox())?.y).toBe(0);
    await page.keyboard.press("Enter");
    expect(await focused(page)).toBe("Messages in # general");
  });

  it("gives the focus back to what opened a thread, once it is closed", async () => {
    const root = await stage.workspace.say("a question");
    await stage.workspace.say("an answer", { thread: root });
    const page = await stage.open();
    const replies = log(page).getByRole("link", { name: "1 reply" });
    await replies.focus();
    await page.keyboard.press("Enter");
    await thread(page).getByText("an answer").waitFor();
    await expect.poll(() => focused(page)).toBe("Reply…");
    await page.keyboard.press("Escape");
    await thread(page).waitFor({ state: "detached" });
    expect(await focused(page)).toContain("1 reply");
  });

  it("asks before it deletes, and Esc means no", async () => {
    await stage.workspace.say("keep me");
    const page = await stage.open();
    await log(page).getByText("keep me").waitFor();
    await page.keyboard.press("Escape");
    await page.keyboard.press("Delete");
    const question = page.getByRole("alertdialog", { name: "Delete for everyone?" });
    await question.getByText("keep me").waitFor();
    await page.keyboard.press("Escape");
    await question.waitFor({ state: "detached" });
    expect(await page.locator(".message:focus .markdown").textContent()).toBe("keep me");
    await page.keyboard.press("Delete");
    await question.getByRole("button", { name: "Delete" }).press("Enter");
    await log(page).getByText("keep me").waitFor({ state: "detached" });
    await expect.poll(() => focused(page)).toBe(channel);
  });
});
