import { toolTitle } from "../../agent/tool-title.ts";
import type { Address, Button, PersonId, Post, Whisper } from "../../chat.ts";
import { runIdFor } from "../../runs/run.ts";
import type { Schedule, ScheduleDraft } from "../../schedules/schedule.ts";
import type { Schedules } from "../../schedules/schedules.ts";
import { sayTime } from "../../schedules/when/say-when.ts";
import { wallAt } from "../../schedules/when/wall-clock.ts";
import type { When } from "../../schedules/when/when.ts";
import { type Words, wordsOf } from "../../words/words.ts";
import type { Desk } from "../desk/desk.ts";
import { type Describer, sayCost, sayWhenAndZone } from "./describe.ts";
import type { Places } from "./places.ts";
import type { Planner, Wish } from "./plan.ts";

/** A card that waits for its asker: a draft to be made, or readings to choose from. */
export type Pending = { by: PersonId; wish: Wish; until: number; draft?: ScheduleDraft; readings?: When[] };

/** Says something to the person, once for an event. */
export type Say = (post: Post) => Promise<void>;

/** Shows what would be scheduled, and does it once its asker says so. */
export type Confirm = {
  /** What is said to a wish: the card, a question, or a no. Where nothing can be pressed it is done at once. */
  offer(event: string, wish: Wish): Promise<Post>;
  find(id: string): Promise<Pending | undefined>;
  create(event: string, id: string, pending: Pending, say: Say): Promise<void>;
  test(event: string, id: string, pending: Pending, say: Say, whisper: Whisper): Promise<void>;
  cancel(id: string, pending: Pending, say: Say): Promise<void>;
  /** The reading with this number was meant. */
  choose(event: string, pending: Pending, reading: number): Promise<Post>;
};

const keptForMs = 10 * 60_000;

