import type { Schedules } from "../schedules/schedules.ts";
import type { OwnToolbox } from "../tools/gate.ts";
import { clockToolbox } from "../tools/own/clock.ts";
import { chatToolbox } from "./chat-toolbox/toolbox.ts";
import { type Desk, zoneAt } from "./desk/desk.ts";
import type { SchedulePrompts } from "./scheduling/plan.ts";
import { createScheduleToolbox } from "./scheduling/toolbox.ts";

/** The toolboxes that come with the program. */
export function ownToolboxes(desk: Desk, parts: { schedules(): Schedules; prompts: SchedulePrompts }): OwnToolbox[] {
  const { people, now } = desk;
  return [
    createScheduleToolbox(desk, parts),
    chatToolbox(desk),
    clockToolbox({ now, zoneOf: async ({ asker, at }) => (await people.zone(asker.id)) ?? zoneAt(desk, at) }),
  ];
}
