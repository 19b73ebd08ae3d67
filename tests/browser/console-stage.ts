import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Browser, BrowserContextOptions, Locator, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest";
import type { Post, Posted, PostKey } from "../../src/chat.ts";
import { type ConsolePlatform, openConsole } from "../adapters/console-platform.ts";
import { type RecordingInbox, recordingInbox } from "../adapters/contract/recording-inbox.ts";
import { launch } from "./chromium.ts";

const webRoot = fileURLToPath(new URL("../../dist/console", import.meta.url));

/** A console with a scripted bot behind it, and a browser to look at it; fresh for each test. */
export type ConsoleStage = {
  readonly inbox: RecordingInbox;
  readonly workspace: ConsolePlatform;
  newKey(): PostKey;
  /** The bot posts in #general. */
  post(text: string, more?: Omit<Post, "text">): Promise<Posted>;
  /** Opens the page and waits until it is connected. */
  open(options?: BrowserContextOptions, hash?: string): Promise<Page>;
};

/** Starts the browser once for the surrounding suite, and a console before each of its tests. */
export function setConsoleStage(chromium: string | undefined): ConsoleStage {
  let browser: Browser | undefined;
  let inbox: RecordingInbox | undefined;
  let workspace: ConsolePlatform | undefined;
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
    for (const context of browser?.contexts() ?? []) await context.close();
    await workspace?.stop();
  });

  const stage: ConsoleStage = {
    get inbox() {
      if (!inbox) throw new Error("there is an inbox only while a test runs");
      return inbox;
    },
    get workspace() {
      if (!workspace) throw new Error("there is a workspace only while a test runs");
      return workspace;
    },
    newKey() {
      keys += 1;
      return { id: `r${keys}`, since: 0 };
    },
    post: (text, more) => stage.workspace.adapter.post(stage.workspace.channel, { text, ...more }, stage.newKey()),
    async open(options = {}, hash = "") {
      if (!browser) throw new Error("there is a browser only while a test runs");
      const context = await browser.newContext({ locale: "en-GB", ...options });
      context.setDefaultTimeout(10_000);
      const page = await context.newPage();
      const troubles: string[] = [];
      page.on("pageerror", (error) => troubles.push(error.message));
      page.on("console", (message) => message.type() === "error" && troubles.push(message.text()));
      await page.goto(`${stage.workspace.url}/${hash}`);
      await page.getByRole("status").waitFor({ state: "detached" });
      expect(troubles).toEqual([]);
      return page;
    },
  };
  return stage;
}

/** Where one writes in #general. */
export const composer = (page: Page): Locator => page.getByRole("textbox", { name: "Message # general" });
/** What was said in #general. */
export const log = (page: Page): Locator => page.getByRole("log", { name: "Messages in # general" });
/** The thread beside it. */
export const thread = (page: Page): Locator => page.getByRole("complementary", { name: "Thread" });

/** What the field to write in is called while it has the focus; else what has it. */
export function focused(page: Page): Promise<string> {
  return page.locator("html").evaluate((html) => {
    const element = html.ownerDocument.activeElement;
    return element.getAttribute("aria-label") ?? element.textContent.trim();
  });
}

/** A picture of one point. */
export const picture = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

/** Opens what can be done with a message. */
export async function openMenu(message: Locator): Promise<void> {
  await message.hover();
  await message.getByRole("button", { name: /^What to do with the message of/ }).click();
}
