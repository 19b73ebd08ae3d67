import { z } from "zod";
import type { Tool, ToolResult } from "../../agent/tool.ts";
import type { OwnToolbox, ToolUser } from "../gate.ts";
import { timeAt, zoneOf } from "../zones.ts";

const Now = z.strictObject({
  zone: z.string().trim().max(100).describe("A city, zone or offset (+05:30). Default: the asker's").optional(),
});

const { $schema: _, ...parameters } = z.toJSONSchema(Now, { io: "input" });
const description = "The time and date now.";
const minuteMs = 60_000;
const offset = /^(?:(?:utc|gmt)\s*)?([+-])(\d{1,2})(?::?(\d{2}))?$/i;

/** What time it is, in a city or zone; where none is named, in that of whoever asked. */
export function clockToolbox(parts: { now(): number; zoneOf(user: ToolUser): Promise<string> }): OwnToolbox {
  return {
    name: "clock",
    tools: (user): Tool[] => [
      {
        name: "now",
        description,
        parameters,
        reads: true,
        async run(input): Promise<ToolResult> {
          const asked = Now.safeParse(input);
          if (!asked.success) return { text: "zone must be a text, e.g. Taipei or Europe/Berlin.", failed: true };
          const place = asked.data.zone || (await parts.zoneOf(user));
          const text = timeIn(place, parts.now());
          return text === undefined
            ? {
                text: `No time zone is known for "${place}". Name a city (Taipei), an IANA zone (Asia/Taipei) or an offset (+08:00).`,
                failed: true,
              }
            : { text };
        },
      },
    ],
  };
}

function timeIn(place: string, at: number): string | undefined {
  const ahead = offsetIn(place);
  if (ahead !== undefined) {
    const moment = at + ahead * minuteMs;
    return `It is ${timeAt("UTC", new Date(moment))} at UTC${signed(ahead)} (${isoOf(moment, ahead)}).`;
  }
  const zone = zoneOf(place);
  if (zone === undefined) return undefined;
  const there = offsetOf(zone, at);
  const named = place === zone ? zone : `${place} (${zone})`;
  return `It is ${timeAt(zone, new Date(at))} in ${named}, ${isoOf(at + there * minuteMs, there)}.`;
}

/** The minutes an offset is ahead of UTC, if it is one that some place could have. */
function offsetIn(place: string): number | undefined {
  const [, sign, hours, minutes = "0"] = offset.exec(place) ?? [];
  const ahead = Number(hours) * 60 + Number(minutes);
  if (sign === undefined || ahead > 14 * 60 || Number(minutes) > 59) return undefined;
  return sign === "-" ? -ahead : ahead;
}

/** The minutes a zone is ahead of UTC at a moment. */
function offsetOf(zone: string, at: number): number {
  const parts = new Intl.DateTimeFormat("en", { timeZone: zone, timeZoneName: "longOffset" }).formatToParts(at);
  const name = parts.find(({ type }) => type === "timeZoneName")?.value ?? "";
  return offsetIn(name) ?? 0;
}

/** A wall clock's time, given as if it were UTC, with the offset it stands at. */
function isoOf(wall: number, ahead: number): string {
  return `${new Date(wall).toISOString().slice(0, 16)}${signed(ahead)}`;
}

function signed(ahead: number): string {
  const [hours, minutes] = [Math.trunc(Math.abs(ahead) / 60), Math.abs(ahead) % 60];
  return `${ahead < 0 ? "-" : "+"}${String(hours).padStart(2, "0")}:${String(minutes).padStart(2, "0")}`;
}
