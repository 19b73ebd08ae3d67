import { randomUUID } from "node:crypto";
import type { ServerResponse } from "node:http";
import type { Address, ChatFile, PersonId } from "../../src/chat.ts";
import { commandsIn } from "../../src/words/commands.ts";
import { wordsOf } from "../../src/words/words.ts";
import type { Answering, Asking } from "./asking.ts";
import { addressOf, authorOf, channelsIn, commandIn, peopleIn, toChatMessage } from "./hear.ts";
import { answer, Editing, Refusal, Removing, Saying } from "./requests.ts";
import type { Message } from "./wire.ts";

/** What people say, change and take back. */
export function sayingRoutes(asking: Asking): Record<"say" | "edit" | "remove", Answering> {
  const { workspace, about, keeping, shelf, now } = asking.parts;

  /** The files somebody sent, for a message they are to come with. */
  function sent(refs: string[], as: PersonId): ChatFile[] {
    const taken = new Set([...workspace.messages()].flatMap(({ files = [] }) => files.map(({ ref }) => ref)));
    return [...new Set(refs)].map((ref) => {
      const found = shelf.find(ref);
      if (!found || found.by !== as || taken.has(ref))
        throw new Refusal(400, "no_such_file", `There is no file ${ref} of yours to send. Send the file itself again.`);
      return found.file;
    });
  }

  /** What is passed on of a message that the person sees. */
  function passedOn(id: string, as: PersonId): NonNullable<Message["quotes"]> {
    const { author, text } = asking.found(id, as);
    return [{ author: authorOf(workspace, author).name, text, message: id }];
  }

  const say: Answering = async (request, response) => {
    const { channel, thread, as, text, key, files: refs, quotes } = await asking.body(request, Saying);
    asking.place(as, channel, thread);
    const command = commandIn(text);
    if (command) {
      if (refs.length > 0 || quotes !== undefined)
        throw new Refusal(400, "only_words", "A command takes words only. Say it with @Bellhop to send files along.");
      return give(response, command, { adapter: "console", channel, ...(thread && { thread }) }, as, key);
    }

    // The message is there at once for all to see, and is taken back when it could not be kept and journalled.
    const own = key && `said:${as}:${key}`;
    const before = own ? workspace.withKey(own) : undefined;
    const message = before ?? workspace.add({ channel, ...(thread && { thread }), author: as, ...content() }, own);
    function content(): Pick<Message, "text" | "files" | "people" | "quotes"> {
      const files = sent(refs, as);
      return {
        text,
        ...calling(text),
        ...(files.length > 0 && { files }),
        ...(quotes !== undefined && { quotes: passedOn(quotes, as) }),
      };
    }
    try {
      await asking.kept(message.id);
      await asking.hear({ key: keyOf(message), kind: "message", message: toChatMessage(workspace, message) });
    } catch (error) {
      workspace.remove(message.id, { keepFiles: true });
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
    const names = commandsIn(wordsOf("en")).map((command) => command.name);
    if (!names.includes(name))
      throw new Refusal(400, "no_such_command", `There is no /${name} here. There are /${names.join(", /")}.`);
    const person = authorOf(workspace, as);
    const named = peopleIn(workspace, text);
    await asking.hear({
      key: `console:command:${as}:${key}`,
      kind: "command",
      command: {
        name,
        text,
        ...(named.length > 0 && { people: named }),
        ...channelsIn(workspace, text),
        address,
        ...(workspace.channel(address.channel)?.with !== undefined && { direct: true as const }),
        person,
        whisper: { person: as, via: about.ticket(as, address) },
        at: now(),
      },
    });
    answer(response, 202, { command: name });
  }

  const edit: Answering = async (request, response) => {
    const { message: id, as, text } = await asking.body(request, Editing);
    const { files } = asking.own(id, as);
    const message = workspace.change(id, { text, ...calling(text), ...(files && { files }) }, true);
    if (!message) throw new Refusal(404, "no_such_message", "This message is no longer there.");
    await asking.kept(id);
    await asking.hear({
      key: `${keyOf(message)}:edited:${randomUUID()}`,
      kind: "edited",
      message: toChatMessage(workspace, message),
    });
    answer(response, 200, { id, message });
  };

  const remove: Answering = async (request, response) => {
    const { message: id, as } = await asking.body(request, Removing);
    const message = asking.own(id, as);
    workspace.remove(id);
    await asking.kept(id);
    await asking.hear({
      key: `${keyOf(message)}:deleted`,
      kind: "deleted",
      address: addressOf(message),
      message: id,
      at: now(),
    });
    answer(response, 200, { id });
  };

  function calling(text: string): Pick<Message, "people"> {
    const people = peopleIn(workspace, text);
    return people.length > 0 ? { people } : {};
  }

  return { say, edit, remove };
}

function keyOf(message: Message): string {
  return `console:${message.channel}:${message.id}`;
}
