import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { PostKey } from "../../src/chat.ts";
import { type ConsolePlatform, openConsole } from "../adapters/console-platform.ts";
import { type RecordingInbox, recordingInbox } from "../adapters/contract/recording-inbox.ts";
import { findChromium, launch } from "./chromium.ts";
import { findFaintText } from "./legibility.ts";

const webRoot = fileURLToPath(new URL("../../dist/console", import.meta.url));
const chromium = findChromium();
const phone = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };

describe.skipIf(!chromium)("the console in a browser", () => {
  let browser: Browser;
  let inbox: RecordingInbox;
  let workspace: ConsolePlatform;
  let keys = 0;

  beforeAll(async () => {
    if (!existsSync(webRoot)) throw new Error("the page is not built: run `npm run build` first");
    browser = await launch(chromium ?? "");
  });
  afterAll(() => browser?.close());
  beforeEach(async () => {
    inbox = recordingInbox();
    workspace = await openConsole(inbox, { webRoot });
  });
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
    await workspace.stop();
  });

  const newKey = (): PostKey => ({ id: `r${++keys}`, since: 0 });
  const post = (text: string, more: object = {}) =>
    workspace.adapter.post(workspace.channel, { text, ...more }, newKey());

  async function open(options: BrowserContextOptions = {}, hash = ""): Promise<Page> {
    const context = await browser.newContext({ locale: "en-GB", ...options });
    context.setDefaultTimeout(5_000);
    const page = await context.newPage();
    const troubles: string[] = [];
    page.on("pageerror", (error) => troubles.push(error.message));
    page.on("console", (message) => message.type() === "error" && troubles.push(message.text()));
    await page.goto(`${workspace.url}/${hash}`);
    await page.getByRole("status").waitFor({ state: "detached" });
    expect(troubles).toEqual([]);
    return page;
  }
  const composer = (page: Page) => page.getByRole("textbox", { name: "Message # general" });
  const log = (page: Page) => page.getByRole("log", { name: "Messages in # general" });
  const thread = (page: Page) => page.getByRole("complementary", { name: "Thread" });

  it("says what to try, and a mention leads to its thread, where the answer grows and can be stopped", async () => {
    const page = await open();
    await page.getByRole("button", { name: "@Bellhop what time is it in Taipei?" }).click();
    await composer(page).press("Enter");
    const message = await inbox.message("what time is it in Taipei?");
    await thread(page).getByText("what time is it in Taipei?").waitFor();

    const draft = workspace.adapter.draft(message.answerAt, newKey(), { person: message.author.id });
    draft.show({ text: "", lines: [], status: "looking at the clock…" });
    await thread(page).getByText("looking at the clock…").waitFor();
    const running = { id: "1", title: "clock now", state: "running" as const };
    draft.show({ text: "It is", lines: [running], stop: { id: "stop", text: "Stop", value: "7f3k" } });
    await thread(page).getByText("It is").waitFor();
    await thread(page).getByRole("img", { name: "running" }).waitFor();
    await thread(page).getByRole("button", { name: "Stop" }).click();
    expect((await inbox.next("press")).press).toMatchObject({
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
    await post("May I?", { card: { buttons: [{ id: "why", text: "Why", value: "1" }] } });
    const page = await open();
    await log(page).getByRole("button", { name: "Why" }).click();
    const { whisper } = (await inbox.next("press")).press;
    await post("Because you asked.", { only: whisper });
    await log(page).getByText("Because you asked.").waitFor();
    await log(page).getByText("Only you can see this").waitFor();
    await page.getByRole("radio", { name: "tom" }).check({ force: true });
    await log(page).getByText("Because you asked.").waitFor({ state: "detached" });
    await composer(page).fill("me too");
    await composer(page).press("Enter");
    expect((await inbox.message("me too")).author.id).toBe("console:tom");
  });

  it("says what is wrong when a press comes too late", async () => {
    const { id } = await post("May I?", { card: { buttons: [{ id: "yes", text: "Yes" }] } });
    const page = await open();
    await page.route("**/console/presses", async (route) => {
      await workspace.adapter.edit(
        { address: workspace.channel, id },
        { text: "May I?", card: { buttons: [{ id: "no", text: "No" }] } },
      );
      await route.continue();
    });
    await log(page).getByRole("button", { name: "Yes" }).click();
    await page.getByRole("alert").getByText("This button is no longer there.").waitFor();
  });

  it("edits and deletes one's own messages only", async () => {
    await workspace.say("lunch at 12");
    await workspace.say("fine", { as: "console:tom" });
    const page = await open();
    await page.getByRole("article", { name: /^tom/ }).hover();
    expect(await page.getByRole("article", { name: /^tom/ }).getByRole("button").count()).toBe(0);
    const own = page.getByRole("article", { name: /^ana/ });
    await own.hover();
    await own.getByRole("button", { name: "Edit" }).click();
    await own.getByRole("textbox").fill("lunch at 13");
    await own.getByRole("textbox").press("Enter");
    await own.getByText("(edited)").waitFor();
    expect((await inbox.next("edited")).message.text).toBe("lunch at 13");
    page.on("dialog", (dialog) => dialog.accept());
    await own.hover();
    await own.getByRole("button", { name: "Delete" }).click();
    await own.waitFor({ state: "detached" });
    await inbox.next("deleted");
  });

  describe("what a model writes", () => {
    const evil = [
      "<script>alert(1)</script> <img src=https://evil.example/x onerror=alert(1)>",
      "[run](javascript:alert(1)) [data](data:text/html,x) [file](file:///etc/passwd)",
      "[docs.example.com](https://evil.example/a) [good](https://good.example/b) https://docs.example.com@evil.example/c",
      "![picture](https://evil.example/leak.png)",
    ].join("\n\n");

    it("is shown as words: no script, no picture, no link but to the web, and the true host beside a false one", async () => {
      const page = await open();
      const asked: string[] = [];
      page.on("request", (request) => asked.push(request.url()));
      page.on("dialog", (dialog) => {
        throw new Error(`a dialog opened: ${dialog.message()}`);
      });
      await post(evil);
      const message = page.getByRole("article").last();
      await message.getByText("<script>alert(1)</script>").waitFor();
      const links = message.locator(".markdown a");
      expect(await links.evaluateAll((all) => all.map((link) => link.getAttribute("href")))).toEqual([
        "https://evil.example/a",
        "https://good.example/b",
        "https://docs.example.com@evil.example/c",
        "https://evil.example/leak.png",
      ]);
      for (const link of await links.all()) expect(await link.getAttribute("rel")).toContain("noopener noreferrer");
      expect(await message.locator(".real-host").allTextContents()).toEqual([" (evil.example)", " (evil.example)"]);
      expect(await message.locator(".markdown :is(img, script, iframe)").count()).toBe(0);
      expect(asked.filter((url) => !url.startsWith(workspace.url))).toEqual([]);
    });

    it("keeps its shape: lists, tables, code, quotes, headings", async () => {
      await post(
        "# Title\n\n1. one\n2. two\n   - nested\n\n| a | b |\n|---|--:|\n| 1 | 2 |\n\n```ts\nconst x = 1 < 2;\n```\n\n> said\n\n- [x] done",
      );
      const page = await open();
      const message = page.getByRole("article").last();
      expect(await message.locator("ol > li").count()).toBe(2);
      expect(await message.locator("ol ul li").textContent()).toBe("nested");
      expect(await message.locator("td").allTextContents()).toEqual(["1", "2"]);
      expect(await message.locator("pre").textContent()).toBe("const x = 1 < 2;");
      expect((await message.locator("blockquote").textContent())?.trim()).toBe("said");
      expect(await message.getByRole("checkbox").isChecked()).toBe(true);
    });
  });

  describe("when the connection breaks", () => {
    it("says so, and shows afterwards all that was said meanwhile, once", async () => {
      const page = await open();
      await workspace.say("before");
      await log(page).getByText("before").waitFor();
      await page.context().setOffline(true);
      workspace.cut();
      await page.getByRole("status").getByText("Reconnecting…").waitFor();
      for (const text of ["one", "two", "three"]) await workspace.say(text);
      await page.context().setOffline(false);
      await log(page).getByText("three").waitFor();
      await page.getByRole("status").waitFor({ state: "detached" });
      const shown = await log(page).locator(".markdown").allTextContents();
      expect(shown.map((text) => text.trim())).toEqual(["before", "one", "two", "three"]);
    });

    it("follows a restart of the whole program", async () => {
      await workspace.say("before");
      const page = await open();
      await workspace.restart();
      await workspace.say("after");
      await log(page).getByText("after").waitFor();
      expect(await page.getByRole("article").count()).toBe(2);
    });

    it("keeps what could not be sent, and sends it once when asked to", async () => {
      const page = await open();
      await page.context().setOffline(true);
      await composer(page).fill("are you there?");
      await composer(page).press("Enter");
      const unsent = page.getByRole("alert").filter({ hasText: "are you there?" });
      await unsent.getByText("Bellhop can't be reached. Is it running?").waitFor();
      await page.context().setOffline(false);
      await unsent.getByRole("button", { name: "Try again" }).click();
      await unsent.waitFor({ state: "detached" });
      await log(page).getByText("are you there?").waitFor();
      expect(inbox.heard).toHaveLength(1);
    });

    it("says what the workspace refuses", async () => {
      const page = await open();
      await composer(page).fill("/aks why?");
      await composer(page).press("Enter");
      await page.getByRole("alert").getByText("There is no /aks here. There are /ask, /agents, /bellhop.").waitFor();
    });
  });

  it("can be used by keyboard alone", async () => {
    const page = await open();
    await page.keyboard.type("hey @bel");
    await page.getByRole("option", { name: "@Bellhop" }).waitFor();
    await page.keyboard.press("Tab");
    await page.keyboard.type("what is up?");
    await page.keyboard.press("Shift+Enter");
    await page.keyboard.type("second line");
    await page.keyboard.press("Enter");
    expect((await inbox.next("message")).message.text).toBe("hey what is up?\nsecond line");
    await thread(page).waitFor();
    await page.keyboard.type("and this");
    await page.keyboard.press("Enter");
    expect((await inbox.message("and this")).address.thread).toBeDefined();
    await page.keyboard.press("Escape");
    await thread(page).waitFor({ state: "detached" });
  });

  it("leaves a reader who has scrolled back in peace, and says that there is more", async () => {
    for (let n = 0; n < 40; n++) await workspace.say(`line ${n}`);
    const page = await open();
    await log(page).getByText("line 39").waitFor();
    expect(await log(page).evaluate((frame) => frame.scrollHeight - frame.scrollTop - frame.clientHeight)).toBeLessThan(
      2,
    );
    await log(page).evaluate((frame) => frame.scrollTo({ top: 0 }));
    await workspace.say("news");
    await page.getByRole("button", { name: "New messages" }).click();
    await expect
      .poll(() => log(page).evaluate((frame) => frame.scrollHeight - frame.scrollTop - frame.clientHeight))
      .toBeLessThan(2);
  });

  it("counts what was not read, for each person", async () => {
    const page = await open({}, "#/team");
    await workspace.say("hello");
    await workspace.say("hello again", { as: "console:tom" });
    await page.getByRole("link", { name: "# general unread: 1" }).click();
    await page.getByRole("link", { name: "# general", exact: true }).waitFor();
  });

  it("speaks the browser's language, and keeps the theme that was chosen", async () => {
    const page = await open({ locale: "zh-TW", colorScheme: "light" });
    await page.getByText("這裡還很安靜").waitFor();
    expect(await page.locator("html").getAttribute("lang")).toBe("zh-TW");
    const ground = () =>
      page.locator("body").evaluate((body) => body.ownerDocument.defaultView.getComputedStyle(body).backgroundColor);
    expect(await ground()).toBe("rgb(248, 250, 252)");
    await page.getByRole("radio", { name: "深色" }).check({ force: true });
    expect(await ground()).toBe("rgb(15, 23, 42)");
    await page.reload();
    await page.getByText("這裡還很安靜").waitFor();
    expect(await ground()).toBe("rgb(15, 23, 42)");
  });

  it.each(["light", "dark"] as const)(
    "is legible in the %s theme: every text stands out from its ground",
    async (colorScheme) => {
      const message = await workspace.say("ops: why is checkout slow?", { mention: true });
      await workspace.say("and edited", { as: "console:tom" });
      const at = { ...workspace.channel, thread: message };
      const lines = [
        { id: "1", title: "grafana query", state: "done" as const, ms: 800 },
        { id: "2", title: "pager ack", state: "failed" as const, note: "not allowed" },
      ];
      const card = {
        fields: [{ name: "Tool", value: "`x`" }],
        buttons: [
          { id: "a", text: "Yes", style: "primary" as const },
          { id: "b", text: "No", style: "danger" as const },
        ],
      };
      await workspace.adapter.post(
        at,
        { text: "> q\n\n[a.example](https://b.example) @ana `code`\n\n```ts\nx\n```", lines, card, footer: "ops" },
        newKey(),
      );
      await post("yours", { only: { person: "console:ana" } });
      const page = await open({ colorScheme }, `#/general/${message}`);
      await thread(page).getByText("pager ack").waitFor();
      const { faint, golden } = await findFaintText(page.locator("#app"));
      expect(faint).toEqual([]);
      if (colorScheme === "light") expect(golden).toEqual([]);
    },
  );

  it("fits a screen 360 pixels wide, with channels and threads at hand", async () => {
    const root = await workspace.say(
      "look at https://example.com/a-very-long-address/that-goes-on/and-on/and-on/for-ever",
    );
    await workspace.adapter.post(
      { ...workspace.channel, thread: root },
      {
        text:
          "| a | b | c | d |\n|---|---|---|---|\n| long words | long words | long words | long words |\n\n```\n" +
          "x".repeat(200) +
          "\n```",
      },
      newKey(),
    );
    const page = await open(phone);
    const fits = () => page.locator("html").evaluate((html) => html.scrollWidth <= html.clientWidth);
    expect(await fits()).toBe(true);
    await page.getByRole("button", { name: "Show channels" }).tap();
    await page.getByRole("link", { name: "# team" }).tap();
    await page.getByRole("heading", { name: "# team" }).waitFor();
    await page.goto(`${workspace.url}/#/general`);
    await page.getByRole("link", { name: "1 reply" }).tap();
    await thread(page).getByRole("table").waitFor();
    expect(await fits()).toBe(true);
    await page.getByRole("button", { name: "Close the thread" }).tap();
    await thread(page).waitFor({ state: "detached" });
  });
});
