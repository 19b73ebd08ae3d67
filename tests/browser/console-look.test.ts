import { describe, expect, it } from "vitest";
import { findChromium } from "./chromium.ts";
import { setConsoleStage, thread } from "./console-stage.ts";
import { findFaintText } from "./legibility.ts";

const chromium = findChromium();
const phone = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };

describe.skipIf(!chromium)("how the console looks", () => {
  const stage = setConsoleStage(chromium);

  it("speaks the browser's language, and keeps the theme that was chosen", async () => {
    const page = await stage.open({ locale: "zh-TW", colorScheme: "light" });
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
      const { faint, golden } = await findFaintText(page.locator("#app"));
      expect(faint).toEqual([]);
      if (colorScheme === "light") expect(golden).toEqual([]);
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
});
