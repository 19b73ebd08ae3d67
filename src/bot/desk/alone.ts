import type { Address, PersonId } from "../../chat.ts";
import type { Desk } from "./desk.ts";

/** Whether somebody is alone with the bot where they speak. Where their platform does not tell, others may read there. */
export async function isAlone({ adapter }: Pick<Desk, "adapter">, who: PersonId, at: Address): Promise<boolean> {
  const platform = adapter(at.adapter);
  const direct = await platform?.direct?.(who).catch(() => undefined);
  if (direct?.channel === at.channel) return true;
  // A DM may be written to by another id than the one it is heard from; it has no name of its own.
  const place = await platform?.place?.(at).catch(() => undefined);
  return place?.private === true && place.name === undefined;
}
