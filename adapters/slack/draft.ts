import type { Address, Answering, Draft, DraftState, Post, Posted, PostKey } from "../../src/chat.ts";
import type { AtWork, WorkSign } from "./at-work.ts";
import { tailOf } from "./blocks.ts";
import type { Clock } from "./clock.ts";
import { pauseAmong, sharersOf } from "./crowd.ts";
import type { Ears } from "./ears.ts";
import { isDirect, userOf } from "./messages.ts";
import { type Left, type Live, metadataOf, type Poster } from "./poster.ts";
import { beforeCalls, previewOf } from "./preview.ts";
import { deliveryError, refusalBehind } from "./refusals.ts";
import { markdownLimit, plainWordsOf, sheetOfDraft } from "./sheets.ts";
import type { Stream, Streams } from "./streams.ts";
import type { Wire } from "./wire.ts";

/** What drafts are written with. */
export type Desk = {
  wire: Wire;
  poster: Poster;
  streams: Streams;
  atWork: AtWork;
  clock: Clock;
  live: Live;
  namesIn: Ears["namesIn"];
};

// How far apart steps are while few answers grow.
const appendPace = 700;
const updatePace = 1_200;
const noRoomPace = 300;
const placeholderAfter = 800;
const sameMoment = 15;

type Shown = { ts: string; stream?: Stream };

/** An answer being written: streamed where Slack streams, else a message that is edited. */
export class SlackDraft implements Draft {
  readonly #desk: Desk;
  readonly #address: Address;
  readonly #key: PostKey;
  readonly #user: string | undefined;
  readonly #sign: WorkSign;
  /** Whom the answer may turn out to call. */
  readonly #names: readonly string[];
  #latest: DraftState | undefined;
  #written: DraftState | undefined;
  #shown: Shown | undefined;
  #left: Left = { parts: [] };
  /** Something may stand there already: an earlier attempt's, or what came of a call whose answer was lost. */
  #mustLook: boolean;
  #waited = false;
  #streamable: boolean;
  #ending = false;
  #held = false;
  /** Slack refused to show it growing; the end will say why. */
  #refused = false;
  #busy = false;
  #writing: Promise<void> | undefined;
  #wake = () => {};
  #endMoment = () => {};

  constructor(desk: Desk, address: Address, key: PostKey, answering: Answering) {
    this.#desk = desk;
    this.#address = address;
    this.#key = key;
    this.#mustLook = key.again ?? false;
    this.#user = userOf(answering.person);
    this.#streamable = address.thread !== undefined && (this.#user !== undefined || isDirect(address.channel));
    this.#names = answering.message ? desk.namesIn(address.channel, answering.message) : [];
    this.#sign = desk.atWork.begin(address);
  }

