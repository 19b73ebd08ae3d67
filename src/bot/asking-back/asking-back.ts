import { randomUUID } from "node:crypto";
import type { Field, Given, Question, Reply } from "../../agent/question.ts";
import type { ChatEvent, Checked, Filled, Language, Post, Posted, Press, Submit } from "../../chat.ts";
import { type Run, runIdFor } from "../../runs/run.ts";
import type { Time } from "../../schedules/time.ts";
import { wallAt } from "../../schedules/when/wall-clock.ts";
import type { Redact } from "../../watch/redact.ts";
import { type Words, wordsOf } from "../../words/words.ts";
import { type Desk, reply, wordsFor, zoneAt } from "../desk/desk.ts";
import { outcomeCard, pickedIn, questionCard, type Shown } from "./question-card.ts";
import { formOf, inputId, labelOf, pagesOf, readForm, type Typed } from "./question-form.ts";

/** Puts to people what tools want to know of them, in the middle of their runs. What they type is kept nowhere. */
export type AskingBack = {
  /** Contract: never rejects. Only whoever asked for the run is asked, and nobody else can answer. */
  ask(run: Run, question: Question, signal: AbortSignal): Promise<Reply>;
  /** Whether it is about such a question. It is not journalled then: what was typed is for nobody but who asked. */
  concerns(event: ChatEvent): event is Pressed | Sent;
  heard(event: Pressed | Sent): Promise<void>;
  /** What would be wrong with a form as it is filled in. */
  check(filled: Filled): Checked;
  /** Whether somebody is being asked for a run. */
  isAsking(run: string): boolean;
  /** The cards of an earlier process are made to say that they are over; that is not waited for. */
  open(adapter: string): Promise<void>;
  /** All cards say so; resolves once they do. What was asked stays without an answer. */
  stop(): Promise<void>;
};

type Pressed = Extract<ChatEvent, { kind: "press" }>;
type Sent = Extract<ChatEvent, { kind: "submit" }>;

/** A question that is open. */
type Open = Shown & {
  words: Words;
  pages: ReturnType<typeof pagesOf>;
  /** What was typed last, form by form, so that none of it need be typed again. */
  typed: (Typed | undefined)[];
  given: (Given | undefined)[];
  posted: Promise<Posted | undefined>;
  settle(reply: Reply, outcome: string): void;
};

/** A card that stands, for whoever comes after us. */
type Left = { posted: Posted; shown: Post; language: Language };

const [waitMs, waitMinutes] = [600_000, 10];
const keptMs = 24 * 3_600_000;
const mostHeard = 500;
const callOver = "the call was over before anybody answered";

