import { createHash } from "node:crypto";
import type { types } from "@slack/bolt";
import { type Address, bytesOf, type PostedFile, type PostKey } from "../../src/chat.ts";
import { refusalOf } from "./refusals.ts";
import { shortened } from "./text.ts";
import type { Wire } from "./wire.ts";

/** A file that Slack has, and nobody sees yet. */
export type Uploaded = { id: string; title: string };

/** Hands files to Slack, and shows them in a place. */
export type Uploads = {
  upload(files: readonly PostedFile[]): Promise<Uploaded[]>;
  /** Shows them together, as one message. */
  share(address: Address, files: Uploaded[], mark: string): Promise<void>;
  /** Are they shown already, though Slack's answer was lost? */
  areShared(files: Uploaded[]): Promise<boolean>;
};

const deadline = 60_000;
const nameLimit = 80;

/** The id of the block by which the message with a post's files is found again. */
export function markOf(key: PostKey): string {
  return `bellhop-files-${createHash("sha256").update(key.id).digest("hex").slice(0, 32)}`;
}

/** Uploads through the Web API, in Slack's three steps. */
export function createUploads(wire: Wire, isSlacks: (url: URL) => boolean): Uploads {
  const { client } = wire;

  async function uploadOne(file: PostedFile): Promise<Uploaded> {
    const given = bytesOf(file);
    // Slack takes no empty file.
    const bytes = given.length > 0 ? given : Buffer.from("\n");
    const filename = shortened(file.name.replace(/[/\\\p{Cc}]/gu, "_") || "file.txt", nameLimit);
    const asked = { filename, length: bytes.length };
    const announced = await wire.call("files.getUploadURLExternal", () => client.files.getUploadURLExternal(asked));
    const { upload_url: url = "", file_id: id = "" } = announced;
    if (!URL.canParse(url) || !isSlacks(new URL(url))) throw new Error("Slack named no address to send the file to.");
    const answer = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/octet-stream" },
      body: bytes,
      redirect: "error",
      signal: AbortSignal.timeout(deadline),
    });
    await answer.body?.cancel();
    if (!answer.ok) throw new Error(`Slack answered ${answer.status} to the file.`);
    return { id, title: filename };
  }

  return {
    async upload(files) {
      const uploaded: Uploaded[] = [];
      for (const file of files) uploaded.push(await uploadOne(file));
      return uploaded;
    },

    async share({ channel, thread }, files, mark) {
      const [first, ...more] = files;
      if (!first) return;
      const names = files.map(({ title }) => title).join(" · ");
      const block: types.RichTextBlock = {
        type: "rich_text",
        block_id: mark,
        elements: [{ type: "rich_text_section", elements: [{ type: "text", text: names }] }],
      };
      const at = thread ? { channel_id: channel, thread_ts: thread } : { channel_id: channel };
      await wire.call("files.completeUploadExternal", () =>
        client.files.completeUploadExternal({ ...at, files: [first, ...more], blocks: [block] }),
      );
    },

    async areShared([first]) {
      if (!first) return true;
      try {
        const { file } = await wire.call("files.info", () => client.files.info({ file: first.id }));
        return [file?.channels, file?.groups, file?.ims].some((places) => places && places.length > 0);
      } catch (error) {
        if (refusalOf(error) === "file_not_found") return false;
        throw error;
      }
    },
  };
}
