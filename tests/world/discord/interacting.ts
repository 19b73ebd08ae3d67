import { componentTypes } from "./components.ts";
import { isObject, type Json, type JsonObject } from "./form.ts";
import { may, permissionsIn } from "./permissions.ts";
import { everyComponent } from "./seeing.ts";
import { messageFlags, wireActor, wireChannel, wireMessage, wireUser } from "./wire.ts";
import { type Channel, channelTypes, type Interaction, type Message, type Person, type World } from "./world.ts";

type Values = Record<string, string | number | boolean>;

const optionTypes = {
  subcommand: 1,
  group: 2,
  string: 3,
  integer: 4,
  boolean: 5,
  user: 6,
  channel: 7,
  role: 8,
  number: 10,
} as const;

/** Runs a slash command as its user would: Discord's own client lets nothing else through. */
export function runSlash(
  world: World,
  person: Person,
  channel: Channel,
  name: string,
  values: Values,
  path: string[],
): Interaction {
  const command = findCommand(world, channel, name, 1);
  const { inner, wrap } = descend(command, path);
  const options = listed(inner.options);
  for (const option of options)
    if (option.required === true && values[String(option.name)] === undefined)
      throw new Error(`/${name} needs ${String(option.name)}: Discord would not send it`);
  const sent = Object.entries(values).map(([key, value]) => chosen(options, name, key, value));
  return begin(world, { kind: "command", person, channel, about: name }, 2, {
    id: command.id ?? null,
    name,
    type: 1,
    options: wrap(sent),
    ...resolved(world, channel, sent),
  });
}

/** Asks for suggestions while someone types into an option. */
export function askSuggestions(
  world: World,
  person: Person,
  channel: Channel,
  name: string,
  field: string,
  text: string,
  others: Values,
  path: string[],
): Interaction {
  const command = findCommand(world, channel, name, 1);
  const { inner, wrap } = descend(command, path);
  const options = listed(inner.options);
  const option = options.find((candidate) => candidate.name === field);
  if (option?.autocomplete !== true) throw new Error(`/${name} has no option ${field} with suggestions`);
  const sent = Object.entries(others).map(([key, value]) => chosen(options, name, key, value));
  const focused = { name: field, type: option.type ?? 3, value: text, focused: true };
  return begin(world, { kind: "autocomplete", person, channel, about: `${name} ${field}` }, 4, {
    id: command.id ?? null,
    name,
    type: 1,
    options: wrap([...sent, focused]),
  });
}

/** Uses a command of a message's context menu. */
export function runContextMenu(world: World, person: Person, message: Message, name: string): Interaction {
  const { channel } = message;
  const command = findCommand(world, channel, name, 3);
  const data = {
    id: command.id ?? null,
    name,
    type: 3,
    target_id: message.id,
    resolved: { messages: { [message.id]: wireMessage(message, world, 1) } },
  };
  return begin(world, { kind: "command", person, channel, about: name }, 2, data);
}

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
    parts.find((candidate) => candidate.custom_id === wanted) ?? parts.find((candidate) => candidate.label === wanted);
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
  return begin(world, about, 3, data, { message: sourceOf(world, message) });
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
  const fill = (component: JsonObject): JsonObject => {
    const { type } = component;
    if (type === componentTypes.row) return { type, id: 0, components: listed(component.components).map(fill) };
    if (type === componentTypes.label && isObject(component.component))
      return { type, id: 0, component: input(component.component, String(component.label)) };
    return type === componentTypes.textDisplay ? { type, id: 0 } : input(component, String(component.label));
  };
  const input = (component: JsonObject, label: string): JsonObject => {
    const key = [String(component.custom_id), label].find((name) => values[name] !== undefined);
    if (key !== undefined) used.add(key);
    const given = key === undefined ? (component.value ?? "") : (values[key] ?? "");
    if (component.required !== false && given === "" && component.type === componentTypes.textInput)
      throw new Error(`the modal needs "${label}"`);
    if (typeof given === "string" && typeof component.max_length === "number" && given.length > component.max_length)
      throw new Error(`"${label}" takes ${component.max_length} characters`);
    return {
      type: component.type ?? null,
      id: 0,
      custom_id: component.custom_id ?? null,
      ...(Array.isArray(given) ? { values: given } : { value: given }),
    };
  };
  const components = listed(modal.components).map(fill);
  const unknown = Object.keys(values).filter((name) => !used.has(name));
  if (unknown.length > 0) throw new Error(`the modal has no field ${unknown.join(", ")}`);
  const { source } = asked;
  const about = {
    kind: "modal",
    person,
    channel: asked.channel,
    about: String(modal.custom_id),
    ...(source ? { source } : {}),
  } as const;
  return begin(
    world,
    about,
    5,
    { custom_id: modal.custom_id ?? null, components },
    source ? { message: sourceOf(world, source) } : {},
  );
}

type Start = Pick<Interaction, "kind" | "person" | "channel" | "about"> & { source?: Message };

