import { z } from "zod";
import type { ToolSpec } from "../agent/tool.ts";

/** Models fill in what they have nothing to say of with an empty text: it counts as left out. */
const text = z.string().trim();
const plain = {
  task_prompt: text.max(3_000),
  schedule_time: text,
  repeat: z.boolean(),
  repeat_interval: text,
  agent_name: text,
  channel: text,
  timezone: text,
};

const Task = z.strictObject({
  task_prompt: plain.task_prompt.describe('What is to be done then, e.g. "digest of #support"'),
  schedule_time: plain.schedule_time
    .describe(
      'When, as the person said it: "every weekday 9:00", "every 2 hours", "tomorrow 9:00", "in 30 minutes", an ISO time, cron fields, or seconds from now. Never make up a time.',
    )
    .optional(),
  repeat: plain.repeat.describe("Only needed where schedule_time does not tell").optional(),
  repeat_interval: plain.repeat_interval.describe('How often: "2 hours", "1 day", or seconds').optional(),
  agent_name: plain.agent_name.describe("Who does it. Default: you").optional(),
  channel: plain.channel.describe('Where it is posted: "#team". Default: here').optional(),
  timezone: plain.timezone.describe("A city or IANA zone, if they named one").optional(),
});
const Change = z.strictObject({ task: text.describe("Its id or name"), ...z.strictObject(plain).partial().shape });
const Named = z.strictObject({ task: text.describe("Its id or name") });

/** What an agent wants done at set times, or changed of what is. */
export type TaskWish = Omit<z.infer<typeof Change>, "task">;

/** What the four functions take. */
export const scheduleInputs = {
  create_scheduled_task: Task,
  list_tasks: z.strictObject({}),
  update_task: Change,
  cancel_task: Named,
};
/** Their names. */
export type ScheduleFunction = keyof typeof scheduleInputs;

const descriptions: Record<ScheduleFunction, string> = {
  create_scheduled_task:
    "Proposes work at a later time or again and again, when the person asks for that. They are shown a card; nothing is scheduled before they press Create.",
  list_tasks: "Lists what is scheduled here.",
  update_task:
    "Proposes a change of a scheduled task, with the fields of create_scheduled_task; what is left out stays. Nothing changes before the person presses Save.",
  cancel_task: "Proposes to delete a scheduled task. Nothing is deleted before the person says yes.",
};

/** What a model is told of them; made once, since every prompt carries it. */
export const scheduleSpecs: readonly (ToolSpec & { name: ScheduleFunction })[] = namesOf(scheduleInputs).map((name) => {
  const { $schema: _, ...parameters } = z.toJSONSchema(scheduleInputs[name], { io: "input" });
  return { name, description: descriptions[name], parameters };
});

function namesOf<Names extends string>(record: Record<Names, unknown>): Names[] {
  return Object.keys(record) as Names[];
}
