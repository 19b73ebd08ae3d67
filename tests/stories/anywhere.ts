import type { Person as DiscordPerson, SeenMessage } from "../world/discord/discord.ts";
import { openTown, type Town, type Wish } from "./town.ts";

/** The platforms on which a fact is to hold. */
export const platforms = ["Slack", "Discord", "the console"] as const;
export type Platform = (typeof platforms)[number];

/** What the bot has said somewhere, whichever platform it is. */
export type Said = {
  text: string;
  buttons: readonly string[];
  /** Whom it notified. */
  pings: readonly string[];
  /** What is in its files. */
  files: readonly string[];
  /** Links that the platform fetched for a preview. */
  previews: readonly string[];
};

/** A file as people get it. */
export type Attached = { name: string; bytes: Buffer };

/** A question in a channel of its own, and what came of it. */
export type Talk = {
  /** Says more in its thread. */
  say(who: string, text: string): Promise<{ remove(): Promise<void> }>;
  /** Waits for something whole of the bot's there that holds these words. */
  answer(words: string): Promise<Said>;
  /** Waits until these words stand in something of the bot's there, be it still written. */
  sight(words: string): Promise<void>;
  /** Waits for the file that the bot posts there. */
  file(): Promise<string>;
  /** All files of the bot's there, byte for byte, once there are so many. */
  attached(count: number): Promise<Attached[]>;
  /** All that everybody can read of the bot's in its thread. */
  ours(): Promise<Said[]>;
  /** What only this person can read of the bot's, in the channel or where Discord puts such words. */
  privately(who: string): Promise<string[]>;
  /** Waits until there is something of that kind. */
  whisper(who: string, words: string): Promise<string>;
  /** How many messages stand in the channel outside of threads. */
  inChannel(): Promise<number>;
};

/** A town with one platform, spoken to in the same words whichever that is. */
export type Anywhere = {
  town: Town;
  /** Makes people known; each question's channel holds all of them. */
  person(name: string, options?: { locale?: string }): Promise<void>;
  /** Gives a slash command in a new channel: `/agents`, `/bellhop status`, `/ask ops why?`. */
  command(who: string, typed: string): Promise<Pick<Talk, "privately" | "whisper" | "inChannel">>;
  /** Says something in a new channel, as it stands: mentions are the story's. */
  open(who: string, text: string, files?: { name: string; content: string | Buffer }[]): Promise<Talk>;
};

/** Opens a town with one platform and two people, ana and tom. */
export async function openAnywhere(platform: Platform, wish: Wish = {}): Promise<Anywhere> {
  const limits = { mentions_per_minute: 1000 };
  const config = { limits, ...wish.config };
  const here = { Slack: { slack: true }, Discord: { discord: true }, "the console": { console: true } } as const;
  const town = await openTown({ ...wish, ...here[platform], config });
  const anywhere = { Slack: onSlack, Discord: onDiscord, "the console": onConsole }[platform](town);
  for (const name of ["ana", "tom"]) await anywhere.person(name);
  return anywhere;
}

