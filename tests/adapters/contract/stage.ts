import { afterEach, beforeEach, expect } from "vitest";
import type { Address, ChatMessage, Draft, Inbox, PersonId, PostKey } from "../../../src/chat.ts";
import type { PlatformUnderTest, Saying, Seen } from "./platform.ts";
import { type RecordingInbox, recordingInbox } from "./recording-inbox.ts";

/** A fresh platform and inbox for each test, with the few things that the facts keep doing. */
export type Stage = {
  readonly platform: PlatformUnderTest;
  readonly inbox: RecordingInbox;
  /** A key no post had before. */
  newKey(answers?: ChatMessage): PostKey;
  /** The bot was asked something, and heard it. */
  asked(text?: string, where?: Saying): Promise<ChatMessage>;
  /** An answer begun where the message wants it. */
  answerTo(message: ChatMessage, key?: PostKey): Draft;
  /** The bot's messages at an address, as a person sees them. */
  ours(address: Address, as?: PersonId): Promise<Seen[]>;
  /** The bot's only message there. */
  onlyOne(address: Address): Promise<Seen>;
  /** Waits until a message of the bot there shows these words. */
  shows(address: Address, words: string): Promise<void>;
};

/** Opens a platform before each test of the surrounding suite, and stops it after. */
export function setStage(open: (inbox: Inbox) => Promise<PlatformUnderTest>): Stage {
  let inbox: RecordingInbox | undefined;
  let platform: PlatformUnderTest | undefined;
  let keys = 0;

  beforeEach(async () => {
    inbox = recordingInbox();
    platform = await open(inbox);
  });
  afterEach(() => platform?.stop());

  const stage: Stage = {
    get inbox() {
      if (!inbox) throw new Error("there is an inbox only while a test runs");
      return inbox;
    },
    get platform() {
      if (!platform) throw new Error("there is a platform only while a test runs");
      return platform;
    },
    newKey(answers) {
      keys += 1;
      return { id: `r${keys}`, since: Date.now(), ...(answers && { answers: answers.id }) };
    },
    async asked(text = "what time is it?", where = {}) {
      await stage.platform.say(text, { mention: true, ...where });
      return stage.inbox.message(text);
    },
    answerTo: (message, key = stage.newKey(message)) =>
      stage.platform.adapter.draft(message.answerAt, key, { person: message.author.id, message: message.id }),
    ours: async (address, as) => (await stage.platform.visible(address, as)).filter((seen) => seen.ours),
    async onlyOne(address) {
      const [one, ...more] = await stage.ours(address);
      expect(more).toEqual([]);
      if (!one) throw new Error("nothing of ours is to be seen");
      return one;
    },
    shows: (address, words) =>
      stage.platform.until(async () => (await stage.ours(address)).some((seen) => seen.text.includes(words))),
  };
  return stage;
}
