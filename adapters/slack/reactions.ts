import { type Address, DeliveryError } from "../../src/chat.ts";
import { emojiName } from "../../src/words/emoji.ts";
import { deliveryError, refusalOf } from "./refusals.ts";
import type { Wire } from "./wire.ts";

/** Puts an emoji on a message. Slack goes by names, those of the workspace's own among them. */
export function createReact(wire: Wire) {
  return async ({ channel }: Address, timestamp: string, emoji: string): Promise<void> => {
    const name = emojiName(emoji) ?? emoji;
    if (!/^[a-z0-9_+'-]+$/.test(name))
      throw new DeliveryError(`I don't know what Slack calls ${emoji}: name it, as in \`tada\`.`, { final: true });
    try {
      await wire.call("reactions.add", () => wire.client.reactions.add({ channel, timestamp, name }));
    } catch (error) {
      if (refusalOf(error) !== "already_reacted") throw deliveryError(error, "react to the message");
    }
  };
}
