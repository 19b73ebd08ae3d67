import type { Slot } from "../../src/schedules/slot.ts";
import { openSlots } from "../../src/schedules/slots.ts";
import { openStore } from "../../src/store/store.ts";
import type { FakeTime } from "../schedules/fake-time.ts";
import { configOf, type Town } from "./town.ts";

const patienceMs = 8_000;

/** Looks again until it is so. */
export async function until<Found>(look: () => Found | Promise<Found>): Promise<NonNullable<Found>> {
  const end = Date.now() + patienceMs;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > end) throw new Error(`what was waited for did not come: ${look}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Has these schedules in the config from now on; other settings as they stand beside them. */
export async function schedule(town: Town, schedules: Record<string, unknown>[], more: Record<string, unknown> = {}) {
  town.app.use(configOf(town.model, { ...more, schedules }));
  await until(() => town.app.report().schedules.kept === schedules.length);
}

/** Lets time pass, and whatever came due come to its end; a run calls the model so many times in all. */
export async function pass(town: Town, time: FakeTime, ms: number, calls?: number): Promise<void> {
  await settled(town);
  await time.pass(ms);
  await until(() => calls === undefined || town.model.requests.length >= calls);
  await settled(town);
}

/** Nothing of schedules is going on, and that stays so: what came due is claimed on disk before it runs. */
async function settled({ app }: Town): Promise<void> {
  let calm = 0;
  await until(() => {
    const { running, waiting } = app.report().schedules;
    calm = running + waiting === 0 ? calm + 1 : 0;
    return calm > 10;
  });
}

/** Every slot that was recorded, the oldest first; once the town is closed. */
export async function slotsOf(town: Town): Promise<Slot[]> {
  const store = await openStore(town.dataDir);
  try {
    const slots = await openSlots(store.query);
    const schedules = await store.query<{ schedule: string }>("SELECT DISTINCT schedule FROM slots");
    const found = await Promise.all(schedules.map((one) => slots.history(one.schedule)));
    return found.flat().sort((one, other) => one.due - other.due);
  } finally {
    await store.close();
  }
}
