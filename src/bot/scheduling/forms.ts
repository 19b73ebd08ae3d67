import { agentsAt } from "../../access/places.ts";
import type { Checked, Filled, Form, Language, Submit } from "../../chat.ts";
import type { Schedule, ScheduleDraft } from "../../schedules/schedule.ts";
import { nextFew } from "../../schedules/when/next.ts";
import { sayTime, sayWhen } from "../../schedules/when/say-when.ts";
import type { When } from "../../schedules/when/when.ts";
import { wordsOf } from "../../words/words.ts";
import type { Desk } from "../desk/desk.ts";
import type { Pending } from "./confirm.ts";
import { sayWhenAndZone } from "./describe.ts";
import { quoted, sayFlags } from "./flags.ts";
import type { Wish } from "./plan.ts";
import { type createTimeReading, sayTooClose, sentenceStart } from "./wish-time.ts";

const mostOptions = 25;
const shownRuns = 5;

/** The form in which a schedule is written: filled in with what is known, read again as a wish. */
export function createForms(desk: Pick<Desk, "config" | "now">, timeOf: ReturnType<typeof createTimeReading>) {
  const { config, now } = desk;

  /** A form with what was written in it before, else with what is known. */
  function formOf(
    value: string,
    draft: Partial<ScheduleDraft>,
    language: Language,
    filled?: Record<string, string>,
  ): Form {
    const form = blank(value, draft, language);
    if (filled === undefined) return form;
    const inputs = form.inputs.map(({ value: _, ...input }) => {
      const written = filled[input.id];
      return written ? { ...input, value: written } : input;
    });
    return { ...form, inputs };
  }

  function blank(value: string, draft: Partial<ScheduleDraft>, language: Language): Form {
    const words = wordsOf(language).schedules.form;
    const target = draft.to?.[0];
    const agents = target ? agentsAt(config(), target) : config().agents.map(({ name }) => name);
    const offered = [...new Set([...(draft.agent ? [draft.agent] : []), ...agents])].slice(0, mostOptions);
    const when = draft.when && draft.zone ? sayWhen(draft.when, language, { zone: draft.zone }) : "";
    return {
      id: "schedule-form",
      value,
      title: words.title,
      inputs: [
        {
          kind: "text",
          lines: "one",
          id: "when",
          label: words.when,
          hint: words.whenHint,
          live: true,
          ...(when && { value: when }),
        },
        {
          kind: "text",
          lines: "one",
          id: "zone",
          label: words.zone,
          optional: true,
          live: true,
          ...(draft.zone && { value: draft.zone }),
        },
        {
          kind: "choice",
          id: "agent",
          label: words.agent,
          options: offered.map((name) => ({ value: name, text: name })),
          ...(draft.agent && { value: draft.agent }),
        },
        {
          kind: "text",
          lines: "many",
          id: "what",
          label: words.what,
          optional: true,
          ...(draft.prompt && { value: draft.prompt }),
        },
        {
          kind: "text",
          lines: "many",
          id: "options",
          label: words.options,
          hint: words.optionsHint,
          optional: true,
          value: optionsOf(draft).join("\n"),
        },
      ],
      submit: words.preview,
      preview: draft.when && draft.zone ? sayNext(draft.when, draft.zone, language) : words.soFarNothing,
    };
  }

  function sayNext(when: When, zone: string, language: Language): string {
    const times = nextFew(when, { zone, anchor: now() }, now(), shownRuns).map((at) => sayTime(at, zone, language));
    const words = wordsOf(language).schedules;
    const said = `**${sentenceStart(sayWhenAndZone({ when, zone }, language))}**`;
    return `${said}\n${times.length > 0 ? words.next(times) : words.neverAgain}`;
  }

  /** What a form asks for, in words. */
  function wishIn(
    { values, person, address }: Pick<Filled, "values" | "person" | "address">,
    language: Language,
    before?: Wish,
  ): Wish {
    const { when = "", zone, agent, what, options } = values;
    const flags = [`--when "${when.replace(/"/g, "")}"`, ...(zone ? [`--timezone ${zone}`] : [])];
    return {
      text: [...flags, ...(what ? [`--prompt ${quoted(what)}`] : []), options ?? ""].join(" "),
      ...(agent ? { agent } : {}),
      channels: before?.channels ?? [],
      person: { id: person.id, name: person.name },
      language,
      at: before?.at ?? address,
      filled: values,
    };
  }

  return {
    /** For something new, with what is known of it already. */
    ofNothing: (draft: Partial<ScheduleDraft>, language: Language) => formOf("new", draft, language),
    /** For a card not yet pressed: what it would make may be written anew. */
    ofWish: (id: string, { language, filled }: Wish, draft: ScheduleDraft | undefined) =>
      formOf(`card.${id}`, draft ?? {}, language, draft ? undefined : filled),
    ofSchedule: (schedule: Schedule, language: Language) => formOf(`kept.${schedule.id}`, schedule, language),
    /** What a form would come to: read by the grammar alone, so that it can be asked at every key. */
    async check(filled: Filled, language: Language): Promise<Checked> {
      if (!filled.values.when?.trim()) return { preview: wordsOf(language).schedules.form.soFarNothing };
      const time = await timeOf(wishIn(filled, language));
      if (time.kind === "refused") return { preview: time.text, wrong: { [time.input]: time.text } };
      if (time.kind === "unsure") {
        return { preview: [time.question, ...time.readings.map(({ text }) => `• ${text}`)].join("\n") };
      }
      const { when, zone } = time;
      const least = config().limits.min_interval;
      const tooClose = sayTooClose({ when, zone }, { least, now: now(), language });
      return tooClose ? { preview: tooClose, wrong: { when: tooClose } } : { preview: sayNext(when, zone, language) };
    },
    /** What a form sent off asks for; undefined when what it was about is gone. */
    async wishOf(
      submit: Submit,
      find: (id: string) => Promise<Pending | undefined>,
      language: Language,
    ): Promise<Wish | undefined> {
      const [kind, id = ""] = (submit.value ?? "").split(".");
      const before = kind === "card" ? await find(id) : undefined;
      if (kind === "card" && before?.by !== submit.person.id) return undefined;
      const edits = kind === "kept" ? id : before?.wish.edits;
      return { ...wishIn(submit, language, before?.wish), ...(edits ? { edits } : {}) };
    },
  };
}
export type Forms = ReturnType<typeof createForms>;

/** What of a draft has no input of its own, as flags. */
function optionsOf(draft: Partial<ScheduleDraft>): string[] {
  const list = (places: ScheduleDraft["to"]) =>
    places.map(({ adapter, channel }) => `${adapter}:${channel}`).join(", ");
  const flags = [
    ...(draft.name ? [`--name "${draft.name}"`] : []),
    ...(draft.to?.length ? [`--to ${list(draft.to)}`] : []),
    ...(draft.digest ? ["--digest true"] : []),
    ...(draft.from?.length ? [`--from ${list(draft.from)}`] : []),
  ];
  return isWhole(draft) ? [...flags, ...sayFlags(draft)] : flags;
}

function isWhole(draft: Partial<ScheduleDraft>): draft is ScheduleDraft {
  return draft.catchUp !== undefined && draft.skip !== undefined;
}
