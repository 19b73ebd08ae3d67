import type { Schedules } from "../schedules/schedules.ts";
import type { OwnToolbox } from "../tools/gate.ts";
import { clockToolbox } from "../tools/own/clock.ts";
import { chatToolbox } from "./chat-toolbox/toolbox.ts";
import { type Desk, zoneAt } from "./desk/desk.ts";
import { createScheduleToolbox } from "./scheduling/toolbox.ts";

/** The toolboxes that come with the program. */
export function ownToolboxes(desk: Desk, schedules: () => Schedules): OwnToolbox[] {
  const { people, now } = desk;
  return [
    createScheduleToolbox(desk, schedules),
    chatToolbox(desk),
    clockToolbox({ now, zoneOf: async ({ asker, at }) => (await people.zone(asker.id)) ?? zoneAt(desk, at) }),
  ];
}
