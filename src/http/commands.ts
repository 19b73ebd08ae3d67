import { randomUUID } from "node:crypto";
import express, { type Express } from "express";
import { z } from "zod";
import {
  type Address,
  type ChatAdapter,
  DeliveryError,
  type Inbox,
  type PersonId,
  type Post,
  type Posted,
} from "../chat.ts";
import { createGuard } from "./guard.ts";
import { HttpError } from "./server.ts";

/** What `POST /api/v1/commands` takes. */
const Order = z.strictObject(
  {
    as: wanted('a person such as "slack:U024BE7LH"', /^[a-z][a-z0-9-]*:\S+$/).optional(),
    channel: wanted('a channel such as "slack:C0TEAM"', /^[a-z][a-z0-9-]*:\S+$/).optional(),
    text: wanted('a command, for example "ask researcher: what is new?"', /\S/).trim(),
  },
  { error: "wanted an object with text, and at most as and channel" },
);

function wanted(what: string, form: RegExp) {
  return z.string({ error: `wanted ${what}` }).regex(form, `wanted ${what}`);
}

/** A question among commands: whom it is for, if it says so, and what it asks. */
const question = /^ask(?:\s+(?:([\p{L}\p{N}][\p{L}\p{N}._-]*)\s*[:：])?\s*([\s\S]*))?$/iu;

/** A place to command Bellhop from a shell or a program: an adapter whose every channel is one request. */
export type CommandDoor = { adapter: ChatAdapter; room(app: Express): void };

/** The door for commands over HTTP; what is answered privately in chat is the response here. */
export function createCommandDoor(options: {
  apiKey: string | undefined;
  /** The platforms whose channels may be named. */
  platforms(): string[];
  now(): number;
  answerWithinMs?: number;
}): CommandDoor {
  const { apiKey, platforms, now, answerWithinMs = 10 * 60_000 } = options;
  const waiting = new Map<string, (post: Post) => void>();
  let inbox: Inbox | undefined;

  const post = async (address: Address, said: Post): Promise<Posted> => {
    const answer = waiting.get(address.channel);
    if (!answer) throw new DeliveryError("the caller did not wait for the answer", { final: true });
    answer(said);
    return { address, id: address.channel };
  };
  const nobody = async () => undefined;
  const adapter: ChatAdapter = {
    name: "api",
    can: {
      drafts: "none",
      threads: false,
      status: false,
      stopControl: false,
      whispers: true,
      buttons: false,
      slashCommands: true,
      forms: false,
      catchesUp: false,
    },
    async start(to) {
      inbox = to;
    },
    async quiet() {
      inbox = undefined;
    },
    async stop() {
      for (const answer of waiting.values()) answer({ text: "Bellhop is stopping." });
    },
    state: () => ({ state: "connected" }),
    post,
    draft: (address) => ({ show() {}, end: (said) => post(address, said), drop: nobody }),
    edit: async (posted, said) => void (await post(posted.address, said)),
    history: async () => [],
    who: nobody,
    canRead: async () => false,
    read: () => Promise.reject(new Error("commands bring no files")),
  };

  async function command(order: z.infer<typeof Order>): Promise<Post> {
    if (!inbox) throw new HttpError(503, "stopping", "Bellhop is not taking commands right now.");
    const id = randomUUID();
    const own: Address = { adapter: "api", channel: id };
    const person = (order.as ?? "api:operator") as PersonId;
    const split = order.channel?.indexOf(":") ?? -1;
    const address = order.channel
      ? { adapter: order.channel.slice(0, split), channel: order.channel.slice(split + 1) }
      : own;
    if (order.channel && !platforms().includes(address.adapter)) {
      const known = platforms().join(", ") || "none";
      throw new HttpError(400, "bad_command", `channel: ${address.adapter} is not connected here; there is ${known}.`);
    }
    const asked = question.exec(order.text);
    const [, agent, words = ""] = asked ?? [];
    const answered = new Promise<Post>((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new HttpError(504, "late", "There was no answer in time.")),
        answerWithinMs,
      );
      waiting.set(id, (said) => {
        clearTimeout(timer);
        resolve(said);
      });
    });
    answered.catch(() => {});
    try {
      await inbox.hear({
        key: `api:${id}`,
        kind: "command",
        command: {
          name: asked ? "ask" : "bellhop",
          text: asked ? words : order.text,
          ...(agent ? { agent } : {}),
          address,
          person: { id: person, name: person.slice(person.indexOf(":") + 1), bot: false },
          whisper: { person, at: own },
          at: now(),
        },
      });
      return await answered;
    } finally {
      waiting.delete(id);
    }
  }

  return {
    adapter,
    room(app) {
      app.post("/api/v1/commands", createGuard(apiKey), express.json({ limit: "1mb" }), async (request, response) => {
        // Other types are not read; and a form on a foreign page could send them without asking first.
        if (!request.is("application/json")) throw new HttpError(415, "not_json", "Send the body as application/json.");
        const order = Order.safeParse(request.body);
        if (!order.success) {
          const { path, message } = order.error.issues[0] ?? { path: [], message: "" };
          throw new HttpError(
            400,
            "bad_command",
            `${path.join(".") || "The body"}: ${message}. A command looks like { "text": "ask researcher: what is new?" }.`,
          );
        }
        const { text, lines, footer } = await command(order.data);
        response.json({ text, ...(lines?.length ? { tools: lines } : {}), ...(footer ? { footer } : {}) });
      });
    },
  };
}
