import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { findChromium } from "./chromium.ts";
import { focused, openMenu, setConsoleStage, thread } from "./console-stage.ts";
import { findFaintText } from "./legibility.ts";

const chromium = findChromium();
const phone = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };

describe.skipIf(!chromium)("how the console looks", () => {
  const stage = setConsoleStage(chromium);

  it("speaks the browser's language, keeps the one that was chosen, and tells the bot", async () => {
    const page = await stage.open({ locale: "zh-TW" });
    await page.getByText("這裡還很安靜").waitFor();
    const person = async () => (await stage.workspace.adapter.who("console:ana"))?.language;
    await expect.poll(person).toBe("zh-TW");
    await page.getByRole("radio", { name: "English" }).check({ force: true });
    await page.getByText("It is quiet here").waitFor();
    expect(await page.locator("html").getAttribute("lang")).toBe("en");
    await expect.poll(person).toBe("en");
    await page.reload();
    await page.getByText("It is quiet here").waitFor();
  });

  it("keeps the theme that was chosen", async () => {
    const page = await stage.open({ locale: "zh-TW", colorScheme: "light" });
    await page.getByText("這裡還很安靜").waitFor();
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
      const message = await stage.workspace.say("ops: why is checkout slow?", { mention: true });
      await stage.workspace.say("and edited", { as: "console:tom" });
      const at = { ...stage.workspace.channel, thread: message };
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
      await stage.workspace.adapter.post(
        at,
        { text: "> q\n\n[a.example](https://b.example) @ana `code`\n\n```ts\nx\n```", lines, card, footer: "ops" },
        stage.newKey(),
      );
      await stage.post("yours", { only: { person: "console:ana" } });
      const page = await stage.open({ colorScheme }, `#/general/${message}`);
      await thread(page).getByText("pager ack").waitFor();
      const check = async () => {
        const { faint, golden } = await findFaintText(page.locator("#app"));
        expect(faint).toEqual([]);
        if (colorScheme === "light") expect(golden).toEqual([]);
      };
      await check();
      await openMenu(page.getByRole("article", { name: /^tom/ }));
      await page.getByRole("menuitem", { name: "Copy text" }).waitFor();
      await check();
      await page.keyboard.press("Escape");
      await page.getByRole("textbox", { name: "Reply…" }).fill("/");
      await page.getByRole("option", { name: "/agents" }).waitFor();
      await check();
      for (const key of ["Control+k", "Control+/"]) {
        await page.keyboard.press(key);
        await page.getByRole("dialog").waitFor();
        await check();
        await page.keyboard.press("Escape");
        await page.getByRole("dialog").waitFor({ state: "detached" });
      }
    },
  );

  it("fits a screen 360 pixels wide, with channels and threads at hand", async () => {
    const root = await stage.workspace.say(
      "look at https://example.com/a-very-long-address/that-goes-on/and-on/and-on/for-ever",
    );
    await stage.workspace.adapter.post(
      { ...stage.workspace.channel, thread: root },
      {
        text:
          "| a | b | c | d |\n|---|---|---|---|\n| long words | long words | long words | long words |\n\n```\n" +
          "x".repeat(200) +
          "\n```",
      },
      stage.newKey(),
    );
    const page = await stage.open(phone);
    const fits = () => page.locator("html").evaluate((html) => html.scrollWidth <= html.clientWidth);
    expect(await fits()).toBe(true);
    await page.getByRole("button", { name: "Show channels" }).tap();
    await page.getByRole("link", { name: "# team" }).tap();
    await page.getByRole("heading", { name: "# team" }).waitFor();
    await page.goto(`${stage.workspace.url}/#/general`);
    await page.getByRole("link", { name: "1 reply" }).tap();
    await thread(page).getByRole("table").waitFor();
    expect(await fits()).toBe(true);
    await page.getByRole("button", { name: "Close the thread" }).tap();
    await thread(page).waitFor({ state: "detached" });
  });

  it("fits 360 pixels with every dialog, list and file there is", async () => {
    const long = "a-name-without-end".repeat(12);
    await stage.workspace.say(`${long} ${"文字".repeat(60)}`);
    await stage.post(long, {
      card: {
        fields: [{ name: long, value: long }],
        buttons: [{ id: "a", text: "A button that says a great deal about itself" }],
      },
      lines: [{ id: "1", title: long, state: "failed", note: long }],
      files: [{ name: `${long}.md`, type: "text/markdown", text: `${long}\n\n| ${long} | b |\n|---|---|\n| 1 | 2 |` }],
      footer: long,
    });
    const page = await stage.open(phone);
    const fits = () =>
      page.locator("html").evaluate((html) => {
        const wide = [...html.querySelectorAll("dialog[open], [popover], .frame, .field, .chip, .card")];
        return html.scrollWidth <= 360 && wide.every((one) => one.getBoundingClientRect().right <= 360);
      });
    expect(await fits()).toBe(true);
    await page.getByRole("button", { name: /^View/ }).tap();
    await page.getByRole("dialog").getByRole("table").waitFor();
    expect(await fits()).toBe(true);
    await page.getByRole("dialog").getByRole("button", { name: "Close" }).tap();
    await page.getByRole("button", { name: "What to do with the message of Bellhop" }).tap();
    await page.getByRole("menu").waitFor();
    expect(await fits()).toBe(true);
    await page.getByRole("menuitem", { name: "Pass on…" }).tap();
    await page.getByRole("option", { name: "# team" }).waitFor();
    expect(await fits()).toBe(true);
    await page.getByRole("option", { name: "# team" }).tap();
    await page.getByText("Passing on what Bellhop said").waitFor();
    expect(await fits()).toBe(true);
    await page.getByRole("button", { name: "Show channels" }).tap();
    await expect.poll(() => focused(page)).toBe("Places to talk");
    await page.locator("main[inert]").waitFor();
    await page.keyboard.press("Escape");
    await page.locator("main:not([inert])").waitFor();
    await expect.poll(() => focused(page)).toBe("Show channels");
  });

  it("draws emoji alone large, and each text in its own direction", async () => {
    for (const text of ["🎉👍🏽 🇹🇼", "🎉 done", "مرحبا @tom", "hello"]) await stage.workspace.say(text);
    const page = await stage.open();
    await page.getByRole("article").filter({ hasText: "hello" }).waitFor();
    const style = (text: string, name: "fontSize" | "direction") =>
      page
        .locator("article p")
        .filter({ hasText: text })
        .evaluate((one, name) => one.ownerDocument.defaultView.getComputedStyle(one)[name], name);
    expect(await style("🎉👍🏽", "fontSize")).toBe("30px");
    expect(await style("🎉 done", "fontSize")).toBe("15px");
    expect(await style("مرحبا", "direction")).toBe("rtl");
    expect(await style("hello", "direction")).toBe("ltr");
  });

  it("keeps still for those who ask for it, and shows what is chosen where colours are the system's", async () => {
    const draft = stage.workspace.adapter.draft(stage.workspace.channel, stage.newKey(), { person: "console:ana" });
    draft.show({ text: "writing", lines: [], stop: { id: "stop", text: "Stop" } });
    const page = await stage.open({ reducedMotion: "reduce", forcedColors: "active" });
    await page.getByText("writing").waitFor();
    const slow = await page.locator(".writing p").evaluate((one) => {
      const drawn = one.ownerDocument.defaultView.getComputedStyle(one, "::after");
      return Number.parseFloat(drawn.animationDuration);
    });
    expect(slow).toBeGreaterThanOrEqual(4);
    await page.keyboard.type("/");
    const chosen = page.getByRole("option", { selected: true });
    await chosen.waitFor();
    const outline = await chosen.evaluate((one) => one.ownerDocument.defaultView.getComputedStyle(one).outlineStyle);
    expect(outline).toBe("solid");
  });

  it("loads at most 60 KB of script", async () => {
    const assets = fileURLToPath(new URL("../../dist/console/assets", import.meta.url));
    const scripts = (await readdir(assets)).filter((name) => name.endsWith(".js"));
    const sizes = await Promise.all(scripts.map(async (name) => gzipSync(await readFile(join(assets, name))).length));
    expect(sizes.length).toBeGreaterThan(0);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(60 * 1024);
  });
});