/** Questions over the desk. */
export function createAskingBack(desk: Desk, parts: { time: Time; redact: Redact }): AskingBack {
  const { postman, store, log, now } = desk;
  const { time, redact } = parts;
  const questions = new Map<string, Open>();
  const heardLately = new Set<string>();
  const left = store.kv("open-questions");
  /** Cards of ours that stand, by their adapters. */
  const standing = new Map<string, Map<string, Left>>();
  const working = new Set<Promise<void>>();
  let stopped = false;

  function aside(work: Promise<void>): void {
    const noted = work.catch((error: unknown) => log.warn({ err: error }, "the card of a question is not up to date"));
    working.add(noted);
    void noted.then(() => working.delete(noted));
  }

  async function keepStanding(adapter: string): Promise<void> {
    const cards = [...(standing.get(adapter)?.values() ?? [])];
    await (cards.length > 0 ? left.set(adapter, cards, keptMs) : left.delete(adapter));
  }

  async function draw(question: Open, post: Post): Promise<void> {
    const posted = await question.posted;
    if (posted) await desk.adapter(posted.address.adapter)?.edit(posted, { ...post, language: question.run.language });
  }

  async function ask(run: Run, asked: Question, signal: AbortSignal): Promise<Reply> {
    const words = wordsOf(run.language);
    const { address } = run;
    const adapter = desk.adapter(address.adapter);
    if (!adapter?.can.buttons || !adapter.open)
      return { kind: "declined", why: "people can't be asked where this run answers" };
    if (signal.aborted) return { kind: "unanswered", why: callOver };
    if (asked.kind === "link" && asked.done.aborted) return { kind: "given", values: {} };
    const id = runIdFor(`${run.id}:asks:${randomUUID()}`);
    const until = now() + waitMs;
    const zone = zoneAt(desk, address);
    const question = withoutSecrets(asked, redact);
    const pages = question.kind === "form" ? pagesOf(question.fields) : [];
    const clock = new Date(wallAt(zone, until)).toISOString().slice(11, 16);
    const shown = { id, run, question, time: clock, zone, filled: 0 };
    const post = { ...questionCard(shown), language: run.language };
    return new Promise((resolve) => {
      const settle = (reply: Reply, outcome: string) => {
        if (!questions.delete(id)) return;
        callOff();
        signal.removeEventListener("abort", withdraw);
        if (question.kind === "link") question.done.removeEventListener("abort", done);
        resolve(reply);
        if (stopped) return;
        standing.get(address.adapter)?.delete(id);
        aside(draw(open, outcomeCard(open, outcome)).finally(() => keepStanding(address.adapter)));
      };
      const done = () => settle({ kind: "given", values: {} }, words.elicitation.done);
      const withdraw = () => settle({ kind: "unanswered", why: callOver }, words.elicitation.withdrawn);
      const callOff = time.after(waitMs, () =>
        settle(
          { kind: "unanswered", why: `nobody answered within ${waitMinutes} minutes` },
          words.elicitation.expired(clock),
        ),
      );
      const posted = postman.send({ address, post, key: { id, since: now() } }).posted.catch(() => undefined);
      const open: Open = { ...shown, words, pages, typed: [], given: [], posted, settle };
      questions.set(id, open);
      if (question.kind === "link") question.done.addEventListener("abort", done, { once: true });
      signal.addEventListener("abort", withdraw, { once: true });
      void posted.then((stands) => {
        if (!stands)
          return settle({ kind: "unanswered", why: "the question could not be shown" }, words.elicitation.withdrawn);
        if (!questions.has(id)) return;
        const over = outcomeCard(open, words.elicitation.interrupted);
        const cards = standing.get(address.adapter) ?? new Map<string, Left>();
        standing.set(address.adapter, cards.set(id, { posted: stands, shown: over, language: run.language }));
        aside(keepStanding(address.adapter));
      });
    });
  }

  async function pressed(event: string, { id, value = "", person, whisper, address }: Press): Promise<void> {
    const [name = "", nth = "0"] = value.split(".");
    const question = questions.get(name);
    const say = (post: Post) => reply(desk, event, address, { ...post, only: whisper });
    const no = await refusal(question, { person, address });
    if (!question || no !== undefined) return say({ text: no ?? "" });
    const { words, run } = question;
    switch (id) {
      case "elicit-decline":
        return question.settle({ kind: "declined" }, words.elicitation.declined(run.asker.name));
      case "elicit-pick": {
        const values = pickedIn(question.question, Number(nth));
        if (!values) return say({ text: words.elicitation.over });
        const { done, answered } = words.elicitation;
        const outcome = question.question.kind === "link" ? done : answered(run.asker.name);
        return question.settle({ kind: "given", values }, outcome);
      }
      default: {
        const page = question.pages.findIndex((_, n) => question.given[n] === undefined);
        const fields = question.pages[page];
        if (!fields) return;
        const { from } = question.question;
        const about = { id: "elicit-form", value: `${name}.${page}`, from, fields, typed: question.typed[page] };
        try {
          await desk.adapter(address.adapter)?.open?.(whisper, formOf(about, words));
        } catch (error) {
          log.warn({ err: error, event }, "a form could not be shown");
          return say({ text: words.formLate });
        }
      }
    }
  }

  async function sent(event: string, { value = "", values, person, whisper, address }: Submit): Promise<void> {
    const [name = "", nth = "0"] = value.split(".");
    const page = Number(nth);
    const question = questions.get(name);
    const say = (post: Post) => reply(desk, event, address, { ...post, only: whisper });
    const no = await refusal(question, { person, address });
    const fields = question?.pages[page];
    if (!question || no !== undefined) return say({ text: no ?? "" });
    if (!fields) return say({ text: question.words.elicitation.over });
    const { words, run } = question;
    question.typed[page] = values;
    const read = readForm(fields, values, words, question.zone);
    if ("wrong" in read) {
      const lines = fields.flatMap((field, n) => {
        const wanted = read.wrong[inputId(n)];
        return wanted ? [`• ${labelOf(field)}: ${wanted}`] : [];
      });
      const again = { id: "elicit-answer", value: name, text: words.elicitation.again, opens: true as const };
      return say({ text: [words.elicitation.wrong, ...lines].join("\n"), card: { buttons: [again] } });
    }
    question.given[page] = read.values;
    question.filled = question.pages.filter((_, n) => question.given[n] !== undefined).length;
    if (question.filled < question.pages.length) return aside(draw(question, questionCard(question)));
    const all: Given = Object.fromEntries(question.given.flatMap((values) => Object.entries(values ?? {})));
    question.settle({ kind: "given", values: all }, words.elicitation.answered(run.asker.name));
  }

  /** Why somebody can't answer, in their words. */
  async function refusal(
    question: Open | undefined,
    { person, address }: Pick<Press, "person" | "address">,
  ): Promise<string | undefined> {
    if (question?.run.asker.id === person.id) return undefined;
    const { elicitation } = await wordsFor(desk, person.id, address);
    return question ? elicitation.notYours(question.run.asker.name) : elicitation.over;
  }

  return {
    ask,
    concerns(event): event is Pressed | Sent {
      return (
        (event.kind === "press" && event.press.id.startsWith("elicit-")) ||
        (event.kind === "submit" && event.submit.id.startsWith("elicit-"))
      );
    },
    async heard(event) {
      if (heardLately.has(event.key)) return;
      heardLately.add(event.key);
      for (const key of [...heardLately].slice(0, -mostHeard)) heardLately.delete(key);
      await (event.kind === "press" ? pressed(event.key, event.press) : sent(event.key, event.submit));
    },
    check({ value = "", values, person }) {
      const [name = "", nth = "0"] = value.split(".");
      const question = questions.get(name);
      const fields = question?.pages[Number(nth)];
      if (!question || !fields || question.run.asker.id !== person.id) return {};
      question.typed[Number(nth)] = values;
      const read = readForm(fields, values, question.words, question.zone);
      return "wrong" in read ? { wrong: read.wrong } : {};
    },
    isAsking: (run) => [...questions.values()].some((question) => question.run.id === run),
    async open(adapter) {
      const cards = (await left.get<Left[]>(adapter)) ?? [];
      if (cards.length > 0) await left.delete(adapter);
      for (const { posted, shown, language } of cards)
        aside(desk.adapter(adapter)?.edit(posted, { ...shown, language }) ?? Promise.resolve());
    },
    async stop() {
      stopped = true;
      for (const question of questions.values())
        aside(draw(question, outcomeCard(question, question.words.elicitation.interrupted)));
      await Promise.allSettled(working);
    },
  };
}

/** The same question; what people read of it tells no secret. */
function withoutSecrets(question: Question, redact: Redact): Question {
  const message = redact(question.message);
  if (question.kind === "link") return { ...question, message };
  const fields = question.fields.map((field): Field => {
    const told = {
      title: redact(field.title?.trim() || field.name),
      ...(field.about && { about: redact(field.about) }),
    };
    if (!("options" in field)) return { ...field, ...told };
    return { ...field, ...told, options: field.options.map(({ value, text }) => ({ value, text: redact(text) })) };
  });
  return { ...question, message, fields };
}
