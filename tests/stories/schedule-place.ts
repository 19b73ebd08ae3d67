import { createFakeTime, type FakeTime } from "../schedules/fake-time.ts";
import type { Platform } from "./anywhere.ts";
import { configOf, openTown, type Town } from "./town.ts";

/** Something the bot said, as its reader sees it. */
export type Card = { id: string; text: string; buttons: readonly string[] };

/** A channel called team, with ana, tom and the admin kim in it, spoken to in the same words whichever platform it is on. */
export type Place = {
  town: Town;
  time: FakeTime;
  /** The channel as settings and fields write it. */
  channel: string;
  /** The settings in force. */
  settings(): Record<string, unknown>;
  /** What the platform calls somebody. */
  idOf(who: string): string;
  /** Somebody is no longer there at all, where that can be. */
  leave?(who: string): void;
  /** Gives the command `/schedule`. */
  order(who: string, text: string): Promise<void>;
  mention(who: string, text: string): Promise<void>;
  /** Waits for the newest thing that only this person reads, holding these words. */
  whisper(who: string, words: RegExp): Promise<Card>;
  /** All that only this person can read. */
  whispers(who: string): Promise<Card[]>;
  /** Waits for the newest thing that everybody reads, holding these words. */
  seen(words: RegExp): Promise<Card>;
  /** All that everybody can read of the bot's in the channel. */
  all(): Promise<Card[]>;
  /** Whom the bot's posts in the channel called, by their ids. */
  called(): Promise<readonly string[]>;
  press(who: string, card: Card, label: string): Promise<void>;
  /** Changes inputs of the form in front of somebody, by their ids, and sends it off. */
  fillIn(who: string, values: Record<string, string>): Promise<void>;
};

const start = Date.parse("2026-11-21T14:00:00Z");
const people = ["ana", "tom", "kim"];

/** Opens a town with one platform, in Berlin unless the settings say otherwise, under a time of its own. */
export async function openPlace(
  platform: Platform,
  settings: (about: { channel: string; admin: string }) => Record<string, unknown> = () => ({}),
  locale: Locale = "en-US",
): Promise<Place> {
  const time = createFakeTime(start);
  const here = { Slack: { slack: true }, Discord: { discord: true }, "the console": { console: true } } as const;
  const town = await openTown({ ...here[platform], parts: { time, now: time.now } });
  const open = { Slack: onSlack, Discord: onDiscord, "the console": onConsole }[platform];
  let inForce: Record<string, unknown> = {};
  const place = await open(town, time, locale, ({ channel, admin }) => {
    const { workspace = {}, ...more } = settings({ channel, admin });
    inForce = { workspace: { timezone: "Europe/Berlin", admins: [admin], ...Object(workspace) }, ...more };
    town.app.use(configOf(town.model, inForce));
  });
  return { ...place, settings: () => inForce };
}

type Locale = "en-US" | "zh-TW";
type Use = (about: { channel: string; admin: string }) => void;

function onSlack(town: Town, time: FakeTime, locale: Locale, use: Use): Omit<Place, "settings"> {
  const { slack } = town;
  const known = new Map(people.map((name) => [name, slack.person(name, { tz: "Europe/Berlin", locale })]));
  const one = (who: string) => known.get(who)?.id ?? "";
  const team = slack.channel("team", { members: [...known.values()] });
  const asCard = ({ ts, shown, buttons }: { ts: string; shown: string; buttons: readonly string[] }): Card => ({
    id: ts,
    text: shown,
    buttons,
  });
  const secrets = (who: string) => slack.ephemerals(one(who), team).map(asCard);
  const ours = () =>
    slack
      .messages(team)
      .filter(({ user }) => user === slack.bot.userId)
      .map(asCard);
  use({ channel: `slack:${team.id}`, admin: `slack:${one("kim")}` });
  return {
    town,
    time,
    channel: `slack:${team.id}`,
    idOf: one,
    leave: (who) => slack.deactivate(one(who)),
    order: async (who, text) => void (await slack.command(one(who), team, "/schedule", text)),
    mention: async (who, text) => void slack.say(one(who), team, `@Bellhop ${text}`),
    whisper: (who, words) => slack.until(() => secrets(who).findLast(({ text }) => words.test(text))),
    whispers: async (who) => secrets(who),
    seen: (words) => slack.until(() => ours().findLast(({ text }) => words.test(text))),
    all: async () => ours(),
    called: async () =>
      slack
        .messages(team)
        .filter(({ user }) => user === slack.bot.userId)
        .flatMap(({ notified }) => notified),
    async press(who, card, label) {
      const secret = slack.ephemerals(one(who), team).find(({ ts }) => ts === card.id);
      const message = slack.messages(team).find(({ ts }) => ts === card.id);
      const pressed = secret ?? message;
      if (!pressed) throw new Error(`${who} does not see that`);
      await slack.press(one(who), pressed, label);
    },
    async fillIn(who, values) {
      await slack.until(() => slack.views(one(who)).find(({ type }) => type === "modal"));
      await slack.submit(one(who), values);
    },
  };
}

