import type { types } from "@slack/bolt";
import { LRUCache } from "lru-cache";
import { type Address, DeliveryError, type PersonId, type Post, type Prompt } from "../../src/chat.ts";
import { bodyOf, tailOf } from "./blocks.ts";
import { packKept } from "./forms.ts";
import { addressOf, userOf } from "./messages.ts";
import { mrkdwnBlocks } from "./mrkdwn.ts";
import { deliveryError } from "./refusals.ts";
import { shortened } from "./text.ts";
import type { Wire } from "./wire.ts";

/** The bot's own pages: its home, and the ways to begin that it offers in a DM. */
export type Home = {
  /** Somebody looked: their DM with the bot is this one. */
  met(user: string, direct: Address): void;
  publish(person: PersonId, page: Post): Promise<void>;
  prompt(address: Address, prompts: Prompt[]): Promise<void>;
};

const mostBlocks = 100;
const mostPrompts = 4;
const titleLimit = 75;

/** Draws the bot's pages through the Web API. */
export function createHome(wire: Wire): Home {
  const { client } = wire;
  const directs = new LRUCache<string, string>({ max: 5_000 });

  return {
    met(user, { channel }) {
      directs.set(user, channel);
    },

    async publish(person, page) {
      const user = userOf(person);
      if (!user) throw new DeliveryError(`Slack has no person ${person}.`, { final: true });
      const direct = directs.get(user);
      const view: types.HomeView = {
        type: "home",
        private_metadata: packKept(direct ? { at: addressOf(direct) } : {}),
        blocks: pageBlocks(page),
      };
      try {
        await wire.call("views.publish", () => client.views.publish({ user_id: user, view }));
      } catch (error) {
        throw deliveryError(error, "show the page");
      }
    },

    async prompt({ channel, thread }, prompts) {
      const offered = prompts.filter(({ title, text }) => title && text).slice(0, mostPrompts);
      const [first, ...more] = offered.map(({ title, text }) => ({
        title: shortened(title, titleLimit),
        message: text,
      }));
      if (!first) return;
      const at = { channel_id: channel, ...(thread && { thread_ts: thread }) };
      try {
        await wire.call("assistant.threads.setSuggestedPrompts", () =>
          client.assistant.threads.setSuggestedPrompts({ ...at, prompts: [first, ...more] }),
        );
      } catch (error) {
        throw deliveryError(error, "offer ways to begin");
      }
    },
  };
}

/** What is too much for the page is left out at the end of its words, never the buttons. */
function pageBlocks(page: Post): types.KnownBlock[] {
  const tail = tailOf(page);
  const body = mrkdwnBlocks(bodyOf(page));
  const room = mostBlocks - tail.length;
  const blocks = [...(body.length > room ? [...body.slice(0, room - 1), moreBlock] : body), ...tail];
  return blocks.length > 0 ? blocks : [moreBlock];
}

const moreBlock: types.KnownBlock = { type: "context", elements: [{ type: "plain_text", text: "…" }] };
