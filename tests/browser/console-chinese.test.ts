import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { findChromium } from "./chromium.ts";
import { picture, setConsoleStage } from "./console-stage.ts";

const chromium = findChromium();

/** What is called the same in every language: names, keys, and each language's own name. */
const names =
  /Bellhop|bellhop|general|team|ana|tom|kim|ops|scribe|English|Ctrl|Alt|Esc|Enter|Shift|Home|End|Del|F6|KB|MB|Taipei|\.(png|txt)\b|#\w+/g;

describe.skipIf(!chromium)("the console in Chinese", () => {
  const stage = setConsoleStage(chromium);

  /** Whatever is still English of what is shown and of what is read out. */
  async function english(page: Page): Promise<string[]> {
    const said = await page.locator("body").evaluate((body) => {
      const found: string[] = [];
      for (const element of body.querySelectorAll("*")) {
        if (element.tagName === "NOSCRIPT") continue;
        for (const name of ["aria-label", "title", "placeholder", "alt"]) found.push(element.getAttribute(name) ?? "");
        for (const node of element.childNodes) if (node.nodeType === 3) found.push(node.textContent);
      }
      return found;
    });
    const { commands } = await stage.workspace.state();
    const typed = commands["zh-TW"].flatMap(({ name, verbs }) => [`/${name}`, ...verbs.map(({ name }) => name)]);
    const bare = (text: string) =>
      typed
        .sort((a, b) => b.length - a.length)
        .reduce((left, word) => left.replaceAll(word, ""), text)
        .replace(names, "");
    return said.filter((text) => /[a-z]{2,}/i.test(bare(text)));
  }

  it("has no English left, wherever one goes", async () => {
    const page = await stage.open({ locale: "zh-TW" });
    const seen = async () => expect(await english(page)).toEqual([]);
    await page.getByText("這裡還很安靜").waitFor();
    await seen();
    await page.keyboard.type("/");
    await page.getByRole("option").first().waitFor();
    await seen();
    await page.keyboard.press("Backspace");
    for (const key of ["Control+k", "Control+/"]) {
      await page.keyboard.press(key);
      await page.getByRole("dialog").waitFor();
      await seen();
      await page.keyboard.press("Escape");
      await page.getByRole("dialog").waitFor({ state: "detached" });
    }
    await page.locator("input[type=file]").setInputFiles([
      { name: "圖.png", mimeType: "image/png", buffer: picture },
      { name: "空.txt", mimeType: "text/plain", buffer: Buffer.alloc(0) },
    ]);
    await page.getByText("檔案是空的。").waitFor();
    await seen();
    await page.getByRole("button", { name: "移除 空.txt" }).click();
    await page.keyboard.type("請看這張圖");
    await expect.poll(() => page.getByRole("button", { name: "送出" }).isEnabled()).toBe(true);
    await page.getByRole("button", { name: "送出" }).click();
    await stage.inbox.message("請看這張圖");
    await page.getByRole("button", { name: "圖片：圖.png" }).click();
    await page.getByRole("dialog").waitFor();
    await seen();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
  });

  it("has none in messages, menus, threads and forms, either", async () => {
    const mine = await stage.workspace.say("午餐訂十二點");
    await stage.workspace.edit(mine, "午餐訂一點");
    await stage.workspace.say("好", { as: "console:tom", thread: mine });
    await stage.post("現在是中午。", {
      only: { person: "console:ana" },
      lines: [
        { id: "1", title: "時鐘", state: "done", ms: 800 },
        { id: "2", title: "日曆", state: "failed", note: "不允許" },
        { id: "3", title: "天氣", state: "running" },
      ],
      rating: { value: "1", good: "有幫助", bad: "沒幫助" },
    });
    await stage.workspace.say("早安", { as: "console:tom" });
    const page = await stage.open({ locale: "zh-TW" });
    const seen = async () => expect(await english(page)).toEqual([]);
    await page.getByText("早安").waitFor();
    await seen();
    await page.keyboard.press("Escape");
    await page.keyboard.press("Home");
    await page.keyboard.press("m");
    await page.getByRole("menuitem", { name: "編輯" }).waitFor();
    await seen();
    await page.getByRole("menuitem", { name: "轉傳…" }).press("Enter");
    await page.getByRole("dialog").waitFor();
    await seen();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.keyboard.press("Delete");
    await page.getByRole("alertdialog", { name: "要為所有人刪除嗎？" }).waitFor();
    await seen();
    await page.keyboard.press("Escape");
    await page.getByRole("alertdialog").waitFor({ state: "detached" });
    await page.getByRole("article", { name: /^tom/ }).hover();
    await page.getByRole("article", { name: /^tom/ }).getByRole("button", { name: "問代理" }).click();
    const { shortcut } = await stage.inbox.next("shortcut");
    await stage.workspace.adapter.open?.(shortcut.whisper, {
      id: "a",
      title: "問代理",
      inputs: [
        { id: "a", label: "代理", kind: "choice", options: [{ value: "a", text: "甲" }] },
        { id: "b", label: "備註", kind: "text", lines: "one", optional: true },
      ],
      submit: "提問",
    });
    await page.getByRole("button", { name: "提問" }).click();
    await page.getByText("請選擇「代理」。").waitFor();
    await seen();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.getByRole("link", { name: "1 則回覆" }).click();
    await page.getByRole("complementary", { name: "討論串" }).getByText("好").waitFor();
    await seen();
  });

  it("has none on the bot's page, in the DM, when something goes wrong, and when the connection breaks", async () => {
    const page = await stage.open({ locale: "zh-TW" }, "#/home");
    const seen = async () => expect(await english(page)).toEqual([]);
    await page.getByText("Bellhop 還沒有東西可以給你看。").waitFor();
    await seen();
    await page.getByRole("link", { name: "Bellhop" }).click();
    await page.getByText("在這裡，Bellhop 會回答每一則訊息。").waitFor();
    await seen();
    stage.inbox.refuseNext();
    await page.getByRole("textbox").fill("你好");
    await page.keyboard.press("Enter");
    await page.getByText("Bellhop 沒能保存，請稍後再試。").waitFor();
    await seen();
    await page.context().setOffline(true);
    stage.workspace.cut();
    await page.getByText("重新連線中…").waitFor();
    await seen();
  });
});
