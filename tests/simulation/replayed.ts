import { Schedule } from "../../src/config/schema/schedule.ts";
import { fromConfig } from "../../src/schedules/from-config.ts";
import type { ScheduleDraft } from "../../src/schedules/schedule.ts";
import type { Kept } from "../../src/schedules/schedule-store.ts";
import { readWhen } from "../../src/schedules/when/read-when.ts";
import { judge, type Verdict } from "../../src/simulation/judge.ts";
import { type Replay, replay } from "../../src/simulation/replay.ts";

const minuteMs = 60_000;

/** Schedules as a team writes them, judged after so many days; each is posted to Slack, where nothing else is said. */
export async function replayed(
  written: Record<string, unknown>[],
  how: {
    from: string;
    days?: number;
    zone?: string;
    runMinutes?: number;
    kept?: Kept[];
    mostSlots?: number;
    channelsQuiet?: string;
  },
): Promise<{ replay: Replay; verdicts: Verdict[] }> {
  const from = Date.parse(how.from);
  const quietHours = () => how.channelsQuiet;
  const runMs = () => (how.runMinutes ?? 1) * minuteMs;
  const done = await replay({
    kept: how.kept ?? [],
    configured: written.map((one) => drafted(one, from, how.zone ?? "UTC")),
    from,
    to: from + (how.days ?? 28) * 86_400_000,
    runMs,
    mostSlots: how.mostSlots ?? 100_000,
    quietHours,
  });
  const platforms = { slack: { form: /^[CDG][A-Z0-9]+$/, example: "C0TEAM" } };
  return { replay: done, verdicts: judge(done, { from, platforms, runMs, timeoutMs: () => 5 * minuteMs, quietHours }) };
}

/** One schedule alone. */
export async function one(written: Record<string, unknown>, how: Parameters<typeof replayed>[1]): Promise<Verdict> {
  const [verdict] = (await replayed([written], how)).verdicts;
  if (verdict === undefined) throw new Error("nothing was judged");
  return verdict;
}

/** The slots of a verdict as lines: "2026-03-29T01:00Z posted". */
export function lines({ firings }: Verdict): string[] {
  return firings.map(({ due, ending }) => {
    const why = ending?.why === undefined ? "" : ` (${ending.why.is})`;
    return `${new Date(due).toISOString().replace(/:00\.000Z$/, "Z")} ${ending?.outcome ?? "going"}${why}`;
  });
}

function drafted(written: Record<string, unknown>, now: number, zone: string): ScheduleDraft {
  const schedule = Schedule.parse({ name: "digest", prompt: "What is new?", to: ["slack:C0TEAM"], ...written });
  const reading = readWhen(schedule.when, { now, zone: schedule.timezone ?? zone, language: "en" });
  if (reading.kind !== "read") throw new Error(`${schedule.when}: ${reading.kind}`);
  return fromConfig(schedule, { when: reading.when, zone, language: "en" });
}
