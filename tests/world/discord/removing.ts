import type { Message } from "./entities.ts";
import { intents } from "./intents.ts";
import { serverId } from "./posting.ts";
import type { World } from "./world.ts";

/** Takes a message away. */
export function remove(world: World, message: Message): void {
  const { channel } = message;
  channel.messages.splice(channel.messages.indexOf(message), 1);
  for (const attachment of message.attachments) world.attachments.delete(attachment.id);
  if (message.ephemeralFor) {
    world.changed();
    return;
  }
  world.dispatch({
    name: "MESSAGE_DELETE",
    data: { id: message.id, channel_id: channel.id, ...serverId(channel) },
    intent: channel.server ? intents.guildMessages : intents.directMessages,
    channel,
  });
}

/** Takes many messages of one channel away at one stroke, as moderators and their bots do. */
export function removeMany(world: World, messages: Message[]): void {
  const [first] = messages;
  if (!first) return;
  const { channel } = first;
  if (messages.length < 2 || messages.some((message) => message.channel !== channel || message.ephemeralFor))
    throw new Error("at one stroke go two messages or more, all of one channel, and none that is private");
  channel.messages = channel.messages.filter((message) => !messages.includes(message));
  for (const { attachments } of messages) for (const { id } of attachments) world.attachments.delete(id);
  world.dispatch({
    name: "MESSAGE_DELETE_BULK",
    data: { ids: messages.map(({ id }) => id), channel_id: channel.id, ...serverId(channel) },
    intent: channel.server ? intents.guildMessages : intents.directMessages,
    channel,
  });
}
