import { type Channel, channelTypes, holdsThreadsOnly } from "../entities.ts";
import { intents } from "../intents.ts";
import { readMessage } from "../message-form.ts";
import { may } from "../permissions.ts";
import { addToThread, emptyDraft, openThread, post, removeFromThread, setThread } from "../posting.ts";
import { refusal } from "../refusal.ts";
import { wireChannel, wireThreadMember } from "../wire.ts";
import { wireMessage } from "../wire-message.ts";
import {
  type Answer,
  type Call,
  channelOf,
  done,
  idOf,
  messageOf,
  ok,
  queryForm,
  type Route,
  refuseClosed,
  serverOf,
} from "./route.ts";

const archiveMinutes = [60, 1440, 4320, 10080];

/** Channels and the threads under them. */
export const threadRoutes: Route[] = [
  {
    method: "GET",
    path: "/channels/{channel_id}",
    limit: [50, 1000],
    run: (call) => ok(wireChannel(channelOf(call), call.world)),
  },
  { method: "PATCH", path: "/channels/{channel_id}", limit: [5, 15_000], run: update },
  { method: "POST", path: "/channels/{channel_id}/messages/{message_id}/threads", limit: [5, 5000], run: fromMessage },
  { method: "POST", path: "/channels/{channel_id}/threads", limit: [5, 5000], run: start },
  { method: "GET", path: "/channels/{channel_id}/thread-members", limit: [5, 1000], run: members },
  { method: "PUT", path: "/channels/{channel_id}/thread-members/@me", limit: [5, 5000], run: join },
  { method: "DELETE", path: "/channels/{channel_id}/thread-members/@me", limit: [5, 5000], run: leave },
  { method: "GET", path: "/channels/{channel_id}/thread-members/{user_id}", limit: [5, 1000], run: member },
  { method: "PUT", path: "/channels/{channel_id}/thread-members/{user_id}", limit: [5, 5000], run: invite },
  { method: "DELETE", path: "/channels/{channel_id}/thread-members/{user_id}", limit: [5, 5000], run: dismiss },
  { method: "GET", path: "/channels/{channel_id}/threads/archived/public", limit: [5, 1000], run: archived },
  { method: "GET", path: "/guilds/{guild_id}/threads/active", limit: [5, 1000], run: active },
];

function update(call: Call): Answer {
  const { form, world } = call;
  const channel = channelOf(call);
  const { thread } = channel;
  const name = form.text("name", { min: 1, max: 100 });
  if (!thread) {
    if (!may(world.bot, channel, "ManageChannels")) throw refusal(50013);
    const topic = form.text("topic", { max: holdsThreadsOnly(channel) ? 4096 : 1024 });
    form.settle();
    channel.name = name ?? channel.name;
    channel.topic = topic ?? channel.topic;
    world.dispatch({ name: "CHANNEL_UPDATE", data: wireChannel(channel, world), intent: intents.guilds });
    return ok(wireChannel(channel, world));
  }
  const [isArchived, locked] = [form.flag("archived"), form.flag("locked")];
  const minutes = form.choice("auto_archive_duration", archiveMinutes);
  form.settle();
  const mod = may(world.bot, channel, "ManageThreads");
  const unarchives = isArchived === false && thread.archived;
  if (thread.archived && !unarchives) throw refusal(50083);
  if (unarchives && thread.locked && !mod) throw refusal(50013);
  if (locked !== undefined && !mod) throw refusal(50013);
  if (!unarchives && thread.ownerId !== world.bot.id && !mod) throw refusal(50013);
  channel.name = name ?? channel.name;
  setThread(world, channel, {
    ...(isArchived === undefined ? {} : { archived: isArchived }),
    ...(locked === undefined ? {} : { locked }),
    ...(minutes === undefined ? {} : { archiveMinutes: minutes }),
  });
  return ok(wireChannel(channel, world));
}

function fromMessage(call: Call): Answer {
  const { form, world } = call;
  const parent = channelOf(call);
  if (!parent.server) throw refusal(50003);
  if (parent.type !== channelTypes.text && parent.type !== channelTypes.announcement) throw refusal(50024);
  if (!may(world.bot, parent, "CreatePublicThreads")) throw refusal(50013);
  const from = messageOf(call, parent);
  const name = form.text("name", { min: 1, max: 100, required: true });
  const minutes = form.choice("auto_archive_duration", archiveMinutes);
  form.settle();
  if (from.startedThread || world.channels.has(from.id)) throw refusal(160004);
  if (![0, 19, 20, 23].includes(from.type)) throw refusal(50021);
  return created(
    call,
    openThread(world, parent, world.bot, { name: name ?? "", from, ...(minutes ? { archiveMinutes: minutes } : {}) }),
  );
}

