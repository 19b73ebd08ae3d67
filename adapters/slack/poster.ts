import { LRUCache } from "lru-cache";
import {
  type Address,
  DeliveryError,
  type Language,
  type PersonId,
  type Post,
  type Posted,
  type PostedFile,
  type PostKey,
} from "../../src/chat.ts";
import { type Clock, pause } from "./clock.ts";
import { type Fields, fieldsIn, isFields, listIn, textIn } from "./fields.ts";
import { type Bot, isDirect, isOurs, isTs, millisOf, tsOf } from "./messages.ts";
import { withFilesInDirect } from "./private-files.ts";
import { deliveryError, refusalBehind, refusalOf } from "./refusals.ts";
import { paperOf, type Sheet, sheetsOfFiles } from "./sheets.ts";
import { markOf, type Uploads } from "./uploads.ts";
import { readVia } from "./via.ts";
import type { Whispers } from "./whispers.ts";
import type { Wire } from "./wire.ts";

/**
 * What an earlier attempt at a post left: its messages by their place, the message with its files, and a stream that was
 * never finished.
 */
export type Left = { parts: (string | undefined)[]; files?: string; stream?: string };

/** The files of a post, and the language of what is said where they can't go along. */
type Attached = { files: PostedFile[]; language: Language | undefined };

/** Posts that are made once, whatever gets lost on the way. */
export type Poster = {
  post(address: Address, post: Post, key: PostKey): Promise<Posted>;
  /** Makes messages that stand there already (the first, if any) into the whole post. */
  complete(address: Address, left: Left, post: Post, key: PostKey): Promise<Posted>;
  /** Puts one message there, once, as a part of a post; `sheet` is asked when its turn comes, and may think better of it. */
  put(address: Address, sheet: () => Sheet | undefined, key: PostKey, part: number): Promise<string | undefined>;
  update(channel: string, ts: string, sheet: Sheet, key?: PostKey, part?: number): Promise<void>;
  edit(posted: Posted, post: Post): Promise<void>;
  pin(posted: Posted): Promise<void>;
  /** Looks for what an earlier attempt left; a stream among it is ended. */
  find(address: Address, key: PostKey): Promise<Left>;
  /** Ends a stream as it is. */
  endStream(channel: string, ts: string): Promise<void>;
  remove(channel: string, ts: string): Promise<void>;
  posted(address: Address, ts: string): Posted;
};

/** The kind of metadata that names a post of ours. */
const eventType = "bellhop_post";

const mostTries = 5;
// Slack's clock and ours may differ.
const clockSlack = 60_000;
const mostPages = 10;

/** How an answer grows. */
export type Growing = "chat.appendStream" | "chat.update";

/** Messages that drafts of this process are writing, and how: nobody's leavings. */
export type Live = Map<string, Growing>;

/** The metadata by which a part of a post is found again. */
export function metadataOf(key: PostKey, part: number) {
  return { event_type: eventType, event_payload: { key: key.id, part } };
}

