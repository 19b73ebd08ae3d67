import type { webApi } from "@slack/bolt";
import type { Logger } from "pino";
import type { Address, Answering, ChatFile, Draft, Form, Inbox, PostKey, Whisper } from "../../src/chat.ts";
import { createAtWork } from "./at-work.ts";
import { catchUp } from "./catch-up.ts";
import { type Clock, pause } from "./clock.ts";
import { SlackDraft } from "./draft.ts";
import { createEars } from "./ears.ts";
import { type Fields, fieldsIn, textIn } from "./fields.ts";
import { knownFiles, readFile } from "./files.ts";
import { createForms } from "./forms.ts";
import { createHome, type Home } from "./home.ts";
import { addressOf, type Bot, type Reading } from "./messages.ts";
import { createMissed, type Memory } from "./missed.ts";
import { createPast, type Past } from "./past.ts";
import { createPeople, type People } from "./people.ts";
import { createPoster, type Live, type Poster } from "./poster.ts";
import { createPreviews } from "./previews.ts";
import { createReact } from "./reactions.ts";
import { createReceive, type Receive } from "./receiver.ts";
import { refusalOf } from "./refusals.ts";
import { createStreams } from "./streams.ts";
import { createUploads } from "./uploads.ts";
import { createWhispers } from "./whispers.ts";
import { createWire, type Inheritance, type Method, type Pace } from "./wire.ts";

/** The bot in its workspace, once Slack has said who it is. */
export type Workplace = {
  receive: Receive;
  poster: Poster;
  people: People;
  past: Past;
  draft(address: Address, key: PostKey, answering: Answering): Draft;
  pages: Home;
  react(address: Address, message: string, emoji: string): Promise<void>;
  open(whisper: Whisper, form: Form): Promise<void>;
  read(file: ChatFile, signal: AbortSignal): Promise<Uint8Array>;
  /** Hears in the background what was said meanwhile; one time after the other. */
  catchUp(): void;
  close(): void;
};

const firstWait = 5_000;
const longestWait = 5 * 60_000;
const heldBack = 90_000;

/** Puts together what works in one workspace. */
export function createWorkplace(options: {
  client: webApi.WebClient;
  clientOptions: webApi.WebClientOptions;
  token: string;
  /** Where the Web API is. */
  api: URL;
  bot: Bot;
  /** The workspace's own address, for links. */
  home: string;
  inbox: Inbox;
  memory?: Memory | undefined;
  log: Logger;
  clock: Clock;
  pace: Pace;
  inherited: Inheritance;
  held(method: Method, until: number): void;
  /** No more is to be heard. */
  quieting: AbortSignal;
  closing: AbortSignal;
  refused(why: string): void;
}): Workplace {
  const { clientOptions, token, api, bot, home, inbox, log, clock, quieting, closing, refused } = options;
  const isSlacks = (url: URL): boolean =>
    url.host === api.host || (url.protocol === "https:" && /(?:^|\.)slack(?:-files)?\.com$/.test(url.hostname));
  const wire = createWire(options);
  const people = createPeople(wire, clock);
  const reading: Reading = { bot, nameOf: people.nameOf };
  const live: Live = new Map();
  const whispers = createWhispers(wire, isSlacks, clock);
  const uploads = createUploads(wire, isSlacks);
  const poster = createPoster({ wire, whispers, uploads, live, clock, bot, home, closing, direct: people.direct });
  const past = createPast(wire, people, reading);
  const ears = createEars({ inbox, reading, people, clock, known: (files) => knownFiles(files, wire, clock) });
  const [streams, atWork] = [createStreams(wire, bot), createAtWork(wire, clock)];
  const desk = { wire, poster, streams, atWork, clock, live, namesIn: ears.namesIn };
  const pages = createHome(wire);
  const previews = createPreviews(wire, inbox, clock, log);
  const missed = createMissed(inbox, options.memory);
  let catchingUp: Promise<void> = Promise.resolve();

  async function hear(body: Fields): Promise<unknown> {
    if (previews.follow(body, reading)) return undefined;
    const errors = body.type === "view_submission" && (await previews.objections(body, reading));
    if (errors) return { response_action: "errors", errors };
    const event = fieldsIn(body, "event");
    if (event.type === "tokens_revoked" && Array.isArray(fieldsIn(event, "tokens").bot)) {
      refused("the token was revoked");
      return undefined;
    }
    const [user, direct] = [textIn(event, "user"), textIn(event, "channel")];
    if (event.type === "app_home_opened" && user && direct) pages.met(user, addressOf(direct));
    await ears.hear(body);
    return undefined;
  }

  const bolt = createReceive({ bot, token, clientOptions, log, hear });

  /** Above 30,000 events an hour Slack drops some, and says so minute by minute: they are read when it is over. */
  const receive: Receive = async (body, retry) => {
    if (body.type !== "app_rate_limited") return bolt(body, retry);
    log.warn("Slack holds back events for a minute; they will be read afterwards");
    void pause(clock, heldBack, quieting).then(workplace.catchUp);
    return undefined;
  };

  /** Again and again until it succeeds: nobody else would ask for what was said meanwhile. */
  async function catchUpWhole(until: number): Promise<void> {
    for (let wait = firstWait; !quieting.aborted; wait = Math.min(wait * 2, longestWait)) {
      try {
        return await catchUp({
          inbox,
          until,
          hear: ears.hearEvent,
          wire,
          past,
          reading,
          now: clock.now(),
          signal: quieting,
          missed: ({ channel, thread }, err) =>
            log.info({ err, channel, thread }, "Slack did not show what was said there"),
        });
      } catch (err) {
        if (refusalOf(err) !== undefined) return log.warn({ err }, "Slack does not show what was said meanwhile");
        log.warn({ err }, `could not catch up with what was said on Slack; trying again in ${wait / 1000} s`);
        await pause(clock, wait, quieting);
      }
    }
  }

  people.meetAll().catch((err) => log.debug({ err }, "Slack did not tell how people are called"));

  const workplace: Workplace = {
    receive,
    poster,
    people,
    past,
    pages,
    open: createForms(wire),
    react: createReact(wire),
    draft: (address, key, answering) => new SlackDraft(desk, address, key, answering),
    read: (file, signal) => readFile(file, { wire, token, isSlacks, signal }),
    catchUp() {
      const since = missed.since();
      since.catch(() => {});
      catchingUp = catchingUp
        .then(async () => {
          const until = await since;
          if (until !== undefined) await catchUpWhole(until);
          if (!quieting.aborted) await missed.read();
        })
        .catch((err) => log.error({ err }, "it is not known what was missed on Slack"));
    },
    close: () => wire.close(),
  };
  return workplace;
}
