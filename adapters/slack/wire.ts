import type { webApi } from "@slack/bolt";
import { LRUCache } from "lru-cache";
import { DeliveryError } from "../../src/chat.ts";
import { type Clock, pause } from "./clock.ts";
import { Lane } from "./lane.ts";
import { askedToWait, refusalOf, tokenRefusal } from "./refusals.ts";

const minute = 60_000;
const mostTries = 6;
const spareEvery = 1_000;

/** Slack's tiers, in calls a minute; one less than allowed is used, for what else the token may be doing. */
const perMinute = {
  "chat.postMessage": 250,
  "chat.postEphemeral": 100,
  "chat.update": 50,
  "chat.delete": 50,
  "chat.startStream": 20,
  "chat.appendStream": 100,
  "chat.stopStream": 20,
  "agents.sessions.setStatus": 50,
  "assistant.threads.setStatus": 100,
  "conversations.history": 50,
  "conversations.replies": 50,
  "conversations.info": 50,
  "conversations.members": 100,
  "users.conversations": 50,
  "users.info": 100,
  "users.list": 20,
  "usergroups.list": 20,
  "pins.add": 20,
  "reactions.add": 50,
  "files.info": 100,
  "files.getUploadURLExternal": 100,
  "files.completeUploadExternal": 100,
  "views.open": 100,
  "views.update": 100,
  "views.publish": 100,
  "assistant.threads.setSuggestedPrompts": 100,
} as const;

/** A method of the Web API that the adapter uses. */
export type Method = keyof typeof perMinute;

/** All methods that the adapter uses. */
export const methods: readonly string[] = Object.keys(perMinute);

/** About one post a second in one channel, three at a time at most; one after the other, so that order is kept. */
const channelAllowance = { calls: 3, per: 3_100, atOnce: 1 };

/** Keeping to Slack's limits, or (against a simulator that has none) only to its answers and to the order of posts. */
export type Pace = "slack" | "none";

/** The way to Slack's Web API: never more than Slack takes, and its word when it is too much. */
export type Wire = {
  client: webApi.WebClient;
  /** Makes a call when the method's limit allows it; asked to wait, the whole method waits and the call is made again. */
  call<T>(method: Method, make: () => Promise<T>): Promise<T>;
  /** Does something that puts a message into a channel, after all that was to be put there before. */
  inChannel<T>(channel: string, work: () => Promise<T>): Promise<T>;
  /** How many calls of a method could begin at this moment. */
  room(method: Method): number;
  /** Waits until a call of a method would leave room for others: for work that nobody waits for. */
  spare(method: Method): Promise<void>;
  close(): void;
};

/** What an earlier process left to be kept: until when methods must wait, and whether it was at work a minute ago. */
export type Inheritance = { held: Readonly<Record<string, number>>; wasAtWork: boolean };

/**
 * Makes the way to the Web API; `refused` hears that Slack no longer takes the token, `held` until when a method must
 * wait, so that a next process knows it too.
 */
export function createWire(options: {
  client: webApi.WebClient;
  clock: Clock;
  pace: Pace;
  inherited: Inheritance;
  refused(why: string): void;
  held(method: Method, until: number): void;
}): Wire {
  const { client, clock, pace, inherited } = options;
  const carefulUntil = inherited.wasAtWork ? clock.now() + minute : 0;
  const methods = new Map<Method, Lane>();
  const channels = new LRUCache<string, Lane>({ max: 2_000 });
  let closed: Error | undefined;

  const laneOf = (method: Method): Lane => {
    let lane = methods.get(method);
    if (!lane) {
      const calls = pace === "none" ? Number.POSITIVE_INFINITY : perMinute[method] - 1;
      lane = new Lane({ calls, per: minute, carefulUntil }, clock);
      lane.hold((inherited.held[method] ?? 0) - clock.now());
      methods.set(method, lane);
      if (closed) lane.close(closed);
    }
    return lane;
  };
  const channelLane = (channel: string): Lane => {
    let lane = channels.get(channel);
    if (!lane) {
      lane = new Lane(
        pace === "none" ? { ...channelAllowance, calls: Number.POSITIVE_INFINITY } : channelAllowance,
        clock,
      );
      channels.set(channel, lane);
      if (closed) lane.close(closed);
    }
    return lane;
  };

  return {
    client,
    room: (method) => laneOf(method).room,
    async spare(method) {
      while (!closed && laneOf(method).room < perMinute[method] / 2) await pause(clock, spareEvery);
    },
    inChannel: (channel, work) => channelLane(channel).run(work),
    async call(method, make) {
      const lane = laneOf(method);
      for (let tries = 1; ; tries++) {
        try {
          return await lane.run(make);
        } catch (error) {
          const wait = askedToWait(error);
          if (wait !== undefined && tries < mostTries) {
            lane.hold(wait + 50);
            options.held(method, clock.now() + wait + 50);
            continue;
          }
          const why = tokenRefusal(refusalOf(error));
          if (why) options.refused(why);
          throw error;
        }
      }
    },
    close() {
      closed = new DeliveryError("The Slack adapter was stopped.", { final: false });
      for (const lane of [...methods.values(), ...channels.values()]) lane.close(closed);
    },
  };
}
