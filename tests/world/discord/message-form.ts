import { newAttachment } from "./attachment.ts";
import { readComponents } from "./components.ts";
import type { Attachment, Channel, Message } from "./entities.ts";
import type { Form, JsonObject } from "./form.ts";
import type { Mentions } from "./mentions.ts";
import { may, type Permission } from "./permissions.ts";
import type { Draft } from "./posting.ts";
import { refusal } from "./refusal.ts";
import { messageFlags } from "./wire-message.ts";
import type { World } from "./world.ts";

/** A file as it came in a multipart body, under `files[n]`. */
export interface Upload {
  index: string;
  filename: string;
  bytes: Buffer;
}

/** The largest file Discord takes from a bot in an unboosted server. */
export const uploadLimit = 10 * 1024 * 1024;

interface Around {
  world: World;
  channel: Channel;
  files: Upload[];
  /** The message being edited, if one is. */
  edits?: Message;
  /** It answers an interaction: the bot's rights in the channel do not matter, and it may be private. */
  byToken?: boolean;
}

/** Reads and checks what is to become of a message; everything absent from an edit is absent from the answer. */
export function readMessage(form: Form, around: Around): Partial<Draft> {
  const { edits, files } = around;
  if (form.has("poll") || form.has("sticker_ids") || form.has("shared_client_theme"))
    throw new Error("polls, stickers and themes are not simulated");
  const flags = readFlags(form, around);
  const v2 = (flags & messageFlags.componentsV2) !== 0;
  const draft: Partial<Draft> = {};
  if (form.sent("content")) draft.content = form.text("content", { max: 2000 })?.trim() ?? "";
  if (form.sent("embeds")) draft.embeds = readEmbeds(form);
  if (form.sent("attachments") || files.length > 0) draft.attachments = readAttachments(form, around);
  const attached = draft.attachments ?? edits?.attachments ?? [];
  if (form.sent("components")) draft.components = readComponents(form, v2, attached);
  if (form.sent("allowed_mentions") || edits) draft.mentions = readMentions(form);
  if (form.sent("flags")) draft.flags = edits ? keepFlags(edits, flags) : flags;
  if (form.flag("tts")) draft.tts = true;
  if (v2) refuseLegacy(form, draft, edits);
  form.settle();
  const whole = { content: "", embeds: [], components: [], attachments: [], ...(edits ?? {}), ...draft };
  if (!whole.content && whole.embeds.length + whole.components.length + whole.attachments.length === 0)
    throw refusal(50006);
  if (draft.embeds && draft.embeds.length > 0) refuseWithout("EmbedLinks", around);
  return draft;
}

function refuseWithout(permission: Permission, { world, channel, byToken = false }: Around): void {
  if (!byToken && channel.server && !may(world.bot, channel, permission)) throw refusal(50013);
}

function readFlags(form: Form, { edits, byToken = false }: Around): number {
  const flags = form.integer("flags", { min: 0 }) ?? 0;
  const { ephemeral, suppressEmbeds, suppressNotifications, componentsV2 } = messageFlags;
  const allowed = edits
    ? suppressEmbeds | componentsV2
    : suppressEmbeds | suppressNotifications | componentsV2 | (byToken ? ephemeral : 0);
  return (flags & allowed) | ((edits?.flags ?? 0) & componentsV2);
}

function keepFlags(message: Message, flags: number): number {
  return (message.flags & ~messageFlags.suppressEmbeds) | flags;
}

function refuseLegacy(form: Form, draft: Partial<Draft>, edits: Message | undefined): void {
  const legacy = (field: string) =>
    form.complain(
      "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
      `The '${field}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2`,
      field,
    );
  if (draft.content || (edits?.content && draft.content === undefined)) legacy("content");
  if (draft.embeds?.length || (edits?.embeds.length && draft.embeds === undefined)) legacy("embeds");
}

