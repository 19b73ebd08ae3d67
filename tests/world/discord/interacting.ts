import { type Channel, channelTypes, type Interaction, type Message, type Person } from "./entities.ts";
import { type JsonObject, objectsIn } from "./form.ts";
import { beginInteraction } from "./interaction-start.ts";
import { permissionsIn } from "./permissions.ts";
import { wireChannel, wireUser } from "./wire.ts";
import { wireMessage } from "./wire-message.ts";
import type { World } from "./world.ts";

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
  const options = objectsIn(inner.options);
  for (const option of options)
    if (option.required === true && values[String(option.name)] === undefined)
      throw new Error(`/${name} needs ${String(option.name)}: Discord would not send it`);
  const sent = Object.entries(values).map(([key, value]) => chosen(options, name, key, value));
  return beginInteraction(world, { kind: "command", person, channel, about: name }, 2, {
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
  const options = objectsIn(inner.options);
  const option = options.find((candidate) => candidate.name === field);
  if (option?.autocomplete !== true) throw new Error(`/${name} has no option ${field} with suggestions`);
  const sent = Object.entries(others).map(([key, value]) => chosen(options, name, key, value));
  const focused = { name: field, type: option.type ?? 3, value: text, focused: true };
  return beginInteraction(world, { kind: "autocomplete", person, channel, about: `${name} ${field}` }, 4, {
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
  return beginInteraction(world, { kind: "command", person, channel, about: name }, 2, data);
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
    const next = objectsIn(inner.options).find(
      (option) => option.name === name && (option.type === optionTypes.subcommand || option.type === optionTypes.group),
    );
    if (!next) throw new Error(`/${String(command.name)} has no sub-command ${path.join(" ")}`);
    steps.push(next);
    inner = next;
  }
  if (
    objectsIn(inner.options).some(
      (option) => option.type === optionTypes.subcommand || option.type === optionTypes.group,
    )
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
  const choices = objectsIn(option.choices);
  if (choices.length > 0 && !choices.some((choice) => choice.value === value))
    throw new Error(`${name} takes one of its choices only`);
  if (typeof value === "string" && value.length > Number(option.max_length ?? 6000))
    throw new Error(`${name} is too long`);
  return { name, type: option.type ?? null, value };
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
