import { type Logger, pino } from "pino";
import { createDiscordAdapter } from "../../adapters/discord/discord.ts";
import type { Address, ChatAdapter, Inbox, PersonId } from "../../src/chat.ts";
import {
  type Channel,
  type Clock,
  createDiscord,
  type Discord,
  type DiscordOptions,
  type Interaction,
  type Message,
  type Person,
  type SeenMessage,
} from "../world/discord/discord.ts";
import { isObject, objectsIn } from "../world/discord/form.ts";
import { loadOracle } from "../world/discord/oracle.ts";
import type { PlatformUnderTest } from "./contract.ts";

/** Lets a test look again after every change of something, and says what it waited for when nothing comes of it. */
function watched(deadlineMs = 10_000) {
  const waiting = new Set<() => void>();
  return {
    changed() {
      for (const look of [...waiting]) look();
    },
    until(is: () => boolean): Promise<void> {
      return new Promise((resolve, reject) => {
        const end = (act: () => void) => {
          clearTimeout(timer);
          waiting.delete(look);
          act();
        };
        const look = () => {
          if (is()) end(resolve);
        };
        const timer = setTimeout(() => end(() => reject(new Error(`waited in vain for ${is}`))), deadlineMs);
        waiting.add(look);
        look();
      });
    },
  };
}

/** A log whose every line lets a test look again: each change of the adapter's state is one. */
export function watchedLog() {
  const { changed, until } = watched();
  const lines: string[] = [];
  const write = (line: string) => {
    lines.push(line);
    changed();
  };
  return { log: pino({ level: "info" }, { write }), lines, until };
}

/** A memory as the store would give it. */
export function memory() {
  const kept = new Map<string, unknown>();
  const { changed, until } = watched();
  return {
    kept,
    until,
    get: async (key: string) => kept.get(key),
    async set(key: string, value: unknown) {
      kept.set(key, value);
      changed();
    },
  };
}

/** Discord's time: the real one, which can be moved on. Between two sessions of a bot Discord wants five seconds. */
export function movableClock() {
  let ahead = 0;
  const clock: Clock = {
    now: () => Date.now() + ahead,
    after(ms, then) {
      const timer = setTimeout(then, ms).unref();
      return () => clearTimeout(timer);
    },
  };
  return {
    clock,
    moveOn(ms: number) {
      ahead += ms;
    },
  };
}

/** The adapter for a simulated Discord, not yet started. */
export function adapterFor(discord: Discord, kv: ReturnType<typeof memory>, log: Logger): ChatAdapter {
  return createDiscordAdapter({ token: discord.token, apiUrl: discord.apiUrl, log, kv });
}

/** Waits for an answer that itself has to be waited for, looking again after every change. */
export async function untilAsync(discord: Discord, is: () => Promise<boolean>): Promise<void> {
  for (;;) {
    const calls = discord.calls.length;
    let looked = false;
    if (await is()) return;
    await discord.until(() => {
      const changed = looked || discord.calls.length !== calls;
      looked = true;
      return changed;
    });
  }
}

const oracle = loadOracle();
/** The description does not name media channels, which the documentation does. */
const media = ".type is 16";

