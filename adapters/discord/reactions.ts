import { RESTJSONErrorCodes, RequestMethod, Routes } from "discord.js";
import { LRUCache } from "lru-cache";
import { type Address, DeliveryError } from "../../src/chat.ts";
import type { Connection } from "./connection.ts";
import { codeOf, deliveryError } from "./refusals.ts";

const needs = "I may not react there: my role needs Add Reactions and Read Message History in that Discord channel";
const refusals = new Map<number | string | undefined, string>([
  [RESTJSONErrorCodes.MissingPermissions, needs],
  [RESTJSONErrorCodes.UnknownEmoji, "Discord takes the emoji itself only, such as 👍"],
  [RESTJSONErrorCodes.MaximumNumberOfReactionsReached, "that Discord message has as many reactions as it may have"],
]);

/** So long Discord takes no second reaction in a channel; its library learns that only by sending two. */
const betweenMs = 260;

/** Puts emoji on messages, in each channel one after the other. */
export function createReact(connection: Connection) {
  const turns = new LRUCache<string, Promise<unknown>>({ max: 500 });

  function put(channel: string, message: string, emoji: string): Promise<unknown> {
    const route = Routes.channelMessageOwnReaction(channel, message, encodeURIComponent(emoji));
    const turn = (turns.get(channel) ?? Promise.resolve()).then(() => connection.call(RequestMethod.Put, route));
    const pause = () => new Promise((resolve) => setTimeout(resolve, betweenMs).unref());
    turns.set(channel, turn.then(pause, pause));
    return turn;
  }

  return async ({ channel, thread }: Address, message: string, emoji: string): Promise<void> => {
    // The message that a thread grew from stands in the channel, but for the first of a forum post.
    const there = thread === undefined || thread === message ? channel : thread;
    try {
      await put(there, message, emoji).catch((error: unknown) => {
        const isFirst = thread === message && codeOf(error) === RESTJSONErrorCodes.UnknownMessage;
        if (!isFirst) throw error;
        return put(thread, message, emoji);
      });
    } catch (error) {
      const words = refusals.get(codeOf(error));
      throw words ? new DeliveryError(words, { final: true, cause: error }) : deliveryError(error);
    }
  };
}
