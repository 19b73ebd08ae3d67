import { type APIMessage, RESTJSONErrorCodes, RequestMethod, Routes } from "discord.js";
import { LRUCache } from "lru-cache";
import type { Address, Post, Posted, PostKey } from "../../src/chat.ts";
import type { Connection } from "./connection.ts";
import { isSpeech } from "./message.ts";
import type { Places, Target } from "./places.ts";
import { codeOf, deliveryError } from "./refusals.ts";
import { type Body, longest, messagesOf } from "./render.ts";
import { byAge, idAt } from "./time.ts";
import { fileOf, type Whispers } from "./whispers.ts";

/** What is being said under one key: the messages that people see of it so far. */
export type Saying = { target: Target; key: PostKey; shown: { id: string; body?: string }[]; made: number };

/** Posts, and brings what was posted to a new state. */
export type Poster = ReturnType<typeof createPoster>;

/** Makes the poster of one connection. */
export function createPoster(connection: Connection, places: Places, whispers: Whispers) {
  const parts = new LRUCache<string, string[]>({ max: 2_000 });
  const keys = new LRUCache<string, string>({ max: 5_000 });
  const turns = new Map<string, Promise<unknown>>();

  /** Long posts to one channel must not mix. */
  async function inTurn<Result>(channel: string, work: () => Promise<Result>): Promise<Result> {
    const mine = (turns.get(channel) ?? Promise.resolve()).then(work);
    const settled = mine.catch(() => {});
    turns.set(channel, settled);
    try {
      return await mine;
    } finally {
      if (turns.get(channel) === settled) turns.delete(channel);
    }
  }

  async function begin(address: Address, key: PostKey, post?: Post): Promise<Saying> {
    const target = await places.target(address, key);
    const left = key.again ? await leftBehind(target, key, post) : [];
    return { target, key, shown: left.map((message) => ({ id: message.id })), made: left.length };
  }

  /** Makes what people see be these messages: edits, adds, removes. What succeeded is kept in `saying` also on failure. */
  async function settle(saying: Saying, bodies: Body[], pace?: (channel: string) => Promise<void>): Promise<void> {
    const { shown, target } = saying;
    for (let n = 0; n < bodies.length; ) {
      const body = bodies[n];
      if (!body) break;
      const there = shown[n];
      const state = JSON.stringify(body);
      if (there && there.body !== state) {
        await pace?.(target.channel);
        if (!(await rewrite(target.channel, there.id, body))) {
          shown.splice(n, 1);
          continue;
        }
        there.body = state;
      } else if (!there) {
        shown.push({ id: await add(saying, body, n === 0), body: state });
      }
      n++;
    }
    for (const surplus of shown.splice(bodies.length)) await remove(target.channel, surplus.id);
    const ids = shown.map(({ id }) => id);
    if (ids[0] !== undefined) parts.set(ids[0], ids);
  }

  async function add(saying: Saying, { file, ...message }: Body, first: boolean): Promise<string> {
    const { target, key } = saying;
    const nonce = saying.made === 0 ? key.id : `${key.id}.${saying.made + 1}`;
    const reference = first &&
      target.reference !== undefined && { message_id: target.reference, fail_if_not_exists: false };
    const sent = await connection.call<APIMessage>(RequestMethod.Post, Routes.channelMessages(target.channel), {
      body: { ...message, nonce, enforce_nonce: true, ...(reference && { message_reference: reference }) },
      ...(file !== undefined && { files: [fileOf(file)] }),
    });
    saying.made += 1;
    keys.set(sent.id, key.id);
    whispers.answered(target.channel);
    return sent.id;
  }

  /** Resolves with false when the message is gone. */
  async function rewrite(channel: string, id: string, { file, ...body }: Body): Promise<boolean> {
    const files = file === undefined ? [] : [fileOf(file)];
    try {
      await connection.call(RequestMethod.Patch, Routes.channelMessage(channel, id), {
        body: { ...body, attachments: files.map(({ name }, n) => ({ id: n, filename: name })) },
        ...(files.length > 0 && { files }),
      });
      return true;
    } catch (error) {
      if (codeOf(error) === RESTJSONErrorCodes.UnknownMessage) return false;
      throw error;
    }
  }

  async function remove(channel: string, id: string): Promise<void> {
    try {
      await connection.call(RequestMethod.Delete, Routes.channelMessage(channel, id));
    } catch (error) {
      if (codeOf(error) !== RESTJSONErrorCodes.UnknownMessage) throw error;
    }
  }

  /** What an earlier attempt left: our answer to that message, else what we said there since with nobody else's key. */
  async function leftBehind({ channel, reference }: Target, key: PostKey, post?: Post): Promise<APIMessage[]> {
    const found = await since(channel, key.since);
    const ours = found.filter((message) => message.author.id === connection.me && isSpeech(message));
    const free = ours.filter((message) => [undefined, key.id].includes(keys.get(message.id)));
    const own = free.findIndex((message) => keys.get(message.id) === key.id);
    const planned = post ? messagesOf(post).map(({ content }) => content) : [];
    const first =
      own !== -1
        ? own
        : free.findIndex((message) => {
            if (reference !== undefined) return message.message_reference?.message_id === reference;
            if (message.message_reference) return false;
            // Without a question to tell it by, only the very same words are surely the same post.
            return key.answers !== undefined || message.content === planned[0];
          });
    if (first === -1) return [];
    const rest = free.slice(first + 1);
    const end = rest.findIndex((message, n) => {
      if (message.message_reference) return true;
      // Only a message that was filled had to go on in the next one.
      const filled = (free[first + n]?.content.length ?? 0) * 2 >= longest;
      return key.answers === undefined ? message.content !== planned[n + 1] : !filled;
    });
    return free.slice(first, end === -1 ? undefined : first + 1 + end);
  }

  async function since(channel: string, time: number): Promise<APIMessage[]> {
    const found: APIMessage[] = [];
    let after = idAt(time);
    for (let page = 0; page < 5; page++) {
      const query = { after, limit: "100" };
      const messages = await connection.call<APIMessage[]>(RequestMethod.Get, Routes.channelMessages(channel), {
        query,
      });
      messages.sort((a, b) => byAge(a.id, b.id));
      found.push(...messages);
      after = messages.at(-1)?.id ?? after;
      if (messages.length < 100) break;
    }
    return found;
  }

  function postedAs({ target, shown }: Saying): Posted {
    const id = shown[0]?.id ?? "";
    const guild = connection.client.channels.cache.get(target.address.channel);
    const server = guild && !guild.isDMBased() ? guild.guildId : "@me";
    return { address: target.address, id, link: `https://discord.com/channels/${server}/${target.channel}/${id}` };
  }

  return {
    begin,
    settle,
    postedAs,
    inTurn,

    async post(address: Address, post: Post, key: PostKey): Promise<Posted> {
      try {
        const channel = address.thread ?? address.channel;
        if (post.only) return { address, id: (await whispers.say(post.only, channel, messagesOf(post))).id };
        return await inTurn(channel, async () => {
          const saying = await begin(address, key, post);
          await settle(saying, messagesOf(post));
          return postedAs(saying);
        });
      } catch (error) {
        throw deliveryError(error);
      }
    },

    async edit({ address, id }: Posted, post: Post): Promise<void> {
      const channel = address.thread ?? address.channel;
      const shown = (parts.get(id) ?? [id]).map((part) => ({ id: part }));
      const key = { id, since: 0 };
      try {
        await inTurn(channel, () =>
          settle({ target: { channel, address }, key, shown, made: shown.length }, messagesOf(post)),
        );
      } catch (error) {
        throw deliveryError(error);
      }
    },

    async takeBack({ target, shown }: Saying): Promise<void> {
      try {
        for (const { id } of shown.splice(0)) await remove(target.channel, id);
      } catch (error) {
        throw deliveryError(error);
      }
    },
  };
}
