import { type APIMessage, RESTJSONErrorCodes, RequestMethod, Routes } from "discord.js";
import { LRUCache } from "lru-cache";
import { type Address, DeliveryError, type Post, type Posted, type PostKey, type Whisper } from "../../src/chat.ts";
import type { Connection } from "./connection.ts";
import { leftBehind } from "./left-behind.ts";
import type { Places, Target } from "./places.ts";
import { codeOf, deliveryError } from "./refusals.ts";
import { type Body, messagesOf, requestOf, stateOf } from "./render.ts";
import type { Whispers } from "./whispers.ts";

/** What is being said under one key: the messages that people see of it so far. */
export type Saying = { target: Target; key: PostKey; shown: { id: string; body?: string }[]; made: number };

const gone = "that Discord message is gone";

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

  const bodiesOf = (post: Post, address: Address) => messagesOf(post, places.mayAttach(address));

  /** An answer that was asked for wakes a thread that fell asleep meanwhile, as a new message there would. */
  async function awake<Result>(channel: string, work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      if (codeOf(error) !== RESTJSONErrorCodes.InvalidActionOnArchivedThread) throw error;
      try {
        await connection.call(RequestMethod.Patch, Routes.channel(channel), { body: { archived: false } });
      } catch {
        throw error;
      }
      return work();
    }
  }

  async function begin(address: Address, key: PostKey, post?: Post): Promise<Saying> {
    const target = await places.target(address, key);
    const planned = post ? bodiesOf(post, address).map(({ content }) => content) : [];
    const left = key.again ? await leftBehind(connection, keys, target, key, planned) : [];
    return { target, key, shown: left.map((message) => ({ id: message.id })), made: left.length };
  }

  /** Makes what people see be these messages: edits, adds, removes. What succeeded is kept in `saying` also on failure. */
  async function settle(saying: Saying, bodies: Body[], pace?: (channel: string) => Promise<void>): Promise<void> {
    const { shown, target } = saying;
    for (let n = 0; n < bodies.length; ) {
      const body = bodies[n];
      if (!body) break;
      const there = shown[n];
      const state = stateOf(body);
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

  async function add(saying: Saying, body: Body, first: boolean): Promise<string> {
    const { target, key } = saying;
    const nonce = saying.made === 0 ? key.id : `${key.id}.${saying.made + 1}`;
    const reference = first &&
      target.reference !== undefined && { message_id: target.reference, fail_if_not_exists: false };
    const more = { nonce, enforce_nonce: true, ...(reference && { message_reference: reference }) };
    const route = Routes.channelMessages(target.channel);
    const sent = await connection.call<APIMessage>(RequestMethod.Post, route, requestOf(body, more));
    saying.made += 1;
    keys.set(sent.id, key.id);
    whispers.answered(target.channel, target.address.channel);
    return sent.id;
  }

  /** Resolves with false when the message is gone. */
  async function rewrite(channel: string, id: string, body: Body): Promise<boolean> {
    try {
      const route = Routes.channelMessage(channel, id);
      await awake(channel, () => connection.call(RequestMethod.Patch, route, requestOf(body)));
      return true;
    } catch (error) {
      if (codeOf(error) === RESTJSONErrorCodes.UnknownMessage) return false;
      throw error;
    }
  }

  async function remove(channel: string, id: string): Promise<void> {
    try {
      const route = Routes.channelMessage(channel, id);
      await awake(channel, () => connection.call(RequestMethod.Delete, route));
    } catch (error) {
      if (codeOf(error) !== RESTJSONErrorCodes.UnknownMessage) throw error;
    }
  }

  function postedAs({ target, shown }: Saying): Posted {
    const id = shown[0]?.id ?? "";
    return { address: target.address, id, link: places.link({ ...target.address, thread: target.channel }, id) };
  }

  async function whisper(address: Address, channel: string, post: Post, only: Whisper, key: PostKey): Promise<Posted> {
    const sent = await whispers.say(only, channel, messagesOf(post), key.id);
    const there = sent.channel_id === channel ? address : { adapter: address.adapter, channel: sent.channel_id };
    return { address: there, id: sent.id };
  }

  return {
    bodiesOf,
    begin,
    settle,
    postedAs,
    inTurn,

    async post(address: Address, post: Post, key: PostKey): Promise<Posted> {
      const channel = address.thread ?? address.channel;
      try {
        if (post.only) return await whisper(address, channel, post, post.only, key);
        return await inTurn(channel, async () => {
          const saying = await begin(address, key, post);
          await settle(saying, bodiesOf(post, address));
          return postedAs(saying);
        });
      } catch (error) {
        throw deliveryError(error);
      }
    },

    /** A message that is gone stays gone: what was said to one person only must not come back for everybody. */
    async edit({ address, id }: Posted, post: Post): Promise<void> {
      const channel = address.thread ?? address.channel;
      const bodies = bodiesOf(post, address);
      const [first] = bodies;
      try {
        if (!first || (await whispers.change(id, bodies))) return;
        await inTurn(channel, async () => {
          if (!(await rewrite(channel, id, first))) throw new DeliveryError(gone, { final: true });
          const [, ...rest] = parts.get(id) ?? [id];
          const shown = [{ id, body: stateOf(first) }, ...rest.map((part) => ({ id: part }))];
          await settle({ target: { channel, address }, key: { id, since: 0 }, shown, made: shown.length }, bodies);
        });
      } catch (error) {
        throw deliveryError(error);
      }
    },

    async pin({ address: { channel, thread }, id }: Posted): Promise<void> {
      try {
        await connection.call(RequestMethod.Put, `/channels/${thread ?? channel}/messages/pins/${id}`);
      } catch (error) {
        if (codeOf(error) !== RESTJSONErrorCodes.MissingPermissions) throw deliveryError(error);
        throw new DeliveryError("I may not pin messages there: my role needs Pin Messages in that Discord channel", {
          final: true,
          cause: error,
        });
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
