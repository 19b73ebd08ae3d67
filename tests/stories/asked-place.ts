import type { InCall } from "../world/mcp/asking-server.ts";
import { openAskingServer } from "../world/mcp/asking-server.ts";
import type { ModelRequest } from "../world/model/request.ts";
import type { Platform } from "./anywhere.ts";
import { openTown, type Town, type Wish } from "./town.ts";

/** Something of the bot's with what can be pressed on it. */
export type AskedCard = { id: string; text: string; buttons: readonly string[]; pings: readonly string[] };

/** What is typed or chosen, by the numbers of fields. */
export type Answers = Record<number, string | string[]>;

/** A thread in which a run goes on that asks back. */
export type AskedThread = {
  /** Waits for what everybody reads there, holding these words. */
  card(words: RegExp): Promise<AskedCard>;
  /** All of the bot's that everybody reads there. */
  all(): Promise<AskedCard[]>;
  /** Waits for what only this person reads. */
  whisper(who: string, words: RegExp): Promise<AskedCard>;
  say(who: string, text: string): Promise<void>;
  press(who: string, card: AskedCard, label: string): Promise<void>;
  /** Waits for the form in front of somebody, and gives it as text. */
  form(who: string): Promise<string>;
  /** Writes into the form by the numbers of its fields and sends it off; gives what it says is wrong. */
  fillIn(who: string, values: Answers): Promise<Record<string, string>>;
};

/** A town on one platform with a server of tools that ask back; its people are ana and tom. */
export type AskedPlace = {
  town: Town;
  /** Speaks to the bot in a new channel; each word of a tool's name calls that tool. */
  begin(who: string, text: string): Promise<AskedThread>;
};

/** Opens one. The model answers with what the tool that was named gave. */
export async function openAsked(
  platform: Platform,
  tools: Record<string, (call: InCall) => Promise<unknown> | unknown>,
  wish: Pick<Wish, "config" | "parts"> & { locale?: string } = {},
): Promise<AskedPlace & { close(): Promise<void> }> {
  const server = await openAskingServer(tools);
  const here = { Slack: { slack: true }, Discord: { discord: true }, "the console": { console: true } } as const;
  const config = {
    limits: { mentions_per_minute: 1000 },
    mcp_servers: [{ name: "desk", url: server.url }],
    agents: [{ name: "ops", llm_model: "main", system_prompt: "You are ops.", mcp_servers: ["desk"] }],
    ...wish.config,
  };
  const town = await openTown({ ...here[platform], ...(wish.parts ? { parts: wish.parts } : {}), config });
  for (const name of Object.keys(tools))
    town.model.on(name, [{ call: `desk__${name}`, arguments: {} }], (request: ModelRequest) => resultIn(request));
  const open = { Slack: onSlack, Discord: onDiscord, "the console": onConsole }[platform];
  const begin = await open(town, wish.locale ?? "en-US");
  return { town, begin, close: () => server.close() };
}

function resultIn({ body }: ModelRequest): string {
  const last = body.messages.at(-1)?.content;
  return `It gave: ${typeof last === "string" ? last : JSON.stringify(last)}`;
}

const ids = (values: Answers) => Object.fromEntries(Object.entries(values).map(([n, value]) => [`field-${n}`, value]));

async function onSlack({ slack }: Town, locale: string): Promise<AskedPlace["begin"]> {
  const people = new Map(["ana", "tom"].map((name) => [name, slack.person(name, { locale })]));
  const one = (who: string) => people.get(who)?.id ?? "";
  let channels = 0;
  return async (who, text) => {
    const channel = slack.channel(`talk-${++channels}`, { members: [...people.values()] });
    const root = slack.say(one(who), channel, `@Bellhop ${text}`);
    const ours = () => slack.messages(channel, root.ts).filter(({ user }) => user === slack.bot.userId);
    const secrets = (whose: string) => slack.ephemerals(one(whose), channel);
    type Seen = { ts: string; shown: string; buttons: readonly string[]; pings?: readonly string[] };
    const asCard = ({ ts, shown, buttons, pings = [] }: Seen): AskedCard => ({ id: ts, text: shown, buttons, pings });
    const modal = (whose: string) => slack.views(one(whose)).find(({ type }) => type === "modal");
    return {
      card: async (words) => asCard(await slack.until(() => ours().findLast(({ shown }) => words.test(shown)))),
      all: async () => ours().map(asCard),
      whisper: async (whose, words) =>
        asCard(await slack.until(() => secrets(whose).findLast(({ shown }) => words.test(shown)))),
      say: async (whose, more) => void slack.say(one(whose), channel, more, { thread: root }),
      async press(whose, card, label) {
        const found = [...ours(), ...secrets(whose)].find(({ ts }) => ts === card.id);
        if (!found) throw new Error(`${whose} does not see that`);
        await slack.press(one(whose), found, label);
      },
      form: async (whose) => (await slack.until(() => modal(whose))).shown,
      async fillIn(whose, values) {
        await slack.until(() => modal(whose));
        return (await slack.submit(one(whose), ids(values))).errors ?? {};
      },
    };
  };
}

