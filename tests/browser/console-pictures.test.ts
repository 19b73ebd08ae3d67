import { describe, expect, it } from "vitest";
import { png } from "../world/model/png.ts";
import { findChromium } from "./chromium.ts";
import { log, setConsoleStage } from "./console-stage.ts";

const chromium = findChromium();

describe.skipIf(!chromium)("files that tools gave, in the console", () => {
  const stage = setConsoleStage(chromium);

  it("are shown when they are pictures, and are else to be downloaded", async () => {
    const drawing = "<svg xmlns='http://www.w3.org/2000/svg'><script>document.title='run'</script></svg>";
    await stage.post("Checkout is slow since noon.", {
      lines: [{ id: "1", title: "grafana render panel", state: "done", ms: 800 }],
      footer: "ops · main · 1 tool · 3 s",
      files: [
        { name: "p95 of checkout.png", type: "image/png", bytes: png(320, 180) },
        { name: "plan.svg", type: "image/svg+xml", bytes: Buffer.from(drawing) },
        { name: "slow.csv", type: "text/csv", bytes: Buffer.from("id,ms\n1,1900") },
      ],
    });
    const page = await stage.open({ viewport: { width: 1100, height: 700 } });
    const picture = log(page).getByRole("button", { name: "p95 of checkout.png" });
    const size = () => picture.locator("img").evaluate((one) => [one.naturalWidth, one.naturalHeight]);
    await expect.poll(size).toEqual([320, 180]);
    expect(await log(page).locator(".files img").count()).toBe(1);
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      log(page).getByRole("link", { name: "plan.svg" }).click(),
    ]);
    expect(download.suggestedFilename()).toBe("plan.svg");
    await picture.click();
    await page.getByRole("dialog").locator("img").waitFor();
    expect(await page.title()).not.toBe("run");
  });
});
