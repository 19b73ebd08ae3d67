import { useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { Icon } from "./icon.tsx";
import { bot, commands, me, people } from "./live.ts";
import { say, unsaidAt } from "./unsaid.ts";
import { words } from "./words.ts";

/** Words that wait in a composer: a suggestion was clicked. */
export type Offer = { text: string };

/** Where one writes. Enter sends, Shift+Enter makes a new line; `@` and `/` offer names. */
export function Composer({ channel, thread, placeholder, offer, sent }: ComposerProps) {
  const unsaid = unsaidAt(me.value, channel, thread);
  const { begun: text, unsent } = unsaid;
  const chosen = useSignal(0);
  const dismissed = useSignal(false);
  const field = useRef<HTMLTextAreaElement>(null);
  const listId = `completions-${thread ?? channel}`;
  const completions = dismissed.value ? [] : completionsFor(text.value);
  const active = completions[Math.min(chosen.value, completions.length - 1)];

  const write = (words: string) => {
    text.value = words;
    chosen.value = 0;
    dismissed.value = false;
  };
  useEffect(() => {
    // Where one types on the screen, a field that takes the focus by itself covers half of it with keys.
    if (matchMedia("(hover: hover)").matches) field.current?.focus();
  }, []);
  useLayoutEffect(() => {
    if (!offer) return;
    write(offer.text);
    field.current?.focus();
  }, [offer]);

  const deliver = async (text: string, key?: string) => {
    const id = await say(unsaid, { channel, ...(thread && { thread }) }, text, key);
    if (id) sent?.(id, text);
  };
  const submit = () => {
    const said = text.value.trim();
    if (!said) return;
    write("");
    void deliver(said);
  };
  const complete = (name: string) => {
    write(`${text.value.replace(lastWord, "")}${name} `);
    field.current?.focus();
  };
  const keys = (event: KeyboardEvent) => {
    // While an input method is choosing characters, Enter belongs to it; Safari tells only by this code.
    if (event.isComposing || event.keyCode === 229) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (active && step) {
      event.preventDefault();
      chosen.value = (chosen.value + step + completions.length) % completions.length;
    } else if (
      active &&
      (event.key === "Tab" || event.key === "Enter") &&
      !event.shiftKey &&
      active !== wordIn(text.value)
    ) {
      event.preventDefault();
      complete(active);
    } else if (active && event.key === "Escape") {
      event.stopPropagation();
      dismissed.value = true;
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      submit();
    }
  };

  return (
    <div class="composer">
      {unsent.value.map(({ text, key, problem }) => (
        <div class="unsent" role="alert" key={key}>
          <p>
            <strong>{words.notSent}:</strong> {text}
          </p>
          <p class="problem">{problem}</p>
          <button type="button" class="plain" onClick={() => deliver(text, key)}>
            {words.again}
          </button>
          <button
            type="button"
            class="quiet"
            onClick={() => (unsent.value = unsent.value.filter((other) => other.key !== key))}
          >
            {words.discard}
          </button>
        </div>
      ))}
      {completions.length > 0 && (
        <div class="completions" id={listId} role="listbox" aria-label={words.completions}>
          {completions.map((name) => (
            <button
              key={name}
              type="button"
              role="option"
              tabIndex={-1}
              id={`${listId}-${name}`}
              aria-selected={name === active}
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => complete(name)}
            >
              {name}
            </button>
          ))}
        </div>
      )}
      <div class="field">
        <textarea
          ref={field}
          rows={Math.min(8, text.value.split("\n").length)}
          value={text.value}
          placeholder={placeholder}
          aria-label={placeholder}
          aria-autocomplete="list"
          aria-controls={listId}
          aria-activedescendant={active && `${listId}-${active}`}
          onInput={(event) => write(event.currentTarget.value)}
          onKeyDown={keys}
          enterkeyhint="send"
        />
        <button
          type="button"
          class="send"
          aria-label={words.send}
          title={words.hint}
          disabled={!text.value.trim()}
          onClick={submit}
        >
          <Icon name="send" />
        </button>
      </div>
    </div>
  );
}

type ComposerProps = {
  channel: string;
  thread?: string;
  placeholder: string;
  offer?: Offer | undefined;
  /** Called with each message that arrived. */
  sent?: (id: string, text: string) => void;
};

const lastWord = /(?:^|(?<=\s))[@＠/][\p{L}\p{N}_-]*$/u;

function wordIn(text: string): string {
  return lastWord.exec(text)?.[0] ?? "";
}

/** Names that the last word could become: people after `@`, and commands after a `/` that begins the text. */
function completionsFor(text: string): string[] {
  const word = wordIn(text).replace("＠", "@");
  if (!word) return [];
  const names = word.startsWith("@")
    ? [bot.value, ...people.value].map(({ name }) => `@${name}`)
    : text === word
      ? commands.value.map((name) => `/${name}`)
      : [];
  return names.filter((name) => name.toLowerCase().startsWith(word.toLowerCase()));
}
