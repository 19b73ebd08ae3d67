import type { Outcome } from "../deliveries.ts";
import { messageJson } from "../message-json.ts";
import { type Pressable, pressables } from "../shown.ts";
import { viewJson } from "../web-api/views.ts";
import { type Ephemeral, type Fields, isFields, type Message, type View } from "../workspace.ts";
import type { World } from "../world.ts";
import { setChoice } from "./choices.ts";
import { appFields, container, type Place, type PlaceRef, personFields, placeOf, shownName } from "./payloads.ts";
import { channelOf, idOf, type Ref } from "./talking.ts";

/** What people do with buttons, selects and the like. */
export function createPressing(world: World) {
  const { workspace, app, triggers, responseUrls, deliveries } = world;
  const chosen = new Map<string, Fields>();

  const find = (place: Place, wanted: string): Pressable => {
    const all = pressables(blocksOf(place));
    const found = all.find(({ element }) => element.action_id === wanted) ?? all.find(({ label }) => label === wanted);
    if (found) return found;
    throw new Error(
      `nothing to press named ${wanted}; there is: ${all.map(({ label }) => label).join(", ") || "nothing"}`,
    );
  };

  const sees = (user: string, place: Place) => {
    if ("view" in place) return place.view.person === user;
    if ("ephemeral" in place) return place.ephemeral.to === user;
    return place.channel.kind === "channel" || place.channel.members.has(user);
  };

  const act = (person: Ref, place: Place, action: Pressable, choice: Fields): Promise<Outcome> => {
    if (!app.interactive) throw new Error("this app has interactivity switched off: a press shows an error");
    const user = idOf(person);
    if (!sees(user, place)) throw new Error(`${user} does not see that and cannot press there`);
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
    return {
      channel: { id: channel.id, name: shownName(channel.kind, channel.name) },
      // An ephemeral message is not shown to the app again.
      ...("message" in place ? { message: messageJson(world, place.message, { metadata: true }) } : {}),
      state: { values },
      response_url: responseUrls.issue({ person, channel: channel.id, ts: source.ts }),
    };
  };

  return {
    /** Presses a button, by its action_id or its label, in a message, an ephemeral or a view. */
    async press(person: Ref, ref: PlaceRef, button: string): Promise<Outcome> {
      const place = placeOf(world, ref);
      const pressed = find(place, button);
      const value = pressed.element.value;
      return act(person, place, pressed, value === undefined ? {} : { value });
    },

    /** Chooses in a select, an overflow menu, a date picker or the like. */
    async choose(person: Ref, ref: PlaceRef, where: string, choice: string | readonly string[]): Promise<Outcome> {
      const place = placeOf(world, ref);
      const found = find(place, where);
      return act(person, place, found, setChoice(found.element, choice));
    },

    /** What an external select offers for what was typed. */
    async suggestions(person: Ref, ref: PlaceRef, where: string, typed: string): Promise<Fields[]> {
      const place = placeOf(world, ref);
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
  };
}

function blocksOf(place: Place): readonly unknown[] {
  if ("view" in place) return Array.isArray(place.view.body.blocks) ? place.view.body.blocks : [];
  return ("message" in place ? place.message : place.ephemeral).blocks ?? [];
}

function tsIn(place: { message: Message } | { ephemeral: Ephemeral }): string {
  return "message" in place ? place.message.ts : place.ephemeral.ts;
}
