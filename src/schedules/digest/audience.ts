import type { Address, PersonId } from "../../chat.ts";
import { placeKey } from "./digest.ts";

/** A place, and who can read there as far as the platform tells. */
export type Place = { address: Address; private: boolean; members?: PersonId[] };

/** What was said in a private place would be posted where others can read it. */
export type Wider = { source: Address; target: Address; others?: PersonId[] };

/**
 * Which private sources would be posted to a wider place: to another one, unless all who can read there are in the source.
 * Whose members nobody knows counts as wider.
 */
export function widerThan(sources: Place[], targets: Place[]): Wider[] {
  return sources
    .filter((source) => source.private)
    .flatMap((source) =>
      targets.flatMap((target): Wider[] => {
        if (channelKey(source.address) === channelKey(target.address)) return [];
        if (!target.private || source.members === undefined || target.members === undefined)
          return [{ source: source.address, target: target.address }];
        const inside = new Set(source.members);
        const others = target.members.filter((person) => !inside.has(person));
        return others.length === 0 ? [] : [{ source: source.address, target: target.address, others }];
      }),
    );
}

/** Who reads a channel reads its threads. */
function channelKey({ adapter, channel }: Address): string {
  return placeKey({ adapter, channel });
}
