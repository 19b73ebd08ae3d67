import { describe, expect, it } from "vitest";
import { findChromium } from "./chromium.ts";
import { openMenu, setConsoleStage } from "./console-stage.ts";

const chromium = findChromium();

describe.skipIf(!chromium)("what a model writes, in a browser", () => {
  const stage = setConsoleStage(chromium);

  const evil = [
    "<script>alert(1)</script> <img src=https://evil.example/x onerror=alert(1)>",
    "[run](javascript:alert(1)) [data](data:text/html,x) [file](file:///etc/passwd)",
    "[docs.example.com](https://evil.example/a) [good](https://good.example/b) https://docs.example.com@evil.example/c",
    "![picture](https://evil.example/leak.png)",
  ].join("\n\n");

  it("is shown as words: no script, no picture, no link but to the web, and the true host beside a false one", async () => {
    const page = await stage.open();
    const asked: string[] = [];
    page.on("request", (request) => asked.push(request.url()));
    page.on("dialog", (dialog) => {
      throw new Error(`a dialog opened: ${dialog.message()}`);
    });
    await stage.post(evil);
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
    expect(asked.filter((url) => !url.startsWith(stage.workspace.url))).toEqual([]);
  });

  it("can't break the page, however deep it is nested or long it goes on", async () => {
    const page = await stage.open();
    const troubles: string[] = [];
    page.on("pageerror", (error) => troubles.push(error.message));
    const lists = Array.from({ length: 400 }, (_, depth) => `${"  ".repeat(depth)}- x`).join("\n");
    for (const text of [">".repeat(8_000), lists, "[a](".repeat(8_000), "**_".repeat(3_000), "|a".repeat(2_000)])
      await stage.post(text);
    await stage.post("still here");
    await page.getByRole("article").getByText("still here").waitFor();
    expect(await page.getByRole("article").count()).toBe(6);
    expect(troubles).toEqual([]);
  });

  it("gives its code and its words to be copied, as they were written", async () => {
    await stage.post("Run **this**:\n\n```sh\nls -la | wc\n```");
    const page = await stage.open({ permissions: ["clipboard-read", "clipboard-write"] });
    const clipboard = () =>
      page.locator("body").evaluate((body) => body.ownerDocument.defaultView.navigator.clipboard.readText());
    const message = page.getByRole("article");
    await message.getByRole("button", { name: "Copy", exact: true }).click();
    await page.getByRole("status").getByText("Copied").waitFor();
    expect(await clipboard()).toBe("ls -la | wc");
    await openMenu(message);
    await page.getByRole("menuitem", { name: "Copy text" }).click();
    await expect.poll(clipboard).toBe("Run **this**:\n\n```sh\nls -la | wc\n```");
  });

  it("keeps its shape: lists, tables, code, quotes, headings", async () => {
    await stage.post(
      "# Title\n\n1. one\n2. two\n   - nested\n\n| a | b |\n|---|--:|\n| 1 | 2 |\n\n```ts\nconst x = 1 < 2;\n```\n\n> said\n\n- [x] done",
    );
    const page = await stage.open();
    const message = page.getByRole("article").last();
    expect(await message.locator("ol > li").count()).toBe(2);
    expect(await message.locator("ol ul li").textContent()).toBe("nested");
    expect(await message.locator("td").allTextContents()).toEqual(["1", "2"]);
    expect(await message.locator("pre").textContent()).toBe("const x = 1 < 2;");
    expect((await message.locator("blockquote").textContent())?.trim()).toBe("said");
    expect(await message.getByRole("checkbox").isChecked()).toBe(true);
  });
});
