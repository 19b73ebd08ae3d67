import { type Channel, channelTypes, type Person, type Server } from "./entities.ts";

/** The permission bits the simulator knows, by Discord's names in plain case. */
export const permissionBits = {
  KickMembers: 1n << 1n,
  Administrator: 1n << 3n,
  ManageChannels: 1n << 4n,
  ManageGuild: 1n << 5n,
  AddReactions: 1n << 6n,
  ViewChannel: 1n << 10n,
  SendMessages: 1n << 11n,
  SendTTSMessages: 1n << 12n,
  ManageMessages: 1n << 13n,
  EmbedLinks: 1n << 14n,
  AttachFiles: 1n << 15n,
  ReadMessageHistory: 1n << 16n,
  MentionEveryone: 1n << 17n,
  UseExternalEmojis: 1n << 18n,
  Connect: 1n << 20n,
  ManageRoles: 1n << 28n,
  ManageWebhooks: 1n << 29n,
  UseApplicationCommands: 1n << 31n,
  ManageThreads: 1n << 34n,
  CreatePublicThreads: 1n << 35n,
  CreatePrivateThreads: 1n << 36n,
  SendMessagesInThreads: 1n << 38n,
  PinMessages: 1n << 51n,
} as const;

/** A permission by name. */
export type Permission = keyof typeof permissionBits;

/** The bits of several permissions together. */
export function bits(...names: Permission[]): bigint {
  return names.reduce((sum, name) => sum | permissionBits[name], 0n);
}

/** What an invitation with `permissions=2252111198932032` grants. */
export const invitedBits = 2252111198932032n;

/** What a new server grants everyone; the bot's own role adds `invitedBits`. */
export const everyoneBits = bits(
  "AddReactions",
  "ViewChannel",
  "SendMessages",
  "EmbedLinks",
  "AttachFiles",
  "ReadMessageHistory",
  "MentionEveryone",
  "UseExternalEmojis",
  "UseApplicationCommands",
  "CreatePublicThreads",
  "CreatePrivateThreads",
  "SendMessagesInThreads",
  "Connect",
);

const allBits = (1n << 53n) - 1n;
const dmBits = everyoneBits | bits("PinMessages");

/** What someone may do in a server, channels aside. */
export function serverPermissions(person: Person, server: Server): bigint {
  if (server.ownerId === person.id) return allBits;
  const member = server.members.get(person.id);
  if (!member) return 0n;
  let granted = server.roles.get(server.id)?.permissions ?? 0n;
  for (const id of member.roles) granted |= server.roles.get(id)?.permissions ?? 0n;
  return granted & permissionBits.Administrator ? allBits : granted;
}

/** What someone may do in a channel or thread: roles, then overwrites, then what a missing right takes with it. */
export function permissionsIn(person: Person, channel: Channel): bigint {
  const { server } = channel;
  if (!server) return channel.recipients.includes(person) ? dmBits : 0n;
  const place = channel.parent ?? channel;
  let granted = serverPermissions(person, server);
  if (granted === 0n || granted === allBits) return granted;
  const member = server.members.get(person.id);
  const of = (id: string) => place.overwrites.find((overwrite) => overwrite.id === id);
  const apply = (deny: bigint, allow: bigint) => {
    granted = (granted & ~deny) | allow;
  };
  const everyone = of(server.id);
  if (everyone) apply(everyone.deny, everyone.allow);
  const byRole = [...(member?.roles ?? [])].map(of).filter((overwrite) => overwrite !== undefined);
  apply(
    byRole.reduce((sum, overwrite) => sum | overwrite.deny, 0n),
    byRole.reduce((sum, overwrite) => sum | overwrite.allow, 0n),
  );
  const own = of(person.id);
  if (own) apply(own.deny, own.allow);
  if (!(granted & permissionBits.ViewChannel)) return 0n;
  // Whoever may not enter a voice channel may not read or write beside it either.
  if (channel.type === channelTypes.voice && !(granted & permissionBits.Connect)) return permissionBits.ViewChannel;
  const { thread } = channel;
  if (thread?.isPrivate && !thread.members.has(person.id) && !(granted & permissionBits.ManageThreads)) return 0n;
  const speak = channel.thread ? permissionBits.SendMessagesInThreads : permissionBits.SendMessages;
  if (!(granted & speak)) granted &= ~bits("MentionEveryone", "SendTTSMessages", "AttachFiles", "EmbedLinks");
  return granted;
}

/** True when someone may do all of these in a channel. */
export function may(person: Person, channel: Channel, ...names: Permission[]): boolean {
  const wanted = bits(...names);
  return (permissionsIn(person, channel) & wanted) === wanted;
}