function start(call: Call): Answer {
  const { form, world } = call;
  const parent = channelOf(call);
  if (!parent.server) throw refusal(50003);
  if (holdsThreadsOnly(parent)) return forumPost(call, parent);
  if (parent.type !== channelTypes.text && parent.type !== channelTypes.announcement) throw refusal(50024);
  const name = form.text("name", { min: 1, max: 100, required: true });
  const minutes = form.choice("auto_archive_duration", archiveMinutes);
  const { announcementThread, privateThread, publicThread } = channelTypes;
  // Discord's own default is a private thread, which surprises everybody once.
  const type = form.choice("type", [announcementThread, publicThread, privateThread]) ?? privateThread;
  form.settle();
  const isPrivate = type === privateThread;
  if (isPrivate && parent.type === channelTypes.announcement) throw refusal(50024);
  if (!may(world.bot, parent, isPrivate ? "CreatePrivateThreads" : "CreatePublicThreads")) throw refusal(50013);
  return created(
    call,
    openThread(world, parent, world.bot, {
      name: name ?? "",
      isPrivate,
      ...(minutes ? { archiveMinutes: minutes } : {}),
    }),
  );
}

function forumPost(call: Call, parent: Channel): Answer {
  const { form, world, files } = call;
  if (!may(world.bot, parent, "SendMessages")) throw refusal(50013);
  const name = form.text("name", { min: 1, max: 100, required: true });
  const minutes = form.choice("auto_archive_duration", archiveMinutes);
  const inside = form.child("message", { required: true });
  form.settle();
  if (!inside) throw refusal(50006);
  const draft = {
    ...emptyDraft(),
    mentions: "default" as const,
    ...readMessage(inside, { world, channel: parent, files }),
  };
  const thread = openThread(world, parent, world.bot, {
    name: name ?? "",
    ...(minutes ? { archiveMinutes: minutes } : {}),
  });
  const first = post(world, world.bot, thread, draft, { id: thread.id });
  return { status: 201, body: { ...wireChannel(thread, world), message: wireMessage(first, world) } };
}

function created(call: Call, thread: Channel): Answer {
  return { status: 201, body: wireChannel(thread, call.world) };
}

function threadOf(call: Call): Channel {
  const channel = channelOf(call);
  if (!channel.thread) throw refusal(50024);
  return channel;
}

function members(call: Call): Answer {
  const thread = threadOf(call);
  if (!call.world.portal.members) throw refusal(50001);
  return ok(
    [...(thread.thread?.members.keys() ?? [])]
      .flatMap((id) => call.world.people.get(id) ?? [])
      .map((person) => wireThreadMember(thread, person)),
  );
}

function member(call: Call): Answer {
  const thread = threadOf(call);
  const person = call.world.people.get(call.params.user_id === "@me" ? call.world.bot.id : idOf(call, "user_id"));
  if (!person || !thread.thread?.members.has(person.id)) throw refusal(10007);
  return ok(wireThreadMember(thread, person));
}

function join(call: Call): Answer {
  const thread = threadOf(call);
  if (thread.thread?.archived) throw refusal(50083);
  addToThread(call.world, thread, call.world.bot);
  return done;
}

function leave(call: Call): Answer {
  const thread = threadOf(call);
  if (thread.thread?.archived) throw refusal(50083);
  removeFromThread(call.world, thread, call.world.bot);
  return done;
}

function invite(call: Call): Answer {
  const thread = threadOf(call);
  refuseClosed(call, thread, { archivedIsFine: false });
  if (!may(call.world.bot, thread, "SendMessagesInThreads")) throw refusal(50013);
  const person = thread.server?.members.get(idOf(call, "user_id"))?.person;
  if (!person) throw refusal(10007);
  addToThread(call.world, thread, person);
  return done;
}

function dismiss(call: Call): Answer {
  const thread = threadOf(call);
  const mine = thread.thread?.isPrivate === true && thread.thread.ownerId === call.world.bot.id;
  if (!mine && !may(call.world.bot, thread, "ManageThreads")) throw refusal(50013);
  const person = call.world.people.get(idOf(call, "user_id"));
  if (!person) throw refusal(10013);
  removeFromThread(call.world, thread, person);
  return done;
}

function archived(call: Call): Answer {
  const parent = channelOf(call, "ReadMessageHistory");
  const query = queryForm(call);
  const limit = query.integer("limit", { min: 2, max: 100 }) ?? 50;
  query.settle();
  const all = call.world.threadsOf(parent).filter(({ thread }) => thread?.archived && !thread.isPrivate);
  return ok(listing(call, all.slice(0, limit), all.length > limit));
}

function active(call: Call): Answer {
  const server = serverOf(call);
  const { world } = call;
  const open = [...world.channels.values()].filter(
    (channel) => channel.server === server && channel.thread && !channel.thread.archived,
  );
  const visible = open.filter((channel) => may(world.bot, channel, "ViewChannel"));
  return ok(listing(call, visible, false));
}

function listing(call: Call, threads: Channel[], more: boolean) {
  const { world } = call;
  const mine = threads.filter(({ thread }) => thread?.members.has(world.bot.id));
  return {
    threads: threads.map((thread) => wireChannel(thread, world)),
    members: mine.map((thread) => wireThreadMember(thread, world.bot)),
    has_more: more,
  };
}
