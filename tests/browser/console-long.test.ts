import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import type { Message, State } from "../../adapters/console/wire.ts";
import { findChromium } from "./chromium.ts";
import { composer, log, setConsoleStage, thread } from "./console-stage.ts";

const chromium = findChromium();
const minute = 60_000;

describe.skipIf(!chromium)("a channel where much was said", () => {
  const stage = setConsoleStage(chromium);

  /** Opens the page on a workspace in which this was said before. */
  async function openWith(said: (Partial<Message> & { ago: number })[]): Promise<Page> {
    const page = await stage.open();
    const now = Date.now();
    const messages = said.map(({ ago, ...message }, n): Message => {
      const at = now - ago;
      const base = { channel: "general", author: "console:tom", text: `message ${n}` } as const;
      return { ...base, id: String(at * 1_000 + (n % 1_000)), at, ...message };
    });
    await page.route("**/console/state?*", async (route) => {
      const response = await route.fetch();
      const state: State = await response.json();
      await route.fulfill({ json: { ...state, messages: [...state.messages, ...messages] } });
    });
    await page.reload();
    await page.getByRole("article").first().waitFor();
    return page;
  }

  it("stays quick with 2,000 messages: few are drawn, more come as one scrolls back, typing never waits", async () => {
    const page = await openWith(
      Array.from({ length: 2_000 }, (_, n) => ({
        ago: (2_000 - n) * minute,
        text:
          n % 3
            ? `message ${n} with some words`
            : `**answer ${n}**\n\n- one\n- two\n\n\`\`\`ts\nconst x = ${n};\n\`\`\``,
      })),
    );
    await log(page).getByText("message 1999").waitFor();
    expect(await page.getByRole("article").count()).toBeLessThan(100);
    const slowest = await composer(page).evaluate(async (field) => {
      const { document, performance, requestAnimationFrame } = field.ownerDocument.defaultView;
      const times: number[] = [];
      for (let n = 0; n < 20; n++) {
        const began = performance.now();
        document.execCommand("insertText", false, "x");
        await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
        times.push(performance.now() - began);
      }
      return times.sort((a, b) => a - b)[18] ?? 0;
    });
    expect(slowest).toBeLessThan(200);

    const shown = () => page.getByRole("article").count();
    const before = await shown();
    const marker = log(page).getByText("message 1951");
    await marker.scrollIntoViewIfNeeded();
    await log(page).evaluate((frame) => frame.scrollTo({ top: 100 }));
    await expect.poll(shown).toBeGreaterThan(before);
    // What was read has not moved away from under the eyes: it is still below, not at the top.
    expect(await log(page).evaluate((frame) => frame.scrollTop)).toBeGreaterThan(300);
    await stage.workspace.say("news", { as: "console:kim" });
    await page.getByRole("button", { name: "1 new message" }).click();
    await log(page).getByText("news").waitFor();
    await expect.poll(shown).toBeLessThan(100);
  });

  it("divides the days, tells times as how long ago, and the moment itself where the pointer rests", async () => {
    const day = 24 * 60 * minute;
    const page = await openWith([
      { ago: 3 * day, text: "long ago" },
      { ago: day, text: "the day before" },
      { ago: 5 * minute, text: "lately", author: "console:kim" },
      { ago: 0, text: "right now", author: "console:ana" },
    ]);
    const days = log(page).locator(".day");
    expect(await days.count()).toBeGreaterThanOrEqual(3);
    await days.getByText("Yesterday", { exact: true }).waitFor();
    await days.getByText("Today", { exact: true }).waitFor();
    const time = (text: string) => page.getByRole("article").filter({ hasText: text }).locator("time").first();
    expect(await time("lately").textContent()).toMatch(/^[45] min ago$/);
    expect(await time("right now").textContent()).toBe("just now");
    expect(await time("the day before").textContent()).toMatch(/^Yesterday \d{1,2}:\d\d$/);
    const year = String(new Date().getFullYear());
    expect(await time("lately").getAttribute("title")).toContain(year);
  });

  it("marks where the new ones begin, and which threads of one's own have new replies", async () => {
    const root = await stage.workspace.say("who knows?");
    const page = await stage.open();
    await log(page).getByText("who knows?").waitFor();
    await page.getByRole("link", { name: "# team" }).click();
    await stage.workspace.say("something new", { as: "console:tom" });
    await stage.workspace.say("I do", { as: "console:tom", thread: root });
    await page.getByRole("link", { name: "# general unread: 2" }).click();
    await log(page).locator(".new-line + article").getByText("something new").waitFor();
    const replies = log(page).getByRole("link", { name: "1 reply" });
    await replies.getByText("new replies").waitFor();
    await replies.click();
    await thread(page).getByText("I do").waitFor();
    await replies.getByText("new replies").waitFor({ state: "detached" });
    await page.getByRole("link", { name: "# general", exact: true }).waitFor();
  });

  it("reads out what others say once it is whole, not every word on the way", async () => {
    const page = await stage.open();
    const heard: string[] = [];
    await page.exposeFunction("heard", (text: string) => heard.push(text));
    await page.locator("[data-announcer]").evaluate((region) => {
      const { MutationObserver, heard } = region.ownerDocument.defaultView;
      const watch = new MutationObserver(() => heard(region.textContent));
      watch.observe(region, { childList: true, characterData: true, subtree: true });
    });
    expect(await page.locator("[data-announcer]").getAttribute("aria-live")).toBe("polite");
    expect(await log(page).getAttribute("aria-live")).toBe("off");
    const draft = stage.workspace.adapter.draft(stage.workspace.channel, stage.newKey(), { person: "console:ana" });
    for (const text of ["It", "It is", "It is no"]) {
      draft.show({ text, lines: [] });
      await log(page).getByText(text, { exact: true }).waitFor();
    }
    await draft.end({ text: "It is noon." });
    await log(page).getByText("It is noon.").waitFor();
    await stage.workspace.say("mine is not read out");
    await stage.workspace.say("thanks", { as: "console:tom" });
    await log(page).getByText("thanks").waitFor();
    await expect.poll(() => heard).toEqual(["Bellhop: It is noon.", "tom: thanks"]);
  });
});
