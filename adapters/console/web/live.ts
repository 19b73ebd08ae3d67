import { computed, type Signal, signal } from "@preact/signals";
import type { PersonId } from "../../../src/chat.ts";
import { type Channel, isIn, type Message, type Someone, type State, sees } from "../wire.ts";
import { preference } from "./preference.ts";
import { words } from "./words.ts";

/** How the page is connected to the workspace. */
export const connection = signal<"connecting" | "live" | "reconnecting">("connecting");

/** The people one can act as. */
export const people = signal<Someone[]>([]);
/** The bot. */
export const bot = signal<Someone>({ id: "console:bellhop", name: "Bellhop", bot: true });
/** The slash commands there are. */
export const commands = signal<string[]>([]);
const channels = signal<Channel[]>([]);

/** Who is acting now. */
export const me = preference<PersonId>("as", "console:ana", (kept): kept is PersonId => kept.includes(":"));

/** The channels that whoever acts now can see. */
export const places = computed(() => channels.value.filter((channel) => isIn(me.value, channel)));

// Each message is a signal of its own, so that one being written redraws itself and nothing else.
const messages = new Map<string, Signal<Message>>();
const roll = signal<string[]>([]);

/** The messages that whoever acts now can see, oldest first. Where one stands never changes, so only ids are watched. */
const visible = computed(() => {
  const open = new Set(places.value.map((channel) => channel.id));
  return roll.value.flatMap((id) => {
    const message = messages.get(id);
    const seen = message && open.has(message.peek().channel) && sees(me.value, message.peek());
    return seen ? [message] : [];
  });
});

/** What stands in a channel, or in a thread without the message it grew from. */
export function standing(channel: string, thread?: string): Signal<Message>[] {
  return visible.value.filter((message) => {
    const at = message.peek();
    return at.channel === channel && at.thread === thread;
  });
}

/** One message, if it is there and to be seen. */
export function messageWith(id: string): Signal<Message> | undefined {
  return visible.value.find((message) => message.peek().id === id);
}

/** Somebody by id; those unknown keep their id as a name. */
export function someone(id: PersonId): Someone {
  if (id === bot.value.id) return bot.value;
  return people.value.find((person) => person.id === id) ?? { id, name: id, bot: false };
}

function put(message: Message): void {
  const known = messages.get(message.id);
  if (known) {
    known.value = message;
    return;
  }
  messages.set(message.id, signal(message));
  // Ids sort by age; nearly always the new one is the newest.
  const ids = roll.peek();
  const sorted = (ids.at(-1) ?? "") < message.id;
  roll.value = sorted ? [...ids, message.id] : [...ids, message.id].sort();
}

function remove(id: string): void {
  messages.delete(id);
  roll.value = roll.peek().filter((other) => other !== id);
}

/** Reads the whole workspace, then follows its changes; goes on where it was whenever the connection comes back. */
export async function connect(): Promise<void> {
  try {
    const response = await fetch("/console/state");
    if (!response.ok) throw new Error(String(response.status));
    const state: State = await response.json();
    people.value = state.people;
    bot.value = state.bot;
    commands.value = state.commands;
    channels.value = state.channels;
    messages.clear();
    for (const message of state.messages) messages.set(message.id, signal(message));
    roll.value = state.messages.map((message) => message.id).sort();
    if (!state.people.some(({ id }) => id === me.peek()) && state.people[0]) me.value = state.people[0].id;
    follow(state.cursor);
  } catch {
    if (connection.peek() === "live") connection.value = "reconnecting";
    setTimeout(connect, retryMs);
  }
}

const retryMs = 1_500;

function follow(since: string): void {
  const events = new EventSource(`/console/events?since=${encodeURIComponent(since)}`);
  let cursor = since;
  const hear = <Data>(name: string, take: (data: Data) => void) =>
    events.addEventListener(name, (event: MessageEvent<string>) => {
      cursor = event.lastEventId;
      take(JSON.parse(event.data));
    });
  hear("message", put);
  hear("removed", ({ id }: { id: string }) => remove(id));
  hear("reset", () => {
    events.close();
    void connect();
  });
  events.addEventListener("open", () => {
    connection.value = "live";
  });
  events.addEventListener("error", () => {
    connection.value = "reconnecting";
    // The browser tries again by itself after a cut, but gives up for good after any answer that is no stream.
    if (events.readyState === EventSource.CLOSED) setTimeout(() => follow(cursor), retryMs);
  });
}

/** What became of something sent: the id of the message it is or changed, or why it did not arrive. */
export type Outcome = { id?: string; problem?: string };

/** Sends something, as whoever acts now or as another. */
export async function send(
  what: "messages" | "presses" | "edits" | "deletions",
  body: object,
  as: PersonId = me.peek(),
): Promise<Outcome> {
  try {
    const response = await fetch(`/console/${what}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ ...body, as }),
    });
    const answer: { id?: string; error?: { message: string } } = await response.json();
    if (!response.ok) return { problem: answer.error?.message ?? words.unreachable };
    return answer.id ? { id: answer.id } : {};
  } catch {
    return { problem: words.unreachable };
  }
}
