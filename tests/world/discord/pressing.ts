import { everyComponent } from "./component-tree.ts";
import { componentTypes } from "./component-types.ts";
import type { Interaction, Message, Person } from "./entities.ts";
import { isObject, type Json, type JsonObject, objectsIn } from "./form.ts";
import { beginInteraction } from "./interaction-start.ts";
import { messageFlags, wireMessage } from "./wire-message.ts";
import type { World } from "./world.ts";

/** The fields of a modal that are answered with a list. */
const many: Json[] = [
  componentTypes.stringSelect,
  componentTypes.userSelect,
  componentTypes.roleSelect,
  componentTypes.mentionableSelect,
  componentTypes.channelSelect,
  componentTypes.fileUpload,
  componentTypes.checkboxGroup,
];

/** Presses a button, found by its custom id or its label, or picks from a select menu. */
export function useComponent(
  world: World,
  person: Person,
  message: Message,
  wanted: string,
  values?: string[],
): Interaction {
  if (message.ephemeralFor && message.ephemeralFor !== person)
    throw new Error(`${person.name} does not see that message`);
  if (!message.channel.messages.includes(message)) throw new Error("that message is gone");
  const parts = message.components.flatMap(everyComponent).filter((part) => part.custom_id !== undefined);
  const part =
    parts.find((candidate) => candidate.custom_id === wanted) ??
    parts.find((candidate) => candidate.label === wanted) ??
    parts.find(({ emoji }) => isObject(emoji) && emoji.name === wanted);
  if (!part)
    throw new Error(
      `no component "${wanted}" here, only: ${parts.map((other) => `${String(other.label ?? "")} (${String(other.custom_id)})`).join(", ") || "none"}`,
    );
  if (part.disabled === true) throw new Error(`"${wanted}" is disabled`);
  const isButton = part.type === componentTypes.button;
  if (isButton === (values !== undefined)) throw new Error(`"${wanted}" is ${isButton ? "a button" : "a select menu"}`);
  if (values && part.type === componentTypes.stringSelect) checkPicked(part, values);
  const data: JsonObject = {
    custom_id: part.custom_id ?? null,
    component_type: part.type ?? null,
    id: part.id ?? null,
    ...(values ? { values } : {}),
  };
  const about = {
    kind: "component",
    person,
    channel: message.channel,
    about: String(part.custom_id),
    source: message,
  } as const;
  return beginInteraction(world, about, 3, data, { message: sourceOf(world, message) });
}

/** Fills in and sends the modal an interaction was answered with; values by custom id or label. */
export function sendModal(
  world: World,
  person: Person,
  asked: Interaction,
  values: Record<string, string | string[] | boolean>,
): Interaction {
  const { modal } = asked;
  if (!modal) throw new Error(`"${asked.about}" was not answered with a modal`);
  const used = new Set<string>();
  const find = (...names: string[]) => {
    const name = names.find((candidate) => values[candidate] !== undefined);
    if (name !== undefined) used.add(name);
    return name === undefined ? undefined : values[name];
  };
  const input = (field: JsonObject, label: string): JsonObject => {
    const { type = null, custom_id = null } = field;
    const filled = find(String(custom_id), label) ?? (many.includes(type) ? preselected(field) : (field.value ?? ""));
    const given = many.includes(type) && typeof filled === "string" ? [filled].filter(Boolean) : filled;
    if (field.required !== false && (given === "" || (Array.isArray(given) && given.length === 0)))
      throw new Error(`the modal needs "${label}"`);
    if (typeof given === "string" && given.length > Number(field.max_length ?? 4000))
      throw new Error(`"${label}" takes ${Number(field.max_length ?? 4000)} characters`);
    const picked = Array.isArray(given) ? given.map(String) : [];
    if (type === componentTypes.stringSelect && picked.length > 0) checkPicked(field, picked);
    return { type, id: 0, custom_id, ...(Array.isArray(given) ? { values: given } : { value: given }) };
  };
  const fill = (part: JsonObject): JsonObject => {
    const { type = null, label, component } = part;
    if (type === componentTypes.row) return { type, id: 0, components: objectsIn(part.components).map(fill) };
    if (isObject(component)) return { type, id: 0, component: input(component, String(label)) };
    return type === componentTypes.textDisplay ? { type, id: 0 } : input(part, String(label));
  };
  const components = objectsIn(modal.components).map(fill);
  const unknown = Object.keys(values).filter((name) => !used.has(name));
  if (unknown.length > 0) throw new Error(`the modal has no field ${unknown.join(", ")}`);
  const { source } = asked;
  const about = {
    kind: "modal",
    person,
    channel: asked.channel,
    about: String(modal.custom_id),
    opener: asked,
    ...(source ? { source } : {}),
  } as const;
  return beginInteraction(
    world,
    about,
    5,
    { custom_id: modal.custom_id ?? null, components },
    source ? { message: sourceOf(world, source) } : {},
  );
}

function sourceOf(world: World, message: Message): JsonObject {
  const wire = wireMessage(message, world);
  return message.ephemeralFor ? { ...wire, flags: message.flags | messageFlags.ephemeral } : wire;
}

/** What a select menu holds before anybody picks. */
function preselected(select: JsonObject): string[] {
  return objectsIn(select.options).flatMap((option) => (option.default === true ? String(option.value) : []));
}

function checkPicked(select: JsonObject, values: string[]): void {
  const [least, most] = [Number(select.min_values ?? 1), Number(select.max_values ?? 1)];
  if (values.length < least || values.length > most) throw new Error(`pick ${least} to ${most}`);
  const offered = objectsIn(select.options).map((option) => option.value);
  const odd = values.filter((value) => !offered.includes(value));
  if (odd.length > 0) throw new Error(`not offered: ${odd.join(", ")}; offered: ${offered.join(", ")}`);
}
