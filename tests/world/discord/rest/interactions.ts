import { checkChoice } from "../command-form.ts";
import { readModal } from "../components.ts";
import type { Interaction, Message } from "../entities.ts";
import { Form, type JsonObject } from "../form.ts";
import { firstResponseWithin } from "../interaction-start.ts";
import { readMessage } from "../message-form.ts";
import { change, type Draft, emptyDraft, post } from "../posting.ts";
import { refusal } from "../refusal.ts";
import { remove } from "../removing.ts";
import { messageFlags, wireMessage } from "../wire-message.ts";
import { type Answer, type Call, done, idOf, ok, type Route } from "./route.ts";

/** How long an interaction's token can be used. */
export const tokenLife = 15 * 60_000;

const webhook = "/webhooks/{webhook_id}/{webhook_token}";
const perToken = [5, 2000] as const;

/** Answering interactions: the first response, and what follows through the token. */
export const interactionRoutes: Route[] = [
  { method: "POST", path: "/interactions/{interaction_id}/{interaction_token}/callback", open: true, run: respond },
  { method: "POST", path: webhook, limit: perToken, open: true, run: followUp },
  { method: "GET", path: `${webhook}/messages/{message_id}`, limit: perToken, open: true, run: read },
  { method: "PATCH", path: `${webhook}/messages/{message_id}`, limit: perToken, open: true, run: edit },
  { method: "DELETE", path: `${webhook}/messages/{message_id}`, limit: perToken, open: true, run: erase },
];

const type = { message: 4, deferred: 5, deferredUpdate: 6, update: 7, choices: 8, modal: 9 } as const;
const allowed: Record<Interaction["kind"], number[]> = {
  command: [type.message, type.deferred, type.modal],
  autocomplete: [type.choices],
  component: [type.message, type.deferred, type.deferredUpdate, type.update, type.modal],
  modal: [type.message, type.deferred, type.deferredUpdate, type.update],
};

function respond(call: Call): Answer {
  const { world, form, violations } = call;
  const interaction = world.interactions.get(call.params.interaction_token ?? "");
  if (interaction?.id !== idOf(call, "interaction_id")) throw refusal(10062);
  const what = `${interaction.kind} "${interaction.about}"`;
  if (interaction.answeredWith !== undefined) {
    violations.add("interaction answered twice", what);
    throw refusal(40060);
  }
  if (world.clock.now() - interaction.createdAt > firstResponseWithin) {
    if (interaction.heardBy === world.connection)
      violations.add("interaction answered late", `${what}, after ${world.clock.now() - interaction.createdAt} ms`);
    throw refusal(10062);
  }
  const usable =
    interaction.kind === "modal" && !interaction.source ? [type.message, type.deferred] : allowed[interaction.kind];
  const kind = form.choice("type", usable, { required: true });
  form.settle();
  const data =
    form.child("data", { required: kind === type.message || kind === type.choices || kind === type.modal }) ??
    new Form({}, ["data"]);
  form.settle();
  carryOut(call, interaction, kind ?? 0, data);
  interaction.answeredWith = kind;
  interaction.answeredAt = world.clock.now();
  world.changed();
  if (call.query.get("with_response") !== "true") return done;
  return ok(callbackResource(call, interaction, kind ?? 0));
}

function carryOut(call: Call, interaction: Interaction, kind: number, data: Form): void {
  const { world } = call;
  if (kind === type.choices) {
    const choices = data.list("choices", { max: 25, required: true });
    for (const choice of choices) checkChoice(choice, typeof choice.raw("value") === "number" ? 10 : 3);
    data.settle();
    interaction.choices = choices.map((choice) => choice.json());
  }
  if (kind === type.modal) {
    const modal = readModal(data);
    data.settle();
    interaction.modal = modal;
  }
  if (kind === type.message) interaction.original = say(call, interaction, data);
  if (kind === type.deferred) {
    const flags = (data.integer("flags") ?? 0) & messageFlags.ephemeral;
    data.settle();
    interaction.original = write(call, interaction, { ...emptyDraft(), flags: flags | messageFlags.loading });
    interaction.deferred = true;
  }
  if (kind === type.deferredUpdate) interaction.original = interaction.source;
  if (kind === type.update && interaction.source) {
    const { source } = interaction;
    if (!source.channel.messages.includes(source)) throw refusal(10008);
    change(
      world,
      source,
      readMessage(data, { world, channel: source.channel, files: call.files, edits: source, byToken: true }),
    );
    interaction.original = source;
  }
}

