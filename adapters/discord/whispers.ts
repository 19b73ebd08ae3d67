import { setTimeout as sleep } from "node:timers/promises";
import { type APIMessage, MessageFlags, RequestMethod, Routes } from "discord.js";
import { LRUCache } from "lru-cache";
import { DeliveryError, type Whisper } from "../../src/chat.ts";
import type { Connection } from "./connection.ts";
import type { FirstAnswer } from "./first-answer.ts";
import { codeOf } from "./refusals.ts";
import { type Body, longest, requestOf } from "./render.ts";
import { timeOfId } from "./time.ts";

/** Says something to one person only. */
export type Whispers = ReturnType<typeof createWhispers>;

const lifetime = 15 * 60_000;
/** Leaves time for the request itself. */
const margin = 5_000;
/** How long private words may come behind public ones and still be taken for the answer. */
const grace = 2_000;
const tooLate = "it is too late to show a form for that on Discord: please try it again";

/** The way to answer somebody privately who gave a command or pressed a button. */
export function whisperVia(interaction: string, token: string): string {
  return `${interaction}:${token}`;
}

/**
 * An interaction that can be answered. `thinking`: its asker is shown "thinking…" until something is said, there or (with
 * `below`) in a thread of the channel.
 */
type Opening = {
  channel: string;
  thinking: boolean;
  acknowledged: Promise<boolean>;
  below?: boolean;
  first?: FirstAnswer;
};
/** How a message that only one person sees can be changed. */
type Hold = { via: string; message: string };

/** Makes the whispers: through the interaction while Discord keeps it open, else in a direct message. */
export function createWhispers(connection: Connection, now: () => number) {
  const openings = new LRUCache<string, Opening>({ max: 1_000, ttl: lifetime });
  const holds = new LRUCache<string, Hold>({ max: 1_000, ttl: lifetime });

  /** The token to answer by; undefined when Discord takes no answer to it any more. */
  async function tokenOf(via: string | undefined): Promise<string | undefined> {
    const at = via?.indexOf(":") ?? -1;
    if (via === undefined || at === -1) return undefined;
    // The bot may answer faster than the acknowledgement travels, and Discord wants that one first, within three seconds.
    const opening = openings.get(via);
    opening?.first?.hurry();
    if (opening && !(await Promise.race([opening.acknowledged, sleep(3_000, false, { ref: false })]))) return undefined;
    return timeOfId(via.slice(0, at)) + lifetime - margin > now() ? via.slice(at + 1) : undefined;
  }

  const withToken = (method: RequestMethod, token: string, message?: string, body?: Body): Promise<APIMessage> => {
    const { applicationId } = connection;
    const route = message ? Routes.webhookMessage(applicationId, token, message) : Routes.webhook(applicationId, token);
    const request = body && requestOf(body, { flags: body.flags | MessageFlags.Ephemeral });
    return connection.call(method, route, { ...request, tokenless: true });
  };

  /** The first answer to a command stands where "thinking…" stood. */
  async function follow(via: string, token: string, body: Body): Promise<APIMessage> {
    const opening = openings.get(via);
    const thinking = opening?.thinking ?? false;
    if (opening) opening.thinking = false;
    const sent = thinking
      ? await withToken(RequestMethod.Patch, token, "@original", body)
      : await withToken(RequestMethod.Post, token, undefined, body);
    holds.set(sent.id, { via, message: sent.id });
    return sent;
  }

  async function direct(person: string, channel: string, bodies: Body[], nonce: string): Promise<APIMessage> {
    const body = { recipient_id: person.replace(/^discord:/, "") };
    const dm = await connection.call<{ id: string }>(RequestMethod.Post, Routes.userChannels(), { body });
    let first: APIMessage | undefined;
    for (const [n, each] of (channel === dm.id ? bodies : linkedTo(channel, bodies)).entries()) {
      const request = requestOf(each, { nonce: `${nonce}.d${n}`, enforce_nonce: true });
      const sent = await connection.call<APIMessage>(RequestMethod.Post, Routes.channelMessages(dm.id), request);
      first ??= sent;
    }
    if (!first) throw new Error("there is nothing to say");
    return first;
  }

  async function endThinking(via: string, opening: Opening): Promise<void> {
    const token = await tokenOf(via);
    if (!opening.thinking || token === undefined) return;
    opening.thinking = false;
    // At worst "thinking…" stays until Discord gives it up.
    await withToken(RequestMethod.Delete, token, "@original").catch(() => {});
  }

  return {
    /** An interaction came that can be answered once it is acknowledged. */
    opened: (via: string, opening: Opening) => void openings.set(via, opening),

    isOpen: (via: string) => openings.has(via),

    /** Somebody pressed a button under a message that only they see: through that press it can be changed. */
    held: (message: string, via: string) => void holds.set(message, { via, message: "@original" }),

    /** Something public was said there: whoever waited for an answer has it, and "thinking…" goes away. */
    answered(channel: string, parent: string): void {
      const isThere = ({ channel: there, below }: Opening) => there === channel || (below === true && there === parent);
      const waiting = [...openings.entries()].find(([, opening]) => opening.thinking && isThere(opening));
      // Private words may follow the public ones at once; they take the place of "thinking…" then.
      if (waiting) setTimeout(() => void endThinking(...waiting), grace).unref();
    },

    /** Shows a form as the first answer to an interaction. */
    async open({ via }: Whisper, modal: unknown): Promise<void> {
      const opening = via === undefined ? undefined : openings.get(via);
      const shown = opening?.first?.form(modal);
      if (!opening || !shown) throw new DeliveryError(tooLate, { final: true });
      await shown;
      opening.thinking = false;
    },

    /** `nonce` tells Discord which direct messages are the same one. */
    async say({ person, via }: Whisper, channel: string, bodies: Body[], nonce: string): Promise<APIMessage> {
      const token = await tokenOf(via);
      if (via === undefined || token === undefined) return direct(person, channel, bodies, nonce);
      let first: APIMessage | undefined;
      for (const body of bodies) {
        try {
          const sent = await follow(via, token, body);
          first ??= sent;
        } catch (error) {
          if (first || codeOf(error) === undefined) throw error;
          return direct(person, channel, bodies, nonce);
        }
      }
      return first ?? direct(person, channel, bodies, nonce);
    },

    /** Changes a message that only one person sees; resolves with false when it is none, or out of reach. */
    async change(message: string, [first, ...more]: Body[]): Promise<boolean> {
      const hold = holds.get(message);
      const token = await tokenOf(hold?.via);
      if (!hold || token === undefined || !first) return false;
      await withToken(RequestMethod.Patch, token, hold.message, first);
      for (const body of more) await follow(hold.via, token, body);
      return true;
    },
  };
}

/** Begins with where it belongs to, as Discord links it: the person may not have that channel open. */
function linkedTo(channel: string, [first, ...more]: Body[]): Body[] {
  if (!first) return [];
  const link = `-# <#${channel}>`;
  const content = `${link}\n${first.content}`;
  if (content.length <= longest) return [{ ...first, content }, ...more];
  const { files: _, ...alone } = first;
  return [{ ...alone, content: link, components: [] }, first, ...more];
}