function onDiscord(town: Town, time: FakeTime, locale: Locale, use: Use): Omit<Place, "settings"> {
  const { discord } = town;
  const known = new Map(people.map((name) => [name, discord.person(name, { locale })]));
  const one = (who: string) => {
    const person = known.get(who);
    if (!person) throw new Error(`nobody is called ${who} here`);
    return person;
  };
  const team = discord.channel("team");
  type Seen = ReturnType<typeof discord.messages>[number];
  const asCard = ({ id, text, buttons }: Seen): Card => ({ id, text, buttons: buttons.map(({ label }) => label) });
  const isOurs = ({ author }: Seen) => author.id === discord.bot.id;
  const secrets = (who: string) => [
    ...discord.messages(team, one(who)).filter(({ ephemeral, thinking }) => ephemeral && !thinking),
    ...discord.messages(discord.dm(one(who)), one(who)).filter((message) => isOurs(message) && !message.thinking),
  ];
  const ours = () => discord.messages(team).filter((message) => isOurs(message) && message.text !== "");
  let asked: ReturnType<typeof discord.press> | undefined;
  use({ channel: `discord:${team.id}`, admin: `discord:${one("kim").id}` });
  return {
    town,
    time,
    channel: `discord:${team.id}`,
    idOf: (who) => one(who).id,
    async order(who, text) {
      await discord.until(() => discord.commands.length > 0);
      discord.slash(one(who), team, "schedule", { when: text });
    },
    mention: async (who, text) => void discord.say(one(who), team, `@Bellhop ${text}`),
    whisper: async (who, words) =>
      asCard(await discord.until(() => secrets(who).findLast(({ text }) => words.test(text)))),
    whispers: async (who) => secrets(who).map(asCard),
    seen: async (words) => asCard(await discord.until(() => ours().findLast(({ text }) => words.test(text)))),
    all: async () => ours().map(asCard),
    called: async () =>
      discord
        .messages(team)
        .filter(isOurs)
        .flatMap(({ pings }) => [...pings.users, ...(pings.everyone ? ["everyone"] : [])]),
    async press(who, card, label) {
      const places = [team, discord.dm(one(who))];
      const message = places.flatMap(({ messages }) => messages).find(({ id }) => id === card.id);
      if (!message) throw new Error(`${who} does not see that`);
      asked = discord.press(one(who), message, label);
    },
    async fillIn(_who, values) {
      const pressed = asked;
      if (!pressed) throw new Error("nothing was pressed");
      await discord.until(() => pressed.modal);
      discord.submitModal(pressed, values);
    },
  };
}

async function onConsole(town: Town, time: FakeTime, locale: Locale, use: Use): Promise<Omit<Place, "settings">> {
  const { console } = town;
  const channel = "team";
  const bot = "console:bellhop";
  type Said = Awaited<ReturnType<typeof console.messages>>[number];
  const asCard = ({ id, text, footer, card }: Said): Card => ({
    id,
    text: [text, footer].filter(Boolean).join("\n"),
    buttons: card?.buttons?.map(({ text }) => text) ?? [],
  });
  const said = async (only: string | undefined) =>
    (await console.state()).messages
      .filter((message) => message.author === bot && !message.writing && message.only === only)
      .filter((message) => message.channel === channel && (only !== undefined || message.thread === undefined))
      .map(asCard);
  const newest = (only: string | undefined, words: RegExp) =>
    console.until(async () => (await said(only)).findLast(({ text }) => words.test(text)));
  use({ channel: "console:team", admin: "console:kim" });
  if (locale === "zh-TW") for (const who of people) await console.speak(who, locale);
  return {
    town,
    time,
    channel: "console:team",
    idOf: (who) => `console:${who}`,
    order: async (who, text) => void (await console.say(who, `/schedule ${text}`, { channel })),
    mention: async (who, text) => void (await console.say(who, `@Bellhop ${text}`, { channel })),
    whisper: (who, words) => newest(`console:${who}`, words),
    whispers: (who) => said(`console:${who}`),
    seen: (words) => newest(undefined, words),
    all: () => said(undefined),
    called: async () =>
      (await console.state()).messages
        .filter(({ author }) => author === bot)
        .flatMap(({ people = [] }) => people.map(({ id }) => id)),
    async press(who, card, label) {
      const { messages } = await console.state();
      const button = messages.find(({ id }) => id === card.id)?.card?.buttons?.find(({ text }) => text === label);
      if (!button) throw new Error(`there is no button ${label}`);
      await console.press(who, card.id, button.id, button.value);
    },
    async fillIn(who, values) {
      const { form } = await console.you(who, ({ form }) => form !== undefined);
      const preset = form?.form.inputs.flatMap(({ id, value }) => (value ? [[id, value]] : [])) ?? [];
      await console.submit(who, form?.id ?? "", { ...Object.fromEntries(preset), ...values });
    },
  };
}
