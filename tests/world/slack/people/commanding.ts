import { takeAnswer } from "../answers.ts";
import type { Outcome } from "../deliveries.ts";
import { messageJson } from "../message-json.ts";
import { escapeText } from "../rich-text.ts";
import { type Fields, isFields } from "../workspace.ts";
import type { World } from "../world.ts";
import { appFields, personFields, placeOf, shownName } from "./payloads.ts";
import { channelOf, idOf, type MessageRef, type Ref } from "./talking.ts";

/** What people do with slash commands and shortcuts. */
export function createCommanding(world: World) {
  const { workspace, app, triggers, responseUrls, deliveries } = world;

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
        text: known?.escape ? withIds(text, world) : escapeText(text),
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

    /** Uses a global shortcut, or with a message a message shortcut. */
    async shortcut(person: Ref, callbackId: string, on?: MessageRef): Promise<Outcome> {
      const kind = on === undefined ? "global" : "message";
      if (app.shortcuts && app.shortcuts.get(callbackId) !== kind)
        throw new Error(`${callbackId} is no ${kind} shortcut of this app`);
      if (!app.interactive) throw new Error("this app has interactivity switched off: its shortcuts show an error");
      const user = idOf(person);
      const common = {
        callback_id: callbackId,
        trigger_id: triggers.issue(user),
        action_ts: workspace.nextTs(),
        user: personFields(world, user),
        ...appFields(world),
      };
      if (on === undefined) return deliveries.interaction("interactive", { type: "shortcut", ...common });
      const place = placeOf(world, on);
      if (!("message" in place)) throw new Error("message shortcuts work on messages only");
      const { message, channel } = place;
      if (channel.kind !== "channel" && !channel.members.has(user))
        throw new Error(`${user} does not see that message`);
      return deliveries.interaction("interactive", {
        type: "message_action",
        ...common,
        message_ts: message.ts,
        message: messageJson(world, message, { metadata: true }),
        channel: { id: channel.id, name: shownName(channel.kind, channel.name) },
        response_url: responseUrls.issue({ person: user, channel: channel.id }),
      });
    },
  };
}

/** Names in a command's text as Slack hands them over: `<@U…|name>`, `<#C…|name>`, the rest escaped. */
function withIds(text: string, { workspace }: World): string {
  const refs = new Map([...workspace.people.values()].map(({ id, name }) => [`@${name}`, `<@${id}|${name}>`]));
  for (const { id, name, kind } of workspace.channels.values()) {
    if (kind === "channel" || kind === "group") refs.set(`#${name}`, `<#${id}|${name}>`);
  }
  const longestFirst = [...refs.keys()].sort((a, b) => b.length - a.length);
  const pattern = longestFirst.map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|");
  return text
    .split(new RegExp(`(${pattern})(?![\\p{L}\\p{N}_-])`, "u"))
    .map((part) => refs.get(part) ?? escapeText(part))
    .join("");
}
