import { computed, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { PersonId } from "../../../src/chat.ts";
import type { Command, MessageShortcut } from "../../../src/words/commands.ts";
import { isIn, type Message, type Someone, type State, sees, type You } from "../wire.ts";
import { preference } from "./preference.ts";
import { language } from "./words.ts";

/** How the page is connected to the workspace. */
export const connection = signal<"connecting" | "live" | "reconnecting">("connecting");

/** The people one can act as. */
export const people = signal<Someone[]>([]);
/** The bot. */
export const bot = signal<Someone>({ id: "console:bellhop", name: "Bellhop", bot: true });
const known = signal<Pick<State, "channels" | "commands" | "shortcuts"> | undefined>(undefined);

/** The slash commands there are, in the page's language. */
export const commands = computed<Command[]>(() => known.value?.commands[language.value] ?? []);
/** What the bot can do about one message. */
export const shortcuts = computed<MessageShortcut[]>(() => known.value?.shortcuts[language.value] ?? []);

/** Who is acting now. */
export const me = preference<PersonId>("as", "console:ana", (kept): kept is PersonId => kept.includes(":"));
/** What concerns whoever acts now, and nobody else; once it is known. */
export const you = signal<You | undefined>(undefined);

/** The channels that whoever acts now can see. */
export const places = computed(() => (known.value?.channels ?? []).filter((channel) => isIn(me.value, channel)));

// Each message is a signal of its own, so that one being written redraws itself and nothing else.
const messages = new Map<string, Signal<Message>>();
const roll = signal<string[]>([]);

const placeKey = (channel: string, thread?: string) => `${channel} ${thread ?? ""}`;

/** The messages that whoever acts now can see, by id and by place, oldest first. Where one stands never changes, so only ids are watched. */
const visible = computed(() => {
  const open = new Set(places.value.map((channel) => channel.id));
  const byId = new Map<string, Signal<Message>>();
  const byPlace = new Map<string, Signal<Message>[]>();
  for (const id of roll.value) {
    const message = messages.get(id);
    const at = message?.peek();
    if (!message || !at || !open.has(at.channel) || !sees(me.value, at)) continue;
    byId.set(id, message);
    const key = placeKey(at.channel, at.thread);
    const there = byPlace.get(key);
    if (there) there.push(message);
    else byPlace.set(key, [message]);
  }
  return { byId, byPlace };
});

/** What stands in a channel, or in a thread without the message it grew from. */
export function standing(channel: string, thread?: string): Signal<Message>[] {
  return visible.value.byPlace.get(placeKey(channel, thread)) ?? [];
}

/** The threads of a channel that something stands in, by the id of the message each grew from. */
export function threadsIn(channel: string): string[] {
  const start = placeKey(channel);
  return [...visible.value.byPlace.keys()]
    .filter((key) => key.startsWith(start) && key !== start)
    .map((key) => key.slice(start.length));
}

/** One message, if it is there and to be seen. */
export function messageWith(id: string): ReadonlySignal<Message> | undefined {
  return visible.value.byId.get(id);
}

/** Somebody by id; those unknown keep their id as a name. */
export function someone(id: PersonId): Someone {
  if (id === bot.value.id) return bot.value;
  return people.value.find((person) => person.id === id) ?? { id, name: id, bot: false };
}

const ears = new Set<(message: Message) => void>();

/** Hears of every message once it is whole: when it came, or when it is written to its end. */
export function hearMessages(ear: (message: Message) => void): void {
  ears.add(ear);
}

function put(message: Message): void {
  const before = messages.get(message.id);
  const whole = !message.writing && (!before || before.peek().writing);
  if (before) before.value = message;
  else {
    messages.set(message.id, signal(message));
    // Ids sort by age; nearly always the new one is the newest.
    const ids = roll.peek();
    const sorted = (ids.at(-1) ?? "") < message.id;
    roll.value = sorted ? [...ids, message.id] : [...ids, message.id].sort();
  }
  if (whole && messageWith(message.id)) for (const ear of ears) ear(message);
}

function remove(id: string): void {
  messages.delete(id);
  roll.value = roll.peek().filter((other) => other !== id);
}

const retryMs = 1_500;
let stream: EventSource | undefined;
let cursor = "";

/** Reads the whole workspace, then follows its changes; goes on where it was whenever the connection comes back. */
export async function connect(): Promise<void> {
  try {
    const response = await fetch(`/console/state?as=${encodeURIComponent(me.peek())}`);
    if (!response.ok) throw new Error(String(response.status));
    const state: State = await response.json();
    people.value = state.people;
    bot.value = state.bot;
    known.value = state;
    messages.clear();
    for (const message of state.messages) messages.set(message.id, signal(message));
    roll.value = state.messages.map((message) => message.id).sort();
    if (!state.people.some(({ id }) => id === me.peek()) && state.people[0]) me.value = state.people[0].id;
    if (state.you) you.value = state.you;
    cursor = state.cursor;
    follow();
  } catch {
    if (connection.peek() === "live") connection.value = "reconnecting";
    setTimeout(connect, retryMs);
  }
}

function follow(): void {
  stream?.close();
  const query = new URLSearchParams({ since: cursor, as: me.peek() });
  const events = new EventSource(`/console/events?${query}`);
  stream = events;
  const hear = <Data>(name: string, take: (data: Data) => void) =>
    events.addEventListener(name, (event: MessageEvent<string>) => {
      // What concerns one person has no place in the row of changes.
      if (event.lastEventId) cursor = event.lastEventId;
      take(JSON.parse(event.data));
    });
  hear("message", put);
  hear("removed", ({ id }: { id: string }) => remove(id));
  hear("you", (news: You) => {
    you.value = news;
  });
  hear("reset", () => {
    events.close();
    void connect();
  });
  events.addEventListener("open", () => {
    connection.value = "live";
  });
  events.addEventListener("error", () => {
    if (events !== stream) return;
    connection.value = "reconnecting";
    // The browser tries again by itself after a cut, but gives up for good after any answer that is no stream.
    if (events.readyState === EventSource.CLOSED) setTimeout(() => events === stream && follow(), retryMs);
  });
}

/** Hears what concerns one person alone, always of whoever acts. */
export function followPerson(): void {
  effect(() => {
    if (!me.value || !stream) return;
    you.value = undefined;
    follow();
  });
}
