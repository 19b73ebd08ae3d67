import type { IncomingMessage, ServerResponse } from "node:http";
import { fileJson } from "../message-json.ts";
import { post } from "../timeline.ts";
import { type FileKind, isFields, type SlackFile } from "../workspace.ts";
import type { World } from "../world.ts";
import { readBlocks } from "./chat.ts";
import { type Args, type Method, refuse, refuseArgument } from "./method.ts";
import { channelToPostIn, threadFor } from "./places.ts";
import { boundaryOf, readParts } from "./request-body.ts";

const conversationId = /^[CGDZ][A-Z0-9]{8,}$/;

/** files.*: announced, uploaded, completed. */
export const files: Readonly<Record<string, Method>> = {
  "files.getUploadURLExternal": {
    args: { filename: "text!", length: "number!", alt_txt: "text", alt_text: "text", snippet_type: "text" },
    token: "bot",
    scopes: ["files:write"],
    limit: "tier4",
    run(args, world) {
      const length = args.number("length") ?? 0;
      if (length < 1 || !Number.isInteger(length)) refuseArgument("must be a positive integer", "length");
      if (length > 1_000_000_000) refuse("file_upload_size_restricted");
      const file = newFile(world, args.need("filename"), length, world.app.botUserId);
      return { upload_url: `${world.origin()}/upload/v1/${file.id}`, file_id: file.id };
    },
  },

  "files.completeUploadExternal": {
    args: {
      files: "json!",
      channel_id: "text",
      channels: "text",
      initial_comment: "text",
      thread_ts: "text",
      blocks: "json",
    },
    token: "bot",
    scopes: ["files:write"],
    limit: "tier4",
    run(args, world) {
      const given = args.json("files");
      if (!Array.isArray(given) || given.length === 0) refuseArgument("must be a list of files", "files");
      const shared = given.map((entry) => {
        const file = isFields(entry) ? world.workspace.files.get(String(entry.id)) : undefined;
        // Completing what was never uploaded, or completing twice, finds nothing.
        if (!file?.content || file.channels.length > 0) refuse("file_not_found");
        if (isFields(entry) && typeof entry.title === "string") file.title = entry.title;
        return file;
      });
      if (args.has("blocks")) checkFileBlocks(args, world);
      const wanted = [args.text("channel_id"), ...(args.text("channels")?.split(",") ?? [])].filter(Boolean);
      // A person's id does not stand for the DM with them here, as it does for messages: slackapi/bolt-js#2115.
      if (args.has("channel_id") && !conversationId.test(args.text("channel_id") ?? ""))
        refuseArgument(`input must match regex pattern: ${conversationId.source}`, "channel_id");
      if (wanted.length > 100) refuse("channels_limit_exceeded");
      if (args.has("thread_ts") && wanted.length !== 1) refuse("invalid_arguments");
      for (const id of wanted) {
        const channel = channelToPostIn(world, String(id));
        const threadTs = threadFor(world, channel, args);
        for (const file of shared) file.channels.push(channel.id);
        post(world, channel, {
          user: world.app.botUserId,
          text: args.text("initial_comment") ?? "",
          ...(args.has("blocks") ? { blocks: readBlocks(args.json("blocks"), world) } : {}),
          byApp: {},
          subtype: "file_share",
          files: shared.map((file) => file.id),
          threadTs,
        });
      }
      return { files: shared.map((file) => fileJson(world, file.id)) };
    },
  },

  "files.info": {
    args: { file: "text!", count: "number", cursor: "text", limit: "number", page: "number" },
    token: "bot",
    scopes: ["files:read"],
    limit: "tier4",
    run(args, world) {
      const file = world.workspace.files.get(args.need("file"));
      if (!file?.content) refuse("file_not_found");
      return { file: fileJson(world, file.id, { asked: true }), comments: [], response_metadata: { next_cursor: "" } };
    },
  },

  "files.delete": {
    args: { file: "text!" },
    token: "bot",
    scopes: ["files:write"],
    limit: "tier3",
    run(args, world) {
      const file = world.workspace.files.get(args.need("file")) ?? refuse("file_not_found");
      if (file.user !== world.app.botUserId) refuse("cant_delete_file");
      world.workspace.files.delete(file.id);
      world.changed();
      return {};
    },
  },
};

/** With a comment the blocks would be ignored; and only rich text is taken. */
function checkFileBlocks(args: Args, world: World): void {
  if (args.text("initial_comment")) world.violate("files.completeUploadExternal with a comment ignores its blocks");
  const blocks = args.json("blocks");
  if (!Array.isArray(blocks) || !blocks.every((block) => isFields(block) && block.type === "rich_text")) {
    refuse("invalid_blocks");
  }
}

/** Announces a file; it exists for others once its content is there. */
export function newFile(world: World, name: string, size: number, user: string, kind: FileKind = "hosted"): SlackFile {
  const file: SlackFile = {
    id: world.ids.next("F"),
    name,
    title: name,
    size,
    mimetype: typeOf(name, kind),
    kind,
    user,
    created: Math.floor(world.clock.now() / 1000),
    channels: [],
  };
  world.workspace.files.set(file.id, file);
  return file;
}

function typeOf(name: string, kind: FileKind): string {
  if (kind === "voice") return "audio/webm";
  if (kind === "canvas") return "application/vnd.slack-docs";
  return mimeTypes[name.split(".").at(-1)?.toLowerCase() ?? ""] ?? "application/octet-stream";
}

const mimeTypes: Record<string, string> = {
  txt: "text/plain",
  md: "text/markdown",
  csv: "text/csv",
  json: "application/json",
  html: "text/html",
  pdf: "application/pdf",
  png: "image/png",
  jpg: "image/jpeg",
  gif: "image/gif",
};

/** Takes the bytes posted to an upload address, bare or as multipart. */
export function receiveUpload(
  world: World,
  path: string,
  request: IncomingMessage,
  body: Buffer,
  response: ServerResponse,
): void {
  const file = world.workspace.files.get(path.split("/").at(-1) ?? "");
  const boundary = boundaryOf(request.headers["content-type"]);
  const content = boundary ? readParts(body, boundary).find((part) => part.filename !== undefined)?.content : body;
  if (!file || file.content || request.method !== "POST" || !content) {
    world.violate("upload to an address that takes none");
    response.writeHead(404).end("not found");
  } else if (content.length !== file.size) {
    world.violate(`uploaded ${content.length} bytes where ${file.size} were announced`);
    response.writeHead(400).end("size mismatch");
  } else {
    file.content = content;
    response.writeHead(200, { "content-type": "text/plain" }).end(`OK - ${content.length}`);
  }
}

/** Serves a private file to who brings the bot token; others get the sign-in page, as on the real site. */
export function serveFile(world: World, path: string, request: IncomingMessage, response: ServerResponse): void {
  const id = /^\/files-pri\/[^-]+-([^/]+)\//.exec(path)?.[1] ?? "";
  const file = world.workspace.files.get(id);
  const allowed =
    request.headers.authorization === `Bearer ${world.app.tokens.bot}` &&
    !world.app.revoked &&
    world.app.scopes.has("files:read");
  if (!allowed) response.writeHead(302, { location: `${world.origin()}/signin` }).end();
  else if (!file?.content) response.writeHead(404).end();
  else
    response
      .writeHead(200, {
        // A canvas is handed out as the page it is.
        "content-type": file.kind === "canvas" ? "text/html" : file.mimetype,
        "content-length": file.content.length,
      })
      .end(file.content);
}
