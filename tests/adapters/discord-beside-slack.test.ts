import { expect, it } from "vitest";
import { recordingInbox } from "./contract/recording-inbox.ts";

// As in the program, Slack's library is there first: what it brings to send with is then used by the whole process.
await import("../../adapters/slack/slack.ts");
const { openDiscord, ours } = await import("./discord-platform.ts");

it("a file comes to Discord whole where Slack's library was loaded before Discord's", async () => {
  const { discord, general, adapter, close } = await openDiscord(recordingInbox());
  const files = [{ name: "report.md", type: "text/markdown", text: "# Bericht\n\nGrüße, 你好 👋" }];
  const key = { id: "r1", since: Date.now() };
  await adapter.post({ adapter: "discord", channel: general.id }, { text: "Here it is.", files }, key);
  expect(ours(discord, general).flatMap((seen) => seen.files)).toMatchObject([
    { name: "report.md", text: files[0]?.text },
  ]);
  await close();
});
