import { type Channel, type Ephemeral, type Fields, findMessage, type Message, type View } from "../workspace.ts";
import type { World } from "../world.ts";
import { type MessageRef, tsOf } from "./talking.ts";

/** Where somebody presses something. */
export type Place = { message: Message; channel: Channel } | { ephemeral: Ephemeral } | { view: View };

/** The fields every interaction has about the app and the team. */
export function appFields(world: World): Fields {
  const { app, workspace } = world;
  return {
    api_app_id: app.id,
    token: app.verification,
    team: { id: workspace.team.id, domain: workspace.team.domain },
    enterprise: null,
    is_enterprise_install: false,
  };
}

/** The person of an interaction. */
export function personFields(world: World, id: string): Fields {
  const person = world.workspace.people.get(id);
  if (!person) throw new Error(`no person ${id} in the simulated Slack`);
  const name = person.name.toLowerCase().replace(/\s+/g, ".");
  return { id, username: name, name, team_id: world.workspace.team.id };
}

/** Something with blocks on somebody's screen: a message or its ts, or a view. */
export type PlaceRef = MessageRef | { readonly id: string };

/** The message, ephemeral message or view a test means. */
export function placeOf({ workspace }: World, ref: PlaceRef): Place {
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
}

/** Where an interaction says it happened. */
export function container(place: Place): Fields {
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

/** A conversation's name as interactions give it. */
export function shownName(kind: string, name: string): string {
  if (kind === "im") return "directmessage";
  return kind === "group" ? "privategroup" : name;
}