/** A simulated Discord with people in it, and the adapter connected to it. */
export async function openDiscord(inbox: Inbox, options: Omit<DiscordOptions, "clock"> = {}) {
  const { clock, moveOn } = movableClock();
  const discord = await createDiscord({ ...options, clock });
  const [ana, tom] = [discord.person("ana"), discord.person("tom")];
  const general = discord.channel("general");
  const kv = memory();
  const { log, lines, until } = watchedLog();
  let adapter = adapterFor(discord, kv, log);
  await adapter.start(inbox, new AbortController().signal);
  return {
    discord,
    ana,
    tom,
    general,
    kv,
    moveOn,
    /** What it wrote into its log, line by line. */
    log: lines,
    /** Waits for something that the adapter says of itself. */
    until,
    get adapter() {
      return adapter;
    },
    /** Ends this adapter and starts another, with `meanwhile` between. */
    async restart(meanwhile?: () => unknown): Promise<void> {
      await adapter.stop();
      await meanwhile?.();
      moveOn(5_000);
      adapter = adapterFor(discord, kv, log);
      await adapter.start(inbox, new AbortController().signal);
    },
    /** Ends both; fails when the bot did what a well-behaved one does not do. */
    async close(): Promise<void> {
      await adapter.stop();
      await discord.stop();
      const [violation] = discord.violations;
      if (violation) throw new Error(`Discord would object: ${violation.rule}: ${violation.detail}`);
      // Beside Discord's own description of its API, everything sent is held against that, too.
      const [problem] = discord.calls.flatMap(
        (call) => oracle?.problems(call).filter((told) => !told.includes(media)) ?? [],
      );
      if (problem) throw new Error(`Discord would not understand: ${problem}`);
    },
  };
}

/** What people see of the bot in a channel or thread. */
export function ours(discord: Discord, channel: Channel | undefined, as?: Person): SeenMessage[] {
  const seen = channel ? discord.messages(channel, as) : [];
  return seen.filter(({ author }) => author.id === discord.bot.id);
}