/** Checks and posts a new message for an interaction; rights in the channel do not matter here, the person's wish does. */
function say(call: Call, interaction: Interaction, form: Form): Message {
  const { world, files } = call;
  const draft = {
    ...emptyDraft(),
    mentions: "default" as const,
    ...readMessage(form, { world, channel: interaction.channel, files, byToken: true }),
  };
  return write(call, interaction, draft);
}

function write(call: Call, interaction: Interaction, draft: Draft): Message {
  const { world } = call;
  const isPrivate = (draft.flags & messageFlags.ephemeral) !== 0;
  const answers = interaction.kind === "command" ? 20 : interaction.source && !interaction.source.ephemeralFor ? 19 : 0;
  const repliesTo =
    answers === 19 && interaction.source
      ? { repliesTo: { id: interaction.source.id, channel: interaction.channel } }
      : {};
  return post(
    world,
    world.bot,
    interaction.channel,
    { ...draft, ...repliesTo },
    { type: answers, interaction, ...(isPrivate ? { ephemeralFor: interaction.person } : {}) },
  );
}

function callbackResource(call: Call, interaction: Interaction, kind: number): JsonObject {
  const { world } = call;
  const { original } = interaction;
  const wireKind = { command: 2, component: 3, autocomplete: 4, modal: 5 }[interaction.kind];
  return {
    interaction: {
      id: interaction.id,
      type: wireKind,
      ...(original ? { response_message_id: original.id } : {}),
      response_message_loading: interaction.deferred,
      response_message_ephemeral: original?.ephemeralFor !== undefined,
      channel_id: interaction.channel.id,
      ...(interaction.channel.server ? { guild_id: interaction.channel.server.id } : {}),
    },
    ...(original && kind !== type.deferredUpdate
      ? { resource: { type: kind === type.update ? type.update : type.message, message: wireMessage(original, world) } }
      : {}),
  };
}

/** The interaction whose token the path carries. */
function tokenHolder(call: Call): Interaction {
  const { world } = call;
  if (idOf(call, "webhook_id") !== world.applicationId) throw refusal(10015);
  const holder = world.interactions.get(call.params.webhook_token ?? "");
  if (!holder) throw refusal(10015);
  if (world.clock.now() - holder.createdAt > tokenLife) {
    call.violations.add("interaction token used after 15 minutes", `${holder.kind} "${holder.about}"`);
    throw refusal(50027);
  }
  if (holder.answeredWith === undefined || holder.answeredWith === type.choices) {
    call.violations.add("webhook used before the first response", `${holder.kind} "${holder.about}"`);
    throw refusal(10015);
  }
  return holder;
}

function followUp(call: Call): Answer {
  const { world, form, files } = call;
  const interaction = tokenHolder(call);
  const { original } = interaction;
  if (interaction.deferred && original) {
    // A follow-up straight after deferring completes the deferred message and keeps its visibility.
    complete(
      call,
      interaction,
      original,
      readMessage(form, { world, channel: original.channel, files, edits: original, byToken: true }),
    );
    return ok(wireMessage(original, world));
  }
  const message = say(call, interaction, form);
  interaction.followups.push(message);
  return ok(wireMessage(message, world));
}

function complete(call: Call, interaction: Interaction, message: Message, edit: Partial<Draft>): void {
  const flags = (edit.flags ?? message.flags) & ~messageFlags.loading;
  change(call.world, message, { ...edit, flags });
  if (message === interaction.original) interaction.deferred = false;
}

function owned(call: Call, interaction: Interaction): Message {
  const wanted = call.params.message_id ?? "";
  const mine = [...(interaction.original ? [interaction.original] : []), ...interaction.followups];
  const found = wanted === "@original" ? interaction.original : mine.find(({ id }) => id === wanted);
  if (!found?.channel.messages.includes(found)) throw refusal(10008);
  return found;
}

function read(call: Call): Answer {
  return ok(wireMessage(owned(call, tokenHolder(call)), call.world));
}

function edit(call: Call): Answer {
  const { world, form, files } = call;
  const interaction = tokenHolder(call);
  const message = owned(call, interaction);
  complete(
    call,
    interaction,
    message,
    readMessage(form, { world, channel: message.channel, files, edits: message, byToken: true }),
  );
  return ok(wireMessage(message, world));
}

function erase(call: Call): Answer {
  const interaction = tokenHolder(call);
  const message = owned(call, interaction);
  remove(call.world, message);
  return done;
}
