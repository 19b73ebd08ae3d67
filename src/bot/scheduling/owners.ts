import type { SchedulesOptions } from "../../schedules/schedules.ts";
import type { Desk } from "../desk.ts";

/** Tells whether the owner of a schedule has left, or reads none of its places on their own platform any more. */
export function ownersOver({ adapter }: Pick<Desk, "adapter">): SchedulesOptions["isOwnerGone"] {
  return async ({ to }, owner) => {
    const platform = owner.slice(0, owner.indexOf(":"));
    const there = adapter(platform);
    if (!there) return false;
    if (!(await there.who(owner))) return true;
    const places = to.filter((address) => address.adapter === platform);
    if (places.length === 0) return false;
    const reads = await Promise.all(places.map((address) => there.canRead(owner, address)));
    return !reads.some(Boolean);
  };
}
