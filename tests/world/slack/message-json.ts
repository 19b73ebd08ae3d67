import type { Fields, Message } from "./workspace.ts";
import { repliesTo } from "./workspace.ts";
import type { World } from "./world.ts";

/** A message as the Web API and the Events API show it. */
export function messageJson(world: World, message: Message, options: { metadata: boolean }): Fields {
  const { app, workspace } = world;
  if (message.tombstone) {
    return {
      type: "message",
      subtype: "tombstone",
      hidden: true,
      user: "USLACKBOT",
      text: "This message was deleted.",
      ts: message.ts,
      ...threadFields(world, message),
    };
  }
  const author = workspace.people.get(message.user);
  const custom = message.byApp?.username ?? message.byApp?.icons;
  return {
    type: "message",
    ...(message.subtype ? { subtype: message.subtype } : custom ? { subtype: "bot_message" } : {}),
    // Who posts under another name shows no user.
    ...(custom ? {} : { user: message.user }),
    ts: message.ts,
    ...(message.clientMsgId ? { client_msg_id: message.clientMsgId } : {}),
    text: message.byApp && !message.rendered ? asKept(message.text) : message.text,
    team: author?.team ?? workspace.team.id,
    ...(!message.byApp && author?.botId ? { bot_id: author.botId, app_id: `A${author.botId.slice(1)}` } : {}),
    ...(message.byApp
      ? {
          bot_id: app.botId,
          app_id: app.id,
          bot_profile: {
            id: app.botId,
            app_id: app.id,
            name: app.name,
            deleted: false,
            updated: 1_700_000_000,
            team_id: workspace.team.id,
            icons: { image_36: "", image_48: "", image_72: "" },
          },
        }
      : {}),
    ...(message.byApp?.username ? { username: message.byApp.username } : {}),
    ...(message.byApp?.icons ? { icons: message.byApp.icons } : {}),
    ...(message.blocks ? { blocks: message.blocks } : {}),
    ...(message.attachments ? { attachments: message.attachments } : {}),
    ...(message.files.length > 0 ? { files: message.files.map((id) => fileJson(world, id)), upload: false } : {}),
    ...(message.edited ? { edited: message.edited } : {}),
    ...(message.stream ? { streaming_state: message.stream.state } : {}),
    ...(options.metadata && message.metadata ? { metadata: message.metadata } : {}),
    ...threadFields(world, message),
    ...(message.reactions.size > 0
      ? { reactions: [...message.reactions].map(([name, users]) => ({ name, users, count: users.length })) }
      : {}),
  };
}

// Slack stores what apps post with links in brackets and stray `& < >` escaped.
function asKept(text: string): string {
  return text
    .split(/(<(?:https?:|mailto:|[@#!])[^>]*>)/)
    .map((part, at) => {
      if (at % 2 === 1) return part;
      const escaped = part
        .replace(/&(?!amp;|lt;|gt;)/g, "&amp;")
        .replace(/</g, "&lt;")
        .replace(/>/g, "&gt;");
      return escaped.replace(/https?:\/\/[^\s|]*[^\s|.,;:!?)'"*_~`]/g, (url) => `<${url}>`);
    })
    .join("");
}

function threadFields(world: World, message: Message): Fields {
  const channel = world.workspace.channels.get(message.channel);
  if (!channel) return {};
  if (message.threadTs) {
    const parent = channel.byTs.get(message.threadTs);
    return { thread_ts: message.threadTs, ...(parent ? { parent_user_id: parent.user } : {}) };
  }
  const replies = repliesTo(channel, message.ts);
  if (replies.length === 0) return {};
  const users = [...new Set(replies.map((reply) => reply.user))];
  return {
    thread_ts: message.ts,
    reply_count: replies.length,
    reply_users_count: users.length,
    latest_reply: replies.at(-1)?.ts,
    reply_users: users.slice(0, 5),
    is_locked: false,
    subscribed: false,
  };
}

/** A file as Slack shows it; its address needs the bot token. Of another workspace's files events tell the id alone. */
export function fileJson(world: World, id: string, { asked = false } = {}): Fields {
  const file = world.workspace.files.get(id);
  if (!file) return { id, mode: "tombstone" };
  if (file.kind === "elsewhere" && !asked) return { id, mode: "file_access", file_access: "check_file_info" };
  const places = (...kinds: string[]) =>
    file.channels.filter((channel) => kinds.includes(world.workspace.channels.get(channel)?.kind ?? ""));
  const address = `${world.origin()}/files-pri/${world.workspace.team.id}-${file.id}`;
  const filetype = file.name.includes(".") ? (file.name.split(".").at(-1) ?? "").toLowerCase() : "text";
  const external = `https://files.example/${encodeURIComponent(file.name)}`;
  return {
    id: file.id,
    ...(file.kind === "voice" ? { subtype: "slack_audio", transcription: { status: "processing" } } : {}),
    created: file.created,
    timestamp: file.created,
    ...(file.kind === "canvas" ? {} : { name: file.name }),
    title: file.title,
    mimetype: file.mimetype,
    filetype: file.kind === "canvas" ? "quip" : filetype,
    pretty_type: filetype.toUpperCase(),
    user: file.user,
    user_team: world.workspace.team.id,
    editable: false,
    size: file.size,
    mode: file.kind === "external" ? "external" : file.kind === "canvas" ? "quip" : "hosted",
    is_external: file.kind === "external",
    external_type: file.kind === "external" ? "gdrive" : "",
    is_public: true,
    public_url_shared: false,
    display_as_bot: false,
    username: "",
    ...(file.kind === "external"
      ? { url_private: external }
      : {
          url_private: `${address}/${encodeURIComponent(file.name)}`,
          url_private_download: `${address}/download/${encodeURIComponent(file.name)}`,
        }),
    permalink: `${world.origin()}/files/${file.user}/${file.id}/${encodeURIComponent(file.name)}`,
    channels: places("channel"),
    groups: places("group", "mpim"),
    ims: places("im"),
    file_access: "visible",
  };
}
