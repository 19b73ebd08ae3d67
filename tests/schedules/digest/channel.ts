import type { Address, ChatFile, ChatMessage } from "../../../src/chat.ts";
import type { Reader } from "../../../src/schedules/digest/gather.ts";

export const support: Address = { adapter: "slack", channel: "C1" };

type Saying = { in?: string; bot?: boolean; ours?: boolean; files?: string[] };

/** A channel as Slack tells it: without the replies of threads, which are asked for one by one. */
export function channelAt(start: number, address: Address = support) {
  let messages: ChatMessage[] = [];
  let now = start;
  let last = 0;
  const asked: { thread: string | undefined; since: string | undefined; limit: number }[] = [];

  function say(name: string, text: string, how: Saying = {}): string {
    now += 60_000;
    last += 1;
    const id = `${Math.floor(now / 1000)}.${String(last).padStart(6, "0")}`;
    const at: Address = how.in === undefined ? address : { ...address, thread: how.in };
    const files = (how.files ?? []).map((file): ChatFile => ({ name: file, type: "text/plain", size: 1, ref: file }));
    messages.push({
      id,
      address: at,
      answerAt: { ...address, thread: how.in ?? id },
      author: { id: `slack:${name}`, name, bot: how.bot ?? false },
      text,
      at: now,
      mention: false,
      direct: false,
      ours: how.ours ?? false,
      files,
    });
    return id;
  }

  const reader: Reader = {
    async history({ channel, thread }, { since, limit }) {
      if (channel !== address.channel) throw new Error("channel_not_found");
      asked.push({ thread, since, limit });
      return messages
        .filter((one) => (thread === undefined ? one.address.thread === undefined : rootId(one) === thread))
        .filter(({ id }) => since === undefined || Number(id) > Number(since))
        .slice(-limit);
    },
  };
  const knowing: Reader = {
    ...reader,
    threads: async (_, since) => [
      ...new Set(messages.filter(({ at, address: { thread } }) => thread && at > since).map(rootId)),
    ],
  };
  return {
    say,
    /** Asks for threads blindly. */
    reader,
    /** Can tell which threads have news. */
    knowing,
    asked,
    edit(id: string, text: string) {
      messages = messages.map((one) => (one.id === id ? { ...one, text } : one));
    },
    remove(id: string) {
      messages = messages.filter((one) => one.id !== id);
    },
    pass(ms: number): number {
      now += ms;
      return now;
    },
    now: () => now,
    has: (id: string) => messages.some((one) => one.id === id),
  };
}

export type Channel = ReturnType<typeof channelAt>;

function rootId({ id, address }: ChatMessage): string {
  return address.thread ?? id;
}

export const link = ({ channel }: Address, id: string) =>
  `https://acme.slack.com/archives/${channel}/p${id.replace(".", "")}`;
