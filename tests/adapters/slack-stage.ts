import { afterEach, beforeEach, expect } from "vitest";
import { type Clock, wallClock } from "../../adapters/slack/clock.ts";
import { slackManifest } from "../../adapters/slack/manifest.ts";
import { createSlackAdapter, type SlackOptions } from "../../adapters/slack/slack.ts";
import type { Address, ChatAdapter, ChatMessage, Draft, PostKey } from "../../src/chat.ts";
import { createSlack, type Slack, type SlackOptions as WorkspaceOptions } from "../world/slack/slack.ts";
import { type RecordingInbox, recordingInbox } from "./contract/recording-inbox.ts";
import { silent } from "./slack-platform.ts";

/** A workspace with two people, a channel and the bot in it, for one test. */
export type SlackStage = {
  readonly slack: Slack;
  readonly adapter: ChatAdapter;
  readonly inbox: RecordingInbox;
  readonly ana: string;
  readonly tom: string;
  readonly general: string;
  /** Another adapter with the same tokens, stopped at the end of the test. */
  another(options?: Partial<SlackOptions>): ChatAdapter;
  /** Ana mentions the bot; resolves when it was heard. */
  asked(text?: string): Promise<ChatMessage>;
  key(answers?: ChatMessage, more?: Partial<PostKey>): PostKey;
  draft(message: ChatMessage, key?: PostKey): Draft;
  /** What the bot said at an address, as people see it. */
  ours(address: Address): { ts: string; shown: string; streaming?: string | undefined; buttons: readonly string[] }[];
  /** Resolves when a message of the bot there shows these words. */
  shows(address: Address, words: string): Promise<unknown>;
  /** The methods called since `from`, without those that only look. */
  calls(from?: number): string[];
  /** What Slack would object to is expected in this test. */
  objections: RegExp | undefined;
};

/** Waits are a tenth as long; the time itself, and with it Slack's limits, is real. */
export const hurried = { ...wallClock, after: (ms: number, run: () => void) => wallClock.after(ms / 10, run) };

const looking = /^(auth|users|usergroups|apps|conversations)\./;

/** Opens a workspace before each test of the surrounding suite and connects the adapter, unless it is to be done by hand. */
export function setSlackStage(
  options: { workspace?: WorkspaceOptions; start?: boolean; clock?: Clock } = {},
): SlackStage {
  const { clock = hurried } = options;
  let open: { slack: Slack; adapter: ChatAdapter; inbox: RecordingInbox; ana: string; tom: string; general: string };
  let adapters: ChatAdapter[] = [];
  let keys = 0;

  const stage: SlackStage = {
    get slack() {
      return open.slack;
    },
    get adapter() {
      return open.adapter;
    },
    get inbox() {
      return open.inbox;
    },
    get ana() {
      return open.ana;
    },
    get tom() {
      return open.tom;
    },
    get general() {
      return open.general;
    },
    another(more = {}) {
      const { bot: botToken, app: appToken } = open.slack.tokens;
      const adapter = createSlackAdapter({
        botToken,
        appToken,
        apiUrl: open.slack.apiUrl,
        log: silent,
        clock,
        ...more,
      });
      adapters.push(adapter);
      return adapter;
    },
    async asked(text = "what time is it?") {
      open.slack.say(open.ana, open.general, `@Bellhop ${text}`);
      return open.inbox.message(text);
    },
    key(answers, more = {}) {
      keys += 1;
      return { id: `r${keys}`, since: Date.now(), ...(answers && { answers: answers.id }), ...more };
    },
    draft: (message, key = stage.key(message)) =>
      open.adapter.draft(message.answerAt, key, { person: message.author.id, message: message.id }),
    ours: (address) =>
      open.slack
        .messages(address.channel, address.thread)
        .filter(({ user, deleted }) => user === open.slack.bot.userId && !deleted),
    shows: (address, words) => open.slack.until(() => stage.ours(address).some(({ shown }) => shown.includes(words))),
    calls: (from = 0) =>
      open.slack.calls
        .slice(from)
        .map(({ method }) => method)
        .filter((method) => !looking.test(method)),
    objections: undefined,
  };

  beforeEach(async () => {
    const slack = await createSlack({ manifest: slackManifest(), ...options.workspace });
    const [ana, tom] = [slack.person("ana").id, slack.person("tom").id];
    const general = slack.channel("general").id;
    adapters = [];
    stage.objections = undefined;
    open = { slack, inbox: recordingInbox(), ana, tom, general, adapter: unborn };
    open.adapter = stage.another();
    if (options.start ?? true) await open.adapter.start(open.inbox, new AbortController().signal);
  });

  afterEach(async () => {
    await Promise.all(adapters.map((adapter) => adapter.stop()));
    await open.slack.stop();
    expect(open.slack.violations.filter((violation) => !stage.objections?.test(violation))).toEqual([]);
  });

  return stage;
}

/** Stands in until the workspace is there. */
const unborn = createSlackAdapter({ botToken: "none", appToken: "none", log: silent });
