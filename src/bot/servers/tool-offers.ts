import { randomInt } from "node:crypto";
import type { Author, Post } from "../../chat.ts";
import type { McpServers } from "../../tools/mcp-servers.ts";
import { type HeldTool, openAmong } from "../../tools/pins.ts";
import { asCode } from "../../words/as-code.ts";
import type { Words } from "../../words/words.ts";
import type { Desk } from "../desk/desk.ts";
import { drawDiff } from "./tool-diff.ts";

/** What admins may decide about what was shown to them. */
export type Decision = "accept" | "reject";

/** The buttons under what is held back, and what each decides about it. */
export const toolButtons: Record<string, Decision> = { "tools-accept": "accept", "tools-reject": "reject" };

/** What was shown to admins, and may be accepted or turned down as it was shown; `notice` stands above it where nobody had asked. */
export type Offer = { server: string; tools: { name: string; hash: string }[]; notice?: string };

/** What is held back: a server's tools, or one of them, under the name it was asked for by. */
export type HeldBack = { name: string; server: string; held: HeldTool[] };

/** Shows admins what is held back, and takes their word for it. */
export type ToolOffers = {
  /** What is shown may be decided about by its code, or by a button. `whole`: there is no file that could bring the rest. */
  show(what: HeldBack, words: Words, options: { whole: boolean; notice?: string }): Promise<Post>;
  /** What was shown under a code; undefined when it is not known any more. */
  find(code: string): Promise<Offer | undefined>;
  /** Does what was decided, so far as all is as it was shown; `all` tells whether it is. */
  settle(decision: Decision, offer: Offer, by: Author, words: Words): Promise<{ post: Post; all: boolean }>;
};

const offeredForMs = 7 * 24 * 3_600_000;
/** No name is cut off before its code. */
const longestOrder = 500;
const letters = "abcdefghjkmnpqrstuvwxyz23456789";
const codeLength = 6;

/** Offers over the desk; `trust` is how what was decided is done. */
export function createToolOffers(
  { store, log }: Pick<Desk, "store" | "log">,
  trust: Pick<McpServers, Decision>,
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
      const order = (decision: Decision) => asCode(`tools ${decision} ${name} ${code}`, longestOrder);
      const isOpen = openAmong(held).length > 0;
      const howTo = isOpen ? told.howToReject(order("reject")) : told.rejectedBefore;
      return {
        text: [...(notice ? [notice] : []), text, `${told.howToAccept(order("accept"))}\n${howTo}`].join("\n\n"),
        ...(files ? { files } : {}),
        card: {
          buttons: [
            { id: "tools-accept", value: code, text: told.accept, style: "primary" },
            ...(isOpen ? [{ id: "tools-reject", value: code, text: told.reject }] : []),
          ],
        },
      };
    },
    find: (code) => offers.get<Offer>(code),
    async settle(decision, { server, tools }, by, words) {
      const told = words.tools.decided[decision];
      const done = await trust[decision](server, tools);
      if (done.length > 0) log.info({ server, tools: done, by: by.id }, `tools ${decision}ed`);
      const names = done.map((name) => asCode(name));
      const left = tools.filter(({ name }) => !done.includes(name)).map(({ name }) => asCode(name));
      const lines = [
        ...(names.length > 0 ? [told.done(server, names)] : []),
        ...(left.length > 0 ? [told.changedSince(left)] : []),
      ];
      return { post: { text: lines.join("\n") }, all: left.length === 0 };
    },
  };
}
