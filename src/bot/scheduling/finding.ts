import type { Who } from "../../access/access.ts";
import type { Address, PersonId, Post } from "../../chat.ts";
import type { Schedule } from "../../schedules/schedule.ts";
import type { Kept } from "../../schedules/schedule-store.ts";
import type { Schedules } from "../../schedules/schedules.ts";
import type { ScheduleVerb } from "../../words/commands.ts";
import type { Words } from "../../words/words.ts";
import type { Desk } from "../desk/desk.ts";

/** Somebody who asks about schedules, and where. */
export type Asker = { id: PersonId; at: Address; words: Words; unpressable?: true | undefined };

/** What was found by a name: the one, or what is said instead. */
export type Found = { kept: Kept } | { instead: Post };

const looksThrough = 1_000;
const mostButtons = 20;

/** Which schedules somebody may see and change, and finds them by name. */
export function createFinding(desk: Desk, schedules: Schedules) {
  const { access, people } = desk;

  const isAt = (address: Address | undefined, at: Address) =>
    address?.adapter === at.adapter && address.channel === at.channel;
  const isHere = ({ place, to }: Schedule, at: Address) => isAt(place, at) || to.some((address) => isAt(address, at));

  /** Owners and admins see theirs everywhere, others what posts where they can read. */
  async function maySee(schedule: Schedule, { id, at }: Pick<Asker, "id" | "at">, who: Who): Promise<boolean> {
    const platform = id.slice(0, id.indexOf(":"));
    if (schedule.owner === id || platform === "api" || isHere(schedule, at)) return true;
    if (access.authorize(who, "administer", {}).allowed) return true;
    const theirs = schedule.to.filter(({ adapter }) => adapter === platform);
    const read = await Promise.all(
      theirs.map(
        (address) =>
          desk
            .adapter(platform)
            ?.canRead(id, address)
            .catch(() => false) ?? false,
      ),
    );
    return read.some(Boolean);
  }

  async function seen(found: Kept[], asker: Asker): Promise<Kept[]> {
    const who = await people.who(asker.id, { roles: true });
    const seen = await Promise.all(found.map(({ schedule }) => maySee(schedule, asker, who)));
    return found.filter((_, n) => seen[n]);
  }

  /** Those of a place: made there, or posting there. */
  async function here(at: Address): Promise<Kept[]> {
    const [made, all] = await Promise.all([
      schedules.list({ place: at }, looksThrough),
      schedules.list({}, looksThrough),
    ]);
    return inOrder([...made, ...all.filter(({ schedule }) => isHere(schedule, at))]);
  }

  /** Those of this place, and those of this person. */
  async function list({ id, at }: Pick<Asker, "id" | "at">): Promise<Kept[]> {
    const all = id.startsWith("api:") && at.adapter === "api";
    const found = await Promise.all([
      all ? schedules.list({}, looksThrough) : here(at),
      schedules.list({ owner: id }, looksThrough),
    ]);
    return inOrder(found.flat());
  }

  /** The one that is meant: without words, the only one there is here. */
  async function find(verb: ScheduleVerb, words: string, asker: Asker): Promise<Found> {
    const told = asker.words.schedules;
    const name = words.trim().replace(/^[`*“"「]+|[`*”"」]+$/g, "");
    const found = name === "" ? await list(asker) : await seen(await schedules.search(name), asker);
    const [first, second] = found;
    if (!first) return { instead: { text: name === "" ? told.none : told.noneCalled(name) } };
    if (!second) return { kept: first };
    if (asker.unpressable || !desk.adapter(asker.at.adapter)?.can.buttons || found.length > mostButtons) {
      const names = found.slice(0, mostButtons).map(({ schedule }) => `**${schedule.name}** \`${schedule.id}\``);
      return { instead: { text: [name === "" ? told.whichVerb(verb) : told.whichOne(name), ...names].join("\n") } };
    }
    const buttons = found.map(({ schedule }) => ({
      id: `schedule-${verb}`,
      value: schedule.id,
      text: `${schedule.name} ${schedule.id}`,
      ...(verb === "edit" ? { opens: true as const } : {}),
    }));
    return { instead: { text: told.whichOne(name || verb), card: { buttons } } };
  }

  /** A name of one or more words, and what stands behind it: the reason of a pause, the time of a slot. */
  async function parted(
    verb: ScheduleVerb,
    text: string,
    asker: Pick<Asker, "id" | "at">,
  ): Promise<{ name: string; rest: string }> {
    if (verb !== "pause" && verb !== "why") return { name: text, rest: "" };
    const words = text.split(/\s+/).filter(Boolean);
    for (let count = words.length; count > 0; count--) {
      const name = words
        .slice(0, count)
        .join(" ")
        .replace(/[:：,，]$/, "");
      const found = await schedules.search(name);
      const isWhole = found.some(
        ({ schedule }) => schedule.id === name.toLowerCase() || schedule.name.toLowerCase() === name.toLowerCase(),
      );
      if (isWhole || (found.length > 0 && count === 1))
        return {
          name,
          rest: words
            .slice(count)
            .join(" ")
            .replace(/^["“「]|["”」]$/g, ""),
        };
    }
    // The only one here may be meant without its name.
    const found = await list(asker);
    return found.length === 1 ? { name: "", rest: text } : { name: words[0] ?? "", rest: words.slice(1).join(" ") };
  }

  async function byId(id: string, asker: Asker): Promise<Kept | undefined> {
    const kept = await schedules.find(id);
    return kept && (await seen([kept], asker))[0];
  }

  /** Why somebody may not do this to a schedule, in words. Running it is anybody's who may schedule where it posts. */
  async function refusal(
    { schedule }: Kept,
    verb: "run" | "pause" | "resume" | "edit" | "delete",
    { id, words }: Asker,
  ): Promise<string | undefined> {
    const changes = verb === "edit" || verb === "delete";
    if (changes && schedule.origin === "config") return words.schedules.fromConfig;
    const who = await people.who(id, { roles: true });
    if (access.authorize(who, "administer", {}).allowed || id.startsWith("api:")) return undefined;
    if (schedule.owner === id && verb !== "run") return undefined;
    if (changes) {
      const owner = schedule.owner;
      const name = owner ? await people.nameById(owner) : "";
      return words.schedules.notYoursToChange(name);
    }
    const [target] = schedule.to;
    const verdicts = schedule.to.map((at) => access.authorize(who, "schedule", { at }));
    if (verdicts.some(({ allowed }) => !allowed))
      return words.schedules.notYours(words.schedules.thisChannel, "listed");
    if (verb !== "run" || !schedule.agent || !target) return undefined;
    const verdict = access.authorize(who, "talk", { agent: schedule.agent, at: target });
    return verdict.allowed || verdict.reason === "triggers-only" ? undefined : words.notYou(schedule.agent);
  }

  return { here, list, find, parted, byId, refusal };
}
export type Finding = ReturnType<typeof createFinding>;

/** Each once, the next to run first. */
function inOrder(found: Kept[]): Kept[] {
  const byId = new Map(found.map((kept) => [kept.schedule.id, kept]));
  return [...byId.values()].sort((one, other) => (one.next ?? Infinity) - (other.next ?? Infinity));
}
