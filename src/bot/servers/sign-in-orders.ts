import { createHash } from "node:crypto";
import type { Post, Press } from "../../chat.ts";
import { runIdFor } from "../../runs/run.ts";
import { SignInProblem } from "../../tools/oauth/problem.ts";
import type { SignIns } from "../../tools/oauth/sign-ins.ts";
import { asCode } from "../../words/as-code.ts";
import { type Words, wordsOf } from "../../words/words.ts";
import { refusalOfOthers } from "../desk/admins.ts";
import { isAlone } from "../desk/alone.ts";
import { type Desk, languageFor, reply } from "../desk/desk.ts";
import { sayInPrivate } from "../desk/in-private.ts";
import type { PrivateOrder } from "../desk/private-order.ts";

/** Signing in to a server of tools, or out of it. */
export type SignInOrder = { verb: "connect" | "disconnect"; name?: string };

/** Orders to sign in to servers of tools. */
export type SignInOrders = {
  order(from: PrivateOrder, order: SignInOrder): Promise<void>;
  /** A server chosen by a button. */
  press(event: string, press: Press): Promise<void>;
  /** What a text after a mention orders; one about something that is no server is a question. */
  saidIn(text: string): SignInOrder | undefined;
};

/** Buttons under the question which server is meant. */
export const signInButtons: Record<string, SignInOrder["verb"]> = {
  "sign-in-connect": "connect",
  "sign-in-disconnect": "disconnect",
};

const mostButtons = 25;
const verbs: Record<string, SignInOrder["verb"]> = {
  connect: "connect",
  disconnect: "disconnect",
  連接: "connect",
  登入: "connect",
  登出: "disconnect",
};

/** What is ordered by a whole text, as it is typed after `/bellhop`. */
export function signInOrderIn(text: string): SignInOrder | undefined {
  const [, first = "", name] = /^\s*\/?(?:bellhop\s+)?(\S+)(?:\s+(\S+))?\s*$/i.exec(text) ?? [];
  const verb = verbs[first.toLowerCase()];
  return verb && { verb, ...(name === undefined ? {} : { name }) };
}

/** Orders over the desk and the accounts of servers. */
export function createSignInOrders(desk: Desk, signIns: SignIns): SignInOrders {
  const { log, now } = desk;

  async function answer({ event, at, by, whisper }: PrivateOrder, order: SignInOrder): Promise<Post> {
    const language = await languageFor(desk, by.id, at);
    const words = wordsOf(language);
    const no = await refusalOfOthers(desk, { by, whisper, words }, words.oauth.adminsOnly);
    if (no) return no;
    const [names, own] = [signIns.names(), signIns.asItself()];
    const [only] = names;
    const name = order.name ?? (names.length === 1 ? only : undefined);
    if (name !== undefined && own.includes(name)) return { text: words.oauth.asItself[order.verb]([name]) };
    if (only === undefined) return { text: own.length > 0 ? words.oauth.asItself[order.verb](own) : words.oauth.none };
    if (name === undefined) return which(order.verb, names, words);
    if (!names.includes(name)) return { text: words.oauth.unknown(asCode(name), names) };
    if (order.verb === "disconnect") {
      const { had, revoked } = await signIns.leave(name);
      if (had) log.info({ server: name, by: by.id }, "signed out of an mcp server");
      return { text: had ? words.oauth.gone(name, revoked) : words.oauth.notConnected(name) };
    }
    try {
      // Whoever asks from a shell reads the answer alone, and so does whoever asks in a DM.
      const isHere = whisper.at !== undefined || (await isAlone(desk, by.id, at));
      const address = isHere ? at : await desk.adapter(at.adapter)?.direct?.(by.id);
      if (!address) return { text: words.oauth.noDirect };
      const link = words.oauth.link(name, await signIns.begin(name, by.id, language));
      if (isHere) return { text: link };
      const key = { id: runIdFor(`${event}:link`), since: now() };
      const isSent = await sayInPrivate(desk, { address, post: { text: link, language }, key });
      return { text: isSent ? words.oauth.sent : words.oauth.noDirect };
    } catch (error) {
      if (!(error instanceof SignInProblem)) throw error;
      log.warn({ err: error, server: name }, "a sign-in could not be begun");
      return { text: words.oauth.failed(name, words.oauth.trouble[error.trouble](asDetail(error))) };
    }
  }

  function which(verb: SignInOrder["verb"], names: string[], words: Words): Post {
    const id = Object.keys(signInButtons).find((one) => signInButtons[one] === verb) ?? "";
    const buttons = names.slice(0, mostButtons).map((name) => ({ id, text: name, value: short(name) }));
    return { text: words.oauth.which, card: { buttons } };
  }

  function isKnown(name: string): boolean {
    return signIns.names().includes(name) || signIns.asItself().includes(name);
  }

  async function order(from: PrivateOrder, order: SignInOrder): Promise<void> {
    const { event, at, whisper } = from;
    await reply(desk, event, at, { ...(await answer(from, order)), only: whisper });
  }

  return {
    order,
    async press(event, { id, value, address, person, whisper }) {
      const verb = signInButtons[id] ?? "connect";
      const name = signIns.names().find((one) => short(one) === value);
      const meant = { verb, ...(name === undefined ? {} : { name }) };
      await order({ event, at: address, by: person, whisper }, meant);
    },
    saidIn(text) {
      const order = signInOrderIn(text);
      return order && (order.name === undefined || isKnown(order.name)) ? order : undefined;
    },
  };
}

/** A name as a button carries it. */
function short(name: string): string {
  return createHash("sha256").update(name).digest("hex").slice(0, 16);
}

function asDetail({ trouble, detail }: SignInProblem): string {
  return detail && trouble !== "no-address" ? asCode(detail) : detail;
}
