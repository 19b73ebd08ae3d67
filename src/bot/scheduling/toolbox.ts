import type { Tool, ToolResult } from "../../agent/tool.ts";
import type { Address } from "../../chat.ts";
import type { Kept } from "../../schedules/schedule-store.ts";
import type { Schedules } from "../../schedules/schedules.ts";
import { sayRefusal } from "../../schedules/when/say-reading.ts";
import { sayWhen } from "../../schedules/when/say-when.ts";
import type { OwnToolbox, ToolUser } from "../../tools/gate.ts";
import { type ScheduleFunction, scheduleInputs, scheduleSpecs, type TaskWish } from "../../tools/schedule-functions.ts";
import { zoneOf } from "../../tools/zones.ts";
import { type Words, wordsOf } from "../../words/words.ts";
import { isAlone } from "../desk/alone.ts";
import { type Desk, zoneAt } from "../desk/desk.ts";
import { createConfirm } from "./confirm.ts";
import { createDescriber } from "./describe.ts";
import { createFinding } from "./finding.ts";
import { badField } from "./flags.ts";
import { createLines } from "./lines.ts";
import { createPlaces } from "./places.ts";
import { createPlanner, type SchedulePrompts, type Wish } from "./plan.ts";
import { type Proposer, proposalsOf } from "./proposals.ts";
import { textOfChange, textOfTask } from "./task-text.ts";
import { readTaskTime, type TaskTime } from "./task-time.ts";
import { createVerbs } from "./verbs.ts";

const mostListed = 20;
const longestPrompt = 200;

type Functions = Record<ScheduleFunction, (input: Record<string, unknown>, signal: AbortSignal) => Promise<ToolResult>>;

/**
 * What agents may do about schedules: propose. Whoever asked the agent gets the card that `/schedule` would show them, and
 * only their press makes, changes or deletes anything.
 */
export function createScheduleToolbox(
  desk: Desk,
  parts: { schedules(): Schedules; prompts: SchedulePrompts },
): OwnToolbox {
  let functionsFor: ((user: Proposer) => Functions) | undefined;
  return {
    name: "schedules",
    tools(user) {
      if (!canBeAsked(desk, user)) return [];
      functionsFor ??= createFunctions(desk, parts.schedules(), parts.prompts);
      const functions = functionsFor(user);
      return scheduleSpecs.map((spec): Tool => ({ ...spec, reads: true, asks: true, run: functions[spec.name] }));
    },
  };
}

/** Whoever asked waits for the answer and can press a card. The offline model can't fill in what the functions take. */
function canBeAsked({ adapter, config }: Desk, user: ToolUser): user is Proposer {
  const { asked, asker, at, agent } = user;
  if (!asked || at.adapter === "api" || !asker.id.startsWith(`${at.adapter}:`)) return false;
  const model = config().models.find(({ name }) => name === agent.llm_model);
  return adapter(at.adapter)?.can.buttons === true && model?.provider !== "offline";
}

