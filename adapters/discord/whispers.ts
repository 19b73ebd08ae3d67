import { setTimeout as sleep } from "node:timers/promises";
import { type APIMessage, MessageFlags, RequestMethod, Routes } from "discord.js";
import { LRUCache } from "lru-cache";
import type { Whisper } from "../../src/chat.ts";
import type { Connection } from "./connection.ts";
import { codeOf } from "./refusals.ts";
import type { Body } from "./render.ts";
import { timeOfId } from "./time.ts";

/** Says something to one person only. */
export type Whispers = ReturnType<typeof createWhispers>;

const lifetime = 15 * 60_000;
/** Leaves time for the request itself. */
const margin = 5_000;

/** The way to answer somebody privately who gave a command or pressed a button. */
export function whisperVia(interaction: string, token: string): string {
  return `${interaction}:${token}`;
}

/** An interaction that can be answered. `thinking`: its asker is shown "thinking…" until something is said. */
type Opening = { channel: string; thinking: boolean; acknowledged: Promise<boolean> };

/** Makes the whispers: through the interaction while Discord keeps it open, else in a direct message. */
export function createWhispers(connection: Connection, now: () => number) {
  const openings = new LRUCache<string, Opening>({ max: 1_000, ttl: lifetime });

  /** The token to answer by; undefined when Discord takes no answer to it any more. */
  async function tokenOf(via: string | undefined): Promise<string | undefined> {
    const at = via?.indexOf(":") ?? -1;
    if (via === undefined || at === -1) return undefined;
    // The bot may answer faster than the acknowledgement travels, and Discord wants that one first, within three seconds.
    const opening = openings.get(via);
    if (opening && !(await Promise.race([opening.acknowledged, sleep(3_000, false, { ref: false })]))) return undefined;
    return timeOfId(via.slice(0, at)) + lifetime - margin > now() ? via.slice(at + 1) : undefined;
  }

  function follow(via: string | undefined, token: string, body: Body): Promise<APIMessage> {
    const opening = via === undefined ? undefined : openings.get(via);
    const request = requestOf(body);
    if (!opening?.thinking) {
      return connection.call(RequestMethod.Post, Routes.webhook(connection.applicationId, token), request);
    }
    opening.thinking = false;
    return connection.call(RequestMethod.Patch, Routes.webhookMessage(connection.applicationId, token), request);
  }

  async function direct(person: string, channel: string, bodies: Body[]): Promise<APIMessage> {
    const recipient_id = person.replace(/^discord:/, "");
    const dm = await connection.call<{ id: string }>(RequestMethod.Post, Routes.userChannels(), {
      body: { recipient_id },
    });
    let first: APIMessage | undefined;
    for (const [n, body] of bodies.entries()) {
      // Where it belongs to, as Discord links it: the person may not have that channel open.
      const content = n === 0 && channel !== dm.id ? `-# <#${channel}>\n${body.content}` : body.content;
      const { file, ...message } = { ...body, content: content.slice(0, 2_000) };
      const files = file === undefined ? {} : { files: [fileOf(file)] };
      const sent = await connection.call<APIMessage>(RequestMethod.Post, Routes.channelMessages(dm.id), {
        body: message,
        ...files,
      });
      first ??= sent;
    }
    if (!first) throw new Error("nothing to say");
    return first;
  }

  return {
    /** An interaction came that can be answered once it is acknowledged. */
    opened: (via: string, opening: Opening) => void openings.set(via, opening),

    /** Something public was said there: whoever waited for an answer has it, and "thinking…" goes away. */
    answered(channel: string): void {
      for (const [via, opening] of openings.entries()) {
        if (opening.channel !== channel || !opening.thinking) continue;
        opening.thinking = false;
        void tokenOf(via).then(async (token) => {
          if (token === undefined) return;
          const route = Routes.webhookMessage(connection.applicationId, token);
          await connection.call(RequestMethod.Delete, route, { tokenless: true }).catch(() => {});
        });
        return;
      }
    },

    async say({ person, via }: Whisper, channel: string, bodies: Body[]): Promise<APIMessage> {
      const token = await tokenOf(via);
      if (token === undefined) return direct(person, channel, bodies);
      let first: APIMessage | undefined;
      for (const body of bodies) {
        try {
          const sent = await follow(via, token, body);
          first ??= sent;
        } catch (error) {
          if (first || codeOf(error) === undefined) throw error;
          return direct(person, channel, bodies);
        }
      }
      return first ?? direct(person, channel, bodies);
    },
  };
}

function requestOf({ file, ...body }: Body) {
  return {
    body: { ...body, flags: body.flags | MessageFlags.Ephemeral },
    tokenless: true,
    ...(file !== undefined && { files: [fileOf(file)] }),
  };
}

/** What did not fit into messages, as a file. */
export function fileOf(text: string): { name: string; data: Buffer; contentType: string } {
  return { name: "answer.md", data: Buffer.from(text), contentType: "text/markdown" };
}
