import type { Suggesting } from "../../chat.ts";
import type { Schedule } from "../../schedules/schedule.ts";
import type { Schedules } from "../../schedules/schedules.ts";
import { nextAfter } from "../../schedules/when/next.ts";
import { readWhen } from "../../schedules/when/read-when.ts";
import { sayRefusal } from "../../schedules/when/say-reading.ts";
import { sayTime, sayWhen } from "../../schedules/when/say-when.ts";
import type { When } from "../../schedules/when/when.ts";
import { commandsIn } from "../../words/commands.ts";
import { wordsOf } from "../../words/words.ts";
import { type Desk, languageAt, zoneAt } from "../desk/desk.ts";
import { readOrder } from "./order.ts";

type Way = { text: string; value: string };

const refreshMs = 10_000;
const mostKnown = 500;
const most = 25;

/** Completes what is typed where a time is asked for: what it would be read as and when that is next, or the schedules there are. */
export function createSuggesting(desk: Desk, schedules: Schedules): (query: Suggesting) => Way[] {
  const { people, log, now } = desk;
  let known: Schedule[] = [];
  let readAt = Number.NEGATIVE_INFINITY;

  /** From memory, at once; what is new is known the next time. */
  function refresh(): void {
    if (now() - readAt < refreshMs) return;
    readAt = now();
    schedules.list({}, mostKnown).then(
      (found) => {
        known = found.map(({ schedule }) => schedule);
      },
      (error: unknown) => log.warn({ err: error }, "the schedules could not be read for completion"),
    );
  }

  return ({ typed, address, person }) => {
    refresh();
    const language = languageAt(desk, address);
    const words = wordsOf(language);
    const zone = people.knownZone(person) ?? zoneAt(desk, address);
    const way = (when: When, value: string): Way => {
      const next = nextAfter(when, { zone, anchor: now() }, now());
      const said = `${sayWhen(when, language, { zone })}${words.schedules.inZone(zone)}`;
      const time = next === undefined ? words.schedules.nothingNext : sayTime(next, zone, language);
      return { text: words.schedules.suggested(said, time), value };
    };
    const read = (text: string): Way[] => {
      const reading = readWhen(text, { now: now(), zone, language });
      if (reading.kind === "read") return [way(reading.when, text)];
      if (reading.kind === "refused") return [{ text: sayRefusal(reading.refusal, language, zone), value: text }];
      return reading.kind === "unsure"
        ? reading.readings.map(({ when, text: said }) => way(when, `${said} ${reading.rest}`.trim()))
        : [];
    };
    const text = typed.trim();
    const verbs = commandsIn(words).find(({ name }) => name === "schedule")?.verbs ?? [];
    const begun = verbs.filter(({ name }) => name.startsWith(text.toLowerCase()));
    const ways = text === "" ? [] : read(text);
    if (ways.length === 0 && text !== "") ways.push(...read(`${text} 9:00`));
    if (text === "") ways.push(...words.schedules.examples.flatMap(read));
    const order = readOrder(text);
    if (order.verb !== "create" && order.verb !== "help" && order.verb !== "list") {
      const sought = order.rest.toLowerCase();
      const isMeant = ({ name, id, owner, place, to }: Schedule) =>
        (name.toLowerCase().includes(sought) || id.startsWith(sought)) &&
        (owner === person ||
          [...to, ...(place ? [place] : [])].some(
            (one) => one.adapter === address.adapter && one.channel === address.channel,
          ));
      for (const { name, id } of known.filter(isMeant))
        ways.push({ text: `${order.verb}: ${name} (${id})`, value: `${order.verb} ${id}` });
    }
    ways.push(...begun.map(({ name, does }) => ({ text: `${name} — ${does}`, value: name })));
    return ways.slice(0, most);
  };
}
