import { agentsAt } from "../../access/places.ts";
import type { Form, Language, PersonId, Submit } from "../../chat.ts";
import type { Schedule, ScheduleDraft } from "../../schedules/schedule.ts";
import { sayWhen } from "../../schedules/when/say-when.ts";
import { wordsOf } from "../../words/words.ts";
import type { Desk } from "../desk.ts";
import type { Pending } from "./confirm.ts";
import { sayFlags } from "./flags.ts";
import type { Wish } from "./plan.ts";

const mostOptions = 25;

/** The form in which a schedule is written: filled in with what is known, read again as a wish. */
export function createForms(desk: Pick<Desk, "config">) {
  const { config } = desk;

  function formOf(value: string, draft: Partial<ScheduleDraft>, language: Language): Form {
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
          ...(when && { value: when }),
        },
        {
          kind: "text",
          lines: "one",
          id: "zone",
          label: words.zone,
          optional: true,
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
    };
  }

  return {
    /** For something new, with what is known of it already. */
    ofNothing: (draft: Partial<ScheduleDraft>, language: Language) => formOf("new", draft, language),
    /** For a card not yet pressed: what it would make may be written anew. */
    ofWish: (id: string, { language }: Wish, draft: ScheduleDraft | undefined) =>
      formOf(`card.${id}`, draft ?? {}, language),
    ofSchedule: (schedule: Schedule, language: Language) => formOf(`kept.${schedule.id}`, schedule, language),
    /** What a form sent off asks for; undefined when what it was about is gone. */
    async wishOf(
      { value = "", values, person, address }: Submit,
      find: (id: string) => Promise<Pending | undefined>,
      language: Language,
    ): Promise<Wish | undefined> {
      const [kind, id = ""] = value.split(".");
      const before = kind === "card" ? await find(id) : undefined;
      if (kind === "card" && before?.by !== person.id) return undefined;
      const { when = "", zone, agent, what, options } = values;
      const flags = [`--when "${when.replace(/"/g, "")}"`, ...(zone ? [`--timezone ${zone}`] : [])];
      const edits = kind === "kept" ? id : before?.wish.edits;
      return {
        text: [...flags, ...(what ? [`--prompt "${what.replace(/"/g, "”")}"`] : []), options ?? ""].join(" "),
        ...(agent ? { agent } : {}),
        channels: before?.wish.channels ?? [],
        person: { id: person.id as PersonId, name: person.name },
        language,
        at: before?.wish.at ?? address,
        ...(edits ? { edits } : {}),
      };
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
