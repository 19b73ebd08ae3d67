import { botScopes } from "../../adapters/slack/manifest.ts";
import { createSlack } from "../../tests/world/slack/slack.ts";
import { crowd, type Place, type Sight } from "./place.ts";

/** A simulated Slack with its crowd. */
export async function openSlack(limits: "real" | "off"): Promise<Place> {
  const slack = await createSlack({ limits, scopes: botScopes });
  const people = Array.from({ length: crowd.people }, (_, n) => slack.person(`person${n}`));
  const channels = Array.from({ length: crowd.channels }, (_, n) => slack.channel(`room${n}`));
  const channelOf = new Map<string, string>();
  /** The mention that a message of the bot answers, by the message. */
  const answered = new Map<string, string>();
  let looked = 0;
  let open: (typeof slack.calls)[number][] = [];

  function sight(mention: string): Sight {
    const said = slack
      .messages(channelOf.get(mention) ?? "", mention)
      .filter((message) => message.byApp && !message.deleted);
    for (const { ts } of said) answered.set(ts, mention);
    return {
      mention,
      text: said.length > 0 ? said.map((message) => message.shown).join("\n") : undefined,
      still: said.every((message) => message.streaming !== "in_progress"),
    };
  }

  return {
    channels: channels.map(({ id }) => id),
    posting: "chat.postMessage",
    env: { SLACK_API_URL: slack.apiUrl, SLACK_BOT_TOKEN: slack.tokens.bot, SLACK_APP_TOKEN: slack.tokens.app },
    say(number) {
      const person = people[number % people.length] ?? "";
      const channel = channels[number % channels.length] ?? "";
      const { ts, channel: id } = slack.say(person, channel, `@Bellhop what about number ${number}?`);
      channelOf.set(ts, id);
      return ts;
    },
    look() {
      const calls = [...open, ...slack.calls.slice(looked)];
      looked = slack.calls.length;
      open = calls.filter((call) => call.status === undefined && call.error === undefined);
      return calls.flatMap(({ args, status, error }) => {
        if (status === undefined || error !== undefined) return [];
        const thread = String(args.thread_ts ?? "");
        const mention = channelOf.has(thread) ? thread : answered.get(String(args.ts ?? ""));
        return mention === undefined ? [] : [sight(mention)];
      });
    },
    calls: (since = 0) =>
      slack.calls.slice(since).map(({ method, status }) => ({ name: method, tooMany: status === 429 })),
    violations: () => slack.violations,
    until: (isSo, deadlineMs) => slack.until(isSo, deadlineMs),
  };
}
