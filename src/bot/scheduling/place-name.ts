import type { Address } from "../../chat.ts";
import type { Desk } from "../desk/desk.ts";

/** What a channel is called, as `#support`; its id where the platform can't tell. */
export async function placeName({ adapter }: Pick<Desk, "adapter">, address: Address): Promise<string> {
  const there = await adapter(address.adapter)
    ?.place?.(address)
    .catch(() => undefined);
  return there?.name ? `#${there.name}` : address.channel;
}
