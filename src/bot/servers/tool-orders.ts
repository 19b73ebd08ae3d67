import type { Author, Post, Press } from "../../chat.ts";
import type { McpServers } from "../../tools/mcp-servers.ts";
import { openAmong } from "../../tools/pins.ts";
import type { Redact } from "../../watch/redact.ts";
import { asCode } from "../../words/as-code.ts";
import { type Words, wordsOf } from "../../words/words.ts";
import { refusalOfOthers } from "../desk/admins.ts";
import { type Desk, languageAt, reply, wordsFor } from "../desk/desk.ts";
import type { PrivateOrder } from "../desk/private-order.ts";
import { listTools } from "./tool-list.ts";
import { createToolNotices, type ToolNotices } from "./tool-notices.ts";
import { createToolOffers, type Decision, type HeldBack, type Offer, toolButtons } from "./tool-offers.ts";
import type { ToolOrder } from "./tool-order.ts";

/** Orders about servers and their tools, and what admins are told of them. */
export type ToolOrders = ToolNotices & {
  /** Does what was asked; undefined is an order about tools that can't be understood. */
  order(from: PrivateOrder, order: ToolOrder | undefined): Promise<void>;
  /** A button under what is held back. */
  press(event: string, press: Press): Promise<void>;
};

/** How servers are, what is trusted of their tools, and how more of it is. */
export type ToolTrust = Pick<McpServers, "report" | "trusted" | Decision>;

/** Orders over the desk and the servers; `opened` resolves once an adapter is connected. */
export function createToolOrders(
  desk: Desk,
  parts: { trust: ToolTrust; redact: Redact; opened(adapter: string): Promise<void> },
): ToolOrders {
  const { people, log } = desk;
  const { trust } = parts;
  const offers = createToolOffers(desk, trust);

  const list = (words: Words) => listTools(desk.config(), parts, words);

  /** What a name means: a server, or one of its tools; names of both may have dots. */
  function find(name: string): HeldBack | undefined {
    for (const { server, free, held } of trust.trusted()) {
      // What was turned down is looked at again by its own name, or where nothing else is held back.
      if (name === server) return { name, server, held: openAmong(held).length > 0 ? openAmong(held) : held };
      const tool = name.startsWith(`${server}.`) ? name.slice(server.length + 1) : undefined;
      const meant = held.filter(({ is }) => is.name === tool);
      if (meant.length > 0 || free.some((one) => one === tool)) return { name, server, held: meant };
    }
    return undefined;
  }

  /** What is held back under a name, or what is said instead. */
  function heldBack(name: string, words: Words): HeldBack | { said: Post } {
    const found = find(name);
    if (!found) return { said: { text: words.tools.unknown(asCode(name)) } };
    return found.held.length > 0 ? found : { said: { text: words.tools.noneHeld(asCode(name)) } };
  }

  async function diff(name: string | undefined, words: Words, whole: boolean): Promise<Post> {
    if (name !== undefined) {
      const what = heldBack(name, words);
      return "said" in what ? what.said : offers.show(what, words, { whole });
    }
    const open = trust.trusted().map(({ server, held }) => ({ server, held: openAmong(held) }));
    const [only, ...others] = open.filter(({ held }) => held.length > 0);
    return only && others.length === 0 ? offers.show({ ...only, name: only.server }, words, { whole }) : list(words);
  }

  async function decide(
    decision: Decision,
    { name, code }: ToolOrder,
    by: Author,
    words: Words,
    whole: boolean,
  ): Promise<Post> {
    const told = words.tools;
    if (name === undefined) return { text: told.usage };
    const what = heldBack(name, words);
    if ("said" in what) return what.said;
    if (code === undefined) {
      const shown = await offers.show(what, words, { whole });
      return { ...shown, text: `${told.seeFirst[decision]}\n\n${shown.text}` };
    }
    const offer = await offers.find(code.toLowerCase());
    const tools = offer?.server === what.server ? toolsMeant(name, offer) : [];
    if (!offer || tools.length === 0) return { text: told.oldCode(asCode(code)) };
    return (await offers.settle(decision, { ...offer, tools }, by, words)).post;
  }

  /** The notice says who decided, and has no button any more. */
  async function note(decision: Decision, { address, message, person }: Press, notice: string): Promise<void> {
    const language = languageAt(desk, address);
    const text = `${notice}\n${wordsOf(language).tools.decided[decision].by(await people.nameOf(person))}`;
    await desk
      .adapter(address.adapter)
      ?.edit({ address, id: message }, { text, language })
      .catch((error: unknown) => log.warn({ err: error }, "what was decided about tools could not be shown"));
  }

  /** For admins alone; whoever is none is told so. */
  async function answered(
    { event, at, by, whisper }: PrivateOrder,
    answer: (words: Words) => Post | Promise<Post>,
  ): Promise<void> {
    const words = await wordsFor(desk, by.id, at);
    const no = await refusalOfOthers(desk, { by, whisper, words }, words.tools.adminsOnly);
    await reply(desk, event, at, { ...(no ?? (await answer(words))), only: whisper });
  }

  const notices = createToolNotices(desk, {
    trusted: trust.trusted,
    opened: parts.opened,
    draw: (server, held, notice, words) => offers.show({ name: server, server, held }, words, { whole: false, notice }),
  });

  return {
    order(from, order) {
      const { by, whisper } = from;
      // Whoever asks from a shell has no files.
      const whole = whisper.at !== undefined;
      return answered(from, (words) => {
        switch (order?.verb) {
          case "list":
            return list(words);
          case "diff":
            return diff(order.name, words, whole);
          case "accept":
          case "reject":
            return decide(order.verb, order, by, words, whole);
          default:
            return { text: words.tools.usage };
        }
      });
    },
    press(event, press) {
      const { address: at, person: by, whisper, value = "" } = press;
      return answered({ event, at, by, whisper }, async (words) => {
        const [decision, offer] = [toolButtons[press.id], await offers.find(value)];
        if (!decision || !offer) return { text: words.gone };
        const { post, all } = await offers.settle(decision, offer, by, words);
        if (all && offer.notice !== undefined) await note(decision, press, offer.notice);
        return post;
      });
    },
    ...notices,
  };
}

/** Of what was shown, what a name means: all of a server's, or one tool. */
function toolsMeant(name: string, { server, tools }: Offer): Offer["tools"] {
  return tools.filter((one) => name === server || name === `${server}.${one.name}`);
}
