import type { Letter } from "../store/outbox.ts";
import { within } from "../tools/within.ts";
import type { Desk } from "./desk.ts";

/** Whoever asked for it waits that long to hear whether it came. */
const patienceMs = 10_000;

/** Says something where somebody is alone with the bot; false when it can't be said there: they may take nothing from it. */
export async function sayInPrivate({ postman }: Pick<Desk, "postman">, letter: Letter): Promise<boolean> {
  const { kept, posted } = postman.send(letter);
  await kept;
  // What takes longer is tried on.
  return (
    (await within(
      patienceMs,
      posted.then((stands) => stands !== undefined),
    )) ?? true
  );
}
