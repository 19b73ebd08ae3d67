import type { Locator, Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import type { Form } from "../../src/chat.ts";
import { askForm } from "../world/ask-form.ts";
import { findChromium } from "./chromium.ts";
import { focused, log, openMenu, setConsoleStage } from "./console-stage.ts";

const chromium = findChromium();

describe.skipIf(!chromium)("cards and forms in the console", () => {
  const stage = setConsoleStage(chromium);

  /** Asks an agent about a message, and gets the form. */
  async function openForm(page: Page, message: Locator, shown: Form = askForm): Promise<Locator> {
    await openMenu(message);
    await page.getByRole("menuitem", { name: "Ask an agent about this" }).click();
    const { shortcut } = await stage.inbox.next("shortcut");
    await stage.workspace.adapter.open?.(shortcut.whisper, shown);
    const dialog = page.getByRole("dialog", { name: shown.title });
    await dialog.waitFor();
    return dialog;
  }

  it("shows that a button is being pressed, and then that it was", async () => {
    const release = stage.inbox.hold();
    await stage.post("May I?", { card: { buttons: [{ id: "yes", text: "Yes", style: "primary" }] } });
    const page = await stage.open();
    const button = log(page).getByRole("button", { name: "Yes" });
    await button.click();
    await expect.poll(() => button.getAttribute("aria-busy")).toBe("true");
    await button.click({ force: true });
    release();
    await log(page).getByRole("button", { name: "Yes (pressed)" }).waitFor();
    expect(await button.getAttribute("aria-busy")).toBe("false");
    expect(stage.inbox.heard.filter(({ kind }) => kind === "press")).toHaveLength(1);
  });

  it("keeps 👍 and 👎 marked for the one who chose", async () => {
    await stage.post("It is noon.", { rating: { value: "7f3k", good: "Good answer", bad: "Bad answer" } });
    const page = await stage.open();
    const good = log(page).getByRole("button", { name: "Good answer" });
    const bad = log(page).getByRole("button", { name: "Bad answer" });
    await good.click();
    await expect.poll(() => good.getAttribute("aria-pressed")).toBe("true");
    expect((await stage.inbox.next("press")).press).toMatchObject({ id: "good", value: "7f3k" });
    await bad.click();
    await expect.poll(() => bad.getAttribute("aria-pressed")).toBe("true");
    expect(await good.getAttribute("aria-pressed")).toBe("false");
    await page.getByRole("radio", { name: "tom" }).check({ force: true });
    expect(await bad.getAttribute("aria-pressed")).toBe("false");
    await page.getByRole("radio", { name: "ana" }).check({ force: true });
    await page.reload();
    await expect.poll(() => bad.getAttribute("aria-pressed")).toBe("true");
  });

  it("opens a form over the page, names what is missing, and sends off what was filled in", async () => {
    await stage.workspace.say("p95 is up", { as: "console:tom" });
    const page = await stage.open();
    const dialog = await openForm(page, page.getByRole("article", { name: /^tom/ }));
    expect(await page.locator("select:focus").count()).toBe(1);
    await dialog.getByRole("button", { name: "Ask" }).click();
    await dialog.getByRole("alert").getByText("Agent: please choose one.").waitFor();
    const agent = dialog.getByRole("combobox", { name: "Agent" });
    expect(await agent.getAttribute("aria-invalid")).toBe("true");
    await agent.selectOption("scribe");
    await dialog.getByRole("button", { name: "Ask" }).click();
    await dialog.getByRole("alert").getByText("Question: please fill this in.").waitFor();
    await page.keyboard.type("since when?");
    for (let n = 0; n < 12; n++) await page.keyboard.press("Tab");
    expect(await dialog.locator(":focus").count()).toBe(1);
    await dialog.getByRole("button", { name: "Ask" }).click();
    const { submit } = await stage.inbox.next("submit");
    expect(submit).toMatchObject({
      id: "ask-about",
      value: "7f3k",
      values: { agent: "scribe", question: "since when?" },
    });
    await dialog.waitFor({ state: "detached" });
  });

  it("dismisses a form with Esc, and tells nobody but the workspace", async () => {
    await stage.workspace.say("p95 is up", { as: "console:tom" });
    const page = await stage.open();
    const dialog = await openForm(page, page.getByRole("article", { name: /^tom/ }));
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    expect(stage.inbox.heard.some(({ kind }) => kind === "submit")).toBe(false);
    await page.reload();
    await log(page).getByText("p95 is up").waitFor();
    expect(await page.getByRole("dialog").count()).toBe(0);
  });

  it("lets several be ticked, says how many where that is wrong, and gives them in their order", async () => {
    const toppings: Form = {
      id: "pizza",
      title: "desk asks",
      inputs: [
        {
          id: "toppings",
          label: "Toppings",
          hint: "Choose 1 to 2.",
          kind: "choices",
          least: 1,
          most: 2,
          value: "ham",
          options: ["ham", "cheese", "basil"].map((value) => ({ value, text: value.toUpperCase() })),
        },
      ],
      submit: "Send",
    };
    await stage.workspace.say("pizza for all", { as: "console:tom" });
    const page = await stage.open();
    const dialog = await openForm(page, page.getByRole("article", { name: /^tom/ }), toppings);
    const box = (name: string) => dialog.getByRole("group", { name: "Toppings" }).getByRole("checkbox", { name });
    expect(await box("HAM").isChecked()).toBe(true);
    await box("HAM").uncheck();
    await dialog.getByRole("button", { name: "Send" }).click();
    await dialog.getByRole("alert").getByText("Toppings: please choose one.").waitFor();
    expect(await nameless(page)).toEqual([]);
    for (const name of ["BASIL", "CHEESE", "HAM"]) await box(name).check();
    await dialog.getByRole("button", { name: "Send" }).click();
    await dialog.getByRole("alert").getByText("takes 1 to 2 of its choices").waitFor();
    await box("HAM").uncheck();
    await dialog.getByRole("button", { name: "Send" }).click();
    expect((await stage.inbox.next("submit")).submit.values).toEqual({ toppings: "cheese\nbasil" });
  });

  it("says so when a form is refused", async () => {
    await stage.workspace.say("p95 is up", { as: "console:tom" });
    const page = await stage.open();
    const dialog = await openForm(page, page.getByRole("article", { name: /^tom/ }));
    await dialog.getByRole("combobox", { name: "Agent" }).selectOption("ops");
    await dialog.getByRole("textbox", { name: "Question" }).fill("why?");
    stage.inbox.refuseNext();
    await dialog.getByRole("button", { name: "Ask" }).click();
    await dialog.getByRole("alert").getByText("Bellhop could not keep this. Try again in a moment.").waitFor();
    expect(await dialog.getByRole("textbox", { name: "Question" }).inputValue()).toBe("why?");
  });

  it("shows everyone the bot's page for them, and its buttons work", async () => {
    const page = await stage.open({}, "#/home");
    await page.getByText("Bellhop has nothing to show you yet.").waitFor();
    const { person, what } = await stage.inbox.next("opened");
    expect([person.id, what]).toEqual(["console:ana", "home"]);
    await stage.workspace.adapter.home?.("console:ana", {
      text: "Good morning, **ana**.",
      card: { fields: [{ name: "ops", value: "9 tools" }], buttons: [{ id: "status", text: "How are you?" }] },
      footer: "all well",
    });
    await page.locator("strong", { hasText: "ana" }).waitFor();
    await page.getByText("9 tools").waitFor();
    await page.getByRole("button", { name: "How are you?" }).click();
    expect((await stage.inbox.next("press")).press).toMatchObject({ id: "status", person: { id: "console:ana" } });
    await page.getByRole("radio", { name: "kim" }).check({ force: true });
    await page.getByText("Bellhop has nothing to show you yet.").waitFor();
    expect(await page.getByText("Good morning").count()).toBe(0);
  });

  it("offers ways to begin in the DM, which are said with a click", async () => {
    const page = await stage.open({}, "#/dm-ana");
    const { address } = await stage.inbox.next("opened", ({ what }) => what === "direct");
    await stage.workspace.adapter.prompt?.(address, [{ title: "Who is here?", text: "agents" }]);
    await page.getByRole("button", { name: "Who is here?" }).click();
    expect(await stage.inbox.message("agents")).toMatchObject({ direct: true, author: { id: "console:ana" } });
    await page.getByRole("log").getByText("agents").waitFor();
    expect(await focused(page)).toBe("Ask Bellhop anything");
  });

  it("lets the whole of a long answer be read where it stands, without its HTML", async () => {
    const text = "# The whole\n\n<script>alert(1)</script>\n\n| a | b |\n|---|---|\n| 1 | 2 |";
    await stage.post("Too long; here it is.", { files: [{ name: "answer.md", type: "text/markdown", text }] });
    const page = await stage.open();
    await log(page).getByRole("button", { name: "View answer.md" }).click();
    const paper = page.getByRole("dialog", { name: "answer.md" });
    await paper.getByRole("table").waitFor();
    await paper.getByText("<script>alert(1)</script>").waitFor();
    await page.keyboard.press("Escape");
    await expect.poll(() => focused(page)).toBe("View answer.md");
  });

  it("says a form's and a menu's words to those who listen: every control has a name", async () => {
    await stage.workspace.say("p95 is up", { as: "console:tom" });
    await stage.post("It is noon.", {
      rating: { value: "7f3k", good: "Good answer", bad: "Bad answer" },
      files: [{ name: "a.txt", type: "text/plain", text: "a" }],
    });
    const page = await stage.open();
    const dialog = await openForm(page, page.getByRole("article", { name: /^tom/ }));
    await dialog.getByRole("textbox", { name: "Question" }).waitFor();
    expect(await nameless(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    await page.keyboard.press("Control+k");
    await page.getByRole("listbox").waitFor();
    expect(await nameless(page)).toEqual([]);
  });
});

/** The controls that say nothing to those who can't see them. */
async function nameless(page: Page): Promise<string[]> {
  const tree = await page.locator("body").ariaSnapshot();
  const controls =
    /^\s*- (button|link|textbox|combobox|radio|checkbox|menuitem|option|listbox|dialog|menu|log|img|progressbar)\b(?! ")/;
  return tree.split("\n").filter((line) => controls.test(line));
}