function onSlack(town: Town): Anywhere {
  const { slack } = town;
  const people = new Map<string, ReturnType<typeof slack.person>>();
  const one = (who: string) => known(people, who);
  let channels = 0;
  return {
    town,
    async person(name, { locale = "en-US" } = {}) {
      people.set(name, slack.person(name, { locale }));
    },
    async command(who, typed) {
      const channel = slack.channel(`talk-${++channels}`, { members: [...people.values()] });
      const [, name = "", words = ""] = /^(\S+)\s*(.*)$/.exec(typed) ?? [];
      await slack.command(one(who), channel, name, words);
      const secrets = (whose: string) => slack.ephemerals(one(whose), channel).map(({ shown }) => shown);
      return {
        privately: async (whose) => secrets(whose),
        whisper: (whose, wanted) => slack.until(() => secrets(whose).find((secret) => secret.includes(wanted))),
        inChannel: async () => slack.messages(channel).length,
      };
    },
    async open(who, text, files = []) {
      const channel = slack.channel(`talk-${++channels}`, { members: [...people.values()] });
      const root = slack.say(one(who), channel, text, { files });
      const shown = () => slack.messages(channel, root.ts).filter(({ user }) => user === slack.bot.userId);
      const secrets = (name: string) => slack.ephemerals(one(name), channel).map((message) => message.shown);
      return {
        async say(name, more) {
          const message = slack.say(one(name), channel, more, { thread: root });
          return { remove: async () => slack.delete(message) };
        },
        async answer(words) {
          const found = await slack.until(() =>
            shown().find((message) => message.shown.includes(words) && isWhole(message.buttons, message.streaming)),
          );
          return said(found);
        },
        async sight(words) {
          await slack.until(() => shown().find((message) => message.shown.includes(words)));
        },
        file: () => slack.until(() => shown().flatMap((message) => said(message).files)[0]),
        async attached(count) {
          const files = () => shown().flatMap((message) => message.files.flatMap((id) => slack.file(id) ?? []));
          await slack.until(() => files().length >= count);
          return files().map(({ name, content = Buffer.alloc(0) }) => ({ name, bytes: content }));
        },
        ours: async () => shown().map(said),
        privately: async (name) => secrets(name),
        whisper: (name, words) => slack.until(() => secrets(name).find((secret) => secret.includes(words))),
        inChannel: async () => slack.messages(channel).length,
      };
    },
  };

  function said({ shown, buttons, pings, files, unfurls }: ReturnType<typeof slack.messages>[number]): Said {
    return {
      text: shown,
      buttons,
      pings,
      files: files.map((id) => String(slack.file(id)?.content)),
      previews: unfurls,
    };
  }
}

function onDiscord(town: Town): Anywhere {
  const { discord } = town;
  const people = new Map<string, DiscordPerson>();
  const one = (who: string) => known(people, who);
  const ours = ({ author }: SeenMessage) => author.id === discord.bot.id;
  let channels = 0;
  return {
    town,
    async person(name, { locale = "en-US" } = {}) {
      people.set(name, discord.person(name, { locale }));
    },
    async command(who, typed) {
      const channel = discord.channel(`talk-${++channels}`);
      await discord.until(() => discord.commands.length > 0);
      const [, name = "", first = "", more = ""] = /^\/(\S+)\s*(\S*)\s*(.*)$/.exec(typed) ?? [];
      if (name === "bellhop") discord.slash(one(who), channel, name, {}, { subcommand: first });
      else discord.slash(one(who), channel, name, name === "ask" ? { agent: first, question: more } : {});
      const secrets = (whose: string) =>
        discord
          .messages(channel, one(whose))
          .filter(({ ephemeral, thinking }) => ephemeral && !thinking)
          .map(({ text }) => text);
      return {
        privately: async (whose) => secrets(whose),
        whisper: (whose, wanted) => discord.until(() => secrets(whose).find((secret) => secret.includes(wanted))),
        inChannel: async () => discord.messages(channel).length,
      };
    },
    async open(who, text, files = []) {
      const channel = discord.channel(`talk-${++channels}`);
      const root = discord.say(one(who), channel, text, { files });
      const thread = () => discord.threadOf(root);
      const shown = () => {
        const found = thread();
        return found ? discord.messages(found).filter(ours) : [];
      };
      const secrets = (name: string) => {
        const found = thread();
        const places = [discord.messages(channel, one(name)), found ? discord.messages(found, one(name)) : []];
        const whispers = places.flat().filter(({ ephemeral }) => ephemeral);
        return [...whispers, ...discord.messages(discord.dm(one(name))).filter(ours)].map((message) => message.text);
      };
      return {
        async say(name, more) {
          const message = discord.say(one(name), await discord.until(thread), more);
          return { remove: async () => discord.delete(message) };
        },
        async answer(words) {
          const found = await discord.until(() =>
            shown().find((message) => message.text.includes(words) && isWhole(labels(message))),
          );
          return said(found);
        },
        async sight(words) {
          await discord.until(() => shown().find((message) => message.text.includes(words)));
        },
        file: () => discord.until(() => shown().flatMap((message) => said(message).files)[0]),
        async attached(count) {
          const files = () => shown().flatMap((message) => message.files);
          await discord.until(() => files().length >= count);
          return files().map(({ name, bytes }) => ({ name, bytes }));
        },
        ours: async () => shown().map(said),
        privately: async (name) => secrets(name),
        whisper: (name, words) => discord.until(() => secrets(name).find((secret) => secret.includes(words))),
        inChannel: async () => discord.messages(channel).length,
      };
    },
  };

  function said(message: SeenMessage): Said {
    const { everyone, users, roles } = message.pings;
    const pings = [...(everyone ? ["everyone"] : []), ...users, ...roles];
    return {
      text: message.text,
      buttons: labels(message),
      pings,
      files: message.files.map((file) => file.text),
      previews: message.previews,
    };
  }
}

