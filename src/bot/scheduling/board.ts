import { type Address, DeliveryError, type Post, type Posted } from "../../chat.ts";
import { runIdFor } from "../../runs/run.ts";
import type { Schedule } from "../../schedules/schedule.ts";
import type { Kept } from "../../schedules/schedule-store.ts";
import type { Time } from "../../schedules/time.ts";
import { sayTime } from "../../schedules/when/say-when.ts";
import { type Words, wordsOf } from "../../words/words.ts";
import { type Desk, languageAt, zoneAt } from "../desk/desk.ts";
import type { Finding } from "./finding.ts";
import type { Lines } from "./lines.ts";

/** Boards: in a channel, one pinned message that shows how its schedules stand. */
export type Boards = {
  /** Makes a channel's board, or finds it; gives what is said of it. */
  keep(at: Address, words: Words): Promise<string>;
  /** A channel's board is kept no longer; gives what is said of that. */
  drop(at: Address, words: Words): Promise<string>;
  /** A schedule is not as it was: the boards that show it are drawn anew soon. */
  changed(schedule: Pick<Schedule, "to" | "place">): void;
  /** An adapter is connected: its boards, of earlier processes too, are brought up to date. */
  open(adapter: string): Promise<void>;
  stop(): Promise<void>;
};

/** What is kept of a board. Each message that had to be made for it is a generation. */
type Board = { at: Address; generation: number; posted?: Posted; shown?: string; pinned?: number; notPinned?: string };
/** What is under way about a board in this process. */
type Life = { work: Promise<void>; drawn: number; due?: number; callOff?: () => void };

const paceMs = 10_000;
/** So long what became of a run takes to be written down. */
const settleMs = 1_500;
/** What nobody tells of (the config, another month) is seen at the latest after this. */
const lookMs = 60_000;
const pinMs = 10 * 60_000;
const [mostLines, mostCharacters] = [20, 1_700];

