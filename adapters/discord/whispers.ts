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

/** Makes the whispers: through the interaction while Discord keeps it open, else in a direct message. */
export function createWhispers(connection: Connection, now: () => number) {
  /** Commands whose asker still sees "thinking…", by the channel they were given in. */
  const awaiting = new LRUCache<string, string>({ max: 1_000, ttl: lifetime });

  function tokenOf(via: string | undefined): string | undefined {
    const at = via?.indexOf(":") ?? -1;
    if (via === undefined || at === -1) return undefined;
    return timeOfId(via.slice(0, at)) + lifetime - margin > now() ? via.slice(at + 1) : undefined;
  }

  async function follow(via: string, token: string, body: Body): Promise<APIMessage> {
    const { connection: to, request } = { connection, request: requestOf(body) };
    if (awaiting.delete(via)) {
      return to.call(RequestMethod.Patch, Routes.webhookMessage(to.applicationId, token), request);
    }
    return to.call(RequestMethod.Post, Routes.webhook(to.applicationId, token), request);
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
    awaited: (via: string, channel: string) => void awaiting.set(via, channel),

    /** Something public was said there: whoever waited for an answer has it, and "thinking…" goes away. */
    answered(channel: string): void {
      for (const [via, place] of awaiting.entries()) {
        const token = place === channel ? tokenOf(via) : undefined;
        if (token === undefined) continue;
        awaiting.delete(via);
        const route = Routes.webhookMessage(connection.applicationId, token);
        connection.call(RequestMethod.Delete, route, { tokenless: true }).catch(() => {});
        return;
      }
    },

    async say({ person, via }: Whisper, channel: string, bodies: Body[]): Promise<APIMessage> {
      const token = tokenOf(via);
      if (via === undefined || token === undefined) return direct(person, channel, bodies);
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
