import { whisper } from "./private-words.ts";
import type { ResponseTarget } from "./response-urls.ts";
import { change, post, remove } from "./timeline.ts";
import { readAnswer } from "./web-api/chat.ts";
import { Refusal, refuse } from "./web-api/method.ts";
import { type Fields, findMessage } from "./workspace.ts";
import type { World } from "./world.ts";

const knownFields = [
  ...["text", "blocks", "attachments", "response_type", "replace_original", "delete_original"],
  ...["thread_ts", "metadata", "unfurl_links", "unfurl_media", "mrkdwn"],
];

/** Carries out what an app answers to a command, a press or a response_url; the answer is Slack's error, or nothing. */
export function takeAnswer(world: World, target: ResponseTarget, body: Fields): string | undefined {
  for (const key of Object.keys(body))
    if (!knownFields.includes(key)) world.violate(`answer with an unknown field: ${key}`);
  try {
    carryOut(world, target, body);
    return undefined;
  } catch (error) {
    if (error instanceof Refusal) return error.message;
    throw error;
  }
}

function carryOut(world: World, target: ResponseTarget, body: Fields): void {
  const { workspace, app } = world;
  const channel = workspace.channels.get(target.channel) ?? refuse("channel_not_found");
  const message = target.ts ? findMessage(channel, target.ts) : undefined;
  const ephemeral = workspace.ephemerals.find(({ ts }) => ts === target.ts);
  if (body.delete_original === true || body.delete_original === "true") {
    if (message) remove(world, channel, message);
    else if (ephemeral) workspace.ephemerals.splice(workspace.ephemerals.indexOf(ephemeral), 1);
    world.changed();
    return;
  }
  const { text, blocks } = readAnswer(body, world);
  // Answers to a pressed button replace its message unless told otherwise.
  const original = body.replace_original !== false && body.replace_original !== "false";
  if (message && original && body.response_type !== "ephemeral") {
    change(world, channel, message, () => {
      message.text = text;
      if (blocks) message.blocks = blocks;
      else delete message.blocks;
    });
    return;
  }
  if (ephemeral && original && body.response_type !== "in_channel") {
    ephemeral.text = text;
    if (blocks) ephemeral.blocks = blocks;
    else delete ephemeral.blocks;
    world.changed();
    return;
  }
  const threadTs = typeof body.thread_ts === "string" ? body.thread_ts : undefined;
  if (body.response_type === "in_channel") {
    post(world, channel, { user: app.botUserId, text, ...(blocks ? { blocks } : {}), byApp: {}, threadTs });
    return;
  }
  // Without thread_ts even the answer to a press in a thread is shown in the channel.
  whisper(world, channel, {
    to: target.person,
    text,
    ...(blocks ? { blocks } : {}),
    ...(threadTs ? { threadTs } : {}),
  });
}