/** Boards over the desk. */
export function createBoards(desk: Desk, parts: { finding: Finding; lines: Lines; time: Time }): Boards {
  const { adapter, postman, store, log, now } = desk;
  const { finding, lines, time } = parts;
  const kv = store.kv("schedule-boards");
  const lives = new Map<string, Life>();
  let boards: Map<string, Board> | undefined;
  let stopped = false;

  const keyOf = ({ adapter, channel }: Address) => `${adapter}:${channel}`;

  async function known(): Promise<Map<string, Board>> {
    if (!boards) {
      const kept = (await kv.get<Board[]>("all")) ?? [];
      boards ??= new Map(kept.map((board) => [keyOf(board.at), board]));
    }
    return boards;
  }

  const save = async () => kv.set("all", [...(await known()).values()]);

  function lifeOf(key: string): Life {
    let life = lives.get(key);
    if (!life) {
      life = { work: Promise.resolve(), drawn: Number.NEGATIVE_INFINITY };
      lives.set(key, life);
    }
    return life;
  }

  /** Looks at a board in so long, or later where it was drawn only now. */
  function lookIn(key: string, ms: number): void {
    const life = lifeOf(key);
    const due = Math.max(time.monotonic() + ms, life.drawn + paceMs);
    if (stopped || (life.due !== undefined && life.due <= due)) return;
    life.callOff?.();
    life.due = due;
    life.callOff = time.after(due - time.monotonic(), () => {
      delete life.due;
      void look(key);
    });
  }

  /** Brings a board up to date, one time after the other. */
  function look(key: string): Promise<void> {
    const life = lifeOf(key);
    life.work = life.work.then(async () => {
      const board = (await known()).get(key);
      if (!board || stopped) return;
      let next: number | undefined;
      try {
        next = await bring(key, board);
      } catch (error) {
        log.warn({ err: error, board: key }, "a board is not up to date");
      }
      if ((await known()).has(key)) lookIn(key, Math.min(lookMs, Math.max(0, (next ?? Infinity) - now()) + settleMs));
    });
    return life.work;
  }

  /** Makes what people see be how it is; gives when the next of the schedules is due. */
  async function bring(key: string, board: Board): Promise<number | undefined> {
    const { at } = board;
    const language = languageAt(desk, at);
    const words = wordsOf(language);
    const found = await finding.here(at);
    const text = await told(found, board, words);
    if (text !== board.shown || !board.posted) {
      lifeOf(key).drawn = time.monotonic();
      const footer = words.schedules.boardFooter(sayTime(now(), zoneAt(desk, at), language));
      if (!(await show(key, board, { text, footer, language }))) {
        (await known()).delete(key);
        await save();
        log.warn({ board: key }, "a board is kept no longer: nothing can be written there");
        return undefined;
      }
      board.shown = text;
      await save();
    }
    if (board.pinned === undefined || now() - board.pinned > pinMs) await pin(board);
    return found[0]?.next;
  }

  async function told(found: Kept[], { at }: Board, words: Words): Promise<string> {
    const said = [`**${words.schedules.board}**`];
    let room = mostCharacters;
    for (const kept of found.slice(0, mostLines)) {
      const line = await lines.one(kept, { at, language: languageAt(desk, at) });
      room -= line.length;
      if (room < 0 && said.length > 1) break;
      said.push(`• ${line}`);
    }
    const more = found.length - (said.length - 1);
    if (found.length === 0) said.push(words.schedules.none);
    return [...said, ...(more > 0 ? [words.schedules.more(more)] : [])].join("\n");
  }

  /** In the message there is, else in a new one; false where none can be. */
  async function show(key: string, board: Board, post: Post): Promise<boolean> {
    if (board.posted) {
      try {
        await adapter(board.at.adapter)?.edit(board.posted, post);
        return true;
      } catch (error) {
        if (!(error instanceof DeliveryError) || !error.final) throw error;
        // Somebody deleted it.
        board.generation += 1;
        delete board.posted;
        delete board.pinned;
        await save();
      }
    }
    const id = runIdFor(`board:${key}:${board.generation}`);
    const posted = (await store.outbox.has(id))
      ? await postman.standing(id)
      : await postman.send({ address: board.at, post, key: { id, since: now() } }).posted;
    if (posted) board.posted = posted;
    return posted !== undefined;
  }

  async function pin(board: Board): Promise<void> {
    if (!board.posted) return;
    try {
      await adapter(board.at.adapter)?.pin?.(board.posted);
      delete board.notPinned;
    } catch (error) {
      board.notPinned = error instanceof Error ? error.message : String(error);
      log.info({ err: error, board: keyOf(board.at) }, "a board could not be pinned");
    }
    board.pinned = now();
    await save();
  }

  return {
    async keep({ adapter: name, channel }, words) {
      if (!adapter(name)?.pin) return words.schedules.boardNowhere;
      const at = { adapter: name, channel };
      const key = keyOf(at);
      const all = await known();
      const before = all.get(key);
      // Asked for again, it is pinned again.
      if (before) delete before.pinned;
      else all.set(key, { at, generation: now() });
      await save();
      await look(key);
      const { posted, notPinned } = all.get(key) ?? {};
      if (!posted) return words.schedules.boardNowhere;
      return notPinned === undefined ? words.schedules.boardMade : words.schedules.boardNotPinned(notPinned);
    },
    async drop(at, words) {
      const key = keyOf(at);
      const board = (await known()).get(key);
      if (!board) return words.schedules.boardNone;
      (await known()).delete(key);
      await save();
      const text = wordsOf(languageAt(desk, at)).schedules.boardEnded;
      if (board.posted)
        await adapter(at.adapter)
          ?.edit(board.posted, { text })
          .catch((error: unknown) => log.info({ err: error, board: key }, "a board's end could not be shown on it"));
      return words.schedules.boardEnded;
    },
    changed({ to, place }) {
      for (const at of place ? [...to, place] : to) if (boards?.has(keyOf(at))) lookIn(keyOf(at), settleMs);
    },
    async open(name) {
      for (const [key, { at }] of await known()) if (at.adapter === name) lookIn(key, settleMs);
    },
    async stop() {
      stopped = true;
      for (const { callOff } of lives.values()) callOff?.();
      await Promise.allSettled([...lives.values()].map(({ work }) => work));
    },
  };
}
