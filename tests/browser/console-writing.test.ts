import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { findChromium } from "./chromium.ts";
import { composer, log, openMenu, picture, setConsoleStage, thread } from "./console-stage.ts";

const chromium = findChromium();

describe.skipIf(!chromium)("writing in the console", () => {
  const stage = setConsoleStage(chromium);

  it("offers commands with their use, and what may follow them", async () => {
    const page = await stage.open();
    await page.keyboard.type("/");
    await page.getByRole("option", { name: "/ask [agent] question — Ask an agent" }).waitFor();
    const { commands } = await stage.workspace.state();
    expect(await page.getByRole("option").count()).toBe(commands.en.length);
    await page.keyboard.type("be");
    await page.keyboard.press("Tab");
    expect(await composer(page).inputValue()).toBe("/bellhop ");
    await page.getByRole("option", { name: "why Why I answered as I did" }).waitFor();
    await page.keyboard.type("stat");
    await page.keyboard.press("Enter");
    expect(await composer(page).inputValue()).toBe("/bellhop status");
    await page.keyboard.press("Enter");
    expect((await stage.inbox.next("command")).command).toMatchObject({ name: "bellhop", text: "status" });
  });

  it("offers them in Chinese, too", async () => {
    const page = await stage.open({ locale: "zh-TW" });
    await page.keyboard.type("/agents");
    await page.getByRole("option", { name: "/agents 這裡有哪些代理" }).waitFor();
  });

  it("offers agents after a mention, with the mention, and within /ask", async () => {
    const page = await stage.open();
    await page.keyboard.type("@bell");
    await page.getByRole("option", { name: "@Bellhop ops:" }).click();
    expect(await composer(page).inputValue()).toBe("@Bellhop ops: ");
    await composer(page).fill("");
    await page.keyboard.type("@Bellhop sc");
    await page.getByRole("option", { name: "scribe" }).waitFor();
    await page.keyboard.press("Enter");
    expect(await composer(page).inputValue()).toBe("@Bellhop scribe: ");
    await composer(page).fill("");
    await page.keyboard.type("/ask ");
    await page.getByRole("option", { name: "ops" }).waitFor();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    expect(await composer(page).inputValue()).toBe("/ask scribe ");
    await page.keyboard.type("and @to");
    await page.getByRole("option", { name: "@tom" }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("option").waitFor({ state: "detached" });
  });

  it("sends what was written whole, though it is offered", async () => {
    const page = await stage.open();
    await page.keyboard.type("@Bellhop help");
    await page.getByRole("option", { name: "help" }).waitFor();
    await page.keyboard.press("Enter");
    expect((await stage.inbox.message("help")).mention).toBe(true);
  });

  it("completes a question that uses a prompt, and sends what was written unless a way was chosen", async () => {
    const page = await stage.open();
    await page.keyboard.type("@Bellhop use library.g");
    await page.getByRole("option", { name: "use library.greet" }).waitFor();
    await page.keyboard.press("Tab");
    await expect.poll(() => composer(page).inputValue()).toBe("@Bellhop use library.greet");
    await page.keyboard.press("Enter");
    await stage.inbox.message("use library.greet");
    // What was asked in the channel has a thread now, and there the bot need not be called.
    await thread(page).getByRole("textbox").pressSequentially("use library.s");
    await page.getByRole("option", { name: "use library.sum service=" }).waitFor();
    await page.keyboard.press("Enter");
    await stage.inbox.message("use library.s");
  });

  it("sends files along: shown before, taken back before, a picture enlarged and a text read after", async () => {
    const page = await stage.open();
    await page.locator("input[type=file]").setInputFiles([
      { name: "latency.png", mimeType: "image/png", buffer: picture },
      { name: "report.md", mimeType: "text/markdown", buffer: Buffer.from("# Report\n\nAll **fine** <b>here</b>.") },
      { name: "secret.txt", mimeType: "text/plain", buffer: Buffer.from("not for you") },
    ]);
    const waiting = page.getByRole("list", { name: "Files to send" });
    await waiting.getByText("secret.txt").waitFor();
    await waiting.getByRole("button", { name: "Remove secret.txt" }).click();
    await composer(page).fill("look at these");
    await expect.poll(() => page.getByRole("button", { name: "Send" }).isEnabled()).toBe(true);
    await composer(page).press("Enter");
    const { files } = await stage.inbox.message("look at these");
    expect(files.map(({ name, type }) => [name, type])).toEqual([
      ["latency.png", "image/png"],
      ["report.md", "text/markdown"],
    ]);
    expect(await waiting.count()).toBe(0);

    await page.getByRole("radio", { name: "tom" }).check({ force: true });
    const image = log(page).getByRole("button", { name: "Picture: latency.png" });
    const drawn = image.locator("img");
    await expect.poll(() => drawn.evaluate((one) => one instanceof Object && Reflect.get(one, "naturalWidth"))).toBe(1);
    await image.click();
    await page.getByRole("dialog", { name: "latency.png" }).getByRole("img", { name: "latency.png" }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await log(page).getByRole("button", { name: "View report.md" }).click();
    const paper = page.getByRole("dialog", { name: "report.md" });
    await paper.locator("strong", { hasText: "fine" }).waitFor();
    await paper.getByText("<b>here</b>").waitFor();
    const download = page.waitForEvent("download");
    await paper.getByRole("link", { name: "Download report.md" }).click();
    expect((await download).suggestedFilename()).toBe("report.md");
  });

  it("takes files that are dropped or pasted, and sends them without a word", async () => {
    const page = await stage.open();
    const given = await page.evaluateHandle(`(() => {
      const data = new DataTransfer();
      data.items.add(new File(["dropped"], "dropped.txt", { type: "text/plain" }));
      return data;
    })()`);
    await log(page).dispatchEvent("dragenter", { dataTransfer: given });
    await page.getByText("Drop files to attach them").waitFor();
    await log(page).dispatchEvent("drop", { dataTransfer: given });
    await page.getByText("Drop files to attach them").waitFor({ state: "detached" });
    await composer(page).evaluate((field) => {
      const { DataTransfer, File, ClipboardEvent } = field.ownerDocument.defaultView;
      const data = new DataTransfer();
      data.items.add(new File(["pasted"], "pasted.txt", { type: "text/plain" }));
      field.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
    });
    const send = page.getByRole("button", { name: "Send" });
    await page.getByRole("button", { name: "Remove pasted.txt" }).waitFor();
    await expect.poll(() => send.isEnabled()).toBe(true);
    await send.click();
    const { message } = await stage.inbox.next("message");
    expect(message.files.map(({ name }) => name)).toEqual(["dropped.txt", "pasted.txt"]);
    expect(
      Buffer.from(await stage.workspace.adapter.read(message.files[0] ?? never(), AbortSignal.timeout(5_000))),
    ).toEqual(Buffer.from("dropped"));
  });

  it("shows how much of a file has gone, and waits with sending until all has", async () => {
    const page = await stage.open();
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    await page.route("**/console/files?*", async (route) => {
      await released;
      await route.continue();
    });
    await page
      .locator("input[type=file]")
      .setInputFiles({ name: "slow.txt", mimeType: "text/plain", buffer: Buffer.from("slow") });
    await page.getByRole("progressbar", { name: /slow\.txt: \d+ % uploaded/ }).waitFor();
    await composer(page).fill("here");
    await composer(page).press("Enter");
    expect(await composer(page).inputValue()).toBe("here");
    expect(await page.getByRole("button", { name: "Send" }).isDisabled()).toBe(true);
    release();
    await page.getByRole("progressbar").waitFor({ state: "detached" });
    await composer(page).press("Enter");
    expect((await stage.inbox.message("here")).files).toHaveLength(1);
  });

  it("says why a file can't be sent: too large, empty, or refused", async () => {
    const page = await stage.open();
    const picker = page.locator("input[type=file]");
    const chip = (name: string) => page.getByRole("listitem").filter({ hasText: name });
    const folder = await mkdtemp(join(tmpdir(), "bellhop-huge-"));
    await writeFile(join(folder, "huge.bin"), Buffer.alloc(30 * 1024 * 1024 + 1));
    await picker.setInputFiles(join(folder, "huge.bin"));
    await chip("huge.bin").getByRole("alert").getByText("It is larger than 30 MB.").waitFor();
    await picker.setInputFiles({ name: "empty.txt", mimeType: "text/plain", buffer: Buffer.alloc(0) });
    await chip("empty.txt").getByRole("alert").getByText("It is empty.").waitFor();
    await page.context().setOffline(true);
    await picker.setInputFiles({ name: "late.txt", mimeType: "text/plain", buffer: Buffer.from("late") });
    await chip("late.txt").getByRole("alert").getByText("Bellhop can't be reached.").waitFor();
    await page.context().setOffline(false);
    for (const name of ["huge.bin", "empty.txt", "late.txt"])
      await page.getByRole("button", { name: `Remove ${name}` }).click();
    expect(await page.getByRole("list", { name: "Files to send" }).count()).toBe(0);
    await rm(folder, { recursive: true });
  });

  it("passes a message on: here, or to another place, with the way back to it", async () => {
    const { id } = await stage.post("The deploy is **done**.");
    const page = await stage.open();
    const article = page.getByRole("article", { name: /^Bellhop/ });
    await openMenu(article);
    await page.getByRole("menuitem", { name: "Quote" }).click();
    await page.getByText("Passing on what Bellhop said").waitFor();
    await page.getByRole("button", { name: "Don't pass it on" }).click();
    await openMenu(article);
    await page.getByRole("menuitem", { name: "Pass on…" }).click();
    await page.getByRole("option", { name: "# team" }).click();
    await page.getByRole("heading", { name: "# team" }).waitFor();
    await page.getByRole("textbox", { name: "Message # team" }).fill("news for us");
    await page.keyboard.press("Enter");
    const { quotes, text, address } = await stage.inbox.message("news for us");
    expect({ text, channel: address.channel }).toEqual({ text: "news for us", channel: "team" });
    expect(quotes?.map(({ author, text }) => [author, text])).toEqual([["Bellhop", "The deploy is **done**."]]);
    const shown = page.getByRole("log").getByRole("blockquote");
    await shown.locator("strong", { hasText: "done" }).waitFor();
    expect(await shown.getByRole("link", { name: "Bellhop" }).getAttribute("href")).toBe("#/general");
    expect(id).not.toBe("");
  });

  it("keeps the files of what could not be said, and says it whole when tried again", async () => {
    const page = await stage.open();
    await page
      .locator("input[type=file]")
      .setInputFiles({ name: "note.txt", mimeType: "text/plain", buffer: Buffer.from("note") });
    await expect.poll(() => page.getByRole("button", { name: "Send" }).isEnabled()).toBe(true);
    await page.context().setOffline(true);
    await page.keyboard.type("with a note");
    await page.keyboard.press("Enter");
    const unsent = page.getByRole("alert").filter({ hasText: "with a note" });
    await unsent.waitFor();
    await page.context().setOffline(false);
    await unsent.getByRole("button", { name: "Try again" }).click();
    expect((await stage.inbox.message("with a note")).files).toHaveLength(1);
  });
});

function never(): never {
  throw new Error("there is no file");
}