function onConsole(town: Town): Anywhere {
  const { console } = town;
  return {
    town,
    async person(name, { locale } = {}) {
      if (locale === "zh-TW") await console.speak(name, locale);
    },
    async command(who, typed) {
      const before = await console.messages();
      await console.say(who, typed);
      const all = async () => (await console.messages()).filter(({ id }) => !before.some((one) => one.id === id));
      const secrets = async (whose: string) =>
        (await all()).filter(({ only }) => only === `console:${whose}`).map(({ text }) => text);
      return {
        privately: secrets,
        whisper: (whose, wanted) =>
          console.until(async () => (await secrets(whose)).find((secret) => secret.includes(wanted))),
        inChannel: async () => (await all()).filter(({ only }) => !only).length,
      };
    },
    async open(who, text, files = []) {
      const channel = "general";
      const before = (await console.messages({ channel })).length;
      const root = await console.say(who, text, {
        channel,
        files: await Promise.all(files.map((file) => sent(who, file))),
      });
      const all = async () => (await console.state()).messages.filter((message) => message.channel === channel);
      const inThread = async () =>
        (await all()).filter(({ thread, author, only }) => thread === root.id && author === bot && !only);
      const secrets = async (name: string) =>
        (await all())
          .filter(({ author, only }) => author === bot && only === `console:${name}`)
          .map((message) => message.text);
      return {
        async say(name, more) {
          const { id } = await console.say(name, more, { channel, thread: root.id });
          return { remove: () => console.remove(name, id) };
        },
        async answer(words) {
          return console.until(async () =>
            (await inThread())
              .filter(({ writing }) => !writing)
              .map(said)
              .find((message) => message.text.includes(words)),
          );
        },
        async sight(words) {
          await console.until(async () =>
            (await inThread()).find((message) => JSON.stringify(message).includes(words)),
          );
        },
        file: () => console.until(async () => (await inThread()).flatMap((message) => said(message).files)[0]),
        async attached(count) {
          const files = async () => (await inThread()).flatMap((message) => message.files ?? []);
          const there = await console.until(async () => {
            const found = await files();
            return found.length >= count ? found : undefined;
          });
          return Promise.all(there.map(async ({ name, ref }) => ({ name, bytes: await console.fetch(who, ref) })));
        },
        ours: async () => (await inThread()).map(said),
        privately: secrets,
        whisper: (name, words) => console.until(async () => (await secrets(name)).find((one) => one.includes(words))),
        inChannel: async () => (await console.messages({ channel })).length - before,
      };
    },
  };

  function sent(who: string, { name, content }: { name: string; content: string | Buffer }): Promise<string> {
    return console.send(who, { name, type: name.endsWith(".png") ? "image/png" : "text/plain", bytes: content });
  }

  function said(message: Awaited<ReturnType<typeof console.messages>>[number]): Said {
    return {
      text: [...(message.lines ?? []).map(({ title, note }) => `${title} ${note ?? ""}`), message.text, message.footer]
        .join("\n")
        .trim(),
      buttons: message.card?.buttons?.map(({ text }) => text) ?? [],
      pings: [],
      files: message.files?.map(({ name }) => name) ?? [],
      previews: [],
    };
  }
}

const bot = "console:bellhop";
const labels = ({ buttons }: SeenMessage) => buttons.map(({ label }) => label);

/** Not being written any more. */
function isWhole(buttons: readonly string[], streaming?: string): boolean {
  return streaming !== "in_progress" && !buttons.some((label) => label === "Stop" || label === "停止");
}

function known<Person>(people: Map<string, Person>, name: string): Person {
  const person = people.get(name);
  if (!person) throw new Error(`nobody is called ${name} here`);
  return person;
}