  show(state: DraftState): void {
    if (this.#ending || this.#refused) return;
    this.#latest = state;
    if (state.status) this.#sign.words(state.status);
    if (!this.#shown) this.#wake();
    if (this.#busy) return;
    this.#busy = true;
    this.#writing = this.#write();
  }

  hold(): void {
    this.#held = true;
    this.#endMoment();
    this.#wake();
  }

  async end(post: Post): Promise<Posted> {
    const again = this.#ending;
    await this.#halt();
    try {
      const posted = await this.#finish(post, again);
      this.#sign.over(true);
      return posted;
    } catch (error) {
      throw deliveryError(error);
    } finally {
      // Failed or not, whoever tries next may take over what is there.
      this.#leave();
    }
  }

  async drop(): Promise<void> {
    await this.#halt();
    const { poster } = this.#desk;
    try {
      await this.#unstream();
      if (!this.#shown && this.#mustLook) this.#left = await poster.find(this.#address, this.#key);
      const left = new Set([this.#shown?.ts, ...this.#left.parts, this.#left.files]);
      for (const ts of left) if (ts) await poster.remove(this.#address.channel, ts);
    } finally {
      this.#sign.over(false);
      this.#leave();
    }
  }

  async #halt(): Promise<void> {
    this.#ending = true;
    this.#endMoment();
    this.#wake();
    await this.#writing;
  }

  #leave(): void {
    if (this.#shown) this.#desk.live.delete(this.#shown.ts);
    this.#shown?.stream?.close();
  }

  /** Brings what is seen up to the latest state, at Slack's pace, until the end; never rejects. */
  async #write(): Promise<void> {
    // An end that comes in the same moment makes one post of it all.
    await new Promise(setImmediate);
    while (!this.#ending && !this.#held && !this.#refused && this.#latest !== this.#written) {
      const ms = await this.#step().catch((error) => this.#pauseAfter(error));
      if (ms > 0 && !this.#ending) await this.#rest(ms);
    }
    this.#busy = false;
  }

  #pauseAfter(error: unknown): number {
    this.#refused = refusalBehind(error) !== undefined;
    return updatePace;
  }

  /** Waits before the next step; the end, and the first words, wait for nothing. */
  #rest(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        cancel();
        resolve();
      };
      const cancel = this.#desk.clock.after(ms, done);
      this.#wake = done;
    });
  }

  /** One step nearer to what is to be seen; how long to wait before the next. */
  async #step(): Promise<number> {
    if (this.#mustLook) await this.#takeOver();
    const state = this.#latest;
    if (!state || this.#ending) return 0;
    if (this.#shown?.stream) return this.#append(state, this.#shown.stream);
    return this.#shown ? this.#update(state, this.#shown.ts) : this.#open(state);
  }

  async #takeOver(): Promise<void> {
    this.#left = await this.#desk.poster.find(this.#address, this.#key);
    this.#mustLook = false;
    if (this.#left.parts[0]) this.#appear({ ts: this.#left.parts[0] });
  }

  #appear(shown: Shown): void {
    this.#shown = shown;
    this.#desk.live.set(shown.ts, shown.stream ? "chat.appendStream" : "chat.update");
    this.#sign.visible();
  }

  async #open(state: DraftState): Promise<number> {
    const { poster, streams } = this.#desk;
    if (!this.#growing(state.text).trim() && state.lines.length === 0) {
      // Where Slack shows no sign of work, its words stand in for the first message, unless the answer is quick.
      if (this.#address.thread || !state.status) {
        this.#written = state;
        return 0;
      }
      if (!this.#waited) {
        this.#waited = true;
        return placeholderAfter;
      }
    }
    await this.#moment();
    if (this.#held || this.#ending) return 0;
    if (this.#streamable && streams.available()) {
      const stream = await this.#openStream(this.#latest ?? state);
      if (this.#shown) return stream ? appendPace : 0;
    }
    // A message that could not be changed at the end would have to stay unfinished for as long.
    if (this.#desk.wire.room("chat.update") <= sharersOf(this.#desk.live, "chat.update")) return noRoomPace;
    // Shown is the state of the moment at which the channel's queue lets it through, or nothing if that is too late.
    let put: DraftState | undefined;
    const sheet = () => {
      put = this.#latest;
      return this.#ending || !put ? undefined : this.#sheet(put);
    };
    const ts = await poster.put(this.#address, sheet, this.#key, 0);
    if (ts) this.#appear({ ts });
    this.#written = put;
    return updatePace;
  }

  /** So long nobody sees that words wait; a short answer is whole by then, and needs one post instead of a stream. */
  #moment(): Promise<void> {
    return new Promise((go) => {
      this.#endMoment = go;
      // In real time, whatever clock the rest goes by.
      setTimeout(go, sameMoment);
    });
  }

  async #openStream(state: DraftState): Promise<Stream | undefined> {
    const { streams } = this.#desk;
    try {
      const stream = await streams.open(this.#address, this.#user, this.#growing(state.text), state.lines);
      if (stream) this.#appear({ ts: stream.ts, stream });
      else this.#streamable = false;
      this.#written = stream && state;
      return stream;
    } catch {
      // Nobody knows whether it was begun; if it was, it is taken over as a message.
      this.#streamable = false;
      this.#mustLook = true;
      await this.#takeOver();
      return undefined;
    }
  }

  async #append(state: DraftState, stream: Stream): Promise<number> {
    if (this.#desk.wire.room("chat.appendStream") === 0) return noRoomPace;
    const added = await stream.append(this.#growing(state.text), state.lines).catch(() => false);
    if (added) this.#written = state;
    else await this.#unstream();
    return added ? pauseAmong(this.#desk, "chat.appendStream", appendPace) : 0;
  }

  async #update(state: DraftState, ts: string): Promise<number> {
    const { poster, wire } = this.#desk;
    // What is kept free is for the ends of the answers that are being written.
    const kept = sharersOf(this.#desk.live, "chat.update");
    if (wire.room("chat.update") <= kept) return noRoomPace;
    await poster.update(this.#address.channel, ts, this.#sheet(state), this.#key);
    this.#written = state;
    return pauseAmong(this.#desk, "chat.update", updatePace, kept);
  }

  #sheet({ stop, ...state }: DraftState) {
    return sheetOfDraft(stop && !this.#sign.stoppable ? { ...state, stop } : state);
  }

  /** As much of a growing text as one stream takes: the rest is seen at the end. */
  #growing(text: string): string {
    return previewOf(beforeCalls(text.slice(0, markdownLimit), this.#names)).slice(0, markdownLimit);
  }

  /** Goes on as a message that is edited: the stream died, or must be written anew. */
  async #unstream(): Promise<void> {
    if (!this.#shown?.stream) return;
    const { ts, stream } = this.#shown;
    stream.close();
    this.#appear({ ts });
    await this.#desk.poster.endStream(this.#address.channel, ts);
  }

  async #finish(post: Post, again: boolean): Promise<Posted> {
    const { poster } = this.#desk;
    const { stream, ts } = this.#shown ?? {};
    if (!ts) return poster.post(this.#address, post, { ...this.#key, again: again || this.#mustLook });
    if (stream) {
      if (await this.#finishStream(post, stream)) return poster.posted(this.#address, ts);
      await this.#unstream();
    }
    if (again) this.#left = await poster.find(this.#address, { ...this.#key, again });
    return poster.complete(
      this.#address,
      { ...this.#left, parts: [ts, ...this.#left.parts.slice(1)] },
      post,
      this.#key,
    );
  }

  async #finishStream(post: Post, stream: Stream): Promise<boolean> {
    const text = plainWordsOf(post);
    if (text === undefined) return false;
    const session = this.#sign.stoppable ? { session: "active" as const } : {};
    const end = { text, lines: post.lines ?? [], tail: tailOf(post), metadata: metadataOf(this.#key, 0), ...session };
    const ended = await stream.finish(end).catch(() => false);
    if (ended && end.session) this.#sign.told();
    return ended;
  }
}
