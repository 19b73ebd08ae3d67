import { randomInt } from "node:crypto";
import type { Author, Post } from "../../chat.ts";
import type { McpServers } from "../../tools/mcp-servers.ts";
import type { HeldTool } from "../../tools/pins.ts";
import { asCode } from "../../words/as-code.ts";
import type { Words } from "../../words/words.ts";
import type { Desk } from "../desk/desk.ts";
import { drawDiff } from "./tool-diff.ts";

/** The button that accepts what stands above it. */
export const acceptButton = "tools-accept";

/** What was shown to admins, and may be accepted as it was shown; `notice` stands above it where nobody had asked. */
export type Offer = { server: string; tools: { name: string; hash: string }[]; notice?: string };

/** What is held back: a server's tools, or one of them, under the name it was asked for by. */
export type HeldBack = { name: string; server: string; held: HeldTool[] };

/** Shows admins what is held back, and takes their word for it. */
export type ToolOffers = {
  /** What is shown may be accepted by its code, or by the button. `whole`: there is no file that could bring the rest. */
  show(what: HeldBack, words: Words, options: { whole: boolean; notice?: string }): Promise<Post>;
  /** What was shown under a code; undefined when it is not known any more. */
  find(code: string): Promise<Offer | undefined>;
  /** Accepts it, so far as it is as it was shown; `all` tells whether all of it is. */
  take(offer: Offer, by: Author, words: Words): Promise<{ post: Post; all: boolean }>;
};

const offeredForMs = 7 * 24 * 3_600_000;
/** No name is cut off before its code. */
const longestOrder = 500;
const letters = "abcdefghjkmnpqrstuvwxyz23456789";
const codeLength = 6;

/** Offers over the desk; `accept` is how tools are trusted. */
export function createToolOffers(
  { store, log }: Pick<Desk, "store" | "log">,
  accept: McpServers["accept"],
): ToolOffers {
  const offers = store.kv("tool-offers");
  return {
    async show({ name, server, held }, words, options) {
      const told = words.tools;
      const { notice } = options;
      const { text, files } = drawDiff(server, held, words, options);
      const code = Array.from({ length: codeLength }, () => letters[randomInt(letters.length)]).join("");
      const tools = held.map(({ is, hash }) => ({ name: is.name, hash }));
      const offer: Offer = { server, tools, ...(notice ? { notice } : {}) };
      await offers.set(code, offer, offeredForMs);
      const howTo = told.howToAccept(asCode(`tools accept ${name} ${code}`, longestOrder));
      return {
        text: [...(notice ? [notice] : []), text, howTo].join("\n\n"),
        ...(files ? { files } : {}),
        card: { buttons: [{ id: acceptButton, value: code, text: told.accept, style: "primary" }] },
      };
    },
    find: (code) => offers.get<Offer>(code),
    async take({ server, tools }, by, words) {
      const told = words.tools;
      const accepted = await accept(server, tools);
      if (accepted.length > 0) log.info({ server, tools: accepted, by: by.id }, "tools accepted");
      const names = accepted.map((name) => asCode(name));
      const left = tools.filter(({ name }) => !accepted.includes(name)).map(({ name }) => asCode(name));
      const lines = [
        ...(names.length > 0 ? [told.accepted(server, names)] : []),
        ...(left.length > 0 ? [told.changedSince(left)] : []),
      ];
      return { post: { text: lines.join("\n") }, all: left.length === 0 };
    },
  };
}