/** Makes a poster. `home` is the workspace's address, for links. */
export function createPoster(options: {
  wire: Wire;
  whispers: Whispers;
  uploads: Uploads;
  live: Live;
  clock: Clock;
  bot: Bot;
  home: string;
  closing: AbortSignal;
  /** Where somebody is spoken to alone. */
  direct(person: PersonId): Promise<Address | undefined>;
}): Poster {
  const { wire, whispers, uploads, live, clock, bot, closing } = options;
  const { client } = wire;
  /** The DMs with people, by their ids: messages may be put there by the person's id, files only by the DM's own. */
  const dms = new LRUCache<string, string>({ max: 2_000 });

  /** Tries again what is safe to try again, while nobody knows whether it was done. */
  async function insist<T>(what: string, work: (tries: number) => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        return await work(tries);
      } catch (error) {
        const hopeless = error instanceof DeliveryError || refusalOf(error) !== undefined;
        if (hopeless || tries >= mostTries || closing.aborted) throw deliveryError(error, what);
        await pause(clock, 250 * 2 ** tries, closing);
      }
    }
  }

  function posted(address: Address, ts: string): Posted {
    const link = linkTo(options.home, address, ts);
    return { address, id: ts, ...(link && { link }) };
  }

  async function* ourMessages(address: Address, key: PostKey): AsyncGenerator<Fields> {
    const oldest = key.answers && isTs(key.answers) ? key.answers : tsOf(key.since - clockSlack);
    const { channel, thread } = address;
    // A DM by the person's id is written to, never read: at worst a word to somebody alone is said twice.
    if (/^[UW]/.test(channel)) return;
    let cursor: string | undefined;
    for (let page = 0; page < mostPages; page++) {
      const asked = { channel, oldest, limit: 200, include_all_metadata: true, ...(cursor && { cursor }) };
      const answer = thread
        ? await wire.call("conversations.replies", () => client.conversations.replies({ ...asked, ts: thread }))
        : await wire.call("conversations.history", () => client.conversations.history(asked));
      const messages: unknown[] = answer.messages ?? [];
      for (const message of messages) if (isFields(message) && isOurs(message, bot)) yield message;
      cursor = answer.response_metadata?.next_cursor || undefined;
      if (!cursor) return;
    }
  }

  async function lookFor(address: Address, key: PostKey): Promise<Left> {
    const left: Left = { parts: [] };
    for await (const message of ourMessages(address, key)) {
      const ts = textIn(message, "ts");
      const metadata = fieldsIn(message, "metadata");
      const payload = fieldsIn(metadata, "event_payload");
      if (!ts) continue;
      if (metadata.event_type === eventType) {
        if (payload.key === key.id && typeof payload.part === "number") left.parts[payload.part] = ts;
      } else if (listIn(message, "blocks").some((block) => block.block_id === markOf(key))) {
        left.files = ts;
        // A stream carries no key until it is ended.
      } else if (message.streaming_state !== undefined && !live.has(ts)) left.stream ??= ts;
    }
    return left;
  }

  const poster: Poster = {
    posted,

    async post(address, post, key) {
      if (post.only && !isDirect(address.channel)) {
        const parts = { direct: options.direct, post: poster.post };
        const words = await withFilesInDirect(post, post.only.person, key, parts);
        const ts = await whispers.whisper(address, words, post.only);
        return { address, id: ts };
      }
      const left = key.again ? await poster.find(address, key) : { parts: [] };
      return poster.complete(address, left, post, key);
    },

    async complete(address, left, post, key) {
      const { sheets, files } = paperOf(post);
      const shown = await placeAll(address, left, sheets, key, 0);
      const more = await attach(address, left, { files, language: post.language }, key, sheets.length);
      for (const ts of left.parts.slice(sheets.length + more)) if (ts) await poster.remove(address.channel, ts);
      // Of a long card the last message is the one to change: it has the buttons.
      const id = post.card?.buttons?.length ? shown.at(-1) : shown[0];
      return posted(address, id ?? "");
    },

    put: (address, sheet, key, part) =>
      wire.inChannel(address.channel, () =>
        insist("post there", async (tries) => {
          // A post whose answer was lost may be there: another one would be a second copy.
          const there = tries > 1 ? (await lookFor(address, key)).parts[part] : undefined;
          if (there) return there;
          const shown = sheet();
          if (!shown) return undefined;
          const answer = await wire.call("chat.postMessage", () =>
            client.chat.postMessage({
              channel: address.channel,
              ...(address.thread && { thread_ts: address.thread }),
              ...shown,
              metadata: metadataOf(key, part),
              unfurl_links: false,
              unfurl_media: false,
            }),
          );
          if (answer.channel) dms.set(address.channel, answer.channel);
          return answer.ts;
        }),
      ),

    update: (channel, ts, sheet, key, part = 0) =>
      insist("change the message", async () => {
        const metadata = key && { metadata: metadataOf(key, part) };
        await wire.call("chat.update", () => client.chat.update({ channel, ts, ...sheet, ...metadata }));
      }),

    async edit({ address, id }, post) {
      const { sheets, files } = paperOf(post);
      const [sheet, ...more] = sheets;
      if (!sheet) return;
      const { respond } = readVia(post.only?.via);
      if (respond) return whispers.replace(respond, sheet);
      if (!isTs(id)) {
        throw new DeliveryError("Slack lets this private message change only by its buttons.", { final: true });
      }
      await poster.update(address.channel, id, sheet);
      const key = { id: `edit:${id}`, since: millisOf(id), again: true };
      if (more.length + files.length === 0) return;
      const left = await poster.find(address, key);
      await placeAll(address, left, more, key, 1);
      await attach(address, left, { files, language: post.language }, key, sheets.length);
    },

    async pin({ address: { channel }, id: timestamp }) {
      try {
        await insist("pin the message", () => wire.call("pins.add", () => client.pins.add({ channel, timestamp })));
      } catch (error) {
        if (refusalBehind(error) !== "already_pinned") throw error;
      }
    },

    async find(address, key) {
      const left = await insist("look at what was posted", () => lookFor(address, key));
      if (left.stream && left.parts[0] === undefined) {
        await poster.endStream(address.channel, left.stream);
        left.parts[0] = left.stream;
      }
      return left;
    },

    async endStream(channel, ts) {
      try {
        await insist("end the stream", () =>
          wire.call("chat.stopStream", () => client.chat.stopStream({ channel, ts })),
        );
      } catch (error) {
        // Ended already, by Slack, by a person or by a call whose answer was lost: that is all that is wanted.
        if (refusalBehind(error) === undefined) throw error;
      }
    },

    async remove(channel, ts) {
      try {
        await insist("delete the message", () => wire.call("chat.delete", () => client.chat.delete({ channel, ts })));
      } catch (error) {
        if (refusalBehind(error) !== "message_not_found") throw error;
      }
    },
  };

  async function placeAll(address: Address, left: Left, sheets: Sheet[], key: PostKey, from: number) {
    const shown: string[] = [];
    for (const [at, sheet] of sheets.entries()) {
      const ts = await place(address, left.parts[from + at], sheet, key, from + at);
      if (ts) shown.push(ts);
    }
    return shown;
  }

  /** Shows a post's files, once; where Slack takes none, what is in them. Says how many messages that took. */
  async function attach(address: Address, left: Left, what: Attached, key: PostKey, from: number) {
    const { files, language } = what;
    if (files.length === 0 && left.files) await poster.remove(address.channel, left.files);
    if (files.length === 0 || left.files) return 0;
    try {
      const uploaded = await insist("send the file", () => uploads.upload(files));
      await wire.inChannel(address.channel, () =>
        insist("show the file", async (tries) => {
          if (tries > 1 && (await uploads.areShared(uploaded))) return;
          const channel = dms.get(address.channel) ?? address.channel;
          await uploads.share({ ...address, channel }, uploaded, markOf(key));
        }),
      );
      return 0;
    } catch (error) {
      if (refusalBehind(error) === undefined) throw error;
    }
    const sheets = sheetsOfFiles(files, language);
    await placeAll(address, left, sheets, key, from);
    return sheets.length;
  }

  /** Shows a sheet in the message that is there already, or in a new one. */
  async function place(address: Address, there: string | undefined, sheet: Sheet, key: PostKey, part: number) {
    if (!there) return poster.put(address, () => sheet, key, part);
    try {
      await poster.update(address.channel, there, sheet, key, part);
      return there;
    } catch (error) {
      const refusal = refusalBehind(error);
      // Somebody deleted it meanwhile.
      if (refusal === "message_not_found") return poster.put(address, () => sheet, key, part);
      if (refusal !== "streaming_state_conflict") throw error;
      await poster.endStream(address.channel, there);
      await poster.update(address.channel, there, sheet, key, part);
      return there;
    }
  }

  return poster;
}

/** Where people can look at a message, in the workspace at this address. */
export function linkTo(home: string, { channel, thread }: Address, ts: string): string | undefined {
  const inThread = thread ? `?thread_ts=${thread}&cid=${channel}` : "";
  return home ? `${home}archives/${channel}/p${ts.replace(".", "")}${inThread}` : undefined;
}