function readEmbeds(form: Form): JsonObject[] {
  const embeds = form.list("embeds", { max: 10 });
  let total = 0;
  for (const embed of embeds) {
    const count = (place: Form | undefined, key: string, max: number, required = false) => {
      total += place?.text(key, required ? { min: 1, max, required } : { max })?.length ?? 0;
    };
    count(embed, "title", 256);
    count(embed, "description", 4096);
    count(embed.child("footer"), "text", 2048, true);
    count(embed.child("author"), "name", 256, true);
    for (const field of embed.list("fields", { max: 25 })) {
      count(field, "name", 256, true);
      count(field, "value", 1024, true);
    }
    embed.integer("color", { min: 0, max: 0xffffff });
    checkUrls(embed);
  }
  if (total > 6000) form.complain("MAX_EMBED_SIZE_EXCEEDED", "Embed size exceeds maximum size of 6000", "embeds");
  return embeds.map((embed) => {
    const fields = embed.list("fields").map((field) => ({ inline: false, ...field.json() }));
    return { type: "rich", ...embed.json(), ...(fields.length > 0 ? { fields } : {}) };
  });
}

function checkUrls(embed: Form): void {
  const places: [Form | undefined, string][] = [
    [embed, "url"],
    [embed.child("image"), "url"],
    [embed.child("thumbnail"), "url"],
    [embed.child("author"), "url"],
  ];
  for (const [place, key] of places) {
    const url = place?.text(key, { max: 2048 });
    if (url && !/^(https?|attachment):\/\/\S+$/.test(url))
      place?.complain("URL_TYPE_INVALID_SCHEME", `Scheme "${url.split(":")[0]}" is not supported.`, key);
  }
}

function readAttachments(form: Form, around: Around): Attachment[] {
  const { world, channel, files, edits } = around;
  if (files.length > 0) refuseWithout("AttachFiles", around);
  if (files.some((file) => file.bytes.length > uploadLimit)) throw refusal(40005);
  const described = form.list("attachments", { max: 10 });
  const kept: Attachment[] = [];
  const notes = new Map<string, { filename: string | undefined; description: string | undefined }>();
  for (const item of described) {
    const id = item.text("id", { required: true });
    if (id === undefined) continue;
    const old = edits?.attachments.find((attachment) => attachment.id === id);
    if (old) kept.push(old);
    else if (files.some((file) => file.index === id))
      notes.set(id, {
        filename: item.text("filename", { max: 1024 }),
        description: item.text("description", { max: 1024 }),
      });
    else item.complain("ATTACHMENT_NOT_FOUND", `Uploaded attachment ${id} not found`);
  }
  if (edits && !form.sent("attachments")) kept.push(...edits.attachments);
  const fresh = files.map((file) => {
    const note = notes.get(file.index);
    return newAttachment(world, channel, {
      name: note?.filename ?? file.filename,
      bytes: file.bytes,
      description: note?.description,
    });
  });
  if (kept.length + fresh.length > 10)
    form.complain("BASE_TYPE_MAX_LENGTH", "Must be 10 or fewer in length.", "attachments");
  return [...kept, ...fresh];
}

function readMentions(form: Form): Mentions {
  const allowed = form.child("allowed_mentions");
  if (!allowed) return "default";
  const parse = allowed.texts("parse", { max: 3 });
  const users = allowed.texts("users", { max: 100 });
  const roles = allowed.texts("roles", { max: 100 });
  for (const [index, word] of parse.entries())
    if (!["users", "roles", "everyone"].includes(word))
      allowed.complain(
        "BASE_TYPE_CHOICES",
        "Value must be one of ('roles', 'users', 'everyone').",
        "parse",
        String(index),
      );
  for (const [word, list] of [
    ["users", users],
    ["roles", roles],
  ] as const)
    if (parse.includes(word) && list.length > 0)
      allowed.complain(
        "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
        `parse:["${word}"] and ${word}: [ids...] are mutually exclusive.`,
      );
  return { parse, users, roles, repliedUser: allowed.flag("replied_user") ?? false };
}
