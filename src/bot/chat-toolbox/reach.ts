import type { Address } from "../../chat.ts";
import type { ToolUser } from "../../tools/gate.ts";
import { isAlone } from "../desk/alone.ts";
import type { Desk } from "../desk/desk.ts";
import { placeName } from "../scheduling/place-name.ts";
import { createPlaces } from "../scheduling/places.ts";

/** A channel that may be read, or why not, in words for the model. */
export type Reach = { channel: Address; name: string } | { no: string };

/**
 * Finds out which channel is meant, and whether it may be read for this asker: by them, by the agent there, and by all who
 * will read the answer. A schedule of the settings has no asker: it reads what everybody may, and where it posts.
 */
export function createReach(desk: Desk): (user: ToolUser, wanted: string | undefined) => Promise<Reach> {
  const { access, people } = desk;
  const places = createPlaces(desk);

  async function meant({ adapter, channel }: Address, wanted: string | undefined): Promise<Address | Reach> {
    const here = { adapter, channel };
    if (!wanted || wanted === channel || wanted === (await placeName(desk, here))) return here;
    const isNamed = /^[#＃]/.test(wanted);
    const ref = isNamed || wanted.includes(":") ? wanted : `${adapter}:${wanted}`;
    const found = await places.find([ref], adapter, []);
    if (Array.isArray(found) && found[0]) return found[0];
    return { no: `No channel is known as "${wanted}". Ask the person to name it as #channel in their message.` };
  }

  return async (user, wanted) => {
    const { asker, agent, at } = user;
    const found = await meant(at, wanted);
    if ("no" in found || !("adapter" in found)) return found;
    const { adapter, channel } = found;
    const there = { adapter, channel };
    const no = (why: string): Reach => ({ no: `${wanted ?? "This channel"} can't be read: ${why}. Tell the person.` });
    if (adapter !== at.adapter)
      return no("it is on another platform, where nobody can tell whether the asker may read it");
    const platform = desk.adapter(adapter);
    if (!platform) return no(`${adapter} is not connected`);

    const isHere = channel === at.channel;
    const place = await platform.place?.(there);
    // Where nobody can tell, it counts as private.
    const isPrivate = place?.private ?? true;
    const reads = asker.id.startsWith("bellhop:") ? isHere || !isPrivate : await platform.canRead(asker.id, there);
    if (!reads) return no("there is no such channel, or the asker may not read it");
    if (!isHere) {
      const who = await people.who(asker.id, { roles: access.needsRoles(there) });
      const verdict = access.authorize(who, "work", { agent: agent.name, at: there, config: false });
      if (!verdict.allowed) return no("this agent does not work there, or not for the asker");
    }
    const staysThere = isHere || (await isAlone(desk, asker.id, at));
    if (isPrivate && (user.elsewhere || !staysThere))
      return no("it is private, and others read here; ask there, or in a direct message with me");
    return { channel: there, name: place?.name ? `#${place.name}` : "this conversation" };
  };
}
