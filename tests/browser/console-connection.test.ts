import { describe, expect, it } from "vitest";
import { findChromium } from "./chromium.ts";
import { composer, log, setConsoleStage } from "./console-stage.ts";

const chromium = findChromium();

describe.skipIf(!chromium)("when the connection of the console breaks", () => {
  const stage = setConsoleStage(chromium);

  it("says so, and shows afterwards all that was said meanwhile, once", async () => {
    const page = await stage.open();
    await stage.workspace.say("before");
    await log(page).getByText("before").waitFor();
    await page.context().setOffline(true);
    stage.workspace.cut();
    await page.getByRole("status").getByText("Reconnecting…").waitFor();
    for (const text of ["one", "two", "three"]) await stage.workspace.say(text);
    await page.context().setOffline(false);
    await log(page).getByText("three").waitFor();
    await page.getByRole("status").waitFor({ state: "detached" });
    const shown = await log(page).locator(".markdown").allTextContents();
    expect(shown.map((text) => text.trim())).toEqual(["before", "one", "two", "three"]);
  });

  it("follows a restart of the whole program", async () => {
    await stage.workspace.say("before");
    const page = await stage.open();
    await stage.workspace.restart();
    await stage.workspace.say("after");
    await log(page).getByText("after").waitFor();
    expect(await page.getByRole("article").count()).toBe(2);
  });

  it("keeps what could not be sent, and sends it once when asked to", async () => {
    const page = await stage.open();
    await page.context().setOffline(true);
    await composer(page).fill("are you there?");
    await composer(page).press("Enter");
    const unsent = page.getByRole("alert").filter({ hasText: "are you there?" });
    await unsent.getByText("Bellhop can't be reached. Is it running?").waitFor();
    await page.context().setOffline(false);
    await unsent.getByRole("button", { name: "Try again" }).click();
    await unsent.waitFor({ state: "detached" });
    await log(page).getByText("are you there?").waitFor();
    expect(stage.inbox.heard).toHaveLength(1);
  });

  it("says what the workspace refuses", async () => {
    const page = await stage.open();
    await composer(page).fill("/aks why?");
    await composer(page).press("Enter");
    await page.getByRole("alert").getByText("There is no /aks here. There are /ask,").waitFor();
  });
});
