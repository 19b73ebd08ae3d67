import { takeAnswer } from "../answers.ts";
import type { Outcome } from "../deliveries.ts";
import { publish } from "../events.ts";
import { messageJson } from "../message-json.ts";
import { escapeText } from "../rich-text.ts";
import { type Pressable, pressables } from "../shown.ts";
import { viewJson } from "../web-api/views.ts";
import {
  directChannel,
  type Ephemeral,
  type Fields,
  findMessage,
  isFields,
  type Message,
  type View,
} from "../workspace.ts";
import type { World } from "../world.ts";
import { setChoice } from "./choices.ts";
import { appFields, type Place, personFields } from "./payloads.ts";
import { channelOf, idOf, type MessageRef, type Ref, tsOf } from "./talking.ts";

/** What people do with commands, buttons, shortcuts and the stop button. */
export function createPressing(world: World) {
  const { workspace, app, triggers, responseUrls, deliveries } = world;
  const chosen = new Map<string, Fields>();

  const placeOf = (ref: MessageRef | { readonly id: string }): Place => {
    if (typeof ref === "object" && "id" in ref) {
      const view = workspace.views.find(({ id }) => id === ref.id);
      if (view) return { view };
      throw new Error(`no view ${ref.id} is open`);
    }
    const ts = tsOf(ref);
    const ephemeral = workspace.ephemerals.find((one) => one.ts === ts);
    if (ephemeral) return { ephemeral };
    for (const channel of workspace.channels.values()) {
      const message = findMessage(channel, ts);
      if (message) return { message, channel };
    }
    throw new Error(`no message ${ts} to press a button in`);
  };

  const find = (place: Place, wanted: string): Pressable => {
    const all = pressables(blocksOf(place));
    const found = all.find(({ element }) => element.action_id === wanted) ?? all.find(({ label }) => label === wanted);
    if (found) return found;
    throw new Error(
      `nothing to press named ${wanted}; there is: ${all.map(({ label }) => label).join(", ") || "nothing"}`,
    );
  };

  const act = (person: Ref, place: Place, action: Pressable, choice: Fields): Promise<Outcome> => {
    if (!app.interactive) throw new Error("this app has interactivity switched off: a press shows an error");
    const user = idOf(person);
    const { element, blockId } = action;
    const key = "view" in place ? place.view.id : tsIn(place);
    const values = chosen.get(key) ?? {};
    if (element.type !== "button" && element.type !== "feedback_buttons") {
      const inBlock = isFields(values[blockId]) ? values[blockId] : {};
      values[blockId] = { ...inBlock, [String(element.action_id)]: { type: element.type, ...choice } };
      chosen.set(key, values);
    }
    return deliveries.interaction("interactive", {
      type: "block_actions",
      user: personFields(world, user),
      ...appFields(world),
      container: container(place),
      trigger_id: triggers.issue(user),
      ...("view" in place
        ? { view: { ...viewJson(world, place.view), state: { values } } }
        : inChannel(place, user, values)),
      actions: [
        {
          action_id: element.action_id,
          block_id: blockId,
          type: element.type,
          ...(element.text ? { text: element.text } : {}),
          ...(element.url ? { url: element.url } : {}),
          ...choice,
          action_ts: workspace.nextTs(),
        },
      ],
    });
  };

  const inChannel = (place: Exclude<Place, { view: View }>, person: string, values: Fields): Fields => {
    const source = "message" in place ? place.message : place.ephemeral;
    const channel = channelOf(world, source.channel);
    const thread = source.threadTs ? { threadTs: source.threadTs } : {};
    return {
      channel: { id: channel.id, name: shownName(channel.kind, channel.name) },
      // An ephemeral message is not shown to the app again.
      ...("message" in place ? { message: messageJson(world, place.message, { metadata: true }) } : {}),
      state: { values },
      response_url: responseUrls.issue({ person, channel: channel.id, ts: source.ts, ...thread }),
    };
  };

  const failed = (person: string, channel: string, what: string, outcome: Outcome) => {
    if (outcome.acked) return;
    const error = outcome.why === "timeout" ? "operation_timeout" : "dispatch_failed";
    workspace.ephemerals.push({
      ts: workspace.nextTs(),
      channel,
      to: person,
      text: `${what} failed with the error "${error}"`,
    });
    world.changed();
  };

  return {
    /** Types a slash command into a channel's (never a thread's) input. */
    async command(person: Ref, where: Ref, name: string, text = ""): Promise<Outcome> {
      const known = app.commands?.get(name);
      if (app.commands && !known)
        throw new Error(`${name} is not a command of this app; people see "not a valid command"`);
      const channel = channelOf(world, where);
      const user = idOf(person);
      const outcome = await deliveries.interaction("slash_commands", {
        token: app.verification,
        team_id: workspace.team.id,
        team_domain: workspace.team.domain,
        channel_id: channel.id,
        channel_name: shownName(channel.kind, channel.name),
        user_id: user,
        user_name: personFields(world, user).name,
        command: name,
        text: known?.escape ? nameRefs(text) : escapeText(text),
        api_app_id: app.id,
        is_enterprise_install: "false",
        response_url: responseUrls.issue({ person: user, channel: channel.id }),
        trigger_id: triggers.issue(user),
      });
      failed(user, channel.id, name, outcome);
      if (!outcome.acked) return outcome;
      const { answer } = outcome;
      const body: Fields | undefined =
        typeof answer === "string" ? { text: answer } : isFields(answer) ? answer : undefined;
      if (body && Object.keys(body).length > 0) {
        const refused = takeAnswer(world, { person: user, channel: channel.id }, body);
        if (refused) world.violate(`the answer to ${name} was refused: ${refused}`);
      }
      return outcome;
    },

    /** Presses a button, by its action_id or its label, in a message, an ephemeral or a view. */
    async press(person: Ref, ref: MessageRef | { readonly id: string }, button: string): Promise<Outcome> {
      const place = placeOf(ref);
      const pressed = find(place, button);
      const value = pressed.element.value;
      return act(person, place, pressed, value === undefined ? {} : { value });
    },

    /** Chooses in a select, an overflow menu, a date picker or the like. */
    async choose(
      person: Ref,
      ref: MessageRef | { readonly id: string },
      where: string,
      choice: string | readonly string[],
    ): Promise<Outcome> {
      const place = placeOf(ref);
      const found = find(place, where);
      return act(person, place, found, setChoice(found.element, choice));
    },

    /** What an external select offers for what was typed. */
    async suggestions(
      person: Ref,
      ref: MessageRef | { readonly id: string },
      where: string,
      typed: string,
    ): Promise<Fields[]> {
      const place = placeOf(ref);
      const { element, blockId } = find(place, where);
      const outcome = await deliveries.interaction("interactive", {
        type: "block_suggestion",
        user: personFields(world, idOf(person)),
        ...appFields(world),
        container: container(place),
        action_id: element.action_id,
        block_id: blockId,
        value: typed,
        ...("view" in place ? { view: viewJson(world, place.view) } : {}),
      });
      const answer = outcome.acked && isFields(outcome.answer) ? outcome.answer.options : undefined;
      if (!Array.isArray(answer)) return [];
      if (answer.length > 100) world.violate(`${answer.length} suggestions; the most is 100`);
      return answer.filter(isFields);
    },

    /** Uses a global shortcut, or with a message a message shortcut. */
    async shortcut(person: Ref, callbackId: string, on?: MessageRef): Promise<Outcome> {
      if (app.shortcuts && !app.shortcuts.has(callbackId)) throw new Error(`${callbackId} is no shortcut of this app`);
      const user = idOf(person);
      const common = {
        callback_id: callbackId,
        trigger_id: triggers.issue(user),
        action_ts: workspace.nextTs(),
        user: personFields(world, user),
        ...appFields(world),
      };
      if (on === undefined) return deliveries.interaction("interactive", { type: "shortcut", ...common });
      const place = placeOf(on);
      if (!("message" in place)) throw new Error("message shortcuts work on messages only");
      const { message, channel } = place;
      const thread = message.threadTs ? { threadTs: message.threadTs } : {};
      return deliveries.interaction("interactive", {
        type: "message_action",
        ...common,
        message_ts: message.ts,
        message: messageJson(world, message, { metadata: true }),
        channel: { id: channel.id, name: shownName(channel.kind, channel.name) },
        response_url: responseUrls.issue({ person: user, channel: channel.id, ...thread }),
      });
    },

    /** Opens the app's home tab, or its messages tab. */
    openHome(person: Ref, tab: "home" | "messages" = "home") {
      if (tab === "home" && !app.homeTab) throw new Error("this app has no home tab");
      const user = idOf(person);
      const channel = directChannel(workspace, world.ids, world.clock, [app.botUserId, user]);
      const view = workspace.views.find((one) => one.type === "home" && one.person === user);
      const shown = tab === "home" && view ? { view: viewJson(world, view) } : {};
      publish(world, "app_home_opened", { type: "app_home_opened", user, channel: channel.id, tab, ...shown });
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

  function nameRefs(text: string): string {
    const people = [...workspace.people.values()].sort((a, b) => b.name.length - a.name.length);
    const withPeople = people.reduce(
      (so, { id, name }) => so.replaceAll(`@${name}`, `\u0001@${id}|${name}\u0002`),
      text,
    );
    const channels = [...workspace.channels.values()].filter(({ kind }) => kind === "channel" || kind === "group");
    const named = channels.reduce(
      (so, { id, name }) => so.replaceAll(`#${name}`, `\u0001#${id}|${name}\u0002`),
      withPeople,
    );
    return escapeText(named).replaceAll("\u0001", "<").replaceAll("\u0002", ">");
  }
}

function blocksOf(place: Place): readonly unknown[] {
  if ("view" in place) return Array.isArray(place.view.body.blocks) ? place.view.body.blocks : [];
  return ("message" in place ? place.message : place.ephemeral).blocks ?? [];
}

function tsIn(place: { message: Message } | { ephemeral: Ephemeral }): string {
  return "message" in place ? place.message.ts : place.ephemeral.ts;
}

function container(place: Place): Fields {
  if ("view" in place) return { type: "view", view_id: place.view.id };
  const source = "message" in place ? place.message : place.ephemeral;
  return {
    type: "message",
    message_ts: source.ts,
    channel_id: source.channel,
    is_ephemeral: "ephemeral" in place,
    ...(source.threadTs ? { thread_ts: source.threadTs } : {}),
  };
}

function shownName(kind: string, name: string): string {
  if (kind === "im") return "directmessage";
  return kind === "group" ? "privategroup" : name;
}
