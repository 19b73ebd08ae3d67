import { type Fields, isFields } from "../workspace.ts";
import type { World } from "../world.ts";
import { type Method, refuse, refuseArgument } from "./method.ts";
import { channelFor } from "./places.ts";

const statusMs = 2 * 60_000;

/** What an agent session can be in. */
export const sessionStates: readonly string[] = ["active", "processing", "suspended", "closed"];

function threadKey(world: World, channelId: string, ts: string | undefined): string {
  const channel = channelFor(world, channelId);
  // A thread whose parent is deleted lives on while it has replies.
  const parent = ts === undefined ? undefined : channel.byTs.get(ts);
  if (!ts || !parent || parent.threadTs) refuse("invalid_thread_ts");
  return `${channel.id}:${ts}`;
}

/** Puts a session into a state, making it if need be. */
export function setSession(world: World, channel: string, thread: string, status: string, title = ""): void {
  const key = `${channel}:${thread}`;
  const session = world.workspace.sessions.get(key);
  if (session) session.status = status;
  else world.workspace.sessions.set(key, { status, title });
  world.changed();
}

/** assistant.threads.* and agents.sessions.*. */
export const assistant: Readonly<Record<string, Method>> = {
  "assistant.threads.setStatus": {
    args: {
      channel_id: "text!",
      thread_ts: "text!",
      status: "text!",
      loading_messages: "json",
      icon_emoji: "text",
      icon_url: "text",
      username: "text",
    },
    token: "bot",
    scopes: ["chat:write", "assistant:write"],
    limit: "high",
    run(args, world) {
      const key = threadKey(world, args.need("channel_id"), args.text("thread_ts"));
      const status = args.need("status");
      const lines = args.json("loading_messages");
      if (lines !== undefined && (!Array.isArray(lines) || lines.length > 10)) {
        refuseArgument("no more than 10 items allowed", "loading_messages");
      }
      const { statuses } = world.workspace;
      if (status === "") statuses.delete(key);
      else {
        statuses.set(key, status);
        world.clock.after(statusMs, () => {
          if (statuses.get(key) === status && statuses.delete(key)) world.changed();
        });
      }
      world.changed();
      return {};
    },
  },

  "assistant.threads.setTitle": {
    args: { channel_id: "text!", thread_ts: "text!", title: "text!" },
    token: "bot",
    scopes: ["assistant:write"],
    limit: "tier4",
    run(args, world) {
      const key = threadKey(world, args.need("channel_id"), args.text("thread_ts"));
      world.workspace.threadTitles.set(key, args.need("title"));
      world.changed();
      return {};
    },
  },

  "assistant.threads.setSuggestedPrompts": {
    args: { channel_id: "text!", prompts: "json!", thread_ts: "text", title: "text" },
    token: "bot",
    scopes: ["assistant:write"],
    limit: "tier4",
    run(args, world) {
      const channel = channelFor(world, args.need("channel_id"));
      // Ways to begin are offered where people talk with the app alone.
      if (channel.kind !== "im") refuse("channel_not_found");
      if (args.has("thread_ts")) threadKey(world, channel.id, args.text("thread_ts"));
      const prompts = args.json("prompts");
      if (!Array.isArray(prompts) || prompts.length === 0) refuseArgument("no less than 1 items allowed", "prompts");
      if (prompts.length > 4) refuseArgument("no more than 4 items allowed", "prompts");
      const read = prompts.map((prompt) => {
        const { title, message, ...more }: Fields = isFields(prompt) ? prompt : {};
        if (typeof title !== "string" || typeof message !== "string" || !title || !message)
          refuseArgument("missing required field", "prompts");
        if (Object.keys(more).length > 0) refuseArgument("additional property", "prompts");
        return { title, message };
      });
      world.workspace.suggestedPrompts.set(channel.id, read);
      world.changed();
      return {};
    },
  },

  "agents.sessions.setStatus": {
    args: {
      channel_id: "text!",
      status: "text!",
      thread_ts: "text",
      title: "text",
      initiator_user_id: "text",
      icon_emoji: "text",
      icon_url: "text",
      username: "text",
    },
    token: "bot",
    scopes: ["chat:write"],
    limit: "tier3",
    run(args, world) {
      const status = args.need("status");
      if (!sessionStates.includes(status)) refuseArgument("must be a valid enum value", "status");
      const title = args.text("title") ?? "";
      if (title.length > 200) refuseArgument("must be less than 201 characters", "title");
      const key = threadKey(world, args.need("channel_id"), args.text("thread_ts"));
      const [channel = "", thread = ""] = key.split(":");
      setSession(world, channel, thread, status, title);
      const deaf = !world.app.events.has("agent_session_stopped");
      const warnings = deaf ? ["missing_agent_session_stopped_event_subscription"] : [];
      return {
        status,
        agent_status: status,
        title: world.workspace.sessions.get(key)?.title ?? "",
        ...(deaf ? { warning: warnings.join(","), response_metadata: { warnings } } : {}),
      };
    },
  },

  "agents.sessions.rename": {
    args: { channel_id: "text!", title: "text!", thread_ts: "text" },
    token: "bot",
    scopes: ["chat:write"],
    limit: "tier3",
    run(args, world) {
      const title = args.need("title");
      if (title.length > 200) refuseArgument("must be less than 201 characters", "title");
      const key = threadKey(world, args.need("channel_id"), args.text("thread_ts"));
      const session = world.workspace.sessions.get(key) ?? refuse("session_not_found");
      session.title = title;
      world.changed();
      return { title };
    },
  },
};
