import type {
  Address,
  ChatCommand,
  ChatMessage,
  Checked,
  Filled,
  Form,
  Mentioned,
  NamedChannel,
  PersonId,
  Post,
  Press,
  Shortcut,
  Submit,
  Suggesting,
  Whisper,
} from "../../chat.ts";
import { runIdFor } from "../../runs/run.ts";
import type { Schedules } from "../../schedules/schedules.ts";
import { realTime, type Time } from "../../schedules/time.ts";
import { wordsOf } from "../../words/words.ts";
import { type Desk, languageFor, wordsFor, zoneAt } from "../desk/desk.ts";
import { chooseAgent } from "../questions/choose-agent.ts";
import { type Boards, createBoards } from "./board.ts";
import { createConfirm, type Say } from "./confirm.ts";
import { createDescriber } from "./describe.ts";
import { createFinding } from "./finding.ts";
import { createForms } from "./forms.ts";
import { createLines } from "./lines.ts";
import { readOrder } from "./order.ts";
import { createPlaces } from "./places.ts";
import { createPlanner, type SchedulePrompts, type Wish } from "./plan.ts";
import { createSuggesting } from "./suggest.ts";
import { createTroublePresses } from "./trouble-presses.ts";
import { createVerbs, type Sayer } from "./verbs.ts";

/** What people say of schedules, and what they press and send off. */
export type ScheduleOrders = {
  /** `/schedule …`: answered privately. */
  command(event: string, command: ChatCommand): Promise<void>;
  /** The same after a mention; `text` is what stands behind `schedule`, as `scheduleTextIn` gives it. */
  said(event: string, text: string, message: ChatMessage): Promise<void>;
  /** Presses whose ids begin with `schedule-`. */
  press(event: string, press: Press): Promise<void>;
  /** Forms whose ids begin with `schedule-`. */
  submit(event: string, submit: Submit): Promise<void>;
  /** A message picked out to be made into one: a form comes first. */
  shortcut(event: string, shortcut: Shortcut): Promise<void>;
  /** Ways to complete what is typed where a time is asked for; from memory. */
  suggest(query: Suggesting): { text: string; value: string }[];
  /** What a form whose id begins with `schedule-` would come to. */
  check(filled: Filled): Promise<Checked>;
  /** How somebody's own stand, the next to run first. */
  mine(person: PersonId, at: Address): Promise<string[]>;
  boards: Pick<Boards, "changed" | "open" | "stop">;
};

/** Somebody's words, from wherever they came. */
type Asked = {
  text: string;
  agent?: string;
  people?: Mentioned[];
  channels: NamedChannel[];
  person: { id: Wish["person"]["id"]; name: string };
  at: Address;
  /** Answered where nothing can be pressed, such as a shell. */
  unpressable?: true;
  /** Shows a form at once, where what was said allows it; says whether it did. */
  open?(form: Form): Promise<boolean>;
};

const longestPrompt = 3_000;
const mostOnHome = 10;

