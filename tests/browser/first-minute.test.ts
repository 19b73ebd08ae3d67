import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findChromium, launch } from "./chromium.ts";
import { log, openMenu, thread } from "./console-stage.ts";

const chromium = findChromium();
const main = fileURLToPath(new URL("../../dist/src/main.js", import.meta.url));

describe.skipIf(!chromium)("the first minute, with the whole program", () => {
  let browser: Browser;
  let folder: string;
  let bellhop: ChildProcess;
  let url: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "bellhop-first-minute-"));
    const { PATH, HOME } = process.env;
    bellhop = spawn(process.execPath, [main], {
      cwd: folder,
      env: { PATH, HOME, PORT: "0", BELLHOP_DATA: join(folder, "data"), BELLHOP_CONFIG: join(folder, "config") },
      stdio: ["ignore", "pipe", "ignore"],
    });
    url = await readyAt(bellhop);
    browser = await launch(chromium ?? "");
  });
  afterAll(async () => {
    await browser?.close();
    const ended = new Promise((resolve) => bellhop.once("exit", resolve));
    bellhop.kill("SIGTERM");
    await ended;
    await rm(folder, { recursive: true });
  });

  it("asks for the time with a click, and reads in the thread what the tool said", async () => {
    const page = await (await browser.newContext({ locale: "en-GB" })).newPage();
    await page.goto(url);
    await page.getByRole("button", { name: "@Bellhop what time is it in Taipei?" }).click();
    await page.locator("textarea:focus").press("Enter");
    await thread(page)
      .getByText(/\d\d:\d\d in Taipei/)
      .waitFor();
    await thread(page).getByRole("img", { name: "done" }).waitFor();
    await thread(page)
      .getByText(/offline model · 1 tool/)
      .waitFor();
    await page.keyboard.press("Escape");
    await log(page).getByRole("link", { name: "1 reply" }).waitFor();
  });

  it("answers a question about itself to the one who asked only", async () => {
    const page = await (await browser.newContext({ locale: "en-GB" })).newPage();
    await page.goto(`${url}/#/team`);
    await page.getByRole("button", { name: "/agents" }).click();
    await page.locator("textarea:focus").press("Enter");
    await page.getByText("Only you can see this").waitFor();
    await page.getByText("concierge").first().waitFor();
    await page.getByRole("radio", { name: "tom" }).check({ force: true });
    await page.getByText("Only you can see this").waitFor({ state: "detached" });
    expect(await page.getByText("concierge").count()).toBe(0);
  });

  it("asks an agent about a message through its menu, and takes a 👍 for the answer", async () => {
    const page = await (await browser.newContext({ locale: "en-GB" })).newPage();
    await page.goto(`${url}/#/team`);
    await page.getByRole("textbox", { name: "Message # team" }).fill("The deploy of 14:05 made checkout slow.");
    await page.keyboard.press("Enter");
    const message = page.getByRole("article").filter({ hasText: "The deploy of 14:05" });
    await openMenu(message);
    await page.getByRole("menuitem", { name: "Ask an agent about this" }).click();
    const form = page.getByRole("dialog", { name: "Ask an agent about this" });
    await form.getByRole("button", { name: "Ask" }).click();
    await form.waitFor({ state: "detached" });
    await message.getByRole("link", { name: /repl(y|ies)/ }).click();
    const good = thread(page).locator(".ratings button").first();
    await good.click();
    await expect.poll(() => good.getAttribute("aria-pressed")).toBe("true");
  });

  it("has a page for everyone, and says in the DM how to begin", async () => {
    const page = await (await browser.newContext({ locale: "en-GB" })).newPage();
    await page.goto(`${url}/#/home`);
    await page.getByRole("main").getByText("concierge").first().waitFor();
    await page.getByRole("link", { name: "Bellhop", exact: true }).click();
    await page.getByRole("button", { name: "Who is here?" }).click();
    await page.getByRole("log").getByText("scribe").first().waitFor();
  });
  it("speaks Chinese on its page to somebody whose browser does, from the first look on", async () => {
    const context = await browser.newContext({ locale: "zh-TW" });
    await context.addInitScript({ content: 'localStorage.setItem("bellhop.as", "console:kim")' });
    const page = await context.newPage();
    await page.goto(`${url}/#/home`);
    await page.getByRole("main").getByText("有誰在").first().waitFor();
    expect(await page.getByRole("main").getByText("Who is here").count()).toBe(0);
  });
});

/** The address a program prints once it is ready. */
function readyAt(program: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    const said: string[] = [];
    if (program.stdout) {
      createInterface(program.stdout).on("line", (line) => {
        said.push(line);
        const address = /^bellhop ready (\S+)/.exec(line)?.[1];
        if (address) resolve(address);
      });
    }
    program.once("exit", (code) => reject(new Error(`it ended with ${code}, saying:\n${said.join("\n")}`)));
  });
}
