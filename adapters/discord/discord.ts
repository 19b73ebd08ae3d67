import { setTimeout as sleep } from "node:timers/promises";
import { GatewayDispatchEvents } from "discord.js";
import type { Logger } from "pino";
import { type ChatAdapter, DeliveryError, type Inbox } from "../../src/chat.ts";
import { catchUp } from "./catch-up.ts";
import { registerCommands } from "./commands.ts";
import { createConnection } from "./connection.ts";
import { createDrafts } from "./draft.ts";
import { readFile } from "./files.ts";
import { modalOf } from "./form.ts";
import { createGap } from "./gap.ts";
import { createHearing, type Hearing } from "./hear.ts";
import { history, threadsSince } from "./history.ts";
import type { Memory } from "./identify-limit.ts";
import { createInteractions } from "./interactions.ts";
import { createPeople } from "./people.ts";
import { createPlaces } from "./places.ts";
import { createPoster } from "./poster.ts";
import { createReact } from "./reactions.ts";
import { deliveryError } from "./refusals.ts";
import { createWhispers } from "./whispers.ts";

const keptDirect = "discord:direct-channels";
const mostDirect = 200;

/** What the adapter needs; `kv` is a small memory that outlives the process. */
export type DiscordOptions = {
  token: string;
  /** Ends in `/api`; Discord's own when not given. */
  apiUrl?: string;
  log: Logger;
  kv: Memory;
  now?: () => number;
};

/** Makes the adapter for Discord. */
export function createDiscordAdapter(options: DiscordOptions): ChatAdapter {
  const { log, kv, now = Date.now } = options;
  let hearing: Hearing | undefined;
  let interactions: ReturnType<typeof createInteractions> | undefined;
  let inbox: Inbox | undefined;
  let direct: string[] = [];

  const connection = createConnection(
    { ...options, memory: kv, now },
    {
      packet(packet) {
        if (packet.t === GatewayDispatchEvents.InteractionCreate) interactions?.heard(packet.d);
        else hearing?.packet(packet);
      },
      broke: () => gap.broke(),
      resumed() {
        gap.resumed();
        void fill();
      },
      began: () => void fill(),
    },
  );
  const sure = () => connection.state().state === "connected" && hearing?.untold === 0;
  const gap = createGap({ memory: kv, now, sure });
  const places = createPlaces(connection);
  const people = createPeople(connection, places, kv);
  const whispers = createWhispers(connection, now);
  const poster = createPoster(connection, places, whispers);
  const draft = createDrafts(connection, poster, log, now);

  /** Reads what was missed, again and again until it was all to be had. */
  async function fill(): Promise<void> {
    for (let wait = 1_000; ; wait = Math.min(wait * 2, 60_000)) {
      const since = gap.since();
      if (since === undefined || !hearing || !inbox) return;
      try {
        await catchUp({ connection, places, hearing, inbox, log, direct, since });
        return gap.filled(since);
      } catch (error) {
        log.warn({ err: error }, "discord: could not catch up yet");
      }
      await sleep(wait, undefined, { ref: false });
      // A new or resumed stream of events will begin anew.
      if (connection.state().state !== "connected") return;
    }
  }

  /** Discord never lists the direct conversations of a bot; those not remembered could not be caught up with. */
  function remember(channel: string): void {
    if (direct.includes(channel)) return;
    direct = [channel, ...direct].slice(0, mostDirect);
    kv.set(keptDirect, direct).catch((error: unknown) => log.warn({ err: error }, "discord: not remembered"));
  }

  async function quiet(): Promise<void> {
    const noted = gap.close();
    hearing?.quiet();
    interactions = undefined;
    await noted;
  }

  return {
    name: "discord",
    can: {
      drafts: "edits",
      threads: true,
      status: true,
      stopControl: false,
      whispers: true,
      buttons: true,
      slashCommands: true,
      forms: true,
      catchesUp: true,
    },
    async start(into, signal) {
      inbox = into;
      await gap.open(await into.heardUntil("discord"));
      const kept = await kv.get(keptDirect);
      direct = Array.isArray(kept) ? kept.filter((id): id is string => typeof id === "string") : [];
      hearing = createHearing({ connection, places, people, inbox, log, now, direct: remember });
      interactions = createInteractions({ connection, hearing, inbox, people, whispers, log });
      await connection.open(signal);
      registerCommands(connection, kv).catch((error: unknown) => {
        log.warn({ err: error }, "discord: the slash commands were not registered");
      });
    },
    quiet,
    async stop() {
      await quiet();
      await connection.close();
    },
    state: connection.state,
    post: poster.post,
    edit: poster.edit,
    pin: poster.pin,
    draft: (address, key) => draft(address, key),
    react: createReact(connection),
    history: (address, range) => history(connection, places, address, range),
    threads: (channel, since) => threadsSince(connection, channel, since),
    who: people.who,
    speaks: people.speaks,
    find: people.find,
    canRead: people.canRead,
    direct: people.direct,
    place: places.look,
    link: places.link,
    async open(whisper, form) {
      try {
        await whispers.open(whisper, modalOf(form));
      } catch (error) {
        throw deliveryError(error);
      }
    },
    async read(file, signal) {
      try {
        return await readFile(file, options.apiUrl, signal);
      } catch (error) {
        throw new DeliveryError(error instanceof Error ? error.message : String(error), { final: false, cause: error });
      }
    },
  };
}