async function onDiscord({ discord }: Town, locale: string): Promise<AskedPlace["begin"]> {
  const people = new Map(["ana", "tom"].map((name) => [name, discord.person(name, { locale })]));
  const one = (who: string) => {
    const person = people.get(who);
    if (!person) throw new Error(`nobody is called ${who} here`);
    return person;
  };
  let channels = 0;
  return async (who, text) => {
    const channel = discord.channel(`talk-${++channels}`);
    const root = discord.say(one(who), channel, `@Bellhop ${text}`);
    const thread = () => discord.threadOf(root);
    type Seen = ReturnType<typeof discord.messages>[number];
    const isOurs = ({ author }: Seen) => author.id === discord.bot.id;
    const ours = () => {
      const found = thread();
      return found ? discord.messages(found).filter((message) => isOurs(message) && message.text !== "") : [];
    };
    const secrets = (whose: string) => {
      const found = thread();
      const places = [...(found ? [found] : []), channel];
      return places
        .flatMap((place) => discord.messages(place, one(whose)))
        .filter(({ ephemeral, thinking }) => ephemeral && !thinking);
    };
    const asCard = ({ id, text: shown, buttons, pings }: Seen): AskedCard => ({
      id,
      text: shown,
      buttons: buttons.map(({ label }) => label),
      pings: pings.users,
    });
    let asked: ReturnType<typeof discord.press> | undefined;
    const modal = () => {
      const pressed = asked;
      if (!pressed) throw new Error("nothing was pressed");
      return discord.until(() => pressed.modal);
    };
    return {
      card: async (words) => asCard(await discord.until(() => ours().findLast((message) => words.test(message.text)))),
      all: async () => ours().map(asCard),
      whisper: async (whose, words) =>
        asCard(await discord.until(() => secrets(whose).findLast((message) => words.test(message.text)))),
      say: async (whose, more) => void discord.say(one(whose), await discord.until(thread), more),
      async press(whose, card, label) {
        const places = [await discord.until(thread), channel];
        const found = places.flatMap(({ messages }) => messages).find(({ id }) => id === card.id);
        if (!found) throw new Error(`${whose} does not see that`);
        asked = discord.press(one(whose), found, label);
      },
      form: async () => JSON.stringify(await modal()),
      async fillIn(_whose, values) {
        await modal();
        if (asked) discord.submitModal(asked, ids(values));
        return {};
      },
    };
  };
}

async function onConsole({ console }: Town, locale: string): Promise<AskedPlace["begin"]> {
  const bot = "console:bellhop";
  if (locale === "zh-TW") for (const who of ["ana", "tom"]) await console.speak(who, locale);
  return async (who, text) => {
    const channel = "general";
    const root = await console.say(who, `@Bellhop ${text}`, { channel });
    type Said = Awaited<ReturnType<typeof console.messages>>[number];
    const said = async (only: string | undefined) =>
      (await console.state()).messages.filter(
        (message) => message.author === bot && message.only === only && (only || message.thread === root.id),
      );
    const asCard = ({ id, text: shown, footer, card, people = [] }: Said): AskedCard => ({
      id,
      text: [shown, footer].filter(Boolean).join("\n"),
      buttons: card?.buttons?.map((button) => button.text) ?? [],
      pings: people.map((person) => person.id),
    });
    const newest = (only: string | undefined, words: RegExp) =>
      console.until(async () => (await said(only)).map(asCard).findLast((card) => words.test(card.text)));
    const form = async (whose: string) => {
      const { form: found } = await console.you(whose, (you) => you.form !== undefined);
      if (!found) throw new Error("no form");
      return found;
    };
    return {
      card: (words) => newest(undefined, words),
      all: async () => (await said(undefined)).map(asCard),
      whisper: (whose, words) => newest(`console:${whose}`, words),
      say: async (whose, more) => void (await console.say(whose, more, { channel, thread: root.id })),
      async press(whose, card, label) {
        const { messages } = await console.state();
        const button = messages.find(({ id }) => id === card.id)?.card?.buttons?.find((one) => one.text === label);
        if (!button) throw new Error(`there is no button ${label}`);
        await console.press(whose, card.id, button.id, button.value);
      },
      form: async (whose) => JSON.stringify((await form(whose)).form),
      async fillIn(whose, values) {
        const { id, form: shown } = await form(whose);
        const preset = Object.fromEntries(
          shown.inputs.flatMap((input) => (input.value ? [[input.id, input.value]] : [])),
        );
        try {
          const filled = Object.entries(ids(values)).map(([key, value]) => [key, [value].flat().join("\n")]);
          await console.submit(whose, id, { ...preset, ...Object.fromEntries(filled) });
          return {};
        } catch (error) {
          const [, body = "{}"] = /422 (.*)$/.exec(error instanceof Error ? error.message : "") ?? [];
          if (body === "{}") throw error;
          return { wrong: body };
        }
      },
    };
  };
}
