import { pino } from "pino";
import { slackManifest } from "../../adapters/slack/manifest.ts";
import { createSlackAdapter } from "../../adapters/slack/slack.ts";
import type { Address, ChatAdapter, Inbox, PersonId } from "../../src/chat.ts";
import { emojiIn } from "../../src/words/emoji.ts";
import { createSlack, type Slack, type SlackOptions } from "../world/slack/slack.ts";
import type { PlatformUnderTest, Seen } from "./contract.ts";

/** A quiet log. */
export const silent = pino({ level: "silent" });

/** A workspace with the app installed as its manifest says. */
export function openSlack(options: SlackOptions = {}): Promise<Slack> {
  return createSlack({ manifest: slackManifest(), ...options });
}

/** The adapter for a simulated workspace, not yet started. */
export function adapterFor(slack: Slack): ChatAdapter {
  const { bot: botToken, app: appToken } = slack.tokens;
  return createSlackAdapter({ botToken, appToken, apiUrl: slack.apiUrl, log: silent });
}

/** Slack with its adapter, as the contract wants it. */
export async function slackPlatform(inbox: Inbox): Promise<PlatformUnderTest> {
  const slack = await openSlack();
  const [ana, tom] = [slack.person("ana"), slack.person("tom")];
  const general = slack.channel("general");
  const dm = slack.dm(ana);
  let adapter = adapterFor(slack);
  await adapter.start(inbox, new AbortController().signal);

  const userOf = (id: PersonId) => id.replace("slack:", "");
  const modalOf = (id: PersonId) => slack.views(userOf(id)).findLast(({ type }) => type === "modal");
  const ours = () =>
    [undefined, ...general.messages.map(({ ts }) => ts)]
      .flatMap((thread) => slack.messages(general, thread))
      .filter((message) => message.byApp);
  const seen = (address: Address): Seen[] =>
    slack
      .messages(address.channel, address.thread)
      .filter((message) => !message.deleted)
      .map(({ ts, user, shown, buttons }) => ({
        id: ts,
        ours: user === slack.bot.userId,
        text: shown,
        buttons: [...buttons],
      }));

  return {
    get adapter() {
      return adapter;
    },
    channel: { adapter: "slack", channel: general.id },
    closed: { adapter: "slack", channel: dm.id },
    ana: `slack:${ana.id}`,
    tom: `slack:${tom.id}`,
    async say(text, { as, mention, thread, direct } = {}) {
      const person = as ? userOf(as) : ana;
      const words = mention && !direct ? `@Bellhop ${text}` : text;
      return slack.say(person, direct ? dm : general, words, { ...(thread && { thread }) }).ts;
    },
    async edit(message, text) {
      slack.edit(message, text);
    },
    async remove(message) {
      slack.delete(message);
    },
    async visible(address, as) {
      const person = as ? userOf(as) : ana.id;
      const whispers = slack
        .ephemerals(person, address.channel)
        .filter(({ threadTs }) => threadTs === address.thread)
        .map(({ ts, shown, buttons }) => ({ id: ts, ours: true, text: shown, buttons: [...buttons] }));
      return [...seen(address), ...whispers];
    },
    async reactions(id) {
      const names = general.messages.find(({ ts }) => ts === id)?.reactions.keys() ?? [];
      return [...names].map((name) => emojiIn(name) ?? name);
    },
    pinned: async (address) => slack.pins(address.channel),
    async until(is) {
      for (;;) {
        const calls = slack.calls.length;
        let looked = false;
        if (await is()) return;
        await slack.until(() => {
          const now = looked || slack.calls.length !== calls;
          looked = true;
          return now;
        });
      }
    },
    pings: {
      written: `<!channel> <!here> <!everyone> <@${tom.id}> <@${tom.id}|tom> <!subteam^S0000001|@team> <<!x|@>${tom.id}>`,
      heard: () => ours().flatMap((message) => message.pings),
    },
    async restart(meanwhile) {
      await adapter.stop();
      await meanwhile?.();
      adapter = adapterFor(slack);
      await adapter.start(inbox, new AbortController().signal);
    },
    async stop() {
      await adapter.stop();
      await slack.stop();
      if (slack.violations.length > 0) throw new Error(`Slack would object: ${slack.violations.join("; ")}`);
    },
    async acknowledged(text) {
      slack.say(ana, general, text);
      await slack.until(() => slack.pending() === 0);
    },
    loseNextResponse: () => slack.faults.next("chat.postMessage", { kind: "lose" }),
    refuseNextAsTooMany: () => slack.faults.next("chat.postMessage", { kind: "rate limit", seconds: 1 }),
    async press(message, button, as) {
      await slack.press(userOf(as), message, button);
    },
    async command(name, text) {
      await slack.command(ana, general, `/${name}`, text);
    },
    async pressStop({ channel, thread = "" }) {
      await slack.until(() => slack.session(channel, thread)?.status === "processing");
      slack.stopSession(ana, channel, thread);
    },
    async working({ channel, thread = "" }) {
      return slack.session(channel, thread)?.status === "processing" || !!slack.status(channel, thread);
    },
    async sayWithFile(text, file) {
      const { ts } = slack.say(ana, general, text, { files: [{ name: file.name, content: file.text }] });
      return ts;
    },
    async editToMention(message, text) {
      slack.edit(message, `@Bellhop ${text}`);
    },
    async pick(message, title, as) {
      const shortcut = slackManifest().features.shortcuts.find((one) => one.name === title);
      if (!shortcut) throw new Error(`the menu of a message has no ${title}`);
      await slack.shortcut(userOf(as), shortcut.callback_id, message);
    },
    async form(as) {
      const modal = modalOf(as);
      const inputs = modal?.shown.match(/^\[.+\]$/gm)?.map((label) => label.slice(1, -1));
      return modal && { title: modal.title, submit: modal.submit, labels: inputs ?? [] };
    },
    async fillIn(as, answers) {
      try {
        const { errors } = await slack.submit(userOf(as), answers);
        return errors && JSON.stringify(errors);
      } catch (error) {
        // Slack's own form does not let it through.
        if (error instanceof Error && error.message.startsWith("the form does not submit")) return error.message;
        throw error;
      }
    },
    async write(as, label, value) {
      const before = modalOf(as)?.shown;
      await slack.write(userOf(as), { [label]: value });
      return slack.until(() => [modalOf(as)?.shown].find((shown) => shown !== before));
    },
    async rate(message, rating, as) {
      await slack.press(userOf(as), message, rating === "good" ? "Good answer" : "Bad answer");
    },
    async passOn(message, text) {
      return slack.share(ana, message, general, text).ts;
    },
    call: (person) => `@${person === `slack:${tom.id}` ? "tom" : "ana"}`,
    async called(person) {
      return ours().some(({ notified }) => notified.includes(userOf(person)));
    },
    async rung() {
      return ours().flatMap(({ notified }) => notified.map((user): PersonId => `slack:${user}`));
    },
    async fetchPosted({ channel, thread }, name) {
      const ids = slack.messages(channel, thread).flatMap((message) => message.files);
      return ids.map((id) => slack.file(id)).find((file) => file?.name === name)?.content;
    },
    async readPosted({ channel, thread }, name) {
      const files = slack.messages(channel, thread).flatMap((message) => message.files);
      return files
        .map((id) => slack.file(id))
        .find((file) => file?.name === name)
        ?.content?.toString();
    },
  };
}
