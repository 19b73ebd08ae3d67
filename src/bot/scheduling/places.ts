import type { Address, NamedChannel } from "../../chat.ts";
import type { Words } from "../../words/words.ts";
import type { Desk } from "../desk/desk.ts";

/** How channels are called in words about schedules, and which channel is meant by a name. */
export type Places = {
  /** Keeps how channels are called: platforms tell it only where people name them. */
  remember(adapter: string, channels: NamedChannel[]): Promise<void>;
  /** `#team`, or words for the place it is said in. */
  nameOf(address: Address, here: Address | undefined, words: Words): Promise<string>;
  namesOf(addresses: Address[], here: Address | undefined, words: Words): Promise<string>;
  /** The channels that these words name, or the first name that is known to be none. */
  find(refs: string[], adapter: string, channels: NamedChannel[]): Promise<Address[] | { unknown: string }>;
};

/** A channel as it may stand in a text: `#team`, `slack:C0TEAM`. */
export const reference = "(?:[#＃]|(?:slack|discord|console):)[^\\s,，、;；.。:：!！?？)）]+";

/** The references in a list of them. */
export function referencesIn(list: string): string[] {
  return list.match(new RegExp(reference, "g")) ?? [];
}

/** Places over the desk. */
export function createPlaces(desk: Pick<Desk, "store">): Places {
  const names = desk.store.kv("channel-names");
  const folded = (name: string) => name.normalize("NFKC").toLowerCase();

  const places: Places = {
    async remember(adapter, channels) {
      for (const { id, name } of channels) {
        // Where a platform tells no name, the id stands for it.
        if (id === name && /^[A-Z0-9]{8,}$/.test(id)) continue;
        await names.set(`${adapter}:${id}`, name);
        await names.set(`${adapter}#${folded(name)}`, id);
      }
    },
    async nameOf(address, here, words) {
      const { adapter, channel } = address;
      const name = await names.get<string>(`${adapter}:${channel}`);
      if (here?.adapter === adapter && here.channel === channel) return name ? `#${name}` : words.schedules.thisChannel;
      const elsewhere = here && here.adapter !== adapter ? `${adapter} ` : "";
      return name ? `${elsewhere}#${name}` : `\`${adapter}:${channel}\``;
    },
    async namesOf(addresses, here, words) {
      return words.schedules.and(await Promise.all(addresses.map((address) => places.nameOf(address, here, words))));
    },
    async find(refs, adapter, channels) {
      const found: Address[] = [];
      for (const ref of refs) {
        const address = await one(ref, adapter, channels);
        if (!address) return { unknown: ref };
        if (!found.some((other) => other.adapter === address.adapter && other.channel === address.channel))
          found.push(address);
      }
      return found;
    },
  };

  async function one(ref: string, adapter: string, channels: NamedChannel[]): Promise<Address | undefined> {
    const full = /^([a-z]+):(.+)$/.exec(ref);
    if (full?.[1] && full[2]) return { adapter: full[1], channel: full[2] };
    const called = folded(ref.slice(1));
    for (const name of [called, called.replace(/[.:!?：！？]+$/, "")]) {
      const channel =
        channels.find((known) => folded(known.name) === name)?.id ?? (await names.get<string>(`${adapter}#${name}`));
      if (channel) return { adapter, channel };
    }
    return undefined;
  }

  return places;
}
