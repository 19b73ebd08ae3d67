import type { IncomingMessage, ServerResponse } from "node:http";
import type { z } from "zod";
import type { ChatEvent, Inbox, PersonId } from "../../src/chat.ts";
import type { Logger } from "../../src/watch/log.ts";
import type { AboutPeople } from "./about-people.ts";
import type { FileShelf } from "./file-shelf.ts";
import type { Keeping } from "./keeping.ts";
import { Refusal, readBody, readQuery } from "./requests.ts";
import { type Message, sees } from "./wire.ts";
import type { Workspace } from "./workspace.ts";

/** What requests are answered from. `inbox` is there while the bot listens. */
export type AskingParts = {
  workspace: Workspace;
  about: AboutPeople;
  shelf: FileShelf;
  keeping: Keeping;
  now: () => number;
  log: Logger;
  inbox(): Inbox | undefined;
};

/** Answers a request. Contract: rejects with `Refusal` for what the person is to be told. */
export type Answering = (request: IncomingMessage, response: ServerResponse, url: URL) => Promise<void>;

type Asked = { as: PersonId };

/** What every request of a person needs to know: whether the bot listens, who asks, what they may see. */
export class Asking {
  readonly parts: AskingParts;

  constructor(parts: AskingParts) {
    this.parts = parts;
  }

  listening(): Inbox {
    const inbox = this.parts.inbox();
    if (!inbox) throw new Refusal(503, "not_listening", "Bellhop is not listening right now. Try again in a moment.");
    return inbox;
  }

  /** What somebody here asks for in a body, while the bot listens. */
  async body<One extends Asked>(request: IncomingMessage, shape: z.ZodType<One>): Promise<One> {
    this.listening();
    return this.#known(await readBody(request, shape));
  }

  /** What somebody here asks for in a query. */
  query<One extends Asked>(url: URL, shape: z.ZodType<One>): One {
    return this.#known(readQuery(url, shape));
  }

  #known<One extends Asked>(asked: One): One {
    const { people } = this.parts.workspace;
    if (people.some(({ id }) => id === asked.as)) return asked;
    const names = people.map(({ id }) => id).join(", ");
    throw new Refusal(400, "unknown_person", `There is nobody called ${asked.as} here. There are ${names}.`);
  }

  /** Contract: resolves once the event is journalled; the person is told when it could not be. */
  async hear(event: ChatEvent): Promise<void> {
    try {
      await this.listening().hear(event);
    } catch (error) {
      if (error instanceof Refusal) throw error;
      this.#notKept(error, "a message could not be journalled");
    }
  }

  /** Resolves once the message is kept as it is now; the person is told when it could not be. */
  async kept(id: string): Promise<void> {
    try {
      await this.parts.keeping.save(id);
    } catch (error) {
      this.#notKept(error, "a message could not be kept");
    }
  }

  #notKept(error: unknown, what: string): never {
    this.parts.log.error({ err: error }, what);
    throw new Refusal(503, "not_kept", "Bellhop could not keep this. Try again in a moment.");
  }

  /** A place that a person may talk in. */
  place(as: PersonId, channel: string, thread: string | undefined): void {
    const { workspace } = this.parts;
    if (!workspace.canRead(as, channel)) {
      const open = workspace.channels.filter(({ id }) => workspace.canRead(as, id)).map(({ id }) => id);
      throw new Refusal(400, "not_here", `${as} can't talk in ${channel}, but in ${open.join(", ")}.`);
    }
    if (!workspace.isPlace(channel, thread))
      throw new Refusal(400, "no_such_thread", `There is no thread ${thread} in ${channel}.`);
  }

  /** The message a person asks for, provided that they see it. */
  found(id: string, as: PersonId): Message {
    const { workspace } = this.parts;
    const message = workspace.entry(id)?.message;
    if (!message || !workspace.canRead(as, message.channel) || !sees(as, message))
      throw new Refusal(404, "no_such_message", "This message is no longer there.");
    return message;
  }

  /** The message a person asks for, provided that it is theirs. */
  own(id: string, as: PersonId): Message {
    const message = this.found(id, as);
    if (message.author !== as) throw new Refusal(403, "not_yours", "Only the author can do this.");
    return message;
  }
}