function createFunctions(desk: Desk, schedules: Schedules, prompts: SchedulePrompts): (user: Proposer) => Functions {
  const { people, now } = desk;
  const places = createPlaces(desk);
  const planner = createPlanner(desk, schedules, places, prompts);
  const describer = createDescriber(desk, places);
  const finding = createFinding(desk, schedules);
  const lines = createLines(desk, { schedules, describer, places });
  const changed = () => {};
  const confirm = createConfirm(desk, { schedules, planner, describer, places, changed });
  const verbs = createVerbs(desk, { schedules, finding, lines, changed });

  return (user) => {
    const { agent, asker, asked } = user;
    const { language } = asked;
    const words = wordsOf(language);
    const told = words.schedules.tool;
    const at: Address = { adapter: user.at.adapter, channel: user.at.channel };
    const sayer = { id: asker.id, at, language };
    const proposals = proposalsOf(desk, user);
    const isHere = (one: Address | undefined) => one?.adapter === at.adapter && one.channel === at.channel;
    const isPrivate = () => isAlone(desk, asker.id, at);

    /** Those that may be told here: all of this place; where nobody else reads, the person's own as well. */
    async function tellable(found: Kept[]): Promise<Kept[]> {
      const alone = await isPrivate();
      return found.filter(
        ({ schedule: { place, to, owner } }) => [place, ...to].some(isHere) || (alone && owner === asker.id),
      );
    }

    async function find(verb: "edit" | "delete", name: string): Promise<Kept | ToolResult> {
      const found = await finding.find(verb, name, verbs.askerOf(sayer));
      if ("kept" in found) return found.kept;
      const [answer = ""] = found.instead.text.split("\n");
      const several = found.instead.card ? await tellable(await schedules.search(name)) : [];
      const names = several.map(({ schedule }) => `**${schedule.name}** \`${schedule.id}\``);
      return failed([answer, ...names].join("\n"));
    }

    /** A card may be read elsewhere, where the name of this place is needed. */
    async function nameHere(): Promise<void> {
      const found = await desk.adapter(at.adapter)?.place?.(at);
      if (found?.name && !(await isPrivate()))
        await places.remember(at.adapter, [{ id: at.channel, name: found.name }]);
    }

    type Known = Pick<Wish, "text" | "agent" | "when" | "edits">;
    async function offer(what: unknown, known: Known, whatNow: string, signal: AbortSignal): Promise<ToolResult> {
      const person = { id: asker.id, name: asked.by };
      const draw = async (call: string) => {
        await nameHere().catch((error: unknown) => desk.log.warn({ err: error, at }, "a place could not be named"));
        const post = await confirm.offer(call, { ...known, channels: [], person, language, at });
        const isCard = post.card?.buttons?.some(({ id }) => id === "schedule-create") === true;
        return isCard ? post : { text: post.text };
      };
      return proposals.put(what, draw, whatNow, signal);
    }

    return {
      async create_scheduled_task(input, signal) {
        const wish = scheduleInputs.create_scheduled_task.parse(input);
        const zone = wish.timezone ? zoneOf(wish.timezone) : ((await people.zone(asker.id)) ?? zoneAt(desk, at));
        if (!zone) return failed(badZone(wish.timezone, words));
        const options = { now: now(), zone, language };
        const time = readTaskTime(wish, options);
        if (time.is !== "read") return failed(sayTrouble(time, words, options));
        const text = textOfTask(wish, sayWhen(time.when, language, options));
        const known = { text, agent: wish.agent_name || agent.name, when: time.when };
        return offer(["create", wish], known, told.shown(asked.by), signal);
      },
      async list_tasks() {
        const found = await finding.list(sayer);
        const here = await tellable(found);
        const some = here.slice(0, mostListed).map(async (kept) => {
          const { prompt = "" } = kept.schedule;
          const what = prompt.length > longestPrompt ? `${prompt.slice(0, longestPrompt)}…` : prompt;
          return [await lines.one(kept, { at, language }), what].filter(Boolean).join("\n  ");
        });
        const more = here.length > mostListed ? [words.schedules.more(here.length - mostListed)] : [];
        const elsewhere = found.length > here.length ? [told.elsewhere(asked.by, found.length - here.length)] : [];
        const all = [...(here.length === 0 ? [words.schedules.none] : await Promise.all(some)), ...more, ...elsewhere];
        return { text: all.join("\n") };
      },
      async update_task(input, signal) {
        const { task, ...wish } = scheduleInputs.update_task.parse(input);
        const kept = await find("edit", task);
        if (!("schedule" in kept)) return kept;
        const { schedule } = kept;
        const no = await finding.refusal(kept, "edit", verbs.askerOf(sayer));
        if (no) return failed(no);
        const zone = wish.timezone ? zoneOf(wish.timezone) : schedule.zone;
        if (!zone) return failed(badZone(wish.timezone, words));
        const options = { now: now(), zone, language };
        const time = saysWhen(wish, kept) ? readTaskTime(wish, options) : undefined;
        if (time && time.is !== "read") return failed(sayTrouble(time, words, options));
        const given = [wish.task_prompt, wish.agent_name, wish.channel, wish.timezone].some(Boolean);
        if (!time && !given) return failed(told.nothing);
        const when = time?.when ?? schedule.when;
        const text = textOfChange(schedule, wish, sayWhen(when, language, options), zone);
        const known = { text, agent: wish.agent_name || schedule.agent || agent.name, when, edits: schedule.id };
        return offer([schedule.id, wish], known, told.shownChange(asked.by), signal);
      },
      async cancel_task(input, signal) {
        const { task } = scheduleInputs.cancel_task.parse(input);
        const kept = await find("delete", task);
        if (!("schedule" in kept)) return kept;
        const draw = () => verbs.act("delete", kept, sayer);
        return proposals.put(["cancel", kept.schedule.id], draw, told.shownCancel(asked.by), signal);
      },
    };
  };
}

const failed = (text: string): ToolResult => ({ text, failed: true });

/** Whether a change is one of the time: `repeat` alone may say only what is so already. */
function saysWhen({ schedule_time, repeat_interval, repeat }: TaskWish, { schedule }: Kept): boolean {
  if (schedule_time || repeat_interval) return true;
  return repeat !== undefined && repeat !== (schedule.when.kind !== "once");
}

function badZone(zone = "", { schedules }: Words): string {
  const { field, value, example } = badField("timezone", zone);
  return schedules.badField(field, value, example);
}

/** Why no time was read, for the model: what to ask the person, or how to write it. */
function sayTrouble(
  time: Exclude<TaskTime, { is: "read" }>,
  words: Words,
  { language, zone }: { language: Wish["language"]; zone: string },
): string {
  const told = words.schedules.tool;
  switch (time.is) {
    case "unsure":
      return told.unsure(time.said, time.readings);
    case "refused":
      return sayRefusal(time.refusal, language, zone);
    case "unread":
      return words.schedules.noWhen(time.said);
    case "missing":
      return told.missing;
    case "once":
      return told.once(time.said);
    case "repeated":
      return told.repeated(time.said);
    case "apart":
      return told.apart(time.said);
  }
}
