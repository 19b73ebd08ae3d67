import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { z } from "zod";
import type { Address, ChatEvent, Inbox, PersonId, Route } from "../../src/chat.ts";
import type { Logger } from "../../src/watch/log.ts";
import { cursorOf, tellChanges } from "./events.ts";
import { addressOf, authorOf, commandIn, toChatMessage } from "./hear.ts";
import type { Keeping } from "./keeping.ts";
import { sendPage } from "./page.ts";
import { answer, Editing, Pressing, Refusal, Removing, readBody, refuse, refuseStrangers, Saying } from "./requests.ts";
import { type Message, type State, sees } from "./wire.ts";
import type { Workspace } from "./workspace.ts";

/** The slash commands that can be typed. */
const commands = ["ask", "agents", "bellhop"];

/** What the routes work with. `inbox` is there while the bot listens. */
export type RouteParts = {
  workspace: Workspace;
  keeping: Keeping;
  webRoot: string;
  heartbeatMs: number;
  now: () => number;
  log: Logger;
  inbox(): Inbox | undefined;
};

type Answering = (request: IncomingMessage, response: ServerResponse, url: URL) => Promise<void>;

/** The console over HTTP. `stop` ends the event streams that are open. */
export function createRoutes(parts: RouteParts): { list: Route[]; stop(): void } {
  const { workspace, keeping, log } = parts;
  const readers = new Set<ServerResponse>();

  function listening(): Inbox {
    const inbox = parts.inbox();
    if (!inbox) throw new Refusal(503, "not_listening", "Bellhop is not listening right now. Try again in a moment.");
    return inbox;
  }
  /** What somebody here asks for, while the bot listens. */
  async function asked<Asked extends { as: PersonId }>(
    request: IncomingMessage,
    shape: z.ZodType<Asked>,
  ): Promise<Asked> {
    listening();
    const body = await readBody(request, shape);
    if (workspace.people.some(({ id }) => id === body.as)) return body;
    const names = workspace.people.map(({ id }) => id).join(", ");
    throw new Refusal(400, "unknown_person", `There is nobody called ${body.as} here. There are ${names}.`);
  }
  /** Contract: resolves once the event is journalled; the person is told when it could not be. */
  async function hear(event: ChatEvent): Promise<void> {
    try {
      await listening().hear(event);
    } catch (error) {
      if (error instanceof Refusal) throw error;
      log.error({ err: error }, "a message could not be journalled");
      throw new Refusal(503, "not_kept", "Bellhop could not keep this. Try again in a moment.");
    }
  }
  async function kept(id: string): Promise<void> {
    try {
      await keeping.save(id);
    } catch (error) {
      log.error({ err: error }, "a message could not be kept");
      throw new Refusal(503, "not_kept", "Bellhop could not keep this. Try again in a moment.");
    }
  }

  /** The message a person asks for, provided that they see it. */
  function found(id: string, as: PersonId): Message {
    const message = workspace.entry(id)?.message;
    if (!message || !workspace.canRead(as, message.channel) || !sees(as, message))
      throw new Refusal(404, "no_such_message", "This message is no longer there.");
    return message;
  }
  function own(id: string, as: PersonId): Message {
    const message = found(id, as);
    if (message.author !== as) throw new Refusal(403, "not_yours", "Only the author can do this.");
    return message;
  }

  const say: Answering = async (request, response) => {
    const { channel, thread, as, text, key } = await asked(request, Saying);
    if (!workspace.canRead(as, channel)) {
      const open = workspace.channels.filter(({ id }) => workspace.canRead(as, id)).map(({ id }) => id);
      throw new Refusal(400, "not_here", `${as} can't talk in ${channel}, but in ${open.join(", ")}.`);
    }
    if (!workspace.isPlace(channel, thread))
      throw new Refusal(400, "no_such_thread", `There is no thread ${thread} in ${channel}.`);
    const command = commandIn(text);
    if (command) return give(response, command, { adapter: "console", channel, ...(thread && { thread }) }, as, key);

    // The message is there at once for all to see, and is taken back when it could not be kept and journalled.
    const before = key && workspace.withKey(`said:${as}:${key}`);
    const message =
      before || workspace.add({ channel, ...(thread && { thread }), author: as, text }, key && `said:${as}:${key}`);
    try {
      await kept(message.id);
      await hear({ key: keyOf(message), kind: "message", message: toChatMessage(workspace, message) });
    } catch (error) {
      workspace.remove(message.id);
      await keeping.save(message.id).catch(() => {});
      throw error;
    }
    answer(response, before ? 200 : 201, { id: message.id, message });
  };

  async function give(
    response: ServerResponse,
    { name, text }: { name: string; text: string },
    address: Address,
    as: PersonId,
    key: string = randomUUID(),
  ): Promise<void> {
    if (!commands.includes(name))
      throw new Refusal(400, "no_such_command", `There is no /${name} here. There are /${commands.join(", /")}.`);
    const person = authorOf(workspace, as);
    const at = parts.now();
    await hear({
      key: `console:command:${as}:${key}`,
      kind: "command",
      command: { name, text, address, person, whisper: { person: as }, at },
    });
    answer(response, 202, { command: name });
  }

  const press: Answering = async (request, response) => {
    const { message: id, button: name, value, as, key = randomUUID() } = await asked(request, Pressing);
    const message = found(id, as);
    const button = message.card?.buttons?.find(
      (button) => button.id === name && (value === undefined || button.value === value),
    );
    if (!button) throw new Refusal(409, "no_such_button", "This button is no longer there.");
    await hear({
      key: `console:press:${as}:${key}`,
      kind: "press",
      press: {
        id: button.id,
        ...(button.value !== undefined && { value: button.value }),
        address: addressOf(message),
        message: id,
        person: authorOf(workspace, as),
        whisper: { person: as },
        at: parts.now(),
      },
    });
    answer(response, 202, { pressed: button.id });
  };

  const edit: Answering = async (request, response) => {
    const { message: id, as, text } = await asked(request, Editing);
    own(id, as);
    const message = workspace.change(id, { text }, true);
    if (!message) throw new Refusal(404, "no_such_message", "This message is no longer there.");
    await kept(id);
    await hear({
      key: `${keyOf(message)}:edited:${randomUUID()}`,
      kind: "edited",
      message: toChatMessage(workspace, message),
    });
    answer(response, 200, { id, message });
  };

  const remove: Answering = async (request, response) => {
    const { message: id, as } = await asked(request, Removing);
    const message = own(id, as);
    workspace.remove(id);
    await kept(id);
    await hear({
      key: `${keyOf(message)}:deleted`,
      kind: "deleted",
      address: addressOf(message),
      message: id,
      at: parts.now(),
    });
    answer(response, 200, { id });
  };

  const state: Answering = async (_request, response) => {
    const { bot, people, channels } = workspace;
    const messages = [...workspace.messages()];
    answer(response, 200, { cursor: cursorOf(workspace), bot, people, channels, commands, messages } satisfies State);
  };

  const events: Answering = async (request, response, url) => {
    const since = request.headers["last-event-id"]?.toString() ?? url.searchParams.get("since") ?? undefined;
    readers.add(response);
    response.on("close", () => readers.delete(response));
    tellChanges(workspace, response, { since, heartbeatMs: parts.heartbeatMs });
  };

  const page: Answering = async (_request, response, url) => sendPage(parts.webRoot, url.pathname, response);

  const guarded =
    (inner: Answering): Route["answer"] =>
    (request, response) => {
      const attempt = async () => {
        refuseStrangers(request);
        await inner(request, response, new URL(request.url ?? "/", "http://console"));
      };
      attempt().catch((error: unknown) => {
        if (!(error instanceof Refusal)) log.error({ err: error }, "a console request failed");
        if (response.headersSent) response.destroy();
        else
          refuse(response, error instanceof Refusal ? error : new Refusal(500, "failed", "Something went wrong here."));
      });
    };

  return {
    list: [
      { method: "POST", path: "/console/messages", answer: guarded(say) },
      { method: "POST", path: "/console/presses", answer: guarded(press) },
      { method: "POST", path: "/console/edits", answer: guarded(edit) },
      { method: "POST", path: "/console/deletions", answer: guarded(remove) },
      { method: "GET", path: "/console/state", answer: guarded(state) },
      { method: "GET", path: "/console/events", answer: guarded(events) },
      { method: "GET", path: "/", answer: guarded(page) },
      { method: "GET", path: "/assets/*", answer: guarded(page) },
    ],
    stop() {
      for (const reader of readers) reader.end();
    },
  };
}

function keyOf(message: Message): string {
  return `console:${message.channel}:${message.id}`;
}
