import { type Signal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { questionIn } from "../question-typed.ts";
import { agentTyped, type Completing, type Completion, completionsFor, type Vocabulary } from "./complete.ts";
import { bot, commands, me, people, places } from "./live.ts";
import { suggest } from "./request.ts";
import { words } from "./words.ts";

/** Ways to complete what is typed, and the keys that choose among them. */
export type Completions = {
  listId: string;
  completing: Completing | undefined;
  /** The number of the one chosen; none below 0. */
  chosen: number;
  take(choice: Completion): void;
  /** Takes a key, if it is one of these. */
  keys(event: KeyboardEvent): boolean;
  /** Offers anew: something was typed. */
  typed(): void;
};

/** What the text could become where the caret is. */
export function useCompletions(
  text: Signal<string>,
  caret: Signal<number>,
  where: { channel: string; thread?: string },
  write: (text: string, caret: number) => void,
): Completions {
  const picked = useSignal<number | undefined>(undefined);
  const dismissed = useSignal(false);
  const agents = useSignal<string[]>([]);
  const question = useSignal<Vocabulary["question"]>(undefined);
  const before = text.value.slice(0, caret.value);
  const vocabulary = {
    bot: bot.value.name,
    people: people.value.map(({ name }) => name),
    commands: commands.value,
    agents: agents.value,
    question: question.value,
  };
  // In threads and in DMs the bot listens.
  const isHeard =
    where.thread !== undefined ||
    places.value.some(({ id, with: other }) => id === where.channel && other !== undefined);
  const wanted = agentTyped(before, vocabulary);
  useEffect(() => {
    if (wanted === undefined) return;
    let late = false;
    void suggest("agent", wanted, where).then((ways) => {
      if (!late) agents.value = ways.map(({ value }) => value);
    });
    return () => {
      late = true;
    };
  }, [wanted, where.channel, where.thread, me.value]);
  const asked = questionIn(before, vocabulary.bot, isHeard);
  useEffect(() => {
    if (asked === undefined) return;
    let late = false;
    void suggest("question", asked, where).then((ways) => {
      if (!late) question.value = { typed: asked, ways };
    });
    return () => {
      late = true;
    };
  }, [asked, where.channel, where.thread, me.value]);

  const completing = dismissed.value ? undefined : completionsFor(before, vocabulary, isHeard);
  const count = completing?.choices.length ?? 0;
  const chosen = picked.value === undefined ? (completing?.eager ? 0 : -1) : Math.min(picked.value, count - 1);

  const take = ({ insert }: Completion) => {
    if (!completing) return;
    const head = text.value.slice(0, completing.from) + insert;
    picked.value = undefined;
    write(head + text.value.slice(caret.value).replace(/^ /, ""), head.length);
  };
  return {
    listId: `completions-${where.thread ?? where.channel}`,
    completing,
    chosen,
    take,
    typed() {
      picked.value = undefined;
      dismissed.value = false;
    },
    keys({ key, shiftKey }) {
      if (!completing) return false;
      const choice = completing.choices[chosen];
      if (key === "ArrowDown") picked.value = (chosen + 1) % count;
      else if (key === "ArrowUp") picked.value = chosen <= 0 ? count - 1 : chosen - 1;
      else if (key === "Escape") dismissed.value = true;
      else if (key === "Tab" && !shiftKey) take(choice ?? completing.choices[0] ?? { name: "", insert: "" });
      else if (key === "Enter" && !shiftKey && choice && !isWritten(choice, before, completing.from)) take(choice);
      else return false;
      return true;
    },
  };
}

/** Whoever has written it whole means to send it. */
function isWritten({ insert }: Completion, before: string, from: number): boolean {
  return before.slice(from).trim().toLowerCase() === insert.trim().toLowerCase();
}

/** The list of them, above what is written. */
export function CompletionList({ completions }: { completions: Completions }) {
  const { listId, completing, chosen, take } = completions;
  if (!completing) return null;
  return (
    <div class="completions" id={listId} role="listbox" aria-label={words.value.completions}>
      {completing.choices.map((choice, n) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the field this belongs to
        <div
          key={choice.name}
          role="option"
          tabIndex={-1}
          id={`${listId}-${n}`}
          aria-selected={n === chosen}
          ref={(element) => {
            if (n === chosen) element?.scrollIntoView({ block: "nearest" });
          }}
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => take(choice)}
        >
          <span class="name">{choice.name}</span>
          {choice.detail && <span class="detail">{choice.detail}</span>}
        </div>
      ))}
    </div>
  );
}