/** Confirmations over the desk. */
export function createConfirm(
  desk: Desk,
  parts: {
    schedules: Schedules;
    planner: Planner;
    describer: Describer;
    places: Places;
    changed(schedule: Schedule): void;
  },
): Confirm {
  const { postman, store, people, log, now } = desk;
  const { schedules, planner, describer, places } = parts;
  const cards = store.kv("schedule-cards");

  async function offer(event: string, wish: Wish): Promise<Post> {
    await places.remember(wish.at.adapter, wish.channels);
    const plan = await planner.plan(wish);
    const isPressable = !wish.unpressable && desk.adapter(wish.at.adapter)?.can.buttons === true;
    const id = runIdFor(`card:${event}`);
    const until = now() + keptForMs;
    const pending = { by: wish.person.id, wish, until };
    if (plan.kind === "refused") {
      if (!wish.filled) return { text: plan.text };
      // What was written in a form need not be written again.
      await cards.set(id, pending satisfies Pending, keptForMs);
      const change: Button = {
        id: "schedule-change",
        value: id,
        text: wordsOf(wish.language).schedules.edit,
        opens: true,
      };
      return { text: plan.text, card: { buttons: [change] } };
    }
    if (plan.kind === "unsure") {
      if (!isPressable) return { text: [plan.question, ...plan.readings.map(({ text }) => `• ${text}`)].join("\n") };
      const readings = plan.readings.map(({ when }) => when);
      await cards.set(id, { ...pending, readings } satisfies Pending, keptForMs);
      const buttons = plan.readings.map(({ text }, n) => ({ id: "schedule-reading", value: `${id}.${n}`, text }));
      return { text: plan.question, card: { buttons } };
    }
    const { draft } = plan;
    const notes = plan.note === undefined ? [] : [plan.note];
    if (!isPressable) {
      return { text: [await keep(event, { ...pending, draft }), ...notes].join("\n") };
    }
    await cards.set(id, { ...pending, draft } satisfies Pending, keptForMs);
    return cardFor(id, { ...pending, draft }, notes);
  }

  async function cardFor(
    id: string,
    { draft, wish, until }: Pending & { draft: ScheduleDraft },
    notes: readonly string[],
  ): Promise<Post> {
    const words = wordsOf(wish.language).schedules;
    const lines = [...(await describer.lines(draft, wish.at, wish.language)), ...notes];
    const button = (name: string, text: string, more: Partial<Button> = {}): Button => ({
      id: `schedule-${name}`,
      value: id,
      text,
      ...more,
    });
    const edits = desk.adapter(wish.at.adapter)?.can.forms ? [button("change", words.edit, { opens: true })] : [];
    return {
      text: lines.join("\n"),
      footer: words.onlyYou(new Date(wallAt(draft.zone, until)).toISOString().slice(11, 16)),
      card: {
        buttons: [
          button("create", wish.edits ? words.save : words.create, { style: "primary" }),
          button("test", words.test),
          ...edits,
          button("cancel", words.cancel),
        ],
      },
    };
  }

  /** Makes or changes the schedule; gives what is said of it. */
  async function keep(
    event: string,
    { wish, draft: planned, until }: Pending & { draft: ScheduleDraft },
  ): Promise<string> {
    const words = wordsOf(wish.language);
    const draft = { ...planned };
    const no = await planner.objection(draft, wish, words);
    if (no) return no;
    const made = wish.edits ? await changed(wish.edits, draft) : await createOnce(draft, until - keptForMs);
    if (!made) return words.gone;
    parts.changed(made);
    const kept = await schedules.find(made.id);
    const next = kept?.next === undefined ? words.schedules.nothingNext : sayTime(kept.next, made.zone, wish.language);
    if (wish.edits) return words.schedules.changed(made.name, made.id, next);
    await announce(event, made, wish, words);
    return words.schedules.createdFor(made.name, made.id, next);
  }

  async function changed(id: string, draft: ScheduleDraft): Promise<Schedule | undefined> {
    const before = await schedules.find(id);
    if (!before) return undefined;
    parts.changed(before.schedule);
    const { owner, origin, place } = before.schedule;
    return schedules.edit(id, { ...draft, origin, ...(owner ? { owner } : {}), ...(place ? { place } : {}) });
  }

  /** The same press heard again after a crash makes no second one. */
  async function createOnce(draft: ScheduleDraft, since: number): Promise<Schedule> {
    const { owner, name } = draft;
    const mine = owner ? await schedules.list({ owner }, 20) : [];
    const same = mine.find(
      ({ schedule }) =>
        schedule.since >= since &&
        schedule.name === name &&
        JSON.stringify(schedule.when) === JSON.stringify(draft.when),
    );
    return same?.schedule ?? schedules.create(draft);
  }

  /** One public line where it will post. Where that can't be said, nothing can be posted either. */
  async function announce(event: string, schedule: Schedule, wish: Wish, words: Words): Promise<void> {
    const person = await people.nameOf({ ...wish.person, bot: false });
    const when = sayWhenAndZone(schedule, schedule.language);
    const shown = await Promise.all(
      schedule.to.map(async (address, n) => {
        const text = `${words.schedules.created(person, schedule.name, when, words.schedules.here)} \`${schedule.id}\``;
        const buttons = [{ id: "schedule-manage", value: schedule.id, text: words.schedules.manage }];
        const key = { id: runIdFor(`${event}:announced:${n}`), since: now() };
        const sent = postman.send({ address, post: { text, card: { buttons }, language: schedule.language }, key });
        await sent.kept;
        return { address, posted: sent.posted };
      }),
    );
    const [first] = shown;
    if (!first) return;
    void first.posted
      .then((posted) => (posted ? undefined : takeBack(event, schedule, first.address, wish, words)))
      .catch((error: unknown) =>
        log.error({ err: error, schedule: schedule.id }, "a schedule could not be taken back"),
      );
  }

  async function takeBack(
    event: string,
    schedule: Schedule,
    address: Address,
    wish: Wish,
    words: Words,
  ): Promise<void> {
    const { id, name } = schedule;
    await schedules.delete(id);
    parts.changed(schedule);
    const text = words.schedules.cantWrite(name, await places.nameOf(address, wish.at, words));
    const key = { id: runIdFor(`${event}:cant-write`), since: now() };
    await postman.send({ address: wish.at, post: { text, only: { person: wish.person.id } }, key }).kept;
  }

  return {
    offer,
    find: (id) => cards.get<Pending>(id).then((found) => (found && found.until > now() ? found : undefined)),
    async create(event, id, pending, say) {
      const words = wordsOf(pending.wish.language);
      const { draft } = pending;
      if (!draft) return say({ text: words.gone });
      if (!(await store.claims.claim(`schedule-card:${id}`, now(), event))) return say({ text: words.alreadyDone });
      const text = await keep(event, { ...pending, draft });
      await say({ text });
      await cards.delete(id);
    },
    async test(event, id, { draft, wish }, say, whisper) {
      const words = wordsOf(wish.language);
      if (!draft) return say({ text: words.gone });
      await say({ text: words.schedules.testing });
      const began = now();
      const privately = (post: Post) =>
        postman.send({
          address: whisper.at ?? wish.at,
          post: { ...post, only: whisper },
          key: { id: runIdFor(`${event}:tested`), since: now() },
        }).kept;
      void schedules
        .test(draft, wish.person.id, AbortSignal.timeout(keptForMs))
        .then(async (outcome) => {
          if (outcome.kind === "failed" || outcome.kind === "delivery failed")
            return privately({ text: words.schedules.testFailed(outcome.why) });
          if (outcome.kind === "silent") return privately({ text: words.schedules.testedSilent(outcome.why) });
          const run = outcome.run ? await desk.ledger.find(outcome.run) : undefined;
          const tried = [...new Set(run?.used.map(({ tool }) => tool))];
          const pending = await cards.get<Pending>(id);
          if (pending?.draft)
            await cards.set(id, { ...pending, draft: { ...pending.draft, tried } }, Math.max(1, pending.until - now()));
          const tools = tried.map(toolTitle);
          const cost = outcome.cost ?? run?.usage?.cost;
          const seconds = ((now() - began) / 1000).toFixed(1);
          return privately({
            text: words.schedules.tested(seconds, tools, cost === undefined ? undefined : sayCost(cost)),
          });
        })
        .catch((error: unknown) => {
          log.error({ err: error, card: id }, "a schedule could not be tried");
          return privately({ text: words.schedules.testFailed(words.why.worker) });
        })
        .catch((error: unknown) => log.error({ err: error, card: id }, "what came of a try could not be told"));
    },
    async cancel(id, { wish }, say) {
      await cards.delete(id);
      const words = wordsOf(wish.language).schedules;
      await say({ text: wish.edits ? words.unchanged : words.cancelled });
    },
    async choose(event, { wish, readings }, reading) {
      const when = readings?.[reading];
      return when ? offer(event, { ...wish, when }) : { text: wordsOf(wish.language).gone };
    },
  };
}
