import { publish } from "../events.ts";
import { viewJson } from "../web-api/views.ts";
import { directChannel } from "../workspace.ts";
import type { World } from "../world.ts";
import { channelOf, idOf, type MessageRef, type Ref, tsOf } from "./talking.ts";

/** What people do with the app's home and the agent's pane. */
export function createAgentView(world: World) {
  const { workspace, app } = world;
  return {
    /** Opens the app's home tab, or its messages tab. */
    openHome(person: Ref, tab: "home" | "messages" = "home") {
      if (tab === "home" && !app.homeTab) throw new Error("this app has no home tab");
      const user = idOf(person);
      const channel = directChannel(workspace, world.ids, world.clock, [app.botUserId, user]);
      const view = workspace.views.find((one) => one.type === "home" && one.person === user);
      const shown = tab === "home" && view ? { view: viewJson(world, view) } : {};
      publish(world, "app_home_opened", { type: "app_home_opened", user, channel: channel.id, tab, ...shown });
    },

    /** Looks at a channel with the agent's pane open. */
    lookAt(person: Ref, where: Ref) {
      const user = idOf(person);
      const { id: channel } = directChannel(workspace, world.ids, world.clock, [app.botUserId, user]);
      const entity = { type: "slack#/types/channel_id", value: channelOf(world, where).id, team_id: workspace.team.id };
      publish(world, "app_context_changed", {
        type: "app_context_changed",
        channel,
        user,
        context: { entities: [entity] },
      });
    },

    /** Presses the native stop button, which is there while the session is processing. */
    stopSession(person: Ref, where: Ref, thread: MessageRef) {
      const channel = channelOf(world, where);
      const threadTs = tsOf(thread);
      if (workspace.sessions.get(`${channel.id}:${threadTs}`)?.status !== "processing") {
        throw new Error("there is no stop button: the session is not processing");
      }
      if (!app.events.has("agent_session_stopped")) {
        throw new Error("there is no stop button: the app is not subscribed to agent_session_stopped");
      }
      const open = channel.messages.filter((one) => one.threadTs === threadTs && one.stream?.state === "in_progress");
      for (const { stream } of open) {
        if (!stream) continue;
        stream.state = "completed";
        stream.stoppedByPerson = true;
        stream.endLife();
      }
      publish(world, "agent_session_stopped", {
        type: "agent_session_stopped",
        channel: channel.id,
        user: idOf(person),
        thread_ts: threadTs,
        streaming_message_ts: open.map(({ ts }) => ts),
      });
      world.changed();
    },
  };
}