/** Orders about schedules over the desk. */
export function createScheduleOrders(
  desk: Desk,
  schedules: Schedules,
  prompts: SchedulePrompts,
  time: Time = realTime,
): ScheduleOrders {
  const { access, postman, store, people, now, log } = desk;
  const places = createPlaces(desk);
  const planner = createPlanner(desk, schedules, places, prompts);
  const describer = createDescriber(desk, places);
  const finding = createFinding(desk, schedules);
  const lines = createLines(desk, { schedules, describer, places });
  const boards = createBoards(desk, { finding, lines, time });
  const { changed } = boards;
  const confirm = createConfirm(desk, { schedules, planner, describer, places, changed });
  const verbs = createVerbs(desk, { schedules, finding, lines, changed });
  const trouble = createTroublePresses(desk, { schedules, finding, lines, planner, verbs, changed });
  const forms = createForms(desk, planner.timeOf);
  const suggest = createSuggesting(desk, schedules);

  async function answer(event: string, asked: Asked): Promise<Post[]> {
    const { person, at } = asked;
    const language = await languageFor(desk, person.id, at);
    const words = wordsOf(language).schedules;
    const sayer: Sayer = { id: person.id, at, language, unpressable: asked.unpressable };
    const order = readOrder(asked.text);
    switch (order.verb) {
      case "help": {
        const near =
          "near" in order && order.near
            ? `${wordsOf(language).unknownVerb(asked.text, order.near).split("\n")[0]}\n`
            : "";
        return [{ text: `${near}${words.usage}` }];
      }
      case "create":
        return [await confirm.offer(event, { ...asked, text: order.text, language })];
      case "list":
        return verbs.list(sayer);
      case "export":
        return [await verbs.exported(sayer, await exportedOf(order.rest, sayer))];
      case "board":
        return [{ text: await board(order.rest, sayer) }];
      default: {
        const { name, rest } = await finding.parted(order.verb, order.rest, sayer);
        const found = await finding.find(order.verb, name, verbs.askerOf(sayer));
        if ("instead" in found) return [found.instead];
        if (order.verb === "edit") {
          const no = await finding.refusal(found.kept, "edit", verbs.askerOf(sayer));
          if (no) return [{ text: no }];
          const isOpen = await asked.open?.(forms.ofSchedule(found.kept.schedule, language));
          return isOpen ? [] : [await lines.whole(found.kept, sayer)];
        }
        return [await verbs.act(order.verb, found.kept, sayer, rest)];
      }
    }
  }

  async function board(rest: string, { id, at, language }: Sayer): Promise<string> {
    const words = wordsOf(language);
    const verdict = access.authorize(await people.who(id, { roles: true }), "schedule", { at });
    if (!verdict.allowed) return words.schedules.notYours(words.schedules.thisChannel, "listed");
    return /^(?:off|stop|關閉|停止)$/i.test(rest) ? boards.drop(at, words) : boards.keep(at, words);
  }

  async function exportedOf(name: string, sayer: Sayer) {
    if (name === "") return finding.list(sayer);
    const found = await finding.find("export", name, verbs.askerOf(sayer));
    return "kept" in found ? [found.kept] : [];
  }

  /** Says some things one after another; the event is settled with the last. */
  async function sayAll(event: string, at: Address, posts: Post[], answers?: ChatMessage): Promise<void> {
    for (const [n, post] of posts.entries()) {
      const id = runIdFor(n === 0 ? event : `${event}:${n}`);
      const key = { id, since: answers?.at ?? now(), ...(answers ? { answers: answers.id } : {}) };
      const sent = postman.send({ address: post.only?.at ?? at, post, key });
      await sent.kept;
      // In their order for whoever reads them.
      if (n < posts.length - 1) await sent.posted;
    }
    store.journal.settle([event]);
  }

  const whispered = (posts: Post[], only: Whisper | undefined) =>
    posts.map((post) => (only ? { ...post, only } : post));

  async function press(event: string, press: Press): Promise<void> {
    const { person, whisper, value = "" } = press;
    const at = press.address;
    const language = await languageFor(desk, person.id, at);
    const words = wordsOf(language);
    const say: Say = (post) => sayAll(event, at, whispered([post], whisper));
    const sayer: Sayer = { id: person.id, at, language };
    const verb = press.id.replace(/^schedule-/, "");
    switch (verb) {
      case "create":
      case "test":
      case "cancel":
      case "change":
      case "reading": {
        const [id = "", reading = "0"] = value.split(".");
        const pending = await confirm.find(id);
        if (!pending) return say({ text: words.schedules.gone });
        if (pending.by !== person.id) return say({ text: words.schedules.notYourCard });
        if (verb === "create") return confirm.create(event, id, pending, say);
        if (verb === "test") return confirm.test(event, id, pending, say, whisper);
        if (verb === "cancel") return confirm.cancel(id, pending, say);
        if (verb === "reading") return say(await confirm.choose(event, pending, Number(reading)));
        const form = forms.ofWish(id, pending.wish, pending.draft);
        return open(event, whisper, at, form, say, words.formLate);
      }
      case "run-skipped":
        return say({ text: await trouble.runSkipped(event, press, sayer) });
      case "details":
        return say({ text: await trouble.details(press, sayer) });
      case "claim":
        return say({ text: await trouble.claim(press, sayer) });
      default: {
        const kept = await finding.byId(value, verbs.askerOf(sayer));
        if (!kept) return say({ text: words.gone });
        if (verb === "delete-yes") return say(await verbs.remove(kept, sayer));
        if (verb === "delete-no") return say({ text: words.schedules.kept(kept.schedule.name) });
        if (verb === "manage") return say(await lines.whole(kept, sayer));
        if (verb === "edit") {
          const no = await finding.refusal(kept, "edit", verbs.askerOf(sayer));
          if (no) return say({ text: no });
          return open(event, whisper, at, forms.ofSchedule(kept.schedule, language), say, words.formLate);
        }
        const known = ["run", "pause", "resume", "delete", "history", "why", "show"] as const;
        const acts = known.find((one) => one === verb);
        if (!acts) return say({ text: words.gone });
        if (acts === "run" && !(await store.claims.claim(`schedule-run:${event}`, now(), event)))
          return say({ text: words.alreadyDone });
        return say(await verbs.act(acts, kept, sayer));
      }
    }
  }

  async function open(event: string, whisper: Whisper, at: Address, form: Form, say: Say, late: string): Promise<void> {
    try {
      await desk.adapter(at.adapter)?.open?.(whisper, form);
    } catch (error) {
      log.warn({ err: error, event }, "a form could not be shown");
      return say({ text: late });
    }
    store.journal.settle([event]);
  }

  return {
    async command(event, command) {
      const { text, agent, people: named = [], channels = [], person, address: at, whisper } = command;
      const name = await people.nameOf(person);
      const isPressable = whisper.at === undefined || desk.adapter(whisper.at.adapter)?.can.buttons === true;
      const posts = await answer(event, {
        text,
        ...(isPressable ? {} : { unpressable: true }),
        ...(agent ? { agent } : {}),
        people: named,
        channels,
        person: { id: person.id, name },
        at,
        open: async (form) => {
          try {
            const opens = desk.adapter(at.adapter)?.open;
            await opens?.(whisper, form);
            return opens !== undefined;
          } catch {
            // A button opens it instead.
            return false;
          }
        },
      });
      await sayAll(event, at, whispered(posts, whisper));
    },
    async said(event, text, message) {
      const { author, people: named = [], channels = [], address: at, direct } = message;
      const person = { id: author.id, name: await people.nameOf(author) };
      const posts = await answer(event, { text, people: named, channels, person, at });
      await sayAll(event, at, whispered(posts, direct ? undefined : { person: author.id }), message);
    },
    boards,
    async mine(person, at) {
      const language = await languageFor(desk, person, at);
      const found = (await finding.list({ id: person, at })).filter(({ schedule }) => schedule.owner === person);
      const told = found.slice(0, mostOnHome).map((kept) => lines.one(kept, { id: person, at, language }));
      const more = found.length - told.length;
      return [...(await Promise.all(told)), ...(more > 0 ? [wordsOf(language).schedules.more(more)] : [])];
    },
    check: async (filled) => forms.check(filled, await languageFor(desk, filled.person.id, filled.address)),
    press,
    suggest,
    async shortcut(event, { message, person, whisper }) {
      const { address: at, text } = message;
      const words = await wordsFor(desk, person.id, at);
      const language = await languageFor(desk, person.id, at);
      const choice = chooseAgent(desk.config(), { text, at });
      const zone = (await people.zone(person.id)) ?? zoneAt(desk, at);
      const form = forms.ofNothing(
        {
          to: [{ adapter: at.adapter, channel: at.channel }],
          zone,
          prompt: text.slice(0, longestPrompt),
          ...(choice.kind === "agent" ? { agent: choice.agent.name } : {}),
        },
        language,
      );
      await open(event, whisper, at, form, (post) => sayAll(event, at, whispered([post], whisper)), words.formLate);
    },
    async submit(event, submit) {
      const { person, whisper, address } = submit;
      const language = await languageFor(desk, person.id, address);
      const wish = await forms.wishOf(submit, (id) => confirm.find(id), language);
      const say: Say = (post) => sayAll(event, address, whispered([post], whisper));
      if (!wish) return say({ text: wordsOf(language).schedules.gone });
      if (wish.edits) {
        const asker = verbs.askerOf({ id: person.id, at: address, language });
        const kept = await finding.byId(wish.edits, asker);
        const no = kept ? await finding.refusal(kept, "edit", asker) : asker.words.gone;
        if (no) return say({ text: no });
      }
      await say(await confirm.offer(event, wish));
    },
  };
}
