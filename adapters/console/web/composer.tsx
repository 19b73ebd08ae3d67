import { useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { Attachments, PickButton } from "./attachments.tsx";
import { CompletionList, useCompletions } from "./completions.tsx";
import { Icon } from "./icon.tsx";
import { me, messageWith, standing } from "./live.ts";
import { editing } from "./message-acts.ts";
import { hovers, place } from "./place.ts";
import { attach, type Saying, say, unsaidAt } from "./unsaid.ts";
import { UnsentList } from "./unsent.tsx";
import { words } from "./words.ts";

/** Words that wait in a composer: a suggestion was clicked. */
export type Offer = { text: string };

/** Where one writes. Enter sends, Shift+Enter makes a new line; `@` and `/` offer names; files come by drop and paste. */
export function Composer({ channel, thread, placeholder, offer, sent }: ComposerProps) {
  const unsaid = unsaidAt(me.value, channel, thread);
  const { begun: text, attached, quotes } = unsaid;
  const where = { channel, ...(thread && { thread }) };
  const field = useRef<HTMLTextAreaElement>(null);
  const caret = useSignal(text.peek().length);
  const write = (words: string, at: number) => {
    text.value = words;
    caret.value = at;
    // Drawn at once, so that the caret can go where it belongs.
    if (!field.current) return;
    field.current.value = words;
    field.current.focus();
    field.current.setSelectionRange(at, at);
  };
  const completions = useCompletions(text, caret, where, write);
  const { completing, chosen, listId } = completions;

  useEffect(() => {
    if (hovers) field.current?.focus();
  }, []);
  const back = () => field.current?.focus();
  const moved = () => {
    caret.value = field.current?.selectionStart ?? 0;
  };
  // The text may change from elsewhere, too.
  useLayoutEffect(moved, [text.value]);
  useLayoutEffect(() => {
    if (offer) write(offer.text, offer.text.length);
    completions.typed();
  }, [offer]);

  const deliver = async (saying: Saying, key?: string) => {
    const id = await say(unsaid, where, saying, key);
    if (id) sent?.(id, saying.text);
  };
  const coming = attached.value.some(({ file, problem }) => !file && problem === undefined);
  const files = attached.value.flatMap(({ file }) => file ?? []);
  const quoted = quotes.value && messageWith(quotes.value) ? quotes.value : undefined;
  const sayable = !coming && Boolean(text.value.trim() || files.length || quoted);
  const submit = () => {
    if (!sayable) return;
    void deliver({ text: text.value.trim(), files, ...(quoted && { quotes: quoted }) });
    attached.value = [];
    quotes.value = undefined;
    write("", 0);
  };
  const editLast = () => {
    const mine = standing(channel, thread).findLast((message) => message.peek().author === me.peek());
    if (mine) editing.value = { id: mine.peek().id, inThread: thread !== undefined };
    return mine !== undefined;
  };
  const keys = (event: KeyboardEvent) => {
    // While an input method is choosing characters, Enter belongs to it; Safari tells only by this code.
    if (event.isComposing || event.keyCode === 229) return;
    if (completions.keys(event)) event.stopPropagation();
    else if (event.key === "Enter" && !event.shiftKey) submit();
    else if (event.key === "ArrowUp" && text.value === "" && editLast()) event.stopPropagation();
    else if (event.key === "Escape" && !place.peek()?.thread) lookBack(field.current);
    else return;
    event.preventDefault();
  };
  const take = (data: DataTransfer | null, event: Event) => {
    if (!data?.files.length) return;
    event.preventDefault();
    attach(unsaid, data.files);
    field.current?.focus();
  };

  return (
    <div class="composer">
      <UnsentList unsaid={unsaid} deliver={deliver} back={back} />
      <CompletionList completions={completions} />
      <div class="field" onPaste={(event) => take(event.clipboardData, event)}>
        <Attachments unsaid={unsaid} back={back} />
        <div class="line">
          <PickButton unsaid={unsaid} back={back} />
          <textarea
            ref={field}
            dir="auto"
            rows={Math.min(8, text.value.split("\n").length)}
            value={text.value}
            placeholder={placeholder}
            aria-label={placeholder}
            aria-autocomplete="list"
            aria-controls={completing && listId}
            aria-activedescendant={completing && chosen >= 0 ? `${listId}-${chosen}` : undefined}
            onInput={(event) => {
              text.value = event.currentTarget.value;
              moved();
              completions.typed();
            }}
            onSelect={moved}
            onKeyDown={keys}
            enterkeyhint="send"
            data-part
          />
          <button
            type="button"
            class="send"
            aria-label={words.value.send}
            title={words.value.sendHint}
            disabled={!sayable}
            onClick={submit}
          >
            <Icon name="send" />
          </button>
        </div>
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

/** From the field to the newest message above it. */
function lookBack(field: HTMLElement | null): void {
  const all = field?.closest(".pane")?.querySelectorAll<HTMLElement>(".message");
  all?.item(all.length - 1)?.focus();
}
