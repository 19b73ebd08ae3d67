import type { Letter } from "../../store/outbox.ts";
import { within } from "../../tools/within.ts";
import { type Desk, isUndeliverable } from "./desk.ts";

/** Whoever asked for it waits that long to hear whether it came. */
const patienceMs = 10_000;

/** Says something where somebody is alone with the bot; false when it can't be said there: they may take nothing from it. */
export async function sayInPrivate(desk: Pick<Desk, "postman" | "store">, letter: Letter): Promise<boolean> {
  const { kept, posted } = desk.postman.send(letter);
  await kept;
  // What takes longer is tried on.
  const isSaid = posted.then(async (there) => there !== undefined || !(await isUndeliverable(desk, letter.key.id)));
  return (await within(patienceMs, isSaid)) ?? true;
}
