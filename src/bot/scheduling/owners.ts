import type { SchedulesOptions } from "../../schedules/schedules.ts";
import type { Desk } from "../desk/desk.ts";

/**
 * Tells whether the owner of a schedule has left, or reads none of the places it posts at any more, or one that its digest
 * reads; as far as their own platform can tell.
 */
export function ownersOver({ adapter }: Pick<Desk, "adapter">): SchedulesOptions["isOwnerGone"] {
  return async ({ to, from }, owner) => {
    const platform = owner.slice(0, owner.indexOf(":"));
    const there = adapter(platform);
    if (!there) return false;
    if (!(await there.who(owner))) return true;
    const reads = (some: typeof to) =>
      Promise.all(
        some.filter((address) => address.adapter === platform).map((address) => there.canRead(owner, address)),
      );
    const [targets, sources] = await Promise.all([reads(to), reads(from)]);
    return (targets.length > 0 && !targets.some(Boolean)) || !sources.every(Boolean);
  };
}