/** Discord with its adapter, as the contract wants it. */
export async function discordPlatform(inbox: Inbox): Promise<PlatformUnderTest> {
  const open = await openDiscord(inbox);
  const { discord, ana, tom, general } = open;
  const dm = discord.dm(ana);
  const said = new Map<string, Message>();
  /** What people did that may be answered with a form, the newest last. */
  const asked: Interaction[] = [];
  const formOf = (id: PersonId) => asked.findLast(({ person, modal }) => person === personOf(id) && modal);
  const labelsOf = ({ modal }: Interaction) => objectsIn(modal?.components).filter(({ label }) => label !== undefined);

  const at = ({ channel, thread }: Address) =>
    thread === undefined ? [general, dm].find(({ id }) => id === channel) : discord.threadOf(thread);
  const personOf = (id: PersonId) => (id === `discord:${tom.id}` ? tom : ana);
  const message = (id: string): Message => {
    const found = said.get(id);
    if (!found) throw new Error(`nobody said ${id}`);
    return found;
  };

  return {
    get adapter() {
      return open.adapter;
    },
    channel: { adapter: "discord", channel: general.id },
    closed: { adapter: "discord", channel: dm.id },
    ana: `discord:${ana.id}`,
    tom: `discord:${tom.id}`,
    async say(text, { as, mention, thread, direct } = {}) {
      const from = thread === undefined ? undefined : message(thread);
      const place = from ? (discord.threadOf(from) ?? discord.thread(general, { from })) : direct ? dm : general;
      const one = discord.say(as ? personOf(as) : ana, place, mention && !direct ? `@Bellhop ${text}` : text);
      said.set(one.id, one);
      return one.id;
    },
    async edit(id, text) {
      discord.edit(message(id), text);
    },
    async remove(id) {
      discord.delete(message(id));
    },
    async visible(address, as) {
      const channel = at(address);
      const seen = channel ? discord.messages(channel, as ? personOf(as) : ana) : [];
      return seen.map(({ id, author, text, files, buttons }) => ({
        id,
        ours: author.id === discord.bot.id,
        text: [text, ...files.map((file) => file.text)].join("\n"),
        buttons: buttons.map(({ label }) => label),
      }));
    },
    async reactions(id) {
      const inChannel = discord.messages(general);
      const inThreads = inChannel.flatMap((one) => discord.threadOf(one) ?? []).flatMap((one) => discord.messages(one));
      const { reactions = [] } = [...inChannel, ...inThreads].find((one) => one.id === id) ?? {};
      return reactions.map(({ emoji }) => emoji.replace("\uFE0F", ""));
    },
    async pinned(address) {
      const channel = at(address);
      const seen = channel ? discord.messages(channel) : [];
      return seen.filter(({ pinned }) => pinned).map(({ id }) => id);
    },
    until: (is) => untilAsync(discord, is),
    pings: {
      written: `<@${tom.id}> <@!${tom.id}> <@&${general.server?.id}>`,
      heard: () =>
        [...said.keys()]
          .flatMap((id) => discord.threadOf(id) ?? [])
          .flatMap((thread) => discord.messages(thread))
          .filter(({ author }) => author.id === discord.bot.id)
          .flatMap(({ pings }) => [...pings.users, ...pings.roles, ...(pings.everyone ? ["everyone"] : [])]),
    },
    restart: open.restart,
    stop: open.close,
    loseNextResponse: () => discord.faults.plan("POST /channels/{channel_id}/messages", { do: "lose" }),
    refuseNextAsTooMany: () =>
      discord.faults.plan("POST /channels/{channel_id}/messages", { do: "limit", retryAfter: 0.5 }),
    async press(id, button, as) {
      const pressed = discord.press(personOf(as), id, button);
      asked.push(pressed);
      await discord.until(() => pressed.answeredAt);
    },
    async editToMention(id, text) {
      discord.edit(message(id), `@Bellhop ${text}`);
    },
    async pick(id, title, as) {
      await discord.until(() => discord.commands.length > 0);
      asked.push(discord.contextMenu(personOf(as), message(id), title));
    },
    async form(as) {
      const one = formOf(as);
      return one && { title: String(one.modal?.title), labels: labelsOf(one).map(({ label }) => String(label)) };
    },
    async fillIn(as, answers) {
      const one = formOf(as);
      if (!one) throw new Error("there is no form");
      const values = Object.entries(answers).map(([label, words]) => {
        const { component } = labelsOf(one).find((part) => part.label === label) ?? {};
        const options = isObject(component) ? objectsIn(component.options) : [];
        const picked = options
          .filter(({ label }) => [words].flat().includes(String(label)))
          .map(({ value }) => `${value}`);
        return [label, options.length > 0 ? picked : words];
      });
      try {
        discord.submitModal(one, Object.fromEntries(values));
      } catch (error) {
        // Discord's own form does not let it through.
        if (error instanceof Error && error.message.startsWith("the modal needs")) return error.message;
        throw error;
      }
      asked.splice(asked.indexOf(one), 1);
      return undefined;
    },
    async rate(id, rating, as) {
      const pressed = discord.press(personOf(as), id, rating === "good" ? "👍" : "👎");
      await discord.until(() => pressed.answeredAt);
    },
    async passOn(id, text) {
      const one = discord.say(ana, general, text, { replyTo: id });
      said.set(one.id, one);
      return one.id;
    },
    call: (person) => `<@${personOf(person).id}>`,
    // To call somebody here is to show who is meant; it rings for nobody.
    async called(person) {
      const shown = [...said.keys()].flatMap((id) => ours(discord, discord.threadOf(id)));
      return shown.some(({ text }) => text.includes(`<@${personOf(person).id}>`));
    },
    async rung() {
      const places = [general, ...[...said.keys()].flatMap((id) => discord.threadOf(id) ?? [])];
      const all = places.flatMap((place) => ours(discord, place));
      return all.flatMap(({ pings }) => pings.users.map((user): PersonId => `discord:${user}`));
    },
    async fetchPosted(address, name) {
      const files = ours(discord, at(address)).flatMap((seen) => seen.files);
      return files.find((file) => file.name === name)?.bytes;
    },
    async readPosted(address, name) {
      const files = ours(discord, at(address)).flatMap((seen) => seen.files);
      return files.find((file) => file.name === name)?.text;
    },
    async command(name, text) {
      await discord.until(() => discord.commands.length > 0);
      discord.slash(ana, general, name, { question: text });
    },
    async working(address) {
      const place = at(address) ?? general;
      return discord.typing(place).includes(discord.bot.name);
    },
    async sayWithFile(text, { name, text: content }) {
      return discord.say(ana, general, text, { files: [{ name, content }] }).id;
    },
  };
}