function begin(world: World, start: Start, type: number, data: JsonObject, more: JsonObject = {}): Interaction {
  const { person, channel } = start;
  const { server } = channel;
  const member = server?.members.get(person.id);
  if (server && (!member || !may(person, channel, "ViewChannel")))
    throw new Error(`${person.name} does not see #${channel.name}`);
  if (server && start.kind === "command" && !may(person, channel, "UseApplicationCommands"))
    throw new Error(`${person.name} may not use commands here`);
  const interaction: Interaction = {
    id: world.id(),
    token: world.secret(80),
    createdAt: world.clock.now(),
    answeredWith: undefined,
    answeredAt: undefined,
    source: undefined,
    original: undefined,
    deferred: false,
    followups: [],
    choices: undefined,
    modal: undefined,
    ...start,
  };
  world.interactions.set(interaction.id, interaction);
  world.dispatch({
    name: "INTERACTION_CREATE",
    intent: 0,
    data: {
      id: interaction.id,
      application_id: world.applicationId,
      type,
      token: interaction.token,
      version: 1,
      data,
      channel_id: channel.id,
      channel: { ...wireChannel(channel, world), permissions: permissionsIn(person, channel).toString() },
      locale: person.locale,
      entitlements: [],
      authorizing_integration_owners: server ? { "0": server.id } : { "0": "0" },
      context: server ? 0 : 1,
      app_permissions: permissionsIn(world.bot, channel).toString(),
      attachment_size_limit: 10 * 1024 * 1024,
      ...(server
        ? { guild_id: server.id, guild_locale: "en-US", guild: { id: server.id, locale: "en-US", features: [] } }
        : {}),
      ...(member ? { member: wireActor(member, channel) } : { user: wireUser(person) }),
      ...more,
    },
  });
  return interaction;
}

function sourceOf(world: World, message: Message): JsonObject {
  const wire = wireMessage(message, world);
  return message.ephemeralFor ? { ...wire, flags: message.flags | messageFlags.ephemeral } : wire;
}

function findCommand(world: World, channel: Channel, name: string, type: number): JsonObject {
  const known = [...(channel.server?.commands ?? []), ...world.commands].filter(
    (command) => (command.type ?? 1) === type,
  );
  const command = known.find((candidate) => candidate.name === name);
  if (!command)
    throw new Error(
      `no command "${name}" is registered, only: ${known.map((other) => String(other.name)).join(", ") || "none"}`,
    );
  const place = channel.type === channelTypes.dm ? 1 : 0;
  if (Array.isArray(command.contexts) && !command.contexts.includes(place))
    throw new Error(`"${name}" is not offered ${place === 1 ? "in direct messages" : "in servers"}`);
  return command;
}

/** Walks down to a sub-command, and gives the way to wrap its options again. */
function descend(
  command: JsonObject,
  path: string[],
): { inner: JsonObject; wrap: (options: JsonObject[]) => JsonObject[] } {
  let inner = command;
  const steps: JsonObject[] = [];
  for (const name of path) {
    const next = listed(inner.options).find(
      (option) => option.name === name && (option.type === optionTypes.subcommand || option.type === optionTypes.group),
    );
    if (!next) throw new Error(`/${String(command.name)} has no sub-command ${path.join(" ")}`);
    steps.push(next);
    inner = next;
  }
  if (
    listed(inner.options).some((option) => option.type === optionTypes.subcommand || option.type === optionTypes.group)
  )
    throw new Error(`/${String(command.name)} needs a sub-command`);
  return {
    inner,
    wrap: (options) =>
      steps.reduceRight<JsonObject[]>(
        (below, step) => [{ name: step.name ?? null, type: step.type ?? null, options: below }],
        options,
      ),
  };
}

function chosen(options: JsonObject[], command: string, name: string, value: string | number | boolean): JsonObject {
  const option = options.find((candidate) => candidate.name === name);
  if (!option)
    throw new Error(
      `/${command} has no option ${name}, only: ${options.map((other) => String(other.name)).join(", ") || "none"}`,
    );
  const choices = listed(option.choices);
  if (choices.length > 0 && !choices.some((choice) => choice.value === value))
    throw new Error(`${name} takes one of its choices only`);
  if (typeof value === "string" && value.length > Number(option.max_length ?? 6000))
    throw new Error(`${name} is too long`);
  return { name, type: option.type ?? null, value };
}

function checkPicked(select: JsonObject, values: string[]): void {
  const [least, most] = [Number(select.min_values ?? 1), Number(select.max_values ?? 1)];
  if (values.length < least || values.length > most) throw new Error(`pick ${least} to ${most}`);
  const offered = listed(select.options).map((option) => option.value);
  const odd = values.filter((value) => !offered.includes(value));
  if (odd.length > 0) throw new Error(`not offered: ${odd.join(", ")}; offered: ${offered.join(", ")}`);
}

function resolved(world: World, channel: Channel, options: JsonObject[]): { resolved?: JsonObject } {
  const found: Record<"users" | "channels" | "roles", JsonObject> = { users: {}, channels: {}, roles: {} };
  for (const { type, value } of options) {
    const id = String(value);
    const [person, place] = [world.people.get(id), world.channels.get(id)];
    if (type === optionTypes.user && person) found.users[id] = wireUser(person);
    if (type === optionTypes.channel && place)
      found.channels[id] = { ...wireChannel(place, world), permissions: permissionsIn(world.bot, channel).toString() };
  }
  const full = Object.entries(found).filter(([, entries]) => Object.keys(entries).length > 0);
  return full.length > 0 ? { resolved: Object.fromEntries(full) } : {};
}

function listed(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}
