import { randomUUID } from "node:crypto";
import express, { type Express } from "express";
import { z } from "zod";
import { type Address, bytesOf, type PersonId, type Post, type PostedFile } from "../chat.ts";
import { type ApiDoor, operator } from "./door.ts";
import { checkAdminKey, createGuard, hasKey, type Keys, keyWanted } from "./guard.ts";
import { HttpError } from "./server.ts";

/** What `POST /api/v1/commands` takes. */
const Order = z.strictObject(
  {
    as: wanted('a person such as "slack:U024BE7LH"', /^(?!bellhop:)[a-z][a-z0-9-]*:\S+$/).optional(),
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

/** `POST /api/v1/commands`: what is answered privately in chat is the response here. */
export function commandsRoom(options: {
  door: ApiDoor;
  keys: Keys;
  /** Whether the settings make the API's own person an admin. */
  isAdmin(): boolean;
  /** The platforms whose channels may be named. */
  platforms(): string[];
}): (app: Express) => void {
  const { door, keys, platforms } = options;

  function addressIn(channel: string): Address {
    const split = channel.indexOf(":");
    const address = { adapter: channel.slice(0, split), channel: channel.slice(split + 1) };
    if (platforms().includes(address.adapter)) return address;
    const known = platforms().join(", ") || "none";
    throw new HttpError(400, "bad_command", `channel: ${address.adapter} is not connected here; there is ${known}.`);
  }

  function send({ as, channel, text }: z.infer<typeof Order>): Promise<Post> {
    const asked = question.exec(text);
    const [, agent, words = ""] = asked ?? [];
    return door.send({
      ...(asked ? { name: "ask", text: words } : { name: "bellhop", text }),
      ...(agent ? { agent } : {}),
      ...(channel ? { address: addressIn(channel) } : {}),
      person: as ? personOf(as) : operator,
      place: randomUUID(),
    });
  }

  /** A request proves nothing of whom it is from. */
  function checkUnproven({ as, channel }: z.infer<typeof Order>): void {
    if (as !== undefined && as !== operator)
      throw keyWanted(`Without a key nobody speaks for anybody but ${operator}.`);
    if (channel !== undefined) throw keyWanted("Without a key nothing is said in channels.");
  }

  return (app) => {
    app.post("/api/v1/commands", createGuard(keys), express.json({ limit: "1mb" }), async (request, response) => {
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
      checkAdminKey(response, options.isAdmin());
      if (!hasKey(response)) checkUnproven(order.data);
      const { text, lines, files, footer } = await send(order.data);
      response.json({
        text,
        ...(lines?.length ? { tools: lines } : {}),
        ...(files?.length ? { files: files.map(toldOf) } : {}),
        ...(footer ? { footer } : {}),
      });
    });
  };
}

/** A file by its name; what is in it is handed out in chat and over MCP. */
function toldOf(file: PostedFile): { name: string; type: string; bytes: number } {
  return { name: file.name, type: file.type, bytes: bytesOf(file).length };
}

function personOf(text: string): PersonId {
  const split = text.indexOf(":");
  return `${text.slice(0, split)}:${text.slice(split + 1)}`;
}
