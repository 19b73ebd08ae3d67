import { createFakeTime, type FakeTime } from "../schedules/fake-time.ts";
import type { Person as DiscordPerson } from "../world/discord/discord.ts";
import type { Platform } from "./anywhere.ts";
import { pass, schedule, until } from "./due.ts";
import { openTown, type Town } from "./town.ts";

/** A post of the bot's as people see it; `id` names it to the other doings. */
export type Shown = { id: string; text: string; buttons: readonly string[]; pings: readonly string[] };

/** A channel that is talked in and digested, whichever platform it is on. */
export type DigestedChannel = {
  /** As a schedule names it. */
  ref: string;
  /** Says something, there or in a thread; gives what names it. */
  say(who: string, text: string, thread?: string): Promise<string>;
  /** The bot's posts in the channel itself, the oldest first. */
  posts(): Promise<Shown[]>;
  /** What it posted in the thread of one. */
  under(post: Shown): Promise<Shown[]>;
  press(who: string, post: Shown, button: string): Promise<void>;
  /** What only somebody reads, the oldest first. */
  privately(who: string): Promise<string[]>;
};

export type DigestTown = { town: Town; time: FakeTime; channel: DigestedChannel; due(): Promise<void> };

export const everyMs = 1_800_000;
const offline = { models: [{ name: "offline", provider: "offline", model: "offline" }] };
const scribe = {
  name: "scribe",
  role: "writes things down",
  llm_model: "offline",
  system_prompt: "You write digests.",
};

/** A town with one platform, one channel with ana and tom in it, and a schedule that digests it every half hour. */
export async function openDigested(
  platform: Platform,
  more: { model?: "simulated"; schedule?: Record<string, unknown>; config?: Record<string, unknown> } = {},
): Promise<DigestTown> {
  const time = createFakeTime(Date.now());
  const here = { Slack: { slack: true }, Discord: { discord: true }, "the console": { console: true } } as const;
  const config = { ...(more.model ? {} : { ...offline, agents: [scribe] }), ...more.config };
  const town = await openTown({ ...here[platform], parts: { time }, config });
  const channel = { Slack: onSlack, Discord: onDiscord, "the console": onConsole }[platform](town);
  const digest = {
    ...{ name: "support digest", when: "every 30 minutes", timezone: "UTC", agent: "scribe", digest: true, retries: 0 },
    ...{ from: [channel.ref], to: [channel.ref], ...more.schedule },
  };
  await schedule(town, [digest], config);
  return { town, time, channel, due: () => pass(town, time, everyMs) };
}

/** The digest that was posted as the last of so many, whole. */
export async function digestIn(channel: DigestedChannel, count: number): Promise<{ head: Shown; body: Shown }> {
  const head = await until(async () => (await channel.posts())[count - 1]);
  const body = await until(async () => (await channel.under(head))[0]);
  return { head, body };
}

function onSlack({ slack }: Town): DigestedChannel {
  const people = new Map(["ana", "tom"].map((name) => [name, slack.person(name)]));
  const one = (who: string) => people.get(who) ?? "";
  const support = slack.channel("support", { members: [...people.values()] });
  const ours = (thread?: string) =>
    slack
      .messages(support, thread)
      .filter(({ user, ts }) => user === slack.bot.userId && ts !== thread)
      .map(({ ts, shown, buttons, pings }) => ({ id: ts, text: shown, buttons, pings }));
  return {
    ref: `slack:${support.id}`,
    say: async (who, text, thread) => slack.say(one(who), support, text, thread ? { thread } : {}).ts,
    posts: async () => ours(),
    under: async ({ id }) => ours(id),
    press: async (who, { id }, button) => void (await slack.press(one(who), id, button)),
    privately: async (who) => slack.ephemerals(one(who), support).map(({ shown }) => shown),
  };
}

function onDiscord({ discord }: Town): DigestedChannel {
  const people = new Map<string, DiscordPerson>();
  for (const name of ["ana", "tom"]) people.set(name, discord.person(name));
  const one = (who: string) => people.get(who) ?? discord.person(who);
  const support = discord.channel("support");
  const threadOf = (id: string) => {
    const from = support.messages.find((message) => message.id === id);
    return discord.threadOf(id) ?? discord.thread(support, { name: "about it", ...(from ? { from } : {}) });
  };
  const ours = (place: typeof support) =>
    discord
      .messages(place)
      .filter(({ author, text }) => author.id === discord.bot.id && text !== "")
      .map(({ id, text, buttons, pings }) => ({
        ...{ id, text, buttons: buttons.map(({ label }) => label) },
        pings: [...(pings.everyone ? ["everyone"] : []), ...pings.users, ...pings.roles],
      }));
  return {
    ref: `discord:${support.id}`,
    say: async (who, text, thread) => discord.say(one(who), thread ? threadOf(thread) : support, text).id,
    posts: async () => ours(support),
    async under({ id }) {
      const thread = discord.threadOf(id);
      return thread ? ours(thread).filter((post) => post.id !== id) : [];
    },
    press: async (who, { id }, button) => void discord.press(one(who), id, button),
    async privately(who) {
      const places = [support, ...support.messages.flatMap(({ id }) => discord.threadOf(id) ?? [])];
      const all = places.flatMap((place) => discord.messages(place, one(who)));
      return all.filter(({ ephemeral, thinking }) => ephemeral && !thinking).map(({ text }) => text);
    },
  };
}

function onConsole({ console }: Town): DigestedChannel {
  const ours = async (thread?: string) =>
    (await console.messages(thread ? { thread } : {}))
      .filter(({ author, only }) => author === "console:bellhop" && !only)
      .map(({ id, text, card }) => ({ id, text, buttons: card?.buttons?.map((one) => one.text) ?? [], pings: [] }));
  return {
    ref: "console:general",
    say: async (who, text, thread) => (await console.say(who, text, thread ? { thread } : {})).id,
    posts: () => ours(),
    under: ({ id }) => ours(id),
    async press(who, { id }, label) {
      const found = (await console.state()).messages.find((message) => message.id === id);
      const button = found?.card?.buttons?.find(({ text }) => text === label);
      if (!button) throw new Error(`no button ${label}`);
      await console.press(who, id, button.id, button.value);
    },
    async privately(who) {
      const { messages } = await console.state();
      return messages.filter(({ only }) => only === `console:${who}`).map(({ text }) => text);
    },
  };
}
